"""Who raises, solves and withdraws problems (R3.7)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState


def can_raise(actor: Actor, goal: Goal) -> bool:
    """Say whether the actor belongs to the goal's unit, leads it, or helps with the goal."""
    if actor.person_id is None:
        return False
    return actor.may_for(Permission.PROBLEM_RAISE, unit_id=goal.unit_id) or (
        actor.may(Permission.PROBLEM_RAISE) and assignments.assists(actor, goal.id)
    )


def may_solve(actor: Actor, problem: Problem) -> bool:
    """Say whether the actor decides for the goal's unit: the ministers for all, a leader for the charge."""
    return actor.person_id is not None and actor.may_for(
        Permission.PROBLEM_SOLVE, unit_id=problem.goal.unit_id
    )


def can_solve(actor: Actor, problem: Problem) -> bool:
    return problem.state is ProblemState.OPEN and may_solve(actor, problem)


def may_withdraw(actor: Actor, problem: Problem) -> bool:
    """Only who raised a problem takes it back."""
    return actor.person_id is not None and actor.person_id == problem.raised_by_id


def can_withdraw(actor: Actor, problem: Problem) -> bool:
    return problem.state is ProblemState.OPEN and may_withdraw(actor, problem)
