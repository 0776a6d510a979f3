"""What of the year's assessment waits for somebody today."""

from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import facts, policy, queries, rules
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.core.permissions import Actor, Permission

# where a step is free once time has passed or a page is filled in; the others wait for the actor alone
CHECKED = frozenset({CycleState.CONFIGURING, CycleState.PUBLICIZING})


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A step that is the actor's to take."""

    cycle: str
    verb: str


def find_waiting(actor: Actor, cycle: AssessmentCycle) -> WaitingStep | None:
    """Return the step of the cycle that waits for the actor; a running vote ends by its time."""
    if not any(actor.may(permission) for permission in policy.PERMISSIONS.values()):
        return None
    is_changing = cycle.rule_version > 0 and actor.may(Permission.CYCLE_APPROVE)
    if is_changing and queries.find_draft(cycle) is not None:
        return WaitingStep(cycle.name, str(_("批准规则变更")))
    ways = rules.moves_from(cycle.state)
    if cycle.state is CycleState.VOTING or not ways or not policy.can_move(actor, cycle, ways[0]):
        return None
    if cycle.state in CHECKED and not facts.is_ready(cycle, ways[0]):
        return None
    return WaitingStep(cycle.name, ways[0].verb)
