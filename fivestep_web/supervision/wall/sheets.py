"""Rows and bands put below each other, on one long sheet or on pages of a height; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fivestep_web.supervision.wall.layout import Band, Row


@dataclass(frozen=True, slots=True)
class UnitCell:
    """The cell of a unit beside its rows."""

    y: float
    height: float
    name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's bands and rows with their y, and the units beside the rows."""

    items: tuple[tuple[float, Band | Row], ...]
    units: tuple[UnitCell, ...]
    height: float

    @property
    def rows(self) -> list[tuple[float, Row]]:
        return [(y, item) for y, item in self.items if isinstance(item, Row)]


def stack(items: Iterable[Band | Row]) -> Sheet:
    """Put everything on one sheet."""
    placed: list[tuple[float, Band | Row]] = []
    y = 0.0
    for item in items:
        placed.append((y, item))
        y += item.height
    return Sheet(tuple(placed), tuple(_units(placed)), y)


def _units(placed: Iterable[tuple[float, Band | Row]]) -> list[UnitCell]:
    cells: list[UnitCell] = []
    last: int | None = None
    for y, item in placed:
        if isinstance(item, Band):
            last = None
        elif item.goal.unit_id == last:
            cells[-1] = replace(cells[-1], height=cells[-1].height + item.height)
        else:
            last = item.goal.unit_id
            cells.append(UnitCell(y, item.height, item.goal.unit))
    return cells


def paginate(items: Sequence[Band | Row], height: float) -> list[Sheet]:
    """Break *items* into pages no higher than *height*.

    No band stands at the foot of a page without a row, and a page that begins within a leader's rows
    repeats the band.
    """
    pages: list[list[Band | Row]] = [[]]
    band: Band | None = None
    used = 0.0
    for place, item in enumerate(items):
        needed = item.height
        if isinstance(item, Band):
            band = item
            needed += items[place + 1].height if place + 1 < len(items) else 0
        if pages[-1] and used + needed > height:
            pages.append([])
            used = 0.0
            if isinstance(item, Row) and band is not None:
                pages[-1].append(replace(band, is_continued=True))
                used = band.height
        pages[-1].append(item)
        used += item.height
    return [stack(page) for page in pages if page]
