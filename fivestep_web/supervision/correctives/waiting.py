"""Which corrective orders wait for a person."""

from typing import Any, TypeVarTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import is_cancelled
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.queries import WITH_OWNER
from fivestep_web.supervision.correctives.rules import OrderState, Origin

Columns = TypeVarTuple("Columns")


def _is_own(actor: Actor) -> ColumnElement[bool]:
    if not actor.may(Permission.CORRECTIVE_REPORT):
        return false()
    return and_(CorrectiveOrder.state.in_(WITH_OWNER), CorrectiveOrder.person_id == actor.person_id)


def _is_to_verify(actor: Actor) -> ColumnElement[bool]:
    """A report waits for the leader in charge; one a meeting asked for waits for the office, too."""
    places: list[ColumnElement[bool]] = []
    if actor.charge and actor.may(Permission.CORRECTIVE_VERIFY):
        places.append(Goal.unit_id.in_(actor.charge))
    if actor.may_all(Permission.CORRECTIVE_RECORD):
        places.append(CorrectiveOrder.origin == Origin.MEETING)
    if not places:
        return false()
    return and_(
        CorrectiveOrder.state == OrderState.REPORTED,
        CorrectiveOrder.reported_by_id != actor.person_id,
        CorrectiveOrder.person_id != actor.person_id,
        or_(*places),
    )


def _waiting(actor: Actor, year: int, query: Select[*Columns]) -> Select[*Columns]:
    whose = or_(_is_own(actor), _is_to_verify(actor))
    return (
        query.select_from(CorrectiveOrder)
        .join(Goal, Goal.id == CorrectiveOrder.goal_id)
        .where(Goal.year == year, whose, ~is_cancelled(CorrectiveOrder.goal_id))
    )


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who neither reports nor verifies."""
    acts = (Permission.CORRECTIVE_REPORT, Permission.CORRECTIVE_VERIFY)
    if actor.person_id is None or not any(actor.may(permission) for permission in acts):
        return []
    return [_waiting(actor, year, select(func.count(CorrectiveOrder.id))).scalar_subquery()]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, what is due first before the rest."""
    if not counts(actor, year):
        return []
    facts = select(CorrectiveOrder.id, CorrectiveOrder.state, CorrectiveOrder.due_on, Goal.name)
    order = (CorrectiveOrder.due_on, CorrectiveOrder.id)
    rows = db.session.execute(_waiting(actor, year, facts).order_by(*order)).all()
    return [_item(*row) for row in rows]


def _item(order_id: int, state: OrderState, due_on: Any, goal: str) -> WaitingItem:
    label = str(_("纠偏措施：%(goal)s", goal=goal))
    note = str(_("%(state)s，时限%(day)s", state=state.label, day=due_on))
    return WaitingItem(label, note, "correctives.corrective_show", {"order_id": order_id})
