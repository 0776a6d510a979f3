"""Who may ask for a change of a signed letter, and who decides on it (domain.md section 6)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.turns import unsigned_of
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import OPEN, ChangeKind, ChangeState, LetterState


def can_request(actor: Actor, letter: Letter) -> bool:
    """The office asks for changes of every letter, a unit's head of those of the unit."""
    return actor.person_id is not None and actor.may_for(Permission.CHANGE_REQUEST, unit_id=letter.unit_id)


def can_change_now(actor: Actor, letter: Letter) -> bool:
    """Say whether a change order may be opened: the letter is in force and none is under way."""
    is_free = letter.state is LetterState.IN_FORCE and letter.successor_id is None
    return is_free and can_request(actor, letter)


def can_decide(actor: Actor, order: ChangeOrder, letter: Letter) -> bool:
    """The leader in charge decides, never who prepared it (separation of duties)."""
    return (
        order.state is ChangeState.PROPOSED
        and actor.person_id is not None
        and actor.person_id != order.requested_by_id
        and actor.may_for(Permission.CHANGE_APPROVE, unit_id=letter.unit_id)
    )


def can_withdraw(actor: Actor, order: ChangeOrder, letter: Letter) -> bool:
    """Who asked takes it back before it is decided on, and so may the office."""
    is_own = actor.person_id is not None and actor.person_id == order.requested_by_id
    is_allowed = is_own or actor.may_all(Permission.CHANGE_REQUEST)
    return order.state is ChangeState.PROPOSED and is_allowed and can_request(actor, letter)


def can_edit(actor: Actor, order: ChangeOrder, letter: Letter) -> bool:
    """What is asked for may be mended before the decision, and after an objection to the new letter."""
    if order.kind is ChangeKind.HANDOVER or order.state not in OPEN or not can_request(actor, letter):
        return False
    is_taken_back = any(new.state is LetterState.DRAFT for new in unsigned_of(order))
    return order.state is ChangeState.PROPOSED or is_taken_back


ACTIONS = {"decide": can_decide, "withdraw": can_withdraw, "edit": can_edit}


def order_actions(actor: Actor, order: ChangeOrder, letter: Letter) -> frozenset[str]:
    """Return what the actor may do to an order now: exactly what its page offers."""
    return frozenset(name for name, is_allowed in ACTIONS.items() if is_allowed(actor, order, letter))
