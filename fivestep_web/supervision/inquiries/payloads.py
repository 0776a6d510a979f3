"""What the Word file of an inquiry (质询单, C16) is made from."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.clock import ZONE
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.letters.payloads import common
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryStep
from fivestep_web.supervision.inquiries.rules import InquiryKind, InquiryState, StepKind

TITLE = "质询单"


def inquiry_requests(year: int) -> list[DocumentRequest]:
    """Return the requests for the year's closed inquiries; what is open changes still."""
    closed = Inquiry.state == InquiryState.CLOSED
    return _requests(select(Inquiry).join(Goal).where(Goal.year == year, closed))


def inquiry_request(inquiry_id: int) -> DocumentRequest:
    """Return the request for one inquiry as it is now."""
    return _requests(select(Inquiry).where(Inquiry.id == inquiry_id))[0]


def _requests(query: Any) -> list[DocumentRequest]:
    inquiries = db.session.scalars(
        query.options(
            joinedload(Inquiry.goal).joinedload(Goal.unit),
            joinedload(Inquiry.raised_by),
            selectinload(Inquiry.steps).joinedload(InquiryStep.person),
        ).order_by(Inquiry.id)
    ).all()
    posts = {day: positions_on(day) for day in {inquiry.raised_on for inquiry in inquiries}}
    heads = _heads({inquiry.goal.unit_id for inquiry in inquiries})
    return [_request(inquiry, posts[inquiry.raised_on], heads) for inquiry in inquiries]


def _heads(units: set[int]) -> dict[int, Person]:
    rows = db.session.execute(
        select(UnitPeriod.unit_id, Person)
        .join(Person, Person.id == UnitPeriod.head_id)
        .where(UnitPeriod.valid_to.is_(None), UnitPeriod.unit_id.in_(units))
    )
    return {row.unit_id: row.Person for row in rows}


def _request(inquiry: Inquiry, posts: dict[int, str], heads: dict[int, Person]) -> DocumentRequest:
    goal, title = inquiry.goal, TITLE
    head = heads.get(goal.unit_id, goal.person)
    is_question = inquiry.kind is InquiryKind.QUESTION
    opened = inquiry.steps[0]
    payload = {
        **common(goal.year, title, f"inquiry-{goal.year}-{inquiry.id}", is_draft=False),
        "document_date": chinese_date(inquiry.steps[-1].happened_at.astimezone(ZONE).date()),
        "asked_by": f"{opened.position} {inquiry.raised_by.name}".strip(),
        "asked_of": f"{posts.get(head.id, goal.unit.name)} {head.name}",
        "asked_date": chinese_date(inquiry.raised_on),
        "reply_by_date": chinese_date(inquiry.due_on),
        "matter": f"{goal.name}：{inquiry.text}" if is_question else goal.name,
        "reply": _last(inquiry, StepKind.ANSWERED),
        "guidance": _last(inquiry, StepKind.GUIDED),
        "follow_up": _last(inquiry, StepKind.RECTIFIED),
    }
    return DocumentRequest(
        DocumentKind.INQUIRY_SHEET,
        f"inquiry:{inquiry.id}",
        f"{title}（{goal.name}）",
        payload,
        unit_id=goal.unit_id,
        person_id=None,
        is_draft=False,
    )


def _last(inquiry: Inquiry, kind: StepKind) -> dict[str, str] | None:
    """Return what was said last of a kind, none where nothing was."""
    found = [step for step in inquiry.steps if step.kind is kind]
    if not found:
        return None
    step = found[-1]
    return {
        "text": step.text,
        "person": f"{step.position} {step.person.name if step.person else ''}".strip(),
        "date": chinese_date(step.happened_at.astimezone(ZONE).date()),
    }
