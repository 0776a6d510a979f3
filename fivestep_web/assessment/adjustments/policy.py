"""Who proposes additions and deductions, and who enters what the department meeting decided on them."""

from flask_babel import gettext as _

from fivestep_web.assessment.adjustments import rules
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.models import Adjustment, AdjustmentState
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor, Permission


def is_open(cycle: AssessmentCycle) -> bool:
    """Say whether the year's additions and deductions may still change."""
    return rules.is_open([move.state for move in cycle.moves])


def are_points_open(year: int, *, lock: bool = False) -> bool:
    """Say whether points of a year may still change: without a cycle, and until its results are reviewed."""
    cycle = find_cycle(year, lock=lock)
    return cycle is None or is_open(cycle)


def demand_points_open(year: int) -> None:
    """Hold the year's cycle and refuse points that would change a reviewed result (Conflict, 5.6)."""
    if not are_points_open(year, lock=True):
        raise Conflict(_("考核结果已经审核，得分不能再改；公示结果退回审核以后才能再改。"))


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


def can_refuse(actor: Actor, cycle: AssessmentCycle, adjustment: Adjustment) -> bool:
    """Say whether the actor may enter that the meeting refused it: what waits, and what was imported."""
    waits = is_revocable(adjustment) and is_open(cycle) and may_decide(actor, adjustment)
    return waits or can_decide(actor, cycle, adjustment)


def is_revocable(adjustment: Adjustment) -> bool:
    """Say whether it counts without the meeting, which may still refuse it: it was imported."""
    return adjustment.is_imported and adjustment.state is AdjustmentState.APPROVED


def can_withdraw(actor: Actor, adjustment: Adjustment) -> bool:
    """Say whether the actor may take it back: the own proposal, before it is decided on."""
    return adjustment.state is AdjustmentState.PROPOSED and actor.person_id == adjustment.proposed_by_id
