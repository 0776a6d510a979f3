"""What waits for people around meetings: to hold them, to come, to read, to carry out, to confirm."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.supervision.meetings.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MinutesReceipt,
    Resolution,
)
from fivestep_web.supervision.meetings.rules import MeetingState, ResolutionState, name_of

AHEAD = timedelta(days=7)  # a meeting is prepared a week before
BEHIND = timedelta(days=31)  # one not held for longer is missed, not waiting
TEXT = 30  # characters of what was decided


def _to_hold(actor: Actor, year: int) -> ColumnElement[bool]:
    """Meetings to prepare, hold or close, for the office and the chair."""
    today = clock.today()
    is_near = Meeting.planned_on.between(today - BEHIND, today + AHEAD)
    is_ahead = Meeting.state.in_((MeetingState.DRAFT, MeetingState.OPEN))
    waits = or_(and_(is_ahead, is_near), Meeting.state == MeetingState.RUNNING)
    if actor.may_all(Permission.MEETING_PREPARE):
        return and_(Meeting.year == year, waits)
    return and_(Meeting.year == year, waits, Meeting.chair_id == actor.person_id)


def _to_attend(actor: Actor, year: int) -> ColumnElement[bool]:
    """Meetings the actor is invited to and does not prepare."""
    return and_(
        Meeting.year == year,
        Meeting.state == MeetingState.OPEN,
        Meeting.planned_on >= clock.today(),
        Attendance.person_id == actor.person_id,
        or_(Meeting.chair_id.is_(None), Meeting.chair_id != actor.person_id),
    )


def _to_read(actor: Actor, year: int) -> ColumnElement[bool]:
    return and_(
        Meeting.year == year,
        MinutesReceipt.person_id == actor.person_id,
        MinutesReceipt.read_at.is_(None),
    )


def _to_do(actor: Actor, year: int) -> ColumnElement[bool]:
    return and_(
        Resolution.year == year,
        Resolution.state == ResolutionState.OPEN,
        Resolution.owner_id == actor.person_id,
    )


def _to_confirm(actor: Actor, year: int) -> ColumnElement[bool]:
    by_another = Resolution.reported_by_id != actor.person_id
    waits = and_(Resolution.year == year, Resolution.state == ResolutionState.REPORTED, by_another)
    if actor.may_all(Permission.MEETING_PREPARE):
        return waits
    return and_(waits, Meeting.chair_id == actor.person_id)


def _attended(statement: Any) -> Any:
    return statement.select_from(Meeting).join(Attendance, Attendance.meeting_id == Meeting.id)


def _received(statement: Any) -> Any:
    return statement.select_from(MinutesReceipt).join(Meeting, Meeting.id == MinutesReceipt.meeting_id)


def _resolved(statement: Any) -> Any:
    return (
        statement.select_from(Resolution)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    )


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who takes no part in the work."""
    if actor.person_id is None or not actor.may(Permission.LEDGER_READ):
        return []
    number = select(func.count())
    return [
        number.select_from(Meeting).where(_to_hold(actor, year)).scalar_subquery(),
        _attended(number).where(_to_attend(actor, year)).scalar_subquery(),
        _received(number).where(_to_read(actor, year)).scalar_subquery(),
        _resolved(number).where(_to_do(actor, year)).scalar_subquery(),
        _resolved(number).where(_to_confirm(actor, year)).scalar_subquery(),
    ]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor: meetings first, then minutes, then what was decided."""
    if actor.person_id is None or not actor.may(Permission.LEDGER_READ):
        return []
    read = db.session.scalars
    held = read(select(Meeting).where(_to_hold(actor, year)).order_by(Meeting.planned_on)).all()
    invited = read(_attended(select(Meeting)).where(_to_attend(actor, year)).order_by(Meeting.planned_on))
    unread = read(_received(select(Meeting)).where(_to_read(actor, year)).order_by(Meeting.id))
    decided = select(Resolution).options(joinedload(Resolution.owner))
    own = read(_resolved(decided).where(_to_do(actor, year)).order_by(Resolution.due_on))
    done = read(_resolved(decided).where(_to_confirm(actor, year)).order_by(Resolution.due_on))
    return [
        *(_meeting(item, _step_of(item)) for item in held),
        *(_meeting(item, str(_("%(day)s参加", day=_day(item)))) for item in invited),
        *(_meeting(item, str(_("纪要待阅"))) for item in unread),
        *(_resolution(item, str(_("议定事项，%(day)s前办结", day=item.due_on))) for item in own),
        *(_resolution(item, str(_("%(name)s已办结，待确认", name=item.owner.name))) for item in done),
    ]


def _step_of(meeting: Meeting) -> str:
    if meeting.state is MeetingState.RUNNING:
        return str(_("待形成纪要"))
    if meeting.state is MeetingState.DRAFT:
        return str(_("待发通知，拟于%(day)s召开", day=_day(meeting)))
    return str(_("%(day)s召开", day=_day(meeting)))


def _day(meeting: Meeting) -> str:
    return str(_("%(month)s月%(day)s日", month=meeting.planned_on.month, day=meeting.planned_on.day))


def _meeting(meeting: Meeting, note: str) -> WaitingItem:
    values = {"meeting_id": meeting.id}
    return WaitingItem(name_of(meeting.kind, meeting.period), note, "meetings.meeting_show", values)


def _resolution(item: Resolution, note: str) -> WaitingItem:
    label = item.matter if len(item.matter) <= TEXT else item.matter[: TEXT - 1] + "…"
    return WaitingItem(label, note, "resolutions.resolution_show", {"resolution_id": item.id})
