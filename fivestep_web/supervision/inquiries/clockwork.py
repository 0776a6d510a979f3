"""The clock brings before the minister what nobody answered (domain.md 5.5)."""

from datetime import date

from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import find_role_holder
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.inquiries import rules
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryReceipt, InquiryStep
from fivestep_web.supervision.inquiries.rules import WITH_UNIT, StepKind


def escalate_due(today: date) -> int:
    """Escalate each inquiry 3 working days past its limit, in the running unit of work; return how many.

    The day noted is the one it fell on, so that an outage leaves what none would leave.
    """
    minister, calendar, made = find_role_holder(Role.MIN, today), get_calendar(), 0
    if minister is None:
        return 0
    rows = db.session.scalars(
        select(Inquiry)
        .where(Inquiry.state.in_(WITH_UNIT), Inquiry.due_on < today, Inquiry.escalated_on.is_(None))
        .order_by(Inquiry.id)
        .with_for_update()
    ).all()
    for inquiry in rows:
        day = rules.escalates_on(inquiry.due_on, calendar)
        if day <= today:
            _escalate(inquiry, minister.id, day)
            made += 1
    return made


def _escalate(inquiry: Inquiry, minister_id: int, day: date) -> None:
    inquiry.escalated_to_id, inquiry.escalated_on = minister_id, day
    now = clock.now()
    if minister_id not in {row.person_id for row in inquiry.receipts}:
        db.session.add(InquiryReceipt(inquiry_id=inquiry.id, person_id=minister_id, sent_at=now))
    db.session.add(InquiryStep(inquiry_id=inquiry.id, kind=StepKind.ESCALATED, happened_at=now))
    db.session.flush()
    record(SYSTEM, "inquiry.escalated", f"inquiry:{inquiry.id}", person_id=minister_id, date=day)
