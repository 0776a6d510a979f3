"""Who asks, who answers, who judges the answer, who urges (R4.6, R4.7, domain.md 6)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries.models import Inquiry
from fivestep_web.supervision.inquiries.rules import UNIT_MOVES, Move, after


def may_raise(actor: Actor, goal: Goal) -> bool:
    """Tell whether the actor asks about this goal: the ministers about any, a leader in the own charge."""
    if actor.person_id is None or not actor.may(Permission.INQUIRY_RAISE):
        return False
    leads_goal = goal.leader_id == actor.person_id
    return leads_goal or actor.may_for(Permission.INQUIRY_RAISE, unit_id=goal.unit_id)


def may_answer(actor: Actor, goal: Goal) -> bool:
    """Tell whether the actor speaks for the unit: its head, or who owns the goal."""
    return actor.person_id is not None and actor.may_for(
        Permission.INQUIRY_ANSWER, unit_id=goal.unit_id, person_id=goal.person_id
    )


def may_judge(actor: Actor, inquiry: Inquiry) -> bool:
    """Tell whether the actor says what becomes of the answer: who may ask, never who answered or owns it."""
    own = {inquiry.last_by_id, inquiry.goal.person_id}
    return actor.person_id not in own and may_raise(actor, inquiry.goal)


def can(actor: Actor, inquiry: Inquiry) -> frozenset[Move]:
    """Return what the actor may do with an inquiry as it is now."""
    speaks, judges = may_answer(actor, inquiry.goal), may_judge(actor, inquiry)
    return frozenset(
        move for move in Move if after(inquiry.state, move) and (speaks if move in UNIT_MOVES else judges)
    )


def can_urge(actor: Actor, inquiry: Inquiry) -> bool:
    """Tell whether the actor may urge: leaders in their charge and the office, while the unit has it."""
    if actor.person_id is None or not inquiry.state.is_with_unit:
        return False
    leads_goal = actor.may(Permission.INQUIRY_URGE) and inquiry.goal.leader_id == actor.person_id
    return leads_goal or actor.may_for(Permission.INQUIRY_URGE, unit_id=inquiry.goal.unit_id)
