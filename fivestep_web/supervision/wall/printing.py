"""The chart laid out for paper and for the meeting room: which pages, with what heading."""

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from markupsafe import Markup

from fivestep_web.config import PROJECT
from fivestep_web.core import clock, settings
from fivestep_web.core.filters import full_date, moment
from fivestep_web.documents.pdf import office
from fivestep_web.supervision.wall import fodt, paper_svg
from fivestep_web.supervision.wall.filters import SIGNALS
from fivestep_web.supervision.wall.page import Plan, plan
from fivestep_web.supervision.wall.paper import PAPERS, TILES, Pages, Paper, PaperSize, fit, tiles_of
from fivestep_web.supervision.wall.paper_svg import Heading
from fivestep_web.supervision.wall.queries import WallContent
from fivestep_web.supervision.wall.rules import SPAN_LABELS
from fivestep_web.supervision.wall.standalone import read_rules, with_attributes

STYLES: Final = PROJECT / "fivestep_web" / "static" / "wall-chart.css"

ROOM: Final = Paper(381, 214.3, 4, 1.0, 1.4)  # a screen of 16 : 9, 1440 units wide


@dataclass(frozen=True, slots=True)
class Print:
    """What is sent to the printer; *sheet* is the size in its tray, *shared* what tiles refer to."""

    paper: PaperSize
    sheet: PaperSize
    page_count: int
    goal_count: int
    sheets: list[Markup]
    shared: Markup | None = None

    @property
    def is_tiled(self) -> bool:
        return self.paper is not self.sheet


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of the meeting room's screen, and the one that follows it."""

    drawing: Markup
    goals: list[str]
    number: int
    count: int

    @property
    def following(self) -> int:
        return self.number % self.count + 1


def read_paper(text: str) -> PaperSize:
    """Return the paper asked for, A3 where none is."""
    return next((size for size in PaperSize if size == text.upper()), PaperSize.A3)


def read_tiles(paper: PaperSize, text: str) -> PaperSize | None:
    """Return the small sheets a large page is to be put together from, if any."""
    return next((size for size in TILES.get(paper, ()) if size == text.upper()), None)


def print_chart(content: WallContent, paper: PaperSize, tiles: PaperSize | None) -> Print:
    """Return the sheets of the chart on *paper*, or on *tiles* to be put together."""
    wall = plan(content)
    pages = _pages(content, wall, PAPERS[paper])
    contents = _contents(content, wall, pages)
    if tiles is None:
        sheets = [paper_svg.whole_page(pages, each) for each in contents]
        return Print(paper, paper, len(contents), len(wall.goals), sheets)
    cut = [
        paper_svg.tile_sheet(pages, tile, PAPERS[tiles])
        for number in range(1, len(contents) + 1)
        for tile in tiles_of(number, PAPERS[paper], PAPERS[tiles])
    ]
    shared = paper_svg.shared(contents)
    return Print(paper, tiles, len(contents), len(wall.goals), cut, shared)


def files_of(content: WallContent, paper: PaperSize) -> list[str]:
    """Return the pages of the chart as SVG files that stand alone."""
    wall = plan(content)
    pages = _pages(content, wall, PAPERS[paper])
    contents = _contents(content, wall, pages)
    rules = read_rules(STYLES.read_text("utf-8")) if contents else []
    return [with_attributes(paper_svg.whole_page(pages, each, is_alone=True), rules) for each in contents]


def screen(content: WallContent, number: int) -> Screen | None:
    """Return page *number* of the chart on the wall, the first where there is no such; None for no goals."""
    wall = plan(content)
    if not wall.groups:
        return None
    pages = _pages(content, wall, ROOM)
    shown = number if 1 <= number <= len(pages.pages) else 1
    heading = _heading(content, wall, _("数据时间 %(moment)s", moment=moment(clock.now())))
    drawn = paper_svg.page_content(pages, shown, heading, content.waits, content.codes)
    goals = [row.goal.name for sheet in pages.pages[shown - 1] for _y, row in sheet.rows]
    return Screen(paper_svg.whole_page(pages, drawn), goals, shown, len(pages.pages))


def _pages(content: WallContent, wall: Plan, paper: Paper) -> Pages:
    return fit(paper, (wall.first, wall.last), lambda scale: wall.items(scale, content.view.today))


def _contents(content: WallContent, wall: Plan, pages: Pages) -> list[str]:
    heading = _heading(content, wall, full_date(content.view.today))
    return paper_svg.page_contents(pages, heading, content.waits, content.codes)


def _heading(content: WallContent, wall: Plan, made: str) -> Heading:
    title = _(
        "%(department)s%(year)s年度工作挂图作战图",
        department=settings.department_name(),
        year=content.view.year,
    )
    return Heading(title, _shown(content, wall), made, content.view.today, _warning(wall))


def _warning(wall: Plan) -> str:
    """Return the mark of dates in years whose holidays are not published (domain.md section 10)."""
    years = "、".join(map(str, wall.unknown_years))
    return _("%(years)s年节假日安排未发布", years=years) if years else ""


def _shown(content: WallContent, wall: Plan) -> str:
    """Return what is on the chart, in words."""
    view = content.view
    chosen = (
        (view.leader, content.leaders),
        (view.unit, content.units),
        (view.topic, content.topics),
        (view.person, content.people),
        (view.signal, SIGNALS),
    )
    words = [dict(choices).get(choice, "") for choice, choices in chosen if choice]
    if view.is_key:
        words.append(_("重点目标"))
    words.append(SPAN_LABELS[view.span] if view.span != "auto" else "")
    words.append(_("%(count)s项", count=len(wall.goals)))
    return "　".join(word for word in words if word)


def make_pdf(content: WallContent, paper: PaperSize) -> bytes:
    """Return the pages of the chart as one PDF; raises NoPdfError, also where there is nothing to draw.

    It takes a second, so it is made while its reader waits.
    """
    if not content.goals:
        raise office.NoPdfError("没有符合条件的目标")
    return office.convert(fodt.document(files_of(content, paper), PAPERS[paper]), suffix=".fodt")
