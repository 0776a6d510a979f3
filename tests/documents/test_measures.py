"""Every kind measured on the pages LibreOffice makes of it (official-documents.md A2, A4, A6, A7, A9, D17).

Neither 方正小标宋 nor 仿宋_GB2312 is installed on a test machine. LibreOffice takes one Chinese font for all:
its characters are as wide as theirs and exact lines as high, so what is measured (ink of the mark and the
dash, base lines, drawn rules) holds for them too. Not measured are the width of digits and the gap that
LibreOffice 7 puts between digits and characters whatever the file says (A2, autoSpaceDE).
"""

from itertools import pairwise

import pytest

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import W, WordFile, attribute
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload
from tests.documents.office import LONG_BOOK, LONG_TEXT, NOTICES, UNIT_BOOK, name_of
from tests.documents.pages import RED

pytestmark = pytest.mark.office

TWIP = 25.4 / 1440
CHARACTER, LINE = 320 * TWIP, 579 * TWIP
SMALL_CHARACTER = 280 * TWIP  # 4号
HANGING = set("，。、；：！？）》”")  # may stand beyond the end of a line
HEADED = [kind for kind in DocumentKind if sample_payload(kind).get("letterhead")]
MARKED = [*HEADED, DocumentKind.CONSULTATION_MINUTES]
FILES = [
    *(name_of(kind, draft=draft) for kind in DocumentKind for draft in (False, True)),
    LONG_TEXT,
    UNIT_BOOK,
    LONG_BOOK,
    *NOTICES,
]
TURNED = {name_of(kind, draft=draft) for kind in HEADED for draft in (False, True)} | {LONG_BOOK}


def type_area(page):
    """Return the left, upper, right and lower edge of the type area (A2, A9)."""
    return (35, 28, 260, 184) if page.is_landscape else (28, 37, 184, 262)


def number_of(page):
    """Return the characters of the page number."""
    return page.found(f"—{page.number}—")


def is_beside(mark, page):
    """Tell whether a character belongs to the header or the page number."""
    top = type_area(page)[1]
    return mark.base < top or mark in number_of(page)


@pytest.mark.parametrize("name", FILES)
def test_paper_is_a4_and_nothing_stands_beyond_the_type_area(printed, name):
    for page in printed.pages(name):
        assert sorted((page.width, page.height)) == pytest.approx([210, 297], abs=0.1)
        left, top, right, bottom = type_area(page)
        for mark in page.glyphs:
            if is_beside(mark, page):
                continue
            assert left - 0.3 <= mark.left, mark
            assert mark.right <= right + (CHARACTER if mark.text in HANGING else 0.3), mark
            assert top - 0.3 <= mark.top <= mark.bottom <= bottom + 0.3, mark
        for rule in page.rules:
            assert left - 0.5 <= rule.left <= rule.right <= right + 0.5, rule
            assert top - 0.5 <= rule.top <= rule.bottom <= bottom + 0.5, rule


@pytest.mark.parametrize("name", FILES)
def test_page_numbers_stand_seven_millimetres_below_the_type_area_outside_on_each_side(printed, name):
    for page in printed.pages(name):
        first, *digits, last = number_of(page)
        assert {mark.size for mark in (first, *digits, last)} == {14}
        left, _top, right, bottom = type_area(page)
        if page.is_landscape and name in TURNED:
            continue
        below = (page.height - 28) if page.is_landscape else bottom + 7
        assert first.middle[1] == pytest.approx(below, abs=1)
        assert last.middle[1] == pytest.approx(below, abs=1)
        if page.number % 2:
            assert last.right == pytest.approx(right - SMALL_CHARACTER, abs=1)
        else:
            assert first.left == pytest.approx(left + SMALL_CHARACTER, abs=1)


@pytest.mark.parametrize("name", sorted(TURNED))
def test_on_landscape_pages_of_issued_documents_the_number_stands_as_on_the_upright_ones(printed, name):
    """The left edge of the sheet is the lower one of the upright page, its lower end the right one (A9)."""
    for page in printed.pages(name):
        if not page.is_landscape:
            continue
        first, *digits, last = number_of(page)
        left, top, _right, bottom = type_area(page)
        for dash in (first, last):
            assert dash.middle[0] == pytest.approx(left - 7, abs=1)
            assert dash.height > 3 * dash.width
        assert first.bottom < digits[0].top < last.top
        if page.number % 2:
            assert last.bottom == pytest.approx(bottom - SMALL_CHARACTER, abs=1)
        else:
            assert first.top == pytest.approx(top + SMALL_CHARACTER, abs=1)


def test_only_attachments_of_issued_documents_have_turned_numbers(printed):
    pages = {name: [page for page in printed.pages(name) if page.is_landscape] for name in FILES}
    landscape = {name for name, found in pages.items() if found}
    assert landscape - TURNED == {"ledger_book", "ledger_book-draft", UNIT_BOOK}
    assert len(landscape & TURNED) == 11


def test_a_full_page_of_text_has_22_lines_of_28_characters(printed):
    full = [page for page in printed.pages(LONG_TEXT) if page.text.startswith("国" * 28 * 22)]
    assert len(full) == 2
    for page in full:
        *lines, _number = page.lines()
        assert [len(line) for line in lines] == [28] * 22
        bases = [line[0].base for line in lines]
        steps = [lower - upper for upper, lower in pairwise(bases)]
        assert steps == pytest.approx([LINE] * 21, abs=0.05)
        left, top, right, bottom = type_area(page)
        assert (bases[0] - top, bottom - bases[-1]) == pytest.approx((0.8 * LINE, 0.2 * LINE), abs=0.8)
        assert (lines[0][0].left, lines[0][-1].right) == pytest.approx((left, right), abs=1)


@pytest.mark.parametrize("kind", MARKED)
def test_the_mark_stands_35_millimetres_below_the_upper_edge_red_and_centred(printed, kind):
    page = printed.pages(name_of(kind))[0]
    mark = [glyph for glyph in page.glyphs if glyph.color == RED]
    left, top, right, _bottom = type_area(page)
    assert min(glyph.top for glyph in mark) == pytest.approx(top + 35, abs=2)
    assert len({glyph.base for glyph in mark}) == 1
    assert (mark[0].left + mark[-1].right) / 2 == pytest.approx((left + right) / 2, abs=1)
    assert all(glyph.color == RED for glyph in mark)
    assert not any(glyph.color == RED for later in printed.pages(name_of(kind))[1:] for glyph in later.glyphs)


@pytest.mark.parametrize("kind", MARKED)
def test_the_red_line_is_as_wide_as_the_type_area_four_millimetres_below_the_number(printed, kind):
    page = printed.pages(name_of(kind))[0]
    left, _top, right, _bottom = type_area(page)
    (line,) = {rule.middle[1]: rule for rule in page.rules if rule.color == RED}.values()
    assert (line.left, line.right) == pytest.approx((left, right), abs=0.5)
    assert 0.35 <= line.stroke <= 0.5
    payload = sample_payload(kind)
    number = page.found(payload["number"] or payload["document_date"])
    lower_edge = number[0].base + 0.2 * LINE  # a fifth of an exact line lies below its base
    assert line.middle[1] - lower_edge == pytest.approx(4, abs=0.8)
    mark = next(glyph for glyph in page.glyphs if glyph.color == RED)
    assert number[0].base - mark.base == pytest.approx(3 * LINE, abs=1.5)


@pytest.mark.parametrize("kind", HEADED)
def test_the_title_stands_two_lines_below_the_red_line_and_the_recipients_one_below_it(printed, kind):
    page = printed.pages(name_of(kind))[0]
    line = next(rule for rule in page.rules if rule.color == RED)
    payload = sample_payload(kind)
    title = page.found(payload["title"].replace("\n", ""))
    assert {glyph.size for glyph in title} == {22}
    assert title[0].base - line.middle[1] == pytest.approx(2.8 * LINE, abs=0.8)
    recipients = page.found(payload["letterhead"]["main_recipients"] + "：")
    assert recipients[0].base - title[-1].base == pytest.approx(2 * LINE, abs=0.8)
    assert recipients[0].left == pytest.approx(type_area(page)[0], abs=1)


@pytest.mark.parametrize("kind", HEADED)
def test_an_attachment_begins_with_its_label_and_has_its_title_on_the_third_line(printed, kind):
    pages = printed.pages(name_of(kind))[1:]
    begun = [(page, [glyph for glyph in page.glyphs if glyph.size == 22]) for page in pages]
    assert any(title for _page, title in begun)
    for page, title in begun:
        if not title:
            continue
        label = page.found("附件")
        assert {glyph.size for glyph in label} == {16}
        assert label[0].left == pytest.approx(type_area(page)[0], abs=0.7)
        assert label[0].base - type_area(page)[1] == pytest.approx(0.8 * LINE, abs=0.6)
        assert title[0].base - label[0].base == pytest.approx(2 * LINE, abs=1)


@pytest.mark.parametrize("kind", HEADED)
def test_the_date_ends_four_characters_from_the_right_and_the_department_is_centred_above_it(printed, kind):
    payload = sample_payload(kind)
    signature = payload["department"] + payload["document_date"]
    (page,) = [page for page in printed.pages(name_of(kind)) if signature in page.text]
    signed = page.found(signature)
    name, date = signed[: len(payload["department"])], signed[len(payload["department"]) :]
    assert date[-1].right == pytest.approx(type_area(page)[2] - 4 * CHARACTER, abs=1)
    assert date[0].base - name[0].base == pytest.approx(LINE, abs=0.1)
    width = sum(1 if glyph.text > "9" else 0.5 for glyph in date)  # of digits as in 仿宋_GB2312
    assert name[-1].right == pytest.approx(
        type_area(page)[2] - (4 - (len(name) - width) / 2) * CHARACTER, abs=1
    )


@pytest.mark.parametrize("kind", HEADED)
def test_the_imprint_stands_at_the_lower_edge_of_the_last_page_between_its_rules(printed, kind):
    page = printed.pages(name_of(kind))[-1]
    left, _top, right, bottom = type_area(page)
    letterhead = sample_payload(kind)["letterhead"]
    copies = letterhead["copy_recipients"]
    rules = sorted((rule for rule in page.rules if rule.width > 155 and rule.top > 200), key=lambda r: r.top)
    assert [round(rule.stroke, 2) for rule in rules] == ([0.35, 0.26, 0.35] if copies else [0.35, 0.35])
    assert all((rule.left, rule.right) == pytest.approx((left, right), abs=0.5) for rule in rules)
    assert rules[-1].middle[1] == pytest.approx(bottom, abs=1)
    agency, printing = page.found(letterhead["printing_agency"]), page.found("印发")
    assert {glyph.size for glyph in agency} == {14}
    assert agency[0].left == pytest.approx(left + SMALL_CHARACTER, abs=1)
    assert printing[-1].right == pytest.approx(right - SMALL_CHARACTER, abs=1)
    assert rules[-2].middle[1] < agency[0].top < agency[0].bottom < rules[-1].middle[1]
    for page_before in printed.pages(name_of(kind))[:-1]:
        assert letterhead["printing_agency"] not in page_before.text


@pytest.mark.parametrize("kind", DocumentKind)
def test_columns_are_drawn_as_wide_as_the_file_says(printed, kind):
    pages = printed.pages(name_of(kind))
    grids = list(bordered_grids(WordFile.open(render(kind, sample_payload(kind)))))
    for landscape in (False, True):
        wanted = [grid for grid, is_landscape in grids if is_landscape is landscape]
        drawn = [
            rule.middle[0]
            for page in pages
            if page.is_landscape is landscape
            for rule in page.rules
            if rule.height > rule.width
        ]
        edges = {edge for grid in wanted for edge in grid}
        assert all(any(abs(place - edge) < 0.4 for edge in edges) for place in drawn)
        assert all(any(abs(place - edge) < 0.4 for place in drawn) for edge in edges)


def bordered_grids(file):
    """Yield the edges of each ruled table's columns, in millimetres, and whether it lies sideways."""
    waiting = []
    for block in file.document.find("{*}body"):
        if block.tag.endswith("}tbl") and attribute(block, "tblPr/tblBorders/top") == "single":
            waiting.append([int(column.get(f"{W}w")) for column in block.iter(f"{W}gridCol")])
        section = next(block.iter("{*}sectPr"), None)
        if section is not None:
            landscape = attribute(section, "pgSz", "orient") == "landscape"
            start = 35 if landscape else 28
            for widths in waiting:
                yield [start + sum(widths[:count]) * TWIP for count in range(len(widths) + 1)], landscape
            waiting = []
