"""Who orders a correction, who reports on it, who verifies: never the one who reported (R3.13)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.rules import OrderState, Origin


def may_lead(actor: Actor, goal: Goal) -> bool:
    """Tell whether the actor orders corrections of this goal: the ministers all, a leader the own charge."""
    return actor.person_id is not None and actor.may_for(Permission.CORRECTIVE_ORDER, unit_id=goal.unit_id)


def may_order(actor: Actor, goal: Goal, origin: Origin) -> bool:
    """Tell whether the actor orders with this origin; the office records what a meeting ordered."""
    records = origin is Origin.MEETING and actor.may_all(Permission.CORRECTIVE_RECORD)
    return may_lead(actor, goal) or (records and actor.person_id is not None)


def origins(actor: Actor, goal: Goal) -> list[Origin]:
    """Return the origins the actor may name without an evaluation before them."""
    free = (Origin.LEADER, Origin.MEETING)
    return [origin for origin in free if may_order(actor, goal, origin)]


def may_report(actor: Actor, order: CorrectiveOrder) -> bool:
    """Tell whether the actor reports: who carries the order, or for the unit its head."""
    report = Permission.CORRECTIVE_REPORT
    is_own = order.person_id == actor.person_id and actor.may(report)
    return actor.person_id is not None and (is_own or actor.may_for(report, unit_id=order.goal.unit_id))


def may_verify(actor: Actor, order: CorrectiveOrder) -> bool:
    """Tell whether the actor verifies: the leader in charge or the office, never who carried or reported."""
    if actor.person_id is None or actor.person_id in {order.person_id, order.reported_by_id}:
        return False
    return actor.may_for(Permission.CORRECTIVE_VERIFY, unit_id=order.goal.unit_id)


def can_report(actor: Actor, order: CorrectiveOrder) -> bool:
    return order.state.is_with_owner and may_report(actor, order)


def can_verify(actor: Actor, order: CorrectiveOrder) -> bool:
    return order.state is OrderState.REPORTED and may_verify(actor, order)
