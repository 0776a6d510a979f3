"""What other features attach to a cycle: work at a state, and conditions for reaching it."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import CycleState, Unmet
from fivestep_web.core.permissions import Actor

Callback = Callable[[Actor, AssessmentCycle, CycleMove], None]
Check = Callable[[AssessmentCycle], Iterable[Unmet]]

_callbacks: defaultdict[CycleState, list[Callback]] = defaultdict(list)
_checks: defaultdict[CycleState, list[Check]] = defaultdict(list)


def on_state(state: CycleState, callback: Callback) -> None:
    """Call *callback* whenever a cycle enters *state*, in the same unit of work; a refusal stops the move."""
    if callback not in _callbacks[state]:
        _callbacks[state].append(callback)


def require(state: CycleState, check: Check) -> None:
    """Let no cycle enter *state* from the state before it while *check* finds something unmet."""
    if check not in _checks[state]:
        _checks[state].append(check)


def entered(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Do what was attached to the state the cycle has just entered."""
    for callback in _callbacks[cycle.state]:
        callback(actor, cycle, move)


def unmet_for(cycle: AssessmentCycle, target: CycleState) -> list[Unmet]:
    """Return what other features still find missing before *target*."""
    return [unmet for check in _checks[target] for unmet in check(cycle)]
