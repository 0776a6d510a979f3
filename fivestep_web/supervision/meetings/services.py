"""Call, prepare and begin meetings (R3.8): time and place, who comes, what is on the agenda."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar, get_plan_year
from fivestep_web.supervision.meetings import agenda, opening, policy, rules
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting
from fivestep_web.supervision.meetings.rules import Capacity, MeetingKind, MeetingState, Move, Presence
from fivestep_web.supervision.problems.queries import get_goal
from fivestep_web.supervision.problems.queries import list_open as list_open_problems


@dataclass(frozen=True, slots=True)
class Arrangement:
    """When and where a meeting is held and who chairs; *held_on* only counts once it has begun."""

    planned_on: date
    starts_at: str
    place: str
    chair_id: int | None
    observers: str = ""
    held_on: date | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A special consultation: why, when, and which open problems it is about."""

    reason: str
    planned_on: date
    chair_id: int | None = None
    problem_ids: Sequence[int] = field(default_factory=tuple)


def call_special(actor: Actor, year: int, call: Call) -> Meeting:
    """Call a special consultation (R3.8: at any time); its agenda is the problems it was called for.

    Raises NotAllowed, FieldError without a reason, for a day gone by, or for a problem that is not open.
    """
    if not policy.may_call(actor):
        raise NotAllowed(_("临时会商由部领导或办公室召集。"))
    get_plan_year(year, lock=True)
    if not call.reason.strip():
        raise FieldError("reason", _("请写明临时会商的事由。"))
    if call.planned_on < clock.today():
        raise FieldError("planned_on", _("召开日期不能早于今天。"))
    problems = {problem.id: problem for problem in list_open_problems(year)}
    if not set(call.problem_ids) <= problems.keys():
        raise FieldError("problem_ids", _("所选问题中有的已经解决或撤回，请重新选择。"))
    meeting = Meeting(
        year=year,
        kind=MeetingKind.SPECIAL,
        period=1 + _count(year, MeetingKind.SPECIAL),
        planned_on=call.planned_on,
        reason=call.reason.strip(),
        chair_id=call.chair_id,
        called_by_id=actor.person_id,
    )
    meeting.items = [
        AgendaItem(
            source=agenda.PROBLEM,
            key=f"{agenda.PROBLEM}:{problem_id}",
            subject=problems[problem_id].goal.name,
        )
        for problem_id in call.problem_ids
    ]
    opening.prepare(meeting)
    record(actor, "meeting.called", f"meeting:{meeting.id}", year=year, reason=meeting.reason)
    return meeting


def _count(year: int, kind: MeetingKind) -> int:
    found = select(func.max(Meeting.period)).where(Meeting.year == year, Meeting.kind == kind)
    return db.session.scalar(found) or 0


def require_preparer(actor: Actor, meeting: Meeting) -> None:
    """Raise NotAllowed for who neither prepares meetings nor chairs this one."""
    if not policy.may_prepare(actor, meeting):
        raise NotAllowed(_("会议由办公室筹备、记录，主持人也可以办理。"))


def arrange(actor: Actor, meeting: Meeting, wanted: Arrangement) -> None:
    """Write time, place, chair and outside observers; Conflict once the minutes are locked."""
    require_preparer(actor, meeting)
    if not policy.can_edit(actor, meeting):
        raise Conflict(_("会议现在是“%(state)s”，不能修改。", state=meeting.state.label))
    first = _first_day(meeting)
    if wanted.planned_on < first:
        raise FieldError("planned_on", _("召开日期不能早于%(day)s。", day=first))
    meeting.planned_on, meeting.starts_at = wanted.planned_on, wanted.starts_at
    meeting.place, meeting.observers = wanted.place.strip(), wanted.observers.strip()
    meeting.chair_id = wanted.chair_id
    if meeting.state is MeetingState.RUNNING and wanted.held_on is not None:
        if not first <= wanted.held_on <= clock.today():
            raise FieldError(
                "held_on",
                _("实际召开日期应在%(first)s至%(today)s之间。", first=first, today=clock.today()),
            )
        meeting.held_on = wanted.held_on
    db.session.flush()
    opening.invite(meeting)
    record(
        actor, "meeting.edited", f"meeting:{meeting.id}",
        date=meeting.planned_on, place=meeting.place, person=meeting.chair_id,
    )  # fmt: skip


def _first_day(meeting: Meeting) -> date:
    if meeting.kind is MeetingKind.SPECIAL:
        return date(meeting.year, 1, 1)
    return rules.period_begin(meeting.kind, meeting.year, meeting.period)


def is_year_unknown(meeting: Meeting) -> bool:
    """Tell whether the holidays of the planned day's year are not published (domain 10)."""
    return not get_calendar().is_known(meeting.planned_on.year)


def move(actor: Actor, meeting: Meeting, step: Move) -> None:
    """Take the step; Conflict when the state does not allow it."""
    require_preparer(actor, meeting)
    state = rules.after(meeting.kind, meeting.state, step)
    if state is None:
        raise Conflict(_("会议现在是“%(state)s”，请刷新后查看再办。", state=meeting.state.label))
    meeting.state = state
    db.session.flush()
    record(
        actor,
        {
            Move.INVITE: "meeting.invited",
            Move.START: "meeting.started",
            Move.CLOSE: "meeting.closed",
            Move.CANCEL: "meeting.cancelled",
        }[step],
        f"meeting:{meeting.id}",
        year=meeting.year,
        kind=meeting.kind.label,
    )


def send_invitations(actor: Actor, meeting: Meeting) -> None:
    """Tell those on the list: the meeting waits for them on their pages from now on."""
    require_preparer(actor, meeting)
    if not meeting.place.strip() or meeting.chair_id is None:
        raise DomainError(_("请先填写会议地点、确定主持人，再发通知。"))
    opening.refresh_agenda(actor, meeting)
    move(actor, meeting, Move.INVITE)


def start(actor: Actor, meeting: Meeting) -> None:
    """Begin the meeting: the agenda is filled a last time and stays as it is from now on."""
    require_preparer(actor, meeting)
    get_plan_year(meeting.year, lock=True)
    today, first = clock.today(), _first_day(meeting)
    if today < first:
        raise DomainError(_("%(day)s以后才能开会。", day=first))
    if meeting.state.is_ahead:
        opening.refresh_agenda(actor, meeting)
    held = select(func.max(Meeting.ordinal)).where(Meeting.year == meeting.year, Meeting.kind == meeting.kind)
    meeting.ordinal, meeting.held_on = 1 + (db.session.scalar(held) or 0), today
    move(actor, meeting, Move.START)


def cancel(actor: Actor, meeting: Meeting, *, reason: str) -> None:
    """Cancel a special consultation with the reason; the regular meetings cannot be."""
    require_preparer(actor, meeting)
    if not reason.strip():
        raise FieldError("reason", _("请写明取消的理由。"))
    meeting.cancel_reason = reason.strip()
    move(actor, meeting, Move.CANCEL)


def take_attendance(
    actor: Actor, meeting: Meeting, presences: Mapping[int, Presence], notes: Mapping[int, str]
) -> None:
    """Write who came, by the id of the row of the list; before the meeting only who asked for leave.

    The meeting's revision grows, so that of two who write the list at once the second is told.
    """
    require_preparer(actor, meeting)
    if not policy.can_edit(actor, meeting):
        raise Conflict(_("会议现在是“%(state)s”，不能修改。", state=meeting.state.label))
    if not set(presences.values()) <= set(rules.presences_of(meeting.state)):
        raise DomainError(_("会议开始以后才能登记出席、缺席，现在只登记请假。"))
    for row in meeting.attendances:
        row.presence = presences.get(row.id, row.presence)
        row.note = notes.get(row.id, row.note).strip()
    flag_modified(meeting, "state")
    db.session.flush()
    present = sum(row.presence is Presence.PRESENT for row in meeting.attendances)
    record(actor, "meeting.attended", f"meeting:{meeting.id}", count=present)


def add_person(actor: Actor, meeting: Meeting, person_id: int, capacity: Capacity) -> None:
    """Invite somebody more."""
    require_preparer(actor, meeting)
    if not policy.can_edit(actor, meeting):
        raise Conflict(_("会议现在是“%(state)s”，不能修改。", state=meeting.state.label))
    if any(row.person_id == person_id for row in meeting.attendances):
        raise FieldError("person_id", _("这位同志已在参会名单里。"))
    opening.add_people(meeting, {person_id: capacity})
    record(actor, "meeting.person_added", f"meeting:{meeting.id}", person=person_id)


def refresh(actor: Actor, meeting: Meeting) -> None:
    """Fill the agenda again; Conflict once the meeting has begun."""
    require_preparer(actor, meeting)
    _require_ahead(meeting)
    opening.refresh_agenda(actor, meeting)


def _require_ahead(meeting: Meeting) -> None:
    if not meeting.state.is_ahead:
        raise Conflict(_("会议已经开始，议程不再变动。"))


def add_item(
    actor: Actor, meeting: Meeting, *, subject: str, detail: str, reason: str, goal_id: int | None = None
) -> AgendaItem:
    """Put a matter on the agenda by hand with the reason, also while the meeting runs."""
    require_preparer(actor, meeting)
    if not policy.can_edit(actor, meeting):
        raise Conflict(_("会议现在是“%(state)s”，不能增加议题。", state=meeting.state.label))
    if not subject.strip() or not reason.strip():
        raise DomainError(_("议题和增加的理由都要填写。"))
    if goal_id is not None:
        get_goal(goal_id)
    number = 1 + sum(item.source == agenda.ADDED for item in meeting.items)
    item = AgendaItem(
        source=agenda.ADDED,
        key=f"{agenda.ADDED}:{number}",
        position=1 + max((item.position for item in meeting.items), default=0),
        subject=subject.strip(),
        detail=detail.strip(),
        raised_by=actor.position or actor.name,
        goal_id=goal_id,
        added_reason=reason.strip(),
    )
    meeting.items.append(item)
    db.session.flush()
    record(
        actor, "meeting.item_added", f"meeting:{meeting.id}",
        name=item.subject, reason=item.added_reason, goal_id=goal_id,
    )  # fmt: skip
    return item


def postpone(actor: Actor, item: AgendaItem, *, reason: str) -> None:
    """Leave an item for another meeting with the reason; no red or yellow goal of a dispatch meeting."""
    require_preparer(actor, item.meeting)
    _require_ahead(item.meeting)
    if not policy.can_postpone(actor, item):
        raise Conflict(_("红黄灯目标在调度会上逐项研究，不能缓议；已缓议的不用再办。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明缓议的理由。"))
    item.postponed_reason = reason.strip()
    db.session.flush()
    record(
        actor, "meeting.item_postponed", f"meeting:{item.meeting_id}",
        name=item.subject, reason=item.postponed_reason,
    )  # fmt: skip


def restore(actor: Actor, item: AgendaItem) -> None:
    """Put a postponed item back on the agenda."""
    require_preparer(actor, item.meeting)
    _require_ahead(item.meeting)
    if not item.postponed_reason:
        raise Conflict(_("这个议题没有缓议。"))
    item.postponed_reason = ""
    db.session.flush()
    record(actor, "meeting.item_restored", f"meeting:{item.meeting_id}", name=item.subject)
