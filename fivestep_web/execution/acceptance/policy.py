"""Who hands a phase in and who accepts it (domain.md 5.3 and section 6)."""

from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.execution import policy
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal


def may_hand_in(actor: Actor, goal: Goal) -> bool:
    """Who reports progress on a goal hands its phases in."""
    return policy.can_report(
        actor,
        unit_id=goal.unit_id,
        person_id=goal.person_id,
        is_assisted=assignments.assists(actor, goal.id),
    )


def may_accept(actor: Actor, goal: Goal) -> bool:
    """Leaders accept for the units in charge, unit heads the personal tasks of the unit; never their own."""
    if actor.person_id is None or actor.person_id == goal.person_id:
        return False
    scopes = actor.scopes(Permission.MILESTONE_ACCEPT)
    return (
        Scope.ALL in scopes
        or (Scope.CHARGE in scopes and goal.unit_id in actor.charge)
        or (Scope.UNIT in scopes and goal.unit_id == actor.unit_id and goal.parent_id is not None)
    )


def can_accept(actor: Actor, goal: Goal, submission: MilestoneSubmission | None) -> bool:
    """Tell whether the actor decides on what is handed in now; never who handed it in."""
    return (
        submission is not None
        and submission.outcome is None
        and submission.submitted_by_id != actor.person_id
        and may_accept(actor, goal)
    )
