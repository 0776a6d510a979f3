"""Who proposes additions and deductions, and who enters what the department meeting decided on them."""

from fivestep_web.assessment.adjustments import rules
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.models import Adjustment, AdjustmentState
from fivestep_web.core.permissions import Actor, Permission


def is_open(cycle: AssessmentCycle) -> bool:
    """Say whether the year's additions and deductions may still change."""
    return rules.is_open([move.state for move in cycle.moves])


def may_propose(actor: Actor) -> bool:
    return actor.may(Permission.ADJUSTMENT_PROPOSE) and actor.person_id is not None


def may_decide(actor: Actor, adjustment: Adjustment) -> bool:
    """Say whether the actor enters the meeting's decision: never on the own proposal."""
    return (
        actor.may(Permission.ADJUSTMENT_DECIDE)
        and actor.person_id is not None
        and actor.person_id != adjustment.proposed_by_id
    )


def can_decide(actor: Actor, cycle: AssessmentCycle, adjustment: Adjustment) -> bool:
    waits = adjustment.state is AdjustmentState.PROPOSED and is_open(cycle)
    return waits and may_decide(actor, adjustment)


def can_withdraw(actor: Actor, adjustment: Adjustment) -> bool:
    """Say whether the actor may take it back: the own proposal, before it is decided on."""
    return adjustment.state is AdjustmentState.PROPOSED and actor.person_id == adjustment.proposed_by_id
