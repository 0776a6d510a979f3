"""Reads of feedback: lists, one with its thread, hand-overs, what the clock needs to know."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.org.models import Unit, UnitKind, UnitPeriod
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.feedback import rules
from fivestep_web.supervision.feedback.models import (
    Feedback,
    FeedbackDraft,
    FeedbackMessage,
    FeedbackSchedule,
)
from fivestep_web.supervision.feedback.rules import FeedbackState, Saying, SetOffset
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat


@dataclass(frozen=True, slots=True)
class UnitFeedback:
    """A feedback with its unit as it is called now."""

    feedback: Feedback
    unit: str
    code: str
    leader_id: int | None


def visible_to(actor: Actor) -> Select[Feedback]:
    """Select the feedback of the units in reach."""
    query = select(Feedback)
    units = actor.units_for(Permission.FEEDBACK_READ)
    return query if units is None else query.where(Feedback.unit_id.in_(units))


def list_feedback(
    actor: Actor, year: int, *, month: int = 0, unit_id: int = 0, state: str = ""
) -> list[UnitFeedback]:
    """Return the feedback of a year the actor may see, the latest month first, units in order."""
    query = (
        visible_to(actor)
        .add_columns(UnitPeriod.name, Unit.code, UnitPeriod.leader_id)
        .join(Unit, Unit.id == Feedback.unit_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Unit.id, UnitPeriod.valid_to.is_(None)))
        .where(Feedback.year == year)
        .order_by(Feedback.month.desc(), Unit.code)
    )
    if month:
        query = query.where(Feedback.month == month)
    if unit_id:
        query = query.where(Feedback.unit_id == unit_id)
    if state in set(FeedbackState):
        query = query.where(Feedback.state == FeedbackState(state))
    return [UnitFeedback(*row) for row in db.session.execute(query)]


def list_months(actor: Actor, year: int) -> list[int]:
    """Return the months of a year with feedback the actor may see, the latest first."""
    query = visible_to(actor).with_only_columns(Feedback.month).where(Feedback.year == year).distinct()
    return list(db.session.scalars(query.order_by(Feedback.month.desc())))


def get_feedback(
    actor: Actor, feedback_id: int, *, lock: bool = False, revision: int | None = None
) -> Feedback:
    """Return a feedback the actor may see; with *revision*, Conflict when it changed since it was shown."""
    query = visible_to(actor).where(Feedback.id == feedback_id)
    if lock:
        query = query.with_for_update(of=Feedback).execution_options(populate_existing=True)
    else:
        query = query.options(
            joinedload(Feedback.leader),
            joinedload(Feedback.sent_by),
            selectinload(Feedback.messages).joinedload(FeedbackMessage.author),
        )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这份信息反馈，或不在您的查看范围内。"))
    if revision is not None and found.revision != revision:
        raise Conflict(_("这份反馈在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return found


def find_draft(feedback_id: int) -> FeedbackDraft | None:
    """Return what was typed and not sent."""
    return db.session.get(FeedbackDraft, feedback_id)


def unit_of(feedback: Feedback) -> UnitPeriod:
    """Return what the unit of a feedback is now."""
    return db.session.scalars(
        select(UnitPeriod).where(UnitPeriod.unit_id == feedback.unit_id, UnitPeriod.valid_to.is_(None))
    ).one()


def list_schedules(year: int) -> Sequence[FeedbackSchedule]:
    """Return when the date was set for a year, in order."""
    query = select(FeedbackSchedule).where(FeedbackSchedule.year == year)
    query = query.options(joinedload(FeedbackSchedule.set_by))
    return db.session.scalars(query.order_by(FeedbackSchedule.id)).all()


def history_of(year: int) -> list[SetOffset]:
    """Return what was set for a year as rules take it."""
    rows = db.session.execute(
        select(FeedbackSchedule.set_at, FeedbackSchedule.workday_offset)
        .where(FeedbackSchedule.year == year)
        .order_by(FeedbackSchedule.id)
    )
    return [SetOffset(_day(set_at), offset) for set_at, offset in rows]


def last_set(year: int) -> int:
    """Return which setting was the last of a year; 0 before there is one."""
    query = select(func.max(FeedbackSchedule.id)).where(FeedbackSchedule.year == year)
    return db.session.scalar(query) or 0


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ZONE).date()


def ledger_began(year: int) -> date | None:
    """Return the day this system first held an entry of the year: months before it owe no feedback."""
    moment = db.session.scalar(
        select(func.min(LedgerChange.recorded_at))
        .join(LedgerEntry, LedgerEntry.id == LedgerChange.entry_id)
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .where(Goal.year == year)
    )
    return _day(moment) if moment else None


def reporting_units() -> list[tuple[int, date]]:
    """Return the units that give feedback, the assessed ones below the leaders, and since when they are."""
    began = (
        select(UnitPeriod.unit_id, func.min(UnitPeriod.valid_from).label("day"))
        .group_by(UnitPeriod.unit_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Unit.id, began.c.day)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Unit.id, UnitPeriod.valid_to.is_(None)))
        .join(began, began.c.unit_id == Unit.id)
        .where(Unit.is_assessed, UnitPeriod.kind != UnitKind.LEADERSHIP)
        .order_by(Unit.code)
    )
    return [(row[0], row[1]) for row in rows]


def opened(year: int) -> set[tuple[int, int]]:
    """Return which months of which units are opened already."""
    rows = db.session.execute(select(Feedback.month, Feedback.unit_id).where(Feedback.year == year))
    return {(month, unit_id) for month, unit_id in rows}


def steps_of_year(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the answers, and what the units were asked back, as hand-overs (R3.9); two statements."""
    waits = Feedback.state.in_((FeedbackState.SENT, FeedbackState.QUESTIONED)) if open_only else true()
    said: dict[int, list[tuple[Saying, datetime]]] = defaultdict(list)
    messages = (
        select(FeedbackMessage.feedback_id, FeedbackMessage.kind, FeedbackMessage.said_at)
        .join(Feedback, Feedback.id == FeedbackMessage.feedback_id)
        .where(Feedback.year == year, waits)
        .order_by(FeedbackMessage.id)
    )
    for feedback_id, kind, moment in db.session.execute(messages):
        said[feedback_id].append((kind, moment))
    rows = db.session.execute(
        select(Feedback.id, Feedback.month, Feedback.unit_id, Feedback.sent_at, Feedback.sent_by_id).where(
            Feedback.year == year, Feedback.sent_at.is_not(None), waits
        )
    )
    for row in rows:
        for turn in rules.turns(row.sent_at, said.get(row.id, ())):
            yield Step(
                matter=f"feedback:{row.id}",
                label=str(_("%(month)s月信息反馈", month=row.month)),
                endpoint="feedback.feedback_show",
                values={"feedback_id": row.id},
                unit_id=row.unit_id,
                seat=Seat.LEADER if turn.is_leaders else Seat.HEAD,
                since=turn.since,
                until=turn.until,
                asked_by_id=row.sent_by_id if turn.is_leaders else None,
            )
