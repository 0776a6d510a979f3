"""The chart on paper: its pages to the millimetre, and large pages put together from small sheets; pure.

A page is drawn in units of 1/96 inch at scale 1, as on screen. The scale is chosen so that the pages are as
few as at the smallest type still legible on that paper, and then as large as they can be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil

from fivestep_web.supervision.wall.layout import (
    BAR,
    FOOT,
    HEAD,
    LEAST_WEEK,
    NAMES,
    RIGHT,
    TOP,
    Band,
    Row,
    Scale,
)
from fivestep_web.supervision.wall.sheets import Sheet, paginate

UNITS_PER_MM = 96 / 25.4
TITLE, FOOTER = 46.0, 30.0
STEPS = 8
PANEL_GAP = 24.0
SHEET_MARGIN, OVERLAP = 7.0, 5.0  # mm, of the small sheets a large page is put together from


class PaperSize(StrEnum):
    """The sizes the chart is printed in, all of them landscape."""

    A4 = "A4"
    A3 = "A3"
    A1 = "A1"
    A0 = "A0"


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet in mm, the scales its type may have, from the smallest legible one, and how many panels."""

    width: float
    height: float
    margin: float
    smallest: float
    largest: float
    panels: int = 1

    @property
    def inner(self) -> tuple[float, float]:
        return self.width - 2 * self.margin, self.height - 2 * self.margin


PAPERS = {
    PaperSize.A4: Paper(297, 210, 7, 0.72, 1.1),
    PaperSize.A3: Paper(420, 297, 8, 0.85, 1.5),
    PaperSize.A1: Paper(841, 594, 17, 0.9, 2.4, 2),
    PaperSize.A0: Paper(1189, 841, 10, 1.0, 3.4, 3),
}
TILES = {PaperSize.A1: (PaperSize.A3, PaperSize.A4), PaperSize.A0: (PaperSize.A3, PaperSize.A4)}


@dataclass(frozen=True, slots=True)
class Window:
    """A place in mm."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tile:
    """One small sheet of a large page: which part of the page it shows, and where it belongs."""

    page: int
    row: int
    column: int
    rows: int
    columns: int
    window: Window

    @property
    def is_last_column(self) -> bool:
        return self.column == self.columns

    @property
    def is_last_row(self) -> bool:
        return self.row == self.rows


@dataclass(frozen=True, slots=True)
class Pages:
    """The chart broken into pages of a paper, *width* by *height* units each inside the margins.

    A large page holds several *panels* beside each other, each with names and weeks of its own.
    """

    paper: Paper
    scale: Scale
    panels: int
    width: float
    height: float
    sheets: Sequence[Sheet]

    @property
    def panel_width(self) -> float:
        return NAMES + self.scale.width

    @property
    def rows_height(self) -> float:
        return self.height - TITLE - HEAD - FOOTER

    @property
    def pages(self) -> list[Sequence[Sheet]]:
        """Return the sheets that stand beside each other on each page."""
        return [self.sheets[start : start + self.panels] for start in range(0, len(self.sheets), self.panels)]


Lay = Callable[[Scale], Sequence[Band | Row]]


def fit(paper: Paper, days: tuple[date, date], lay: Lay) -> Pages:
    """Return the pages of the chart, as few as can be and then with type as large as can be.

    *days* are the first and the last drawn; *lay* makes bands and rows for a scale.
    """
    plans = [_plan(paper, paper.smallest, count, days) for count in range(1, paper.panels + 1)]
    smallest = [_fill(each, lay) for each in plans if each.scale.week >= LEAST_WEEK]
    fewest = min(smallest or [_fill(plans[0], lay)], key=_page_count)
    least = sum(TOP + BAR + FOOT for sheet in fewest.sheets for _row in sheet.rows)
    for step in range(STEPS, 0, -1):
        enlarged = paper.smallest + (paper.largest - paper.smallest) * step / STEPS
        for count in range(1, paper.panels + 1):
            plan = _plan(paper, enlarged, count, days)
            room = plan.rows_height * count * _page_count(fewest)
            if plan.scale.week < LEAST_WEEK or least > room:
                continue
            pages = _fill(plan, lay)
            if _page_count(pages) == _page_count(fewest):
                return pages
    return fewest


def _page_count(pages: Pages) -> int:
    return ceil(len(pages.sheets) / pages.panels)


def _plan(paper: Paper, enlarged: float, panels: int, days: tuple[date, date]) -> Pages:
    """Return pages without rows yet."""
    width, height = (side * UNITS_PER_MM / enlarged for side in paper.inner)
    weeks = ((days[1] - days[0]).days + 1) // 7
    panel = (width - (panels - 1) * PANEL_GAP) / panels
    return Pages(paper, Scale(*days, (panel - NAMES - RIGHT) / weeks), panels, width, height, ())


def _fill(plan: Pages, lay: Lay) -> Pages:
    return replace(plan, sheets=paginate(lay(plan.scale), plan.rows_height))


def tiles_of(page: int, paper: Paper, sheet: Paper) -> list[Tile]:
    """Return the small sheets that make up a page of *paper*: each goes on OVERLAP below the one before."""
    width, height = sheet.width - 2 * SHEET_MARGIN, sheet.height - 2 * SHEET_MARGIN
    step_x, step_y = width - OVERLAP, height - OVERLAP
    inner_x, inner_y = paper.inner
    columns, rows = ceil((inner_x - OVERLAP) / step_x), ceil((inner_y - OVERLAP) / step_y)
    return [
        Tile(page, row + 1, column + 1, rows, columns, Window(column * step_x, row * step_y, width, height))
        for row in range(rows)
        for column in range(columns)
    ]
