"""Inquiries raised and the steps taken with them."""

from datetime import date

from fivestep_web.accounts.models import User
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.supervision.inquiries import queries, services
from fivestep_web.supervision.inquiries.models import Inquiry
from fivestep_web.supervision.inquiries.rules import InquiryKind, Move
from tests.factories.ledger import County, actor_of


def asked(
    county: County,
    by: User | None = None,
    kind: InquiryKind = InquiryKind.QUESTION,
    *,
    goal_id: int | None = None,
    due_on: date | None = None,
) -> Inquiry:
    """Return an inquiry of the leader in charge about a goal of the section's member."""
    goal_id = goal_id or county.entry().goal_id
    with unit_of_work():
        return services.raise_inquiry(
            actor_of(by or county.leader), goal_id=goal_id, kind=kind, text="为什么落后", due_on=due_on
        )


def take(move: Move, inquiry: Inquiry, by: User, text: str = "已说明", due_on: date | None = None) -> None:
    """Take a step with an inquiry as its page does."""
    with unit_of_work():
        found = queries.get_inquiry(actor_of(by), inquiry.id, lock=True)
        services.step(actor_of(by), found, move, text=text, due_on=due_on)


def stored(inquiry: Inquiry) -> Inquiry:
    """Return an inquiry as it is stored now."""
    db.session.rollback()
    return db.session.get_one(Inquiry, inquiry.id)
