"""Weeks of the timetable (时间表): ISO 8601 weeks, Monday first, pure (R6.1, domain.md section 10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fivestep_web.responsibility.rules import begin_of

WHOLE = "全程"
DAYS = 7


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week. Its *year* is that of its Thursday: 2027-01-01 lies in week 53 of 2026."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.number, DAYS)

    @property
    def days(self) -> list[date]:
        """Return Monday to Sunday."""
        return [self.monday + timedelta(days=place) for place in range(DAYS)]

    def label(self, plan_year: int) -> str:
        """Return 第10周, with the year before it where it is not the plan's."""
        return f"第{self.number}周" if self.year == plan_year else f"{self.year}年第{self.number}周"


def week_of(day: date) -> Week:
    """Return the ISO week a day lies in."""
    year, number, _weekday = day.isocalendar()
    return Week(year, number)


def week_span(begin: date | None, end: date, plan_year: int) -> str:
    """Return the weeks from *begin* to *end* as paper has them: 第5—10周, 第10周, 第51周—2027年第1周."""
    last = week_of(end)
    first = last if begin is None or begin > end else week_of(begin)
    if first == last:
        return last.label(plan_year)
    if first.year == last.year == plan_year:
        return f"第{first.number}—{last.number}周"
    return f"{first.label(plan_year)}—{last.label(plan_year)}"


def last_workday(week: Week, is_workday: Callable[[date], bool]) -> date | None:
    """Return the last working day of a week; None where the whole week is off (R6.1)."""
    return next((day for day in reversed(week.days) if is_workday(day)), None)


def period(begin: date | None, end: date) -> str:
    """Return 1月30日—3月4日, 至3月4日 without a beginning, with years where they differ."""
    closing = f"{end.month}月{end.day}日"
    if begin is None or begin > end:
        return f"至{closing}"
    opening = f"{begin.month}月{begin.day}日"
    if begin.year != end.year:
        return f"{begin.year}年{opening}—{end.year}年{closing}"
    return f"{opening}—{closing}"


@dataclass(frozen=True)
class PhaseEnd:
    """A milestone as stored: name, last day, completion due by then (0-1, None for not given), own begin."""

    name: str
    due_on: date
    share: Decimal | None
    starts_on: date | None = None


@dataclass(frozen=True)
class Phase:
    """A phase of a goal from its first to its last day; *begin* is None where the goal has no start."""

    name: str
    mark: str
    begin: date | None
    end: date


def phases(starts_on: date | None, deadline: date, ends: Sequence[PhaseEnd], standard: str) -> list[Phase]:
    """Return the phases of a goal in order, each begun as planned or the day after the one before ended.

    A goal without milestones is one phase up to its deadline; one whose last milestone lies before the
    deadline has a closing phase, so that the deadline itself always stands in the timetable.
    """
    found: list[Phase] = []
    ended: date | None = None
    for item in sorted(ends, key=lambda end: end.due_on):
        begin = begin_of(item.starts_on, ended, starts_on)
        found.append(Phase(item.name, completion_mark(item.name, item.share), begin, item.due_on))
        ended = item.due_on
    begin = begin_of(None, ended, starts_on)
    if not found:
        return [Phase(WHOLE, standard or "按期完成", begin, deadline)]
    if found[-1].end < deadline:
        found.append(Phase("收尾", standard or "全部完成", begin, deadline))
    return found


def completion_mark(name: str, share: Decimal | None) -> str:
    """Return by what a phase is seen to be done: 累计完成目标的25%, 完成摸底排查 without a share."""
    if share is None:
        return f"完成{name}"
    return f"累计完成目标的{format((share * 100).normalize() + Decimal(0), 'f')}%"
