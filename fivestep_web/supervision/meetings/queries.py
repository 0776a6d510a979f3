"""Reads of meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.queries import visible_to
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.org.models import Unit, UnitPeriod
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.meetings import policy
from fivestep_web.supervision.meetings.agenda import PROBLEM
from fivestep_web.supervision.meetings.models import (
    AgendaItem,
    Attendance,
    Erratum,
    Meeting,
    MinutesReceipt,
    Resolution,
)
from fivestep_web.supervision.meetings.rules import MeetingKind, MeetingState, Outcome, ResolutionState


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """The joint consultation of a month: when, how many problems it dealt with, how many it solved."""

    held_on: date
    raised: int
    solved: int


def ledger_since(year: int) -> date | None:
    """Return the day the year's first ledger entry was opened."""
    return db.session.scalar(
        select(func.min(LedgerEntry.opened_on))
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .where(Goal.year == year)
    )


def list_meetings(year: int) -> Sequence[Meeting]:
    """Return the year's meetings, the latest planned first."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.year == year)
        .options(joinedload(Meeting.chair))
        .order_by(Meeting.planned_on.desc(), Meeting.id.desc())
    ).all()


def attended_ids(actor: Actor, year: int) -> set[int]:
    """Return the year's meetings the actor is invited to."""
    rows = db.session.scalars(
        select(Meeting.id)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(Meeting.year == year, Attendance.person_id == actor.person_id)
    )
    return set(rows)


def get_meeting(actor: Actor, meeting_id: int, *, lock: bool = False, revision: int | None = None) -> Meeting:
    """Return a meeting with its agenda and attendance; hidden and absent look the same.

    With *revision*, Conflict when it changed since it was shown.
    """
    statement = select(Meeting).where(Meeting.id == meeting_id)
    if lock:
        statement = statement.with_for_update(of=Meeting).execution_options(populate_existing=True)
    item = selectinload(Meeting.items)
    meeting = db.session.scalar(
        statement.options(
            selectinload(Meeting.attendances).joinedload(Attendance.person),
            item.joinedload(AgendaItem.owner),
            item.joinedload(AgendaItem.unit).joinedload(Unit.current),
            item.joinedload(AgendaItem.goal).joinedload(Goal.unit).joinedload(Unit.current),
            selectinload(Meeting.chair),
            selectinload(Meeting.called_by),
            selectinload(Meeting.closed_by),
            selectinload(Meeting.errata).joinedload(Erratum.made_by),
        )
    )
    if meeting is None or not policy.can_read(actor, meeting):
        raise NotFound(_("没有这次会议，或不在您的查看范围内。"))
    if revision is not None and meeting.revision != revision:
        raise Conflict(_("这次会议在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return meeting


def get_item(meeting: Meeting, item_id: int, *, revision: int | None = None) -> AgendaItem:
    """Return an item of a meeting; Conflict when somebody minuted it since it was shown."""
    item = next((item for item in meeting.items if item.id == item_id), None)
    if item is None:
        raise NotFound(_("这次会议没有这个议题。"))
    if revision is not None and item.revision != revision:
        raise Conflict(_("这个议题在您打开之后有变化，没有保存。请刷新后查看再填。"))
    return item


def list_receipts(meeting_id: int) -> Sequence[MinutesReceipt]:
    """Return to whom the minutes went and who read them."""
    return db.session.scalars(
        select(MinutesReceipt)
        .where(MinutesReceipt.meeting_id == meeting_id)
        .options(joinedload(MinutesReceipt.person))
        .order_by(MinutesReceipt.id)
    ).all()


def find_receipt(meeting_id: int, person_id: int | None) -> MinutesReceipt | None:
    """Return the receipt of one reader, locked."""
    return db.session.scalar(
        select(MinutesReceipt)
        .where(MinutesReceipt.meeting_id == meeting_id, MinutesReceipt.person_id == person_id)
        .with_for_update(of=MinutesReceipt)
    )


def _resolutions(actor: Actor) -> Select[Resolution]:
    statement = select(Resolution).options(
        joinedload(Resolution.owner),
        joinedload(Resolution.unit).joinedload(Unit.current),
        joinedload(Resolution.confirmed_by),
        joinedload(Resolution.item).joinedload(AgendaItem.meeting),
    )
    if actor.may_all(Permission.MEETING_READ):
        return statement
    units = actor.units_for(Permission.LEDGER_READ) or frozenset()
    return statement.where(or_(Resolution.unit_id.in_(units), Resolution.owner_id == actor.person_id))


def list_resolutions(
    actor: Actor, year: int, *, state: ResolutionState | None = None, is_own: bool = False
) -> Sequence[Resolution]:
    """Return what the year's meetings decided, what is open first, by the day it is due."""
    statement = _resolutions(actor).where(Resolution.year == year)
    if state is not None:
        statement = statement.where(Resolution.state == state)
    if is_own:
        statement = statement.where(Resolution.owner_id == actor.person_id)
    done = Resolution.state == ResolutionState.CONFIRMED
    return list(db.session.scalars(statement.order_by(done, Resolution.due_on, Resolution.id)))


def get_resolution(
    actor: Actor, resolution_id: int, *, lock: bool = False, revision: int | None = None
) -> Resolution:
    """Return one decision; hidden and absent look the same, Conflict when it changed since it was shown."""
    statement = _resolutions(actor).where(Resolution.id == resolution_id)
    if lock:
        statement = statement.with_for_update(of=Resolution).execution_options(populate_existing=True)
    resolution: Resolution | None = db.session.scalar(statement)
    if resolution is None:
        raise NotFound(_("没有这个议定事项，或不在您的查看范围内。"))
    if revision is not None and resolution.revision != revision:
        raise Conflict(_("这个议定事项在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return resolution


def resolutions_of(meeting_id: int) -> Sequence[Resolution]:
    """Return what one meeting decided."""
    return db.session.scalars(
        select(Resolution)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(joinedload(Resolution.owner), joinedload(Resolution.unit).joinedload(Unit.current))
        .order_by(Resolution.id)
    ).all()


def month_summary(year: int, month: int) -> MonthSummary | None:
    """Return what the month's joint consultation dealt with, once its minutes are closed (C07)."""
    meeting = db.session.scalar(
        select(Meeting)
        .where(
            Meeting.year == year,
            Meeting.kind == MeetingKind.JOINT,
            Meeting.period == month,
            Meeting.state == MeetingState.CLOSED,
        )
        .options(selectinload(Meeting.items))
    )
    if meeting is None or meeting.held_on is None:
        return None
    problems = [item for item in meeting.items if item.is_live and item.source == PROBLEM]
    solved = sum(item.outcome in {Outcome.RESOLVED, Outcome.CORRECTIVE} for item in problems)
    return MonthSummary(meeting.held_on, len(problems), solved)


def find_held(year: int, kind: MeetingKind, period: int) -> Meeting | None:
    """Return the meeting of a period that was held, with who was there."""
    return db.session.scalar(
        select(Meeting)
        .where(
            Meeting.year == year,
            Meeting.kind == kind,
            Meeting.period == period,
            Meeting.state.in_((MeetingState.RUNNING, MeetingState.CLOSED)),
        )
        .options(selectinload(Meeting.attendances).joinedload(Attendance.person), joinedload(Meeting.chair))
    )


def leaders_in_charge() -> list[int]:
    """Return everybody in charge of a unit today."""
    return list(
        db.session.scalars(
            select(UnitPeriod.leader_id)
            .where(UnitPeriod.valid_to.is_(None), UnitPeriod.leader_id.is_not(None))
            .distinct()
            .order_by(UnitPeriod.leader_id)
        )
    )


def heads_of(year: int, unit_ids: set[int] | None = None) -> list[int]:
    """Return the heads of the units with goals in the year's ledger, or of *unit_ids*."""
    if unit_ids is None:
        in_ledger = (
            select(Goal.unit_id).join(LedgerEntry, LedgerEntry.goal_id == Goal.id).where(Goal.year == year)
        )
        wanted = UnitPeriod.unit_id.in_(in_ledger)
    else:
        wanted = UnitPeriod.unit_id.in_(unit_ids)
    return list(
        db.session.scalars(
            select(UnitPeriod.head_id)
            .where(UnitPeriod.valid_to.is_(None), UnitPeriod.head_id.is_not(None), wanted)
            .distinct()
            .order_by(UnitPeriod.head_id)
        )
    )


def find_paper(actor: Actor, meeting: Meeting) -> int | None:
    """Return the newest Word file of the minutes the actor may read."""
    return db.session.scalar(
        select(GeneratedDocument.id)
        .where(
            GeneratedDocument.kind == DocumentKind.CONSULTATION_MINUTES,
            GeneratedDocument.year == meeting.year,
            GeneratedDocument.subject == f"meeting:{meeting.id}",
            visible_to(actor, is_confidential=False),
        )
        .order_by(GeneratedDocument.version.desc())
        .limit(1)
    )
