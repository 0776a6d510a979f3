"""Who lays out a goal's phases, who approves them (R3.5)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import EDITABLE, PlanState
from fivestep_web.responsibility.models import Goal


def can_prepare(actor: Actor, goal: Goal) -> bool:
    """The owner, the unit's head and the office lay out a goal's phases."""
    return actor.person_id is not None and actor.may_for(
        Permission.PLAN_PREPARE, unit_id=goal.unit_id, person_id=goal.person_id
    )


def can_edit(actor: Actor, goal: Goal, plan: SchedulePlan | None) -> bool:
    """A plan is changed until it is proposed, and again once it was returned."""
    return can_prepare(actor, goal) and (plan is None or plan.state in EDITABLE)


def can_propose(actor: Actor, goal: Goal, plan: SchedulePlan) -> bool:
    """What was saved and fits goes to the leader in charge."""
    return plan.state in EDITABLE and not plan.excess and can_prepare(actor, goal)


def can_withdraw(actor: Actor, goal: Goal, plan: SchedulePlan) -> bool:
    """Who proposed takes it back before the decision, and so does the office."""
    is_own = actor.person_id is not None and actor.person_id == plan.prepared_by_id
    is_office = actor.may_all(Permission.PLAN_PREPARE)
    return plan.state is PlanState.PROPOSED and (is_own or is_office) and can_prepare(actor, goal)


def may_decide(actor: Actor, goal: Goal) -> bool:
    """Leaders decide on the plans of the units in their charge."""
    return actor.person_id is not None and actor.may_for(Permission.PLAN_APPROVE, unit_id=goal.unit_id)


def can_decide(actor: Actor, goal: Goal, plan: SchedulePlan) -> bool:
    """The leader in charge decides, never on what they prepared themselves."""
    is_another = actor.person_id != plan.prepared_by_id
    return plan.state is PlanState.PROPOSED and is_another and may_decide(actor, goal)


ACTIONS = {"propose": can_propose, "withdraw": can_withdraw, "decide": can_decide}


def plan_actions(actor: Actor, goal: Goal, plan: SchedulePlan | None) -> frozenset[str]:
    """Return what the actor may do with a goal's plan now: exactly what the page offers."""
    edits = {"edit"} if can_edit(actor, goal, plan) else set()
    if plan is None:
        return frozenset(edits)
    return frozenset(edits | {name for name, is_allowed in ACTIONS.items() if is_allowed(actor, goal, plan)})
