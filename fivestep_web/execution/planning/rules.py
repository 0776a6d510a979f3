"""Phases laid out backwards from a goal's last day: latest dates, slack, dependencies; pure (domain 8.1).

The last day of a goal is its deadline, or the working day before the first phase of a goal that waits for it.
No function here ever moves a deadline: what does not fit is told by how many working days.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.rules import ONE_DAY, ScheduleError, split_workdays

HUNDRED = Decimal(100)
MOST_PHASES = 20
LONGEST = 260


class Basis(StrEnum):
    """How the lengths of phases are given (domain 8.1)."""

    WORKDAYS = "workdays"
    SHARES = "shares"


BASIS_LABELS = {Basis.WORKDAYS: "按工作日数", Basis.SHARES: "按占全程的比例"}


class PlanState(StrEnum):
    """How far a plan is: the owner proposes, the leader in charge approves (R3.5)."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return PLAN_STATE_LABELS[self]


PLAN_STATE_LABELS = {
    PlanState.DRAFT: "编制中",
    PlanState.PROPOSED: "待批准",
    PlanState.RETURNED: "退回修改",
    PlanState.APPROVED: "已批准",
    PlanState.SUPERSEDED: "已被新计划替代",
}
EDITABLE = frozenset({PlanState.DRAFT, PlanState.RETURNED})
OPEN = EDITABLE | {PlanState.PROPOSED}


class LimitKind(StrEnum):
    """What keeps a phase from ending later."""

    DEADLINE = "deadline"
    AWAITED = "awaited"
    NEXT_PHASE = "next_phase"
    FINISH_BY = "finish_by"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another goal: the day it begins on, of one that waits; the day it ends on, of one waited for.

    *slack* is by how many working days its own plan may move, None without a plan.
    """

    name: str
    day: date
    slack: int | None = None
    goal_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase as it is planned; *weight* is its part of the goal in percent, *finish_by* a day to keep."""

    name: str
    workdays: int
    weight: Decimal | None = None
    finish_by: date | None = None
    deliverable: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The days a goal has: *start_on* as planned, *deadline*, and the goals before and after it.

    *not_before* is the first day the planner may choose for the start, None where nothing says so.
    """

    start_on: date
    deadline: date
    waits_for: Sequence[Neighbour] = ()
    awaited_by: Sequence[Neighbour] = ()
    not_before: date | None = None

    def first_day(self, calendar: WorkCalendar) -> date:
        """Return the first working day: not before the start nor before what it waits for has ended."""
        ends = [neighbour.day + ONE_DAY for neighbour in self.waits_for]
        return calendar.next_workday_on_or_after(max([self.start_on, *ends]))

    def last_day(self, calendar: WorkCalendar) -> date:
        """Return the last working day: the deadline's or the one before the first goal that waits."""
        eves = [neighbour.day - ONE_DAY for neighbour in self.awaited_by]
        return calendar.next_workday_on_or_before(min([self.deadline, *eves]))

    def span(self, calendar: WorkCalendar) -> int:
        """Return the working days there are."""
        return calendar.workdays_between(self.first_day(calendar) - ONE_DAY, self.last_day(calendar))


@dataclass(frozen=True, slots=True)
class LaidPhase:
    """A phase with its latest dates, both working days.

    *due_on* is what is written down: the deadline or the day to keep where that is a day off after *end_on*.
    *slack* is by how many working days it may begin after its earliest start, negative where it does not fit.
    """

    sequence: int
    plan: PlannedPhase
    start_on: date
    end_on: date
    due_on: date
    limit: LimitKind
    limit_day: date
    slack: int
    cumulative: Decimal | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A goal's phases laid out; *first_on* is the first day it may begin on."""

    phases: Sequence[LaidPhase]
    window: Window
    first_on: date

    @property
    def must_start_by(self) -> date:
        """Return the day the first phase has to begin on at the latest."""
        return self.phases[0].start_on

    @property
    def slack(self) -> int:
        """Return the working days between the first day and the latest start; 0 where it does not fit."""
        return max(0, self.phases[0].slack)

    @property
    def excess(self) -> int:
        """Return by how many working days the plan is too long (domain 8.1)."""
        return max(0, -self.phases[0].slack)

    @property
    def is_feasible(self) -> bool:
        return not self.excess


def lay_out(
    phases: Sequence[PlannedPhase],
    window: Window,
    calendar: WorkCalendar,
    *,
    first: int = 1,
) -> Layout:
    """Return the latest dates of *phases*, walking back from the goal's last day (domain 8.1, R3.4, R3.5).

    *first* is the number of the first phase. Raises ScheduleError for what is no plan; one that is too long
    is laid out all the same and says by how much.
    """
    check_phases(phases)
    spans: list[tuple[date, date, date, LimitKind, date]] = []
    for place in range(len(phases) - 1, -1, -1):
        kind, limit_day = _limit(phases[place], spans[-1][0] if spans else None, window, calendar)
        end = calendar.next_workday_on_or_before(limit_day)
        is_recorded = kind in {LimitKind.DEADLINE, LimitKind.FINISH_BY}
        start = first_of(end, phases[place].workdays, calendar)
        spans.append((start, end, limit_day if is_recorded else end, kind, limit_day))
    spans.reverse()
    earliest = window.first_day(calendar)
    laid, total = [], Decimal(0)
    for place, (phase, (start, end, due, kind, limit_day)) in enumerate(zip(phases, spans, strict=True)):
        total += phase.weight or 0
        slack = workdays_from(earliest, start, calendar)
        cumulative = None if phase.weight is None else total
        laid.append(LaidPhase(first + place, phase, start, end, due, kind, limit_day, slack, cumulative))
        earliest = calendar.add_workdays(earliest, phase.workdays)
    return Layout(laid, window, window.first_day(calendar))


def _limit(
    phase: PlannedPhase, next_start: date | None, window: Window, calendar: WorkCalendar
) -> tuple[LimitKind, date]:
    """Return what a phase has to end by, the earliest of all."""
    found: list[tuple[date, int, LimitKind]] = []
    if next_start is not None:
        found.append((calendar.add_workdays(next_start, -1), 1, LimitKind.NEXT_PHASE))
    else:
        found.append((window.deadline, 0, LimitKind.DEADLINE))
        if window.awaited_by:
            first = min(neighbour.day for neighbour in window.awaited_by)
            found.append((calendar.add_workdays(first, -1), 1, LimitKind.AWAITED))
    if phase.finish_by is not None:
        found.append((phase.finish_by, 2, LimitKind.FINISH_BY))
    day, _order, kind = min(found)
    return kind, day


def check_phases(phases: Sequence[PlannedPhase]) -> None:
    """Raise ScheduleError for what is no plan: no phase, no length, weights that are not 100 together."""
    if not phases:
        raise ScheduleError("还没有阶段，请至少填写一个阶段的名称和工作日数。")
    if len(phases) > MOST_PHASES:
        raise ScheduleError(f"一项目标最多{MOST_PHASES}个阶段，请合并后再排。")
    for phase in phases:
        if not 1 <= phase.workdays <= LONGEST:
            raise ScheduleError(
                f"阶段“{phase.name}”的工作日数为{phase.workdays}，应在1至{LONGEST}之间，请修改。"
            )
    weights = [phase.weight for phase in phases if phase.weight is not None]
    if not weights:
        return
    if len(weights) < len(phases):
        raise ScheduleError("有的阶段没有填权重，请全部填写，或者全部留空。")
    total = sum(weights, Decimal(0))
    if min(weights) <= 0 or total != HUNDRED:
        raise ScheduleError(f"各阶段权重都应大于0，合计应为100，现在合计{total.normalize():f}，请修改。")


def first_of(end: date, workdays: int, calendar: WorkCalendar) -> date:
    """Return the first of the *workdays* working days that end on *end*, itself a working day."""
    return end if workdays == 1 else calendar.add_workdays(end, 1 - workdays)


def workdays_from(day: date, other: date, calendar: WorkCalendar) -> int:
    """Return how many working days *other* lies after *day*, negative before it; both working days."""
    if other >= day:
        return calendar.workdays_between(day, other)
    return -calendar.workdays_between(other, day)


def by_shares(
    phases: Sequence[tuple[PlannedPhase, Decimal]], window: Window, calendar: WorkCalendar
) -> list[PlannedPhase]:
    """Return the phases with lengths by their shares of the working days there are (domain 8.1)."""
    lengths = split_workdays(window.span(calendar), [share for _phase, share in phases])
    return [
        PlannedPhase(phase.name, length, phase.weight, phase.finish_by, phase.deliverable)
        for (phase, _share), length in zip(phases, lengths, strict=True)
    ]


def find_circle(waits_for: Mapping[int, Collection[int]], goal: int, predecessor: int) -> list[int] | None:
    """Return the chain goal → … → goal that would close if *goal* waited for *predecessor*; None if none."""
    paths, seen = [[goal, predecessor]], {predecessor}
    while paths:
        path = paths.pop()
        if path[-1] == goal:
            return path
        for before in sorted(waits_for.get(path[-1], ())):
            if before == goal or before not in seen:
                seen.add(before)
                paths.append([*path, before])
    return None


def latest_first(waits_for: Mapping[int, Collection[int]], goals: Collection[int]) -> list[int]:
    """Return *goals* so that each stands after all that wait for it: the order to count back in."""
    waiting = {goal: {other for other in goals if goal in waits_for.get(other, ())} for goal in goals}
    order: list[int] = []
    while waiting:
        free = sorted(goal for goal, others in waiting.items() if not others & waiting.keys())
        if not free:
            raise ScheduleError("目标之间的先后关系成了环，请先去掉一条先后关系。")
        order += free
        for goal in free:
            del waiting[goal]
    return order
