"""Pages counted from the measures of the file, without a word processor."""

import pytest

from fivestep_web.documents.pagination import with_page_numbers
from fivestep_web.documents.wordml import (
    LINE_BREAK,
    Layout,
    blank,
    field,
    paragraph,
    run,
    section,
    section_end,
)
from fivestep_web.documents.wordml_tables import cell, row, table

MARK = '<w:bookmarkStart w:id="1" w:name="part_1"/><w:bookmarkEnd w:id="1"/>'
KEPT = Layout(keep_next=True)
HEADING = paragraph("GwHeading1", run("一、标题", "GwHeading1") + MARK, KEPT)
CELL_LINE = 360


def page_of_heading(before: str, after: str = "", *, landscape: bool = False) -> int:
    reference = paragraph("GwRecipient", field("PAGEREF part_1 \\h", "0", "GwRecipient"))
    namespaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="r"'
    body = reference + before + HEADING + after + section(landscape=landscape)
    shown = with_page_numbers(f"<w:document {namespaces}><w:body>{body}</w:body></w:document>")
    return int(shown.partition("<w:t ")[2].partition(">")[2].partition("<")[0])


def full_table(count: int, lines: int) -> str:
    def text(style: str, content: str) -> str:
        return cell(8845, paragraph(style, content))

    rows = row(text("GwTableCell", LINE_BREAK.join("甲" * lines))) * count
    return table([8845], row(text("GwTableHead", "表头"), head=True) + rows)


def test_a_page_has_22_lines():
    assert page_of_heading(blank(19), blank()) == 1
    assert page_of_heading(blank(20), blank()) == 2


def test_a_heading_goes_over_with_the_line_it_is_kept_with():
    assert page_of_heading(blank(19), paragraph("GwBody", "正文")) == 1
    assert page_of_heading(blank(19), paragraph("GwBody", "正" * 60, KEPT) + blank()) == 2


def test_a_landscape_page_has_fewer_lines_for_its_footer_reaches_into_the_text():
    assert page_of_heading(blank(11), blank(), landscape=True) == 1
    assert page_of_heading(blank(12), blank(), landscape=True) == 2


@pytest.mark.parametrize(("characters", "page"), [(26 + 18 * 28, 1), (26 + 18 * 28 + 1, 2)])
def test_a_line_of_text_holds_28_characters_and_the_first_two_fewer(characters, page):
    assert page_of_heading(paragraph("GwBody", "正" * characters), blank()) == page


def test_rows_go_over_whole_and_the_head_is_repeated():
    height = 12756 - 579 - 370
    rows = height // (4 * CELL_LINE + 10)
    assert page_of_heading(full_table(rows - 1, 4), blank()) == 1
    assert page_of_heading(full_table(3 * rows, 4), blank()) == 4


def test_a_row_longer_than_a_page_goes_on_over_the_next_ones():
    assert page_of_heading(full_table(1, 80), blank()) == 3


@pytest.mark.parametrize(("lines", "page"), [(33, 2), (67, 3), (200, 6)])
def test_a_head_that_leaves_no_room_for_a_row_is_not_repeated(lines, page):
    head = row(cell(8845, paragraph("GwTableCell", LINE_BREAK.join("甲" * lines))), head=True)
    signed = row(cell(8845, paragraph("GwTableCell", "乙")), height=900)
    assert page_of_heading(table([8845], head + signed), blank()) == page


def test_a_section_begins_a_page():
    assert page_of_heading(section_end(landscape=True)) == 2


def test_punctuation_hangs_in_text_and_not_in_cells():
    line = "正" * 26 + "，"
    assert page_of_heading(paragraph("GwBody", line) + blank(18), blank()) == 1
    assert page_of_heading(paragraph("GwBody", line + "正") + blank(18), blank()) == 2
    rows = (12756 - 3 * 579 - 370) // 370
    widths = (cell(160 + 480, paragraph("GwTableCell", text)) for text in ("正正", "正，，"))
    one, two = (table([640], row(found, head=True) + row(found) * rows) for found in widths)
    assert (page_of_heading(one, blank()), page_of_heading(two, blank())) == (1, 2)


def test_a_word_longer_than_its_cell_goes_on_over_several_lines():
    hashed = table([1000], row(cell(160 + 960, paragraph("GwTableCell", "0123456789abcdef" * 4)), head=True))
    rest = 12756 - 579 - (8 * CELL_LINE + 10) - 2 * 579
    assert page_of_heading(hashed + blank(rest // 579), blank()) == 1
    assert page_of_heading(hashed + blank(rest // 579 + 1), blank()) == 2
