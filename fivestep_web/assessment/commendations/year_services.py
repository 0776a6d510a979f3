"""Commands on the year's terms of commendation and on its summary meeting (N12, R5.16)."""

from dataclasses import dataclass, fields
from datetime import date, time

from flask_babel import gettext as _

from fivestep_web.assessment.commendations import policy, queries, seats
from fivestep_web.assessment.commendations.models import CommendationYear, MeetingState, SummaryMeeting
from fivestep_web.assessment.commendations.rules import DECIDED
from fivestep_web.assessment.commendations.services import require_preparer
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.dates import chinese_date
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Terms:
    """The approval of the project with its document, all of it or nothing, and the quotas."""

    approval_title: str
    approval_number: str
    approval_authority: str
    approved_on: date | None
    unit_seats: int | None


APPROVAL = ("approval_title", "approval_number", "approval_authority", "approved_on")


def save_terms(actor: Actor, year: int, terms: Terms) -> CommendationYear:
    """Store what the year's commendation rests on; refused once it is decided.

    Raises FieldError for an approval in part, and for fewer seats than units that people named.
    """
    require_preparer(actor)
    given = [name for name in APPROVAL if getattr(terms, name)]
    for name in APPROVAL:
        if given and name not in given:
            raise FieldError(name, _("批准文件的名称、文号、机关和日期要填就填全；没有批准文件的都不填。"))
    if terms.approved_on and terms.approved_on > clock.today():
        raise FieldError("approved_on", _("批准日期不能晚于今天。"))
    rows = queries.list_rows(year, lock=True)
    if any(row.state in DECIDED for row in rows):
        raise Conflict(_("已经作出表彰决定，依据和名额不能再改。"))
    if terms.unit_seats is not None and terms.unit_seats < seats.taken(rows)[seats.UNITS]:
        raise FieldError("unit_seats", _("已经提名的先进单位超过这个名额，请先移出名单。"))
    stored = queries.find_terms(year, lock=True)
    if stored is None:
        stored = CommendationYear(year=year)
        db.session.add(stored)
    for field in fields(Terms):
        setattr(stored, field.name, getattr(terms, field.name))
    db.session.flush()
    record(
        actor, "commendation.terms_changed", f"year:{year}",
        number=terms.approval_number, count=terms.unit_seats,
    )  # fmt: skip
    return stored


def approval_text(terms: CommendationYear | None) -> str | None:
    """Return the approval as documents name it; None without one: then it is a 通报表扬 (N12)."""
    if terms is None or terms.approved_on is None:
        return None
    day = chinese_date(terms.approved_on)
    return f"{terms.approval_authority}《{terms.approval_title}》（{terms.approval_number}，{day}）"


@dataclass(frozen=True, slots=True)
class Plan:
    """When, where and how the meeting is to be held; *invited*, *agenda* and *speakers* are lines of text."""

    met_on: date
    starts_at: time
    place: str
    presider: str
    invited: str
    agenda: str
    speakers: str


def plan_meeting(actor: Actor, year: int, plan: Plan) -> SummaryMeeting:
    """Plan the year's summary and commendation meeting, or change its plan until it was held."""
    require_preparer(actor)
    meeting = queries.find_meeting(year, lock=True)
    if meeting is None:
        meeting = SummaryMeeting(year=year, state=MeetingState.PLANNED)
        db.session.add(meeting)
    if meeting.state is MeetingState.HELD:
        raise Conflict(_("会议已经召开，不能再改筹备内容。"))
    if plan.met_on.year not in {year, year + 1}:
        raise FieldError("met_on", _("年度总结表彰会议在当年末或次年初召开，请核对日期。"))
    for field in fields(Plan):
        setattr(meeting, field.name, getattr(plan, field.name))
    db.session.flush()
    record(actor, "meeting.planned", f"year:{year}", date=plan.met_on, place=plan.place)
    return meeting


def hold_meeting(actor: Actor, year: int, *, attended: int, notes: str) -> SummaryMeeting:
    """Record that the meeting was held; the decision is read there, so it has to be issued before."""
    if not (policy.can_prepare(actor) or policy.can_decide(actor)):
        raise NotAllowed(_("会议由办公室、人事登记。"))
    meeting = queries.find_meeting(year, lock=True)
    if meeting is None or meeting.state is MeetingState.HELD:
        raise Conflict(_("会议没有筹备，或已经登记召开。"))
    if meeting.met_on > clock.today():
        raise FieldError("attended", _("会议定在%(day)s，还没有召开。", day=chinese_date(meeting.met_on)))
    if not queries.is_issued(year):
        raise DomainError(_("会上要宣读表彰决定，请先印发。"))
    meeting.state, meeting.attended, meeting.notes = MeetingState.HELD, attended, notes.strip()
    db.session.flush()
    record(actor, "meeting.held", f"year:{year}", date=meeting.met_on, count=attended)
    return meeting
