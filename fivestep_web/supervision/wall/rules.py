"""What the war-room chart shows of a goal, in which order, over which weeks (R3.4); pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from fivestep_web.core.workdays import WorkCalendar, last_day_of_month
from fivestep_web.ledger.rules import Signal

ONE_DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
NO_LEADER = "未明确"
OUTSIDE = "未建账"
BEFORE_TODAY, AFTER_TODAY = timedelta(weeks=4), timedelta(weeks=9)


class Look(StrEnum):
    """How a bar is drawn: a colour, a shape and the line below it; never the colour alone (domain 8.2)."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"
    GREY = "grey"
    DONE = "done"
    COMING = "coming"


LOOK_SHAPES = {
    Look.RED: "▲",
    Look.YELLOW: "◆",
    Look.BLUE: "●",
    Look.GREEN: "■",
    Look.GREY: "□",
    Look.DONE: "√",
}
LOOK_NAMES = {
    Look.RED: "红",
    Look.YELLOW: "黄",
    Look.BLUE: "蓝",
    Look.GREEN: "绿",
    Look.GREY: "灰",
    Look.DONE: "销号",
}
LOOK_WORDS = {
    Look.RED: "逾期、严重滞后",
    Look.YELLOW: "滞后",
    Look.BLUE: "临期",
    Look.GREEN: "正常",
    Look.GREY: "暂缓、未到启动时间、未建账",
    Look.DONE: "已完成、已销号",
    Look.COMING: "尚未开始",
}


class Span(StrEnum):
    """Which part of the year is drawn; AUTO is what holds a bar, no empty month before or after it."""

    AUTO = "auto"
    NEAR = "near"
    FIRST_HALF = "h1"
    SECOND_HALF = "h2"
    QUARTER_1 = "q1"
    QUARTER_2 = "q2"
    QUARTER_3 = "q3"
    QUARTER_4 = "q4"


SPAN_LABELS = {
    Span.AUTO: "按内容自动",
    Span.NEAR: "近期（前4周后9周）",
    Span.FIRST_HALF: "上半年",
    Span.SECOND_HALF: "下半年",
    Span.QUARTER_1: "一季度",
    Span.QUARTER_2: "二季度",
    Span.QUARTER_3: "三季度",
    Span.QUARTER_4: "四季度",
}
_MONTHS = {
    Span.FIRST_HALF: (1, 6),
    Span.SECOND_HALF: (7, 12),
    Span.QUARTER_1: (1, 3),
    Span.QUARTER_2: (4, 6),
    Span.QUARTER_3: (7, 9),
    Span.QUARTER_4: (10, 12),
}


@dataclass(frozen=True, slots=True)
class Phase:
    """A bar: both days inclusive; *original_end_on* where a change order moved the end."""

    name: str
    start_on: date
    end_on: date
    original_end_on: date | None = None
    is_reached: bool = False


@dataclass(frozen=True, slots=True)
class WallGoal:
    """A row of the chart; *signal* is None for a goal that is not in the ledger yet.

    *original_deadline* is the first signed one where a change order moved it.
    """

    goal_id: int
    entry_id: int | None
    code: str
    name: str
    is_key: bool
    is_task: bool
    topic_id: int
    unit_id: int
    unit: str
    person_id: int
    person: str
    leader_id: int | None
    leader: str
    deadline: date
    original_deadline: date | None
    signal: Signal | None
    reason: str
    phases: tuple[Phase, ...]

    @property
    def word(self) -> str:
        return OUTSIDE if self.signal is None else self.signal.word

    @property
    def look(self) -> Look:
        """Return the look of the goal's signal."""
        return _LOOKS.get(self.signal.colour if self.signal else "", Look.GREY)

    @property
    def first_day(self) -> date:
        return min(phase.start_on for phase in self.phases)

    @property
    def years(self) -> set[int]:
        """Return the years of the deadline and of each begin and end."""
        days = [self.deadline, *(day for phase in self.phases for day in (phase.start_on, phase.end_on))]
        return {day.year for day in days}

    @property
    def last_day(self) -> date:
        """Return the last day on which something of the goal is drawn, original dates included."""
        days = [phase.end_on for phase in self.phases]
        days += [phase.original_end_on for phase in self.phases if phase.original_end_on]
        return max([*days, self.deadline, self.original_deadline or self.deadline])


_LOOKS = {
    "red": Look.RED,
    "yellow": Look.YELLOW,
    "blue": Look.BLUE,
    "green": Look.GREEN,
    "grey": Look.GREY,
    "done": Look.DONE,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """*goal_id* begins only after *predecessor_id* is done."""

    goal_id: int
    predecessor_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeaderGroup:
    """The goals of one leader in charge, unit by unit; *tally* says how many goals show each look."""

    leader: str
    title: str
    goals: tuple[WallGoal, ...]
    tally: Counter[Look]


def look_of(goal: WallGoal, phase: Phase, today: date) -> Look:
    """Return how a phase is drawn: done, still to come, or in the colour the goal's signal has today."""
    if phase.is_reached or goal.signal is Signal.DONE:
        return Look.DONE
    return Look.COMING if phase.start_on > today else goal.look


def phases_or_whole(phases: Iterable[Phase], whole: Phase) -> tuple[Phase, ...]:
    """Return the phases of a goal, the *whole* way to its deadline where it has none."""
    return tuple(phases) or (whole,)


def group_goals(goals: Iterable[WallGoal], titles: Mapping[int, str]) -> list[LeaderGroup]:
    """Group by leader in charge, those without one last; within a unit key goals come first (R3.3).

    *titles* are the leaders' posts by their ids, in the order in which the leaders are to stand.
    """
    places = {leader_id: place for place, leader_id in enumerate(titles)}
    sorted_goals = sorted(goals, key=lambda goal: (_place(goal, places), goal.leader_id or 0))
    groups = []
    for leader_id, members in groupby(sorted_goals, key=lambda goal: goal.leader_id):
        by_unit: dict[int, list[WallGoal]] = {}
        for goal in members:
            by_unit.setdefault(goal.unit_id, []).append(goal)
        rows = tuple(
            goal for own in by_unit.values() for goal in sorted(own, key=lambda item: not item.is_key)
        )
        title = "" if leader_id is None else titles.get(leader_id, "")
        tally = Counter(goal.look for goal in rows)
        groups.append(LeaderGroup(rows[0].leader or NO_LEADER, title, rows, tally))
    return groups


def _place(goal: WallGoal, places: Mapping[int, int]) -> int:
    return len(places) if goal.leader_id is None else places.get(goal.leader_id, len(places))


def weeks_of(span: Span, goals: Sequence[WallGoal], year: int, today: date) -> tuple[date, date]:
    """Return the Monday of the first and the Sunday of the last week drawn."""
    if span in _MONTHS:
        start, end = _MONTHS[span]
        first, last = date(year, start, 1), last_day_of_month(year, end)
    elif span is Span.NEAR:
        first, last = today - BEFORE_TODAY, today + AFTER_TODAY
    elif goals:
        first, last = min(goal.first_day for goal in goals), max(goal.last_day for goal in goals)
    else:
        first, last = date(year, 1, 1), date(year, 12, 31)
    return monday_of(first), monday_of(last) + WEEK - ONE_DAY


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week of *day*."""
    return day - timedelta(days=day.weekday())


def unknown_years(goals: Iterable[WallGoal], calendar: WorkCalendar) -> list[int]:
    """Return the years of the dates of *goals* whose holidays are not published (domain.md section 10)."""
    years = {year for goal in goals for year in goal.years}
    return sorted(year for year in years if not calendar.is_known(year))


def within(goals: Iterable[WallGoal], first: date, last: date) -> list[WallGoal]:
    """Return the goals of which something lies from *first* to *last*."""
    return [goal for goal in goals if goal.first_day <= last and goal.last_day >= first]
