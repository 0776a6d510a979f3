"""The chart on paper: to the millimetre, head and legend on each page, tiles that make up the whole."""

import re
from datetime import date

import pytest
from lxml import etree

from fivestep_web.ledger.rules import Signal
from fivestep_web.supervision.wall import svg
from fivestep_web.supervision.wall.fodt import document
from fivestep_web.supervision.wall.layout import LEAST_WEEK, lay_out, scale_for
from fivestep_web.supervision.wall.links import Links, link
from fivestep_web.supervision.wall.paper import OVERLAP, PAPERS, TILES, PaperSize, fit, tiles_of
from fivestep_web.supervision.wall.paper_svg import Heading, page_contents, shared, tile_sheet, whole_page
from fivestep_web.supervision.wall.rules import Wait, group_goals
from fivestep_web.supervision.wall.sheets import stack
from fivestep_web.supervision.wall.standalone import read_rules, with_attributes
from tests.supervision.wall.goals import TODAY, goal, phase

FIRST, LAST = date(2025, 12, 29), date(2027, 1, 3)
HEADING = Heading("青禾县委组织部2026年度工作挂图作战图", "谭某甲　3项", "2026年6月10日", TODAY)
CSS = """.w text { fill: #111; } .w .s { fill: #222; }
.w .b { fill: #333; stroke: red; } .w .b.red { fill: #444; }"""


def pages_of(size: PaperSize, count: int):
    groups = group_goals([goal(n) for n in range(1, count + 1)], {7: "副部长"})
    return fit(PAPERS[size], (FIRST, LAST), lambda scale: lay_out(groups, scale, TODAY))


@pytest.mark.parametrize("size", PaperSize)
def test_a_page_is_as_large_as_its_paper_and_holds_its_rows(size):
    pages = pages_of(size, 60)
    paper = PAPERS[size]
    assert sum(len(sheet.rows) for sheet in pages.sheets) == 60
    assert pages.width / pages.height == pytest.approx(paper.inner[0] / paper.inner[1])
    assert pages.panels * pages.panel_width <= pages.width + 1
    assert pages.scale.week >= LEAST_WEEK
    drawn = whole_page(pages, page_contents(pages, HEADING, [], {})[0])
    assert f'width="{paper.width}mm" height="{paper.height}mm"' in drawn


def test_few_goals_are_drawn_larger_not_on_more_pages():
    few, many = pages_of(PaperSize.A3, 6), pages_of(PaperSize.A3, 28)
    assert len(few.pages) == len(many.pages) == 1
    assert few.width < many.width


def test_the_legend_tells_every_sign_where_a_page_is_narrow():
    pages = pages_of(PaperSize.A4, 6)
    (content,) = page_contents(pages, HEADING, [], {})
    words = "".join(etree.fromstring(f"<g>{content}</g>").itertext())
    assert all(sign in words for sign in ("原定时限", "完成时限", "今天", "前一项完成后开始", "逾期至今"))
    shrunk = float(re.search(r"scale\(([\d.]+)\)", content).group(1))
    assert 0.6 < shrunk < 1


def test_a_large_page_holds_panels_beside_each_other():
    pages = pages_of(PaperSize.A0, 170)
    assert len(pages.pages) == 1
    assert pages.panels > 1
    (content,) = page_contents(pages, HEADING, [], {})
    assert content.count("周次") == len(pages.sheets)


def test_every_page_bears_title_number_weeks_and_legend():
    contents = page_contents(pages_of(PaperSize.A4, 60), HEADING, [], {})
    assert len(contents) > 1
    for number, content in enumerate(contents, 1):
        words = "".join(etree.fromstring(f"<g>{content}</g>").itertext())
        assert f"第{number}页，共{len(contents)}页" in words
        assert all(
            part in words for part in (HEADING.title, "12月", "周次", "谭某甲", "严重滞后", "原定时限")
        )


@pytest.mark.parametrize(("paper", "sheet"), [(a, b) for a, sheets in TILES.items() for b in sheets])
def test_tiles_cover_the_page_and_each_overlaps_the_next(paper, sheet):
    tiles = tiles_of(1, PAPERS[paper], PAPERS[sheet])
    width, height = PAPERS[paper].inner
    assert max(tile.window.x + tile.window.width for tile in tiles) >= width
    assert max(tile.window.y + tile.window.height for tile in tiles) >= height
    assert len(tiles) == tiles[0].rows * tiles[0].columns
    first, second = tiles[:2]
    assert first.window.x + first.window.width - second.window.x == pytest.approx(OVERLAP)


def test_a_tile_says_where_it_belongs_and_refers_to_the_page():
    pages = pages_of(PaperSize.A1, 60)
    tiles = tiles_of(1, PAPERS[PaperSize.A1], PAPERS[PaperSize.A3])
    drawn = [tile_sheet(pages, tile, PAPERS[PaperSize.A3]) for tile in tiles]
    assert "第1页　行1列2（共2行2列）　下边5毫米为粘贴边" in drawn[1]
    assert "粘贴边" not in drawn[-1]
    assert all('href="#wall-page-1"' in each and "cut-mark" in each for each in drawn)
    assert 'id="wall-page-1" class="w"' in shared(page_contents(pages, HEADING, [], {}))


def test_january_bears_its_year_only_where_another_follows():
    assert "2026年1月" in svg.head(scale_for(FIRST, LAST, 2000), TODAY)
    narrow = svg.head(scale_for(FIRST, LAST, 700), TODAY)
    assert ">1月<" in narrow
    assert "…" not in narrow
    assert ">1月<" in svg.head(scale_for(date(2026, 1, 5), date(2026, 6, 28), 2000), TODAY)


def chart(*goals, waits=()):
    scale = scale_for(FIRST, LAST, 850)
    sheet = stack(lay_out(group_goals(goals, {7: "副部长"}), scale, TODAY))
    links = link(sheet, waits, {}, scale) if waits else Links((), ())
    addresses = svg.Addresses("/goals", "/ledger/entries")
    return svg.names(sheet, addresses), svg.body(sheet, scale, links, TODAY, addresses)


def test_names_typed_by_people_stay_words():
    names, body = chart(goal(1, name='<b>"甲"&乙</b>', person="<i>", reason="<u>"))
    for part in (names, body):
        assert etree.fromstring(f"<g>{part}</g>") is not None
        assert "<b>" not in part
        assert "<i>" not in part
    assert "style=" not in names + body


def test_a_goal_is_read_out_and_leads_to_its_pages():
    names, body = chart(goal(5, is_key=True, signal=Signal.YELLOW), goal(6, entry_id=None, signal=None))
    assert (
        'href="/goals/5" aria-label="后进村党组织整顿提升（第5片），重点目标，组织科，责任人张某甲，信号滞后'
        in names
    )
    assert 'href="/ledger/entries/105" tabindex="-1"' in body
    assert 'href="/goals/6" tabindex="-1"' in body
    assert "★" in names


def test_each_signal_has_a_shape_of_its_own():
    signals = (
        Signal.RED_OVERDUE,
        Signal.YELLOW,
        Signal.BLUE,
        Signal.GREEN,
        Signal.GREY_SUSPENDED,
        Signal.DONE,
    )
    shapes = set()
    for signal in signals:
        names, _body = chart(goal(1, signal=signal))
        path = re.search(r'<path class="m [^"]*" d="([^"]*)"', names)
        shapes.add((re.sub(r"[0-9.\s-]+", "", path[1]), "hollow" in path[0], "tick" in path[0]))
        assert signal.word[:4] in names
    assert len(shapes) == len(signals)


def test_moved_dates_and_lines_between_goals_are_drawn():
    early = goal(1, phase(date(2026, 1, 5), date(2026, 3, 31), original_end_on=date(2026, 3, 1)))
    late = goal(2, phase(date(2026, 6, 1), date(2026, 9, 30)))
    _names, body = chart(early, late, waits=[Wait(2, 1)])
    assert "2026-03-01 改为 2026-03-31" in body
    assert 'class="moved"' in body
    assert body.count('class="arrow"') == 1


def test_a_file_carries_its_looks_itself():
    drawn = with_attributes(
        '<g><text class="s" x="1">甲</text><path class="b red" d="M0 0"/></g>', read_rules(CSS)
    )
    assert drawn == '<g><text fill="#222" x="1">甲</text><path fill="#444" stroke="red" d="M0 0"/></g>'


def test_the_file_for_libreoffice_has_a_page_a_picture():
    pages = pages_of(PaperSize.A4, 60)
    drawn = [whole_page(pages, each, is_alone=True) for each in page_contents(pages, HEADING, [], {})]
    tree = etree.fromstring(document(drawn, PAPERS[PaperSize.A4]))
    data = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}binary-data"
    assert len(list(tree.iter(data))) == len(drawn) > 1
