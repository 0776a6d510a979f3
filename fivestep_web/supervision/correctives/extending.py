"""How the day of a corrective order is extended (延期申请)."""

from datetime import date
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.correctives import queries
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.extensions.registry import Item

KIND: Final = "corrective"


def item_of(order: CorrectiveOrder) -> Item:
    """Return an order as a thing with a date; the signed deadline bounds it unless it lies behind already."""
    goal = order.goal
    return Item(
        id=order.id,
        label=str(_("纠偏措施：%(goal)s", goal=goal.name)),
        year=goal.year,
        unit_id=goal.unit_id,
        due_on=order.due_on,
        is_open=order.state.is_with_owner,
        endpoint="correctives.corrective_show",
        values={"order_id": order.id},
        person_id=order.person_id,
        latest_on=goal.deadline if order.due_on <= goal.deadline else None,
    )


def find(actor: Actor, order_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return an order the actor may see, as the registry asks for it."""
    return item_of(queries.get_order(actor, order_id, lock=lock))


def move(order_id: int, due_on: date) -> None:
    """Write the new day of an order that is locked."""
    db.session.get_one(CorrectiveOrder, order_id).due_on = due_on
    db.session.flush()
