"""The hand-overs of a year with their limits and who holds them; a fixed number of statements (R3.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.limits import policy, rules
from fivestep_web.supervision.limits.models import TimeLimit
from fivestep_web.supervision.limits.registry import Step, StepKind, list_kinds
from fivestep_web.supervision.limits.rules import LimitKind, SetLimit, Timing
from fivestep_web.supervision.limits.seats import NO_SEATS, Holders, Seats, read_seats


@dataclass(frozen=True, slots=True)
class Handover:
    """One hand-over as it stands today; *month* is when it began, 13 the January after the plan year."""

    kind: StepKind
    step: Step
    unit: str
    since: date
    timing: Timing
    holder: Holders
    above: Holders
    month: int

    @property
    def workdays(self) -> int:
        """Return the working days it may take."""
        return self.timing.workdays


def local_day(moment: datetime) -> date:
    """Return the day of a moment in Asia/Shanghai."""
    return moment.astimezone(clock.ZONE).date()


def list_limits(year: int) -> Sequence[TimeLimit]:
    """Return what was set for a year, in order."""
    query = select(TimeLimit).where(TimeLimit.year == year).options(joinedload(TimeLimit.set_by))
    return db.session.scalars(query.order_by(TimeLimit.id)).all()


def last_set(year: int) -> int:
    """Return which setting was the last of a year; 0 before there is one."""
    return db.session.scalar(select(func.max(TimeLimit.id)).where(TimeLimit.year == year)) or 0


def history_of(year: int) -> list[SetLimit]:
    """Return what was set for a year as rules take it."""
    rows = db.session.execute(
        select(TimeLimit.kind, TimeLimit.set_at, TimeLimit.workdays)
        .where(TimeLimit.year == year)
        .order_by(TimeLimit.id)
    )
    return [SetLimit(*row) for row in rows]


def limit_of(year: int, kind: LimitKind, since: datetime) -> int:
    """Return the limit of one hand-over that begins at *since*."""
    return rules.limit_at(history_of(year), kind, since)


def list_handovers(actor: Actor, year: int) -> list[Handover]:
    """Return the hand-overs of a year the actor may see, the oldest first."""
    history, seats, today = history_of(year), read_seats(), clock.today()
    found = [
        _handover(year, kind, step, _timing(kind, step, history, today), seats)
        for kind in list_kinds()
        for step in kind.read(year)
    ]
    seen = [
        item
        for item in found
        if policy.can_see(actor, item.step.unit_id, (*item.holder.people, *item.above.people))
    ]
    return sorted(seen, key=lambda item: (item.since, item.step.matter))


def list_overdue(year: int, day: date) -> list[Handover]:
    """Return all that is held beyond its limit on *day*, whoever holds it, the longest first."""
    history = history_of(year)
    held = [
        (kind, step, _timing(kind, step, history, day))
        for kind in list_kinds()
        for step in kind.read(year, open_only=True)
        if step.until is None
    ]
    late = [(kind, step, timing) for kind, step, timing in held if timing.is_late]
    seats = read_seats() if late else NO_SEATS
    found = [_handover(year, kind, step, timing, seats) for kind, step, timing in late]
    return sorted(found, key=lambda item: (item.timing.due_on, item.since))


def _timing(kind: StepKind, step: Step, history: Sequence[SetLimit], day: date) -> Timing:
    workdays = rules.limit_at(history, kind.limit, step.since)
    until = local_day(step.until) if step.until else None
    return rules.timing(local_day(step.since), until, workdays, today=day, calendar=get_calendar())


def _handover(year: int, kind: StepKind, step: Step, timing: Timing, seats: Seats) -> Handover:
    since, holder = local_day(step.since), seats.holder(step)
    return Handover(
        kind=kind,
        step=step,
        unit=seats.unit(step.unit_id).name,
        since=since,
        timing=timing,
        holder=holder,
        above=seats.above(step, holder),
        month=since.month + 12 * (since.year - year),
    )
