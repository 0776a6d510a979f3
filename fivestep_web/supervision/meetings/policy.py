"""Who calls, prepares, closes and reads meetings, and who settles what they decided."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting, Resolution
from fivestep_web.supervision.meetings.rules import MeetingKind, MeetingState, Move, ResolutionState
from fivestep_web.supervision.meetings.rules import after as after_move


def may_call(actor: Actor) -> bool:
    """Leaders and the office call a special consultation at any time (R3.8)."""
    return actor.person_id is not None and actor.may_all(Permission.MEETING_CALL)


def may_prepare(actor: Actor, meeting: Meeting) -> bool:
    """The office prepares and minutes; whoever chairs may as well."""
    is_chair = meeting.chair_id is not None and actor.person_id == meeting.chair_id
    return actor.person_id is not None and (
        actor.may_all(Permission.MEETING_PREPARE) or (is_chair and actor.may_all(Permission.MEETING_CALL))
    )


def can_move(actor: Actor, meeting: Meeting, move: Move) -> bool:
    return may_prepare(actor, meeting) and after_move(meeting.kind, meeting.state, move) is not None


def can_edit(actor: Actor, meeting: Meeting) -> bool:
    """Say whether time, place, chair and attendance may still be written."""
    is_open = meeting.state.is_ahead or meeting.state is MeetingState.RUNNING
    return is_open and may_prepare(actor, meeting)


def can_fill(actor: Actor, meeting: Meeting) -> bool:
    return meeting.state.is_ahead and may_prepare(actor, meeting)


def can_postpone(actor: Actor, item: AgendaItem) -> bool:
    """No red or yellow goal is left out of a dispatch meeting (R3.13)."""
    is_required = item.meeting.kind is MeetingKind.DISPATCH and bool(item.colour)
    return item.is_live and not is_required and can_fill(actor, item.meeting)


def can_decide(actor: Actor, item: AgendaItem) -> bool:
    return item.is_live and item.meeting.state is MeetingState.RUNNING and may_prepare(actor, item.meeting)


def can_correct(actor: Actor, meeting: Meeting) -> bool:
    return meeting.state is MeetingState.CLOSED and may_prepare(actor, meeting)


def reads_all(actor: Actor) -> bool:
    """The department reads all meetings."""
    return actor.may_all(Permission.MEETING_READ)


def can_read(actor: Actor, meeting: Meeting) -> bool:
    """Beyond the department, who is invited reads that meeting."""
    if reads_all(actor):
        return True
    return actor.person_id is not None and any(
        row.person_id == actor.person_id for row in meeting.attendances
    )


def can_report(actor: Actor, resolution: Resolution) -> bool:
    return (
        resolution.state is ResolutionState.OPEN
        and actor.person_id is not None
        and actor.person_id == resolution.owner_id
    )


def may_confirm(actor: Actor, resolution: Resolution) -> bool:
    """The chair or the office confirms, never who reported (domain.md 6)."""
    return may_prepare(actor, resolution.item.meeting) and actor.person_id != resolution.reported_by_id


def can_confirm(actor: Actor, resolution: Resolution) -> bool:
    return resolution.state is ResolutionState.REPORTED and may_confirm(actor, resolution)
