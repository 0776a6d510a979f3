"""What other features attach to a cycle: work at a state, and conditions for reaching it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import CycleState, Unmet
from fivestep_web.core.permissions import Actor

Callback = Callable[[Actor, AssessmentCycle, CycleMove], None]
RulesCallback = Callable[[Actor, AssessmentCycle], None]
Check = Callable[[AssessmentCycle], Iterable[Unmet]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold before a step, and what is wrong with it; nothing where it holds."""

    label: str
    unmet: Sequence[Unmet]


_rules_callbacks: list[RulesCallback] = []
_callbacks: defaultdict[CycleState, list[Callback]] = defaultdict(list)
_checks: defaultdict[CycleState, dict[Check, object]] = defaultdict(dict)


def on_state(state: CycleState, callback: Callback) -> None:
    """Call *callback* whenever a cycle enters *state*, in the same unit of work; a refusal stops the move."""
    if callback not in _callbacks[state]:
        _callbacks[state].append(callback)


def on_new_rules(callback: RulesCallback) -> None:
    """Call *callback* whenever changed rules come into force, in the same unit of work."""
    if callback not in _rules_callbacks:
        _rules_callbacks.append(callback)


def require(state: CycleState, check: Check, *, label: object) -> None:
    """Let no cycle enter *state* from the state before it while *check* finds something unmet.

    *label* says on the gate's page what holds once nothing is unmet.
    """
    _checks[state].setdefault(check, label)


def entered(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Do what was attached to the state the cycle has just entered."""
    for callback in _callbacks[cycle.state]:
        callback(actor, cycle, move)


def rules_changed(actor: Actor, cycle: AssessmentCycle) -> None:
    """Do what was attached to a change of the rules in force."""
    for callback in _rules_callbacks:
        callback(actor, cycle)


def conditions_for(cycle: AssessmentCycle, target: CycleState) -> Iterator[Condition]:
    """Yield what other features demand before *target*."""
    for check, label in _checks[target].items():
        yield Condition(str(label), list(check(cycle)))
