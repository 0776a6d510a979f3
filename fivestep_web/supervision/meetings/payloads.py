"""What the minutes (C16 会商纪要) are made from."""

from typing import Any, Final

from flask_babel import gettext as _

from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.responsibility.letters.payloads import common
from fivestep_web.supervision.meetings import queries, rules
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting
from fivestep_web.supervision.meetings.rules import Capacity, MeetingState, Outcome, Presence

KIND: Final = DocumentKind.CONSULTATION_MINUTES


def minutes_requests(year: int) -> list[DocumentRequest]:
    """Return the requests for the minutes of the year's closed meetings."""
    return [
        minutes_request(meeting)
        for meeting in queries.list_meetings(year)
        if meeting.state is MeetingState.CLOSED
    ]


def minutes_request(meeting: Meeting) -> DocumentRequest:
    """Return the request for the minutes of a closed meeting: they are locked, so there is no draft."""
    title = rules.minutes_title(meeting.kind, meeting.year, meeting.period, meeting.ordinal or 1)
    items = [item for item in meeting.items if item.is_live]
    held_on = meeting.held_on or meeting.planned_on
    payload = {
        **common(meeting.year, title, f"minutes-{meeting.id}", is_draft=False),
        "document_date": chinese_date(held_on),
        "held_at": chinese_date(held_on) + clock_words(meeting.starts_at),
        "place": meeting.place,
        "chair": _chair(meeting),
        "attendees": _people(meeting, Presence.PRESENT, is_observer=False),
        "absentees": _people(meeting, Presence.LEAVE, is_observer=False),
        "observers": [
            *_people(meeting, Presence.PRESENT, is_observer=True),
            *(line.strip() for line in meeting.observers.splitlines() if line.strip()),
        ],
        "problems": [_problem(item) for item in items],
        "decided_count": sum(item.outcome is not Outcome.KEPT_OPEN for item in items),
    }
    return DocumentRequest(
        KIND, f"meeting:{meeting.id}", title, payload, unit_id=None, person_id=None, is_draft=False
    )


def clock_words(time: str) -> str:
    """Return 09:00 as 9时 and 14:30 as 14时30分."""
    hour, _colon, minute = time.partition(":")
    return f"{int(hour)}时" + (f"{int(minute)}分" if int(minute) else "")


def _chair(meeting: Meeting) -> str:
    chair = meeting.chair
    post = next((row.position for row in meeting.attendances if row.person_id == meeting.chair_id), "")
    return f"{post} {chair.name}".strip() if chair else ""


def _people(meeting: Meeting, presence: Presence, *, is_observer: bool) -> list[str]:
    return [
        f"{row.position} {row.person.name}".strip()
        for row in meeting.attendances
        if row.presence is presence
        and (row.capacity is Capacity.OBSERVER) is is_observer
        and row.person_id != meeting.chair_id
    ]


def _problem(item: AgendaItem) -> dict[str, Any]:
    is_decided = item.outcome is not Outcome.KEPT_OPEN
    unit = item.unit.name if item.unit else ""
    owner = item.owner.name if item.owner else ""
    return {
        "subject": item.subject,
        "raised_by": item.raised_by or str(_("办公室按台账")),
        "problem": item.detail or item.subject,
        "decision": {
            "matter": item.matter,
            "responsible_unit": str(_("%(unit)s（责任人%(owner)s）", unit=unit, owner=owner)),
            "deadline": chinese_date(item.due_on) if item.due_on else "",
        }
        if is_decided
        else None,
        "open_reason": None if is_decided else item.open_reason,
    }
