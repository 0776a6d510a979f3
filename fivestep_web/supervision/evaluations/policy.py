"""Who rates a phase: the unit first, then the leader in charge, never the same person (R3.11)."""

from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.rules import EvaluationState

ASSESS, CONCLUDE = Permission.EVALUATION_ASSESS, Permission.EVALUATION_CONCLUDE


def goal_of(evaluation: StageEvaluation) -> Goal:
    """Return the goal whose phase is evaluated."""
    return evaluation.milestone.goal


def may_assess(actor: Actor, evaluation: StageEvaluation) -> bool:
    """Tell whether the actor rates for the unit: its head, or who carries the goal."""
    goal = goal_of(evaluation)
    return actor.person_id is not None and actor.may_for(
        ASSESS, unit_id=goal.unit_id, person_id=goal.person_id
    )


def may_conclude(actor: Actor, evaluation: StageEvaluation) -> bool:
    """Tell whether the actor rates for the leader: in charge of the unit, or head of it for a personal task.

    Never who rated for the unit, nor who carries the goal.
    """
    goal = goal_of(evaluation)
    if actor.person_id is None or actor.person_id in {evaluation.assessed_by_id, goal.person_id}:
        return False
    if goal.parent_id is not None:
        return actor.may_for(CONCLUDE, unit_id=goal.unit_id)
    scopes = actor.scopes(CONCLUDE)
    return Scope.ALL in scopes or (Scope.CHARGE in scopes and goal.unit_id in actor.charge)


def can_assess(actor: Actor, evaluation: StageEvaluation) -> bool:
    return evaluation.state.is_with_unit and may_assess(actor, evaluation)


def can_conclude(actor: Actor, evaluation: StageEvaluation) -> bool:
    return evaluation.state is EvaluationState.AWAITING_LEADER and may_conclude(actor, evaluation)


def may_set(actor: Actor) -> bool:
    return actor.may_all(Permission.EVALUATION_SET)
