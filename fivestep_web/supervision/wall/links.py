"""Which goal waits for which, as right-angled lines that cover no name; pure.

The lines are drawn below bars and words; between two rows they go down where the fewest bars lie.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fivestep_web.supervision.wall.layout import BAR, GAP, PAD, SMALL, Row, Scale, Words
from fivestep_web.supervision.wall.rules import Wait
from fivestep_web.supervision.wall.sheets import Sheet
from fivestep_web.supervision.wall.texts import width_of

TRIES = 12
STUB = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """The line from a predecessor to the goal that waits; it ends in an arrow."""

    points: tuple[tuple[float, float], ...]
    predecessor_id: int
    goal_id: int


@dataclass(frozen=True, slots=True)
class Links:
    """The lines of a sheet, and the codes of predecessors that stand on another one."""

    lines: tuple[Line, ...]
    words: tuple[Words, ...]


def link(sheet: Sheet, waits: Iterable[Wait], codes: Mapping[int, str], scale: Scale) -> Links:
    """Return the lines of *sheet*; *codes* of the goals by id."""
    rows = {row.goal.goal_id: (y, row) for y, row in sheet.rows}
    lines: list[Line] = []
    words: list[Words] = []
    for wait in waits:
        own = rows.get(wait.goal_id)
        if own is None or not scale.holds(own[1].goal.first_day):
            continue
        start = scale.at(own[1].goal.first_day)
        other = rows.get(wait.predecessor_id)
        if other is None:
            lines_to, named = _from_elsewhere(wait, own, start, codes)
            lines += lines_to
            words += named
        else:
            points = _route(other, own, start, scale, sheet.rows)
            lines.append(Line(points, wait.predecessor_id, wait.goal_id))
    return Links(tuple(lines), tuple(words))


def _from_elsewhere(
    wait: Wait, own: tuple[float, Row], start: float, codes: Mapping[int, str]
) -> tuple[list[Line], list[Words]]:
    y, row = own
    middle = y + row.middle
    begin = start - STUB
    if begin < 0:
        return [], []
    line = Line(((begin, middle), (start, middle)), wait.predecessor_id, wait.goal_id)
    text = f"前置{codes.get(wait.predecessor_id, '')}"
    width = width_of(text, SMALL)
    left = begin - PAD - width
    is_free = left >= 0 and all(begin <= a or left >= b for a, b in row.taken)
    return [line], [Words(left, middle + 4, text, SMALL)] if is_free else []


def _route(
    before: tuple[float, Row],
    own: tuple[float, Row],
    start: float,
    scale: Scale,
    rows: Sequence[tuple[float, Row]],
) -> tuple[tuple[float, float], ...]:
    """Return the corners from the end of the predecessor to the begin of the goal at *start*."""
    end = scale.after(before[1].goal.deadline)
    y = before[0] + before[1].bar_y + BAR - 3
    middle = own[0] + own[1].middle
    out = end + PAD / 2 + 1
    if start - GAP >= out:
        x = _quietest(out, start - GAP, y, middle, rows)
        return ((end, y), (x, y), (x, middle), (start, middle))
    edge = own[0] if own[0] > before[0] else own[0] + own[1].height
    back = max(start - GAP, 1.0)
    return ((end, y), (out, y), (out, edge), (back, edge), (back, middle), (start, middle))


def _quietest(
    left: float, right: float, top: float, bottom: float, rows: Sequence[tuple[float, Row]]
) -> float:
    """Return where from *left* to *right* a line down crosses the fewest bars, the nearest to the goal."""
    low, high = min(top, bottom), max(top, bottom)
    between = [row for y, row in rows if y + row.height > low and y < high]
    places = [right - (right - left) * step / TRIES for step in range(TRIES + 1)]
    return min(places, key=lambda x: sum(a < x < b for row in between for a, b in row.taken))
