"""Where bars, names and dates of the war-room chart stand, so that nothing overlaps or is cut off; pure.

Units are those of the drawing: a pixel on screen, 1/96 inch on paper at scale 1. x begins at the Monday of
the first week drawn, y at the top of the row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from fivestep_web.ledger.rules import Signal
from fivestep_web.supervision.wall.rules import ONE_DAY, LeaderGroup, Look, Phase, WallGoal, look_of
from fivestep_web.supervision.wall.texts import width_of

UNIT, MARK, NAME, WORD = 74.0, 18.0, 162.0, 52.0
NAMES = UNIT + MARK + NAME + WORD
BAND, HEAD = 30.0, 40.0
BAR, TOP, MOVED_TOP, FOOT, LANE = 20.0, 5.0, 16.0, 6.0, 14.0
CAP, PAD, GAP = 15.0, 4.0, 6.0
TYPE, SMALL = 12.0, 10.0
RIGHT = 40.0  # room after the last week, for the names and dates beside bars
LEAST_WEEK = 14.0
MOST_LANES = 3
ABOVE = -1  # the lane of moved dates; 0 holds the bars, 1 and more lie below


@dataclass(frozen=True, slots=True)
class Scale:
    """The weeks drawn, *week* wide each."""

    first: date
    last: date
    week: float

    @property
    def weeks(self) -> int:
        return ((self.last - self.first).days + 1) // 7

    @property
    def end(self) -> float:
        return self.weeks * self.week

    @property
    def width(self) -> float:
        return self.end + RIGHT

    def at(self, day: date) -> float:
        """Return where *day* begins, within the weeks drawn."""
        return min(max((day - self.first).days * self.week / 7, 0.0), self.end)

    def after(self, day: date) -> float:
        """Return where *day* ends."""
        return self.at(day + ONE_DAY)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def noon(self, day: date) -> float | None:
        """Return the middle of *day*; None outside the weeks drawn."""
        return (self.at(day) + self.after(day)) / 2 if self.holds(day) else None


def scale_for(first: date, last: date, width: float) -> Scale:
    """Return the scale that fills *width*, or more where weeks would be too narrow to read."""
    weeks = ((last - first).days + 1) // 7
    return Scale(first, last, max(LEAST_WEEK, (width - RIGHT) / weeks))


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase as drawn; it is open at an end that lies outside the weeks drawn."""

    x: float
    width: float
    look: Look
    phase: Phase
    has_cap: bool
    is_open_left: bool
    is_open_right: bool

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Words:
    """Words that begin at *x*; *y* is their base line."""

    x: float
    y: float
    text: str
    size: float = TYPE


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that was moved from *x*, marked hollow, to *to*."""

    x: float
    to: float
    original_on: date
    now_on: date


@dataclass(frozen=True, slots=True)
class Row:
    """A goal's row; *taken* are the stretches of the bars' lane that are not free."""

    goal: WallGoal
    height: float
    bar_y: float
    bars: tuple[Bar, ...]
    words: tuple[Words, ...]
    under: tuple[tuple[float, float], ...]
    moved: tuple[Moved, ...]
    deadline_x: float | None
    tail: tuple[float, float] | None
    late: tuple[float, float] | None
    taken: tuple[tuple[float, float], ...]

    @property
    def middle(self) -> float:
        return self.bar_y + BAR / 2


@dataclass(frozen=True, slots=True)
class Band:
    """The head of a leader's rows; *is_continued* at the top of a further page."""

    group: LeaderGroup
    is_continued: bool = False

    @property
    def height(self) -> float:
        return BAND


@dataclass(slots=True)
class _Lanes:
    """What stands in the lanes of a row so far."""

    width: float
    taken: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, lane: int, start: float, end: float) -> None:
        self.taken[lane].append((start, end))

    def is_free(self, lane: int, start: float, end: float) -> bool:
        return (
            start >= 0
            and end <= self.width
            and all(end <= other_start or start >= other_end for other_start, other_end in self.taken[lane])
        )

    def below(self, start: float, end: float) -> int:
        """Return the first lane below the bars that has room, the last one where none has."""
        return next((n for n in range(1, MOST_LANES) if self.is_free(n, start, end)), MOST_LANES)

    @property
    def depth(self) -> int:
        return max((lane for lane, found in self.taken.items() if found), default=0)


def lay_out(groups: Iterable[LeaderGroup], scale: Scale, today: date) -> list[Band | Row]:
    """Return the bands of the leaders, each followed by its rows."""
    items: list[Band | Row] = []
    for group in groups:
        items.append(Band(group))
        items += [lay_row(goal, scale, today) for goal in group.goals]
    return items


def lay_row(goal: WallGoal, scale: Scale, today: date) -> Row:
    """Return the row of a goal: bars, names in, beside or below them, dates and what was moved."""
    lanes = _Lanes(scale.width)
    moved = _moved(goal, scale)
    bar_y = MOVED_TOP if moved else TOP
    visible = [p for p in goal.phases if p.start_on <= scale.last and p.end_on >= scale.first]
    bars, words, nameless = _bars(goal, visible, scale, today, bar_y)
    for bar in bars:
        lanes.take(0, bar.x - 1, bar.end + 2)
    noon = scale.noon(today)
    if noon is not None:
        lanes.take(0, noon - 2, noon + 2)
    named, under = _names_outside(goal.person, _runs(nameless), lanes, bar_y)
    deadline_x = scale.after(goal.deadline) if scale.holds(goal.deadline) else None
    words += [*named, *_deadline(goal, deadline_x, noon, lanes, bar_y), *_original_dates(moved, lanes)]
    last = bars[-1].end if bars else None
    return Row(
        goal=goal,
        height=bar_y + BAR + max(lanes.depth, 0) * LANE + FOOT,
        bar_y=bar_y,
        bars=tuple(bars),
        words=tuple(words),
        under=tuple(under),
        moved=tuple(moved),
        deadline_x=deadline_x,
        tail=_stretch(last, deadline_x),
        late=_stretch(deadline_x, noon) if goal.signal is Signal.RED_OVERDUE else None,
        taken=tuple(lanes.taken[0]),
    )


def _stretch(start: float | None, end: float | None) -> tuple[float, float] | None:
    """Return the way from *start* to *end* where there is one."""
    return None if start is None or end is None or end <= start + 1 else (start, end)


def _bars(
    goal: WallGoal, phases: Iterable[Phase], scale: Scale, today: date, bar_y: float
) -> tuple[list[Bar], list[Words], list[tuple[int, Bar]]]:
    """Return the bars, the words inside them, and those with no room for a name, by their places."""
    bars, words, nameless = [], [], []
    noon = scale.noon(today)
    for place, phase in enumerate(phases):
        x, end = scale.at(phase.start_on), scale.after(phase.end_on)
        look = look_of(goal, phase, today)
        text, has_cap = _inside(phase.name, goal.person, end - x, is_marked=look is not Look.COMING)
        opened = phase.start_on < scale.first, phase.end_on > scale.last
        bar = Bar(x, end - x, look, phase, has_cap, *opened)
        bars.append(bar)
        if text:
            start = x + (CAP if has_cap else 0) + PAD
            at, shown = _clear_of(noon, start, end - PAD, (text, goal.person))
            words.append(Words(at, bar_y + 14.5, shown))
        else:
            nameless.append((place, bar))
    return bars, words, nameless


def _clear_of(noon: float | None, start: float, end: float, texts: Sequence[str]) -> tuple[float, str]:
    """Return which of *texts* stands where, so that the line of today does not cross it if that can be."""
    for text in texts:
        width = width_of(text, TYPE)
        if noon is None or not start - 2 < noon < start + width + 2:
            return start, text
        if noon + PAD + width <= end:
            return noon + PAD, text
    return start, texts[0]


def _inside(phase: str, person: str, width: float, *, is_marked: bool) -> tuple[str, bool]:
    """Return the words that fit into a bar, the person's name at least, and whether its mark fits too."""
    full = f"{phase} {person}".strip()
    for text, has_cap in ((full, is_marked), (person, is_marked), (person, False)):
        if width_of(text, TYPE) + 2 * PAD + (CAP if has_cap else 0) <= width:
            return text, has_cap
    return "", is_marked and width >= CAP


def _runs(nameless: Sequence[tuple[int, Bar]]) -> list[list[Bar]]:
    """Put bars that follow each other together: they share one name."""
    runs: list[list[Bar]] = []
    last = None
    for place, bar in nameless:
        if last is not None and place == last + 1:
            runs[-1].append(bar)
        else:
            runs.append([bar])
        last = place
    return runs


def _names_outside(
    person: str, runs: Iterable[Sequence[Bar]], lanes: _Lanes, bar_y: float
) -> tuple[list[Words], list[tuple[float, float]]]:
    """Return the name of each run of bars beside or below it, and the lines that hold together the latter."""
    words, under = [], []
    width = width_of(person, TYPE)
    for run in runs:
        start, end = run[0].x, run[-1].end
        x = end + GAP
        if lanes.is_free(0, x - 2, x + width + 2):
            lanes.take(0, x - 2, x + width + 2)
            words.append(Words(x, bar_y + 14.5, person))
            continue
        x = min(max((start + end - width) / 2, 0), lanes.width - width)
        lane = lanes.below(x - 3, x + width + 3)
        lanes.take(lane, x - 3, x + width + 3)
        words.append(Words(x, bar_y + BAR + lane * LANE - 1, person))
        under.append((start, end))
    return words, under


def _deadline(
    goal: WallGoal, x: float | None, noon: float | None, lanes: _Lanes, bar_y: float
) -> list[Words]:
    """Return the deadline as 11-28 beside its mark, where there is room."""
    if x is None:
        return []
    text = f"{goal.deadline:%m-%d}"
    width = width_of(text, SMALL)
    lanes.take(0, x - 2, x + 2)
    places = [x + GAP, x - GAP - width]
    if noon is not None and 0 < noon - x < GAP + width + 2:
        places.append(noon + PAD)
    start = next((at for at in places if lanes.is_free(0, at - 2, at + width + 2)), None)
    if start is None:
        return []
    lanes.take(0, start - 2, start + width + 2)
    return [Words(start, bar_y + 14, text, SMALL)]


def _moved(goal: WallGoal, scale: Scale) -> list[Moved]:
    """Return the dates a change order moved, each once though phase and deadline share it."""
    pairs = {(phase.original_end_on, phase.end_on) for phase in goal.phases if phase.original_end_on}
    if goal.original_deadline and goal.original_deadline != goal.deadline:
        pairs.add((goal.original_deadline, goal.deadline))
    return [
        Moved(scale.after(before), scale.after(now), before, now)
        for before, now in sorted(pairs)
        if scale.holds(before)
    ]


def _original_dates(moved: Iterable[Moved], lanes: _Lanes) -> list[Words]:
    """Return 原10-20 beside each hollow mark, on the side its line does not go, where there is room."""
    words: list[Words] = []
    marks = list(moved)
    for mark in marks:
        lanes.take(ABOVE, mark.x - 5, mark.x + 5)
        lanes.take(ABOVE, min(mark.x, mark.to), max(mark.x, mark.to))
    for mark in marks:
        text = f"原{mark.original_on:%m-%d}"
        width = width_of(text, SMALL)
        start = mark.x - 7 - width if mark.to >= mark.x else mark.x + 7
        if lanes.is_free(ABOVE, start, start + width):
            lanes.take(ABOVE, start, start + width)
            words.append(Words(start, 12, text, SMALL))
    return words
