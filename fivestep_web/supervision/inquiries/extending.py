"""How the limit of an inquiry is extended (延期申请)."""

from datetime import date
from typing import Final

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.inquiries import queries
from fivestep_web.supervision.inquiries.models import Inquiry

KIND: Final = "inquiry"


def item_of(inquiry: Inquiry) -> Item:
    """Return an inquiry as a thing with a date."""
    goal = inquiry.goal
    return Item(
        id=inquiry.id,
        label=f"{inquiry.kind.label}：{goal.name}",
        year=goal.year,
        unit_id=goal.unit_id,
        due_on=inquiry.due_on,
        is_open=inquiry.state.is_with_unit,
        endpoint="inquiries.inquiry_show",
        values={"inquiry_id": inquiry.id},
        person_id=goal.person_id,
    )


def find(actor: Actor, inquiry_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return an inquiry the actor may see, as the registry asks for it."""
    return item_of(queries.get_inquiry(actor, inquiry_id, lock=lock))


def move(inquiry_id: int, due_on: date) -> None:
    """Write the new day of an inquiry that is locked; it has not gone to the minister by that day."""
    inquiry = db.session.get_one(Inquiry, inquiry_id)
    inquiry.due_on, inquiry.escalated_to_id, inquiry.escalated_on = due_on, None, None
    db.session.flush()
