"""Back-scheduling, progress due, milestones reached and completion as of a day; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

from fivestep_web.core.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
WHOLE = Decimal(1)


class ScheduleError(ValueError):
    """The plan cannot be laid out; the message is a sentence for the planner."""


class PlanTooLongError(ScheduleError):
    """The phases need *excess* more working days than lie between plan start and deadline."""

    def __init__(self, excess: int, needed: int, available: int) -> None:
        self.excess = excess
        super().__init__(
            f"各阶段共需{needed}个工作日，从计划开始到完成时限只有{available}个工作日，"
            f"超出{excess}个工作日。请缩短阶段，完成时限不变。"
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase as the planner types it: its length in working days, at least 1."""

    name: str
    workdays: int


@dataclass(frozen=True, slots=True)
class ScheduledPhase:
    """A phase with its first and last working day, both inclusive."""

    name: str
    workdays: int
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class WeightedPhase:
    """A stretch of the plan, both days inclusive, and what part of the goal it should bring."""

    start_on: date
    end_on: date
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Milestone:
    """A planned node; *share* is the cumulative part (0–1) of the target due by *due_on*.

    *starts_on* is the begin of its phase where a plan gave one. *needs_acceptance*: a
    deliverable is written down for it, so it is done when accepted, not by progress.
    """

    seq: int
    name: str
    due_on: date
    share: Decimal | None
    starts_on: date | None = None
    needs_acceptance: bool = False


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """One dated entry of 进展: the cumulative value, or 不涉及 with no value."""

    on_date: date
    done: Decimal | None
    not_applicable: bool = False
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What a goal stands at on a day; without any entry, 0 done."""

    done: Decimal
    not_applicable: bool
    completed_on: date | None
    reported_on: date | None


def back_schedule(
    phases: Sequence[Phase], *, deadline: date, plan_start: date, calendar: WorkCalendar
) -> list[ScheduledPhase]:
    """Lay the phases out backwards from the deadline, in the order given (domain 8.1, R3.5).

    The last one ends on the deadline or the working day before it; the deadline never moves.
    Raises ScheduleError for a phase shorter than a working day, PlanTooLongError when the first
    phase would start before *plan_start*.
    """
    for phase in phases:
        if phase.workdays < 1:
            raise ScheduleError(f"阶段“{phase.name}”的工作日数为{phase.workdays}，至少应为1个工作日。")
    end = calendar.next_workday_on_or_before(deadline)
    available = calendar.workdays_between(plan_start - ONE_DAY, end)
    needed = sum(phase.workdays for phase in phases)
    if needed > available:
        raise PlanTooLongError(needed - available, needed, available)
    laid_out = []
    for phase in reversed(phases):
        start = end if phase.workdays == 1 else calendar.add_workdays(end, 1 - phase.workdays)
        laid_out.append(ScheduledPhase(phase.name, phase.workdays, start, end))
        end = calendar.add_workdays(start, -1)
    return laid_out[::-1]


def split_workdays(available: int, shares: Sequence[Decimal]) -> list[int]:
    """Turn shares of the span into phase lengths that add up to *available* working days.

    Largest remainder, the earlier phase first among equals. Raises ScheduleError when a share is
    not positive or a phase would be left without a working day.
    """
    if not shares or min(shares) <= 0:
        raise ScheduleError("各阶段所占比例都应大于0。")
    exact = [Fraction(share) * available / Fraction(sum(shares)) for share in shares]
    lengths = [int(length) for length in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: lengths[i] - exact[i])
    for i in by_remainder[: available - sum(lengths)]:
        lengths[i] += 1
    if min(lengths) < 1:
        raise ScheduleError(f"只有{available}个工作日，不够{len(shares)}个阶段按所填比例分配。")
    return lengths


def phases_of_milestones(
    milestones: Iterable[Milestone], *, start_on: date, due_on: date
) -> list[WeightedPhase]:
    """Read cumulative shares as consecutive phases whose weights total 1.

    Each phase runs from its own begin or the day after the node before it. A plan whose last share stays
    below 1 gets a last phase up to the deadline. Nodes without a share are passed over; where no node has
    one, nothing says how the goal should grow and there are no phases.
    """
    nodes = [(node.due_on, node.share, node.starts_on) for node in milestones if node.share is not None]
    if not nodes:
        return []
    nodes.sort(key=itemgetter(0, 1))
    nodes.append((max(due_on, nodes[-1][0]), WHOLE, None))
    phases = []
    begin, reached = start_on, Decimal(0)
    for end, share, own_begin in nodes:
        if share > reached:
            first = begin if own_begin is None or own_begin > end else max(begin, own_begin)
            phases.append(WeightedPhase(first, end, share - reached))
            begin, reached = end + ONE_DAY, share
    return phases


def progress_due(phases: Iterable[WeightedPhase], day: date, calendar: WorkCalendar) -> Fraction:
    """Return the progress due on *day* (序时进度), in the unit of the weights, unrounded (domain 8.1).

    Phases past their end count in full, the current one by its working days elapsed, *day* included.
    """
    due = Fraction(0)
    for phase in phases:
        if day >= phase.end_on:
            due += Fraction(phase.weight)
        elif day >= phase.start_on:
            eve = phase.start_on - ONE_DAY
            length = calendar.workdays_between(eve, phase.end_on)
            if length:
                due += Fraction(phase.weight) * calendar.workdays_between(eve, day) / length
    return due


def completion_on(points: Iterable[ProgressPoint], day: date) -> Completion:
    """Return where the goal stands on *day*: its entry with the latest date up to then."""
    known = [point for point in points if point.on_date <= day]
    if not known:
        return Completion(Decimal(0), not_applicable=False, completed_on=None, reported_on=None)
    latest = max(known, key=lambda point: point.on_date)
    return Completion(
        Decimal(0) if latest.done is None else latest.done,
        latest.not_applicable,
        latest.completed_on,
        latest.on_date,
    )


def milestone_reached_on(
    milestone: Milestone,
    points: Iterable[ProgressPoint],
    *,
    target: Decimal,
    counts_incidents: bool,
    day: date,
) -> date | None:
    """Return when an imported milestone was reached, as known on *day*; None if it was not.

    That is the date of the first entry whose done ÷ target reaches the share. Goals that count
    incidents (逐例扣分) and nodes without a share know only the completion date.
    """
    known = [point for point in points if point.on_date <= day]
    if counts_incidents or milestone.share is None:
        return completion_on(known, day).completed_on
    wanted = milestone.share * target
    dates = [point.on_date for point in known if point.done is not None and point.done >= wanted]
    return min(dates, default=None)
