"""When a signal counts as turned, and which colour is worse (domain.md 8.2, 8.3); pure."""

from collections.abc import Mapping
from typing import Final

from fivestep_web.ledger.rules import SignalResult

WORST_FIRST: Final = ("red", "yellow", "blue")


def severity(colour: str) -> int:
    """Return how bad a colour is: 3 red, 2 yellow, 1 blue, 0 for what asks for nothing."""
    return len(WORST_FIRST) - WORST_FIRST.index(colour) if colour in WORST_FIRST else 0


def is_better(before: str, now: str) -> bool:
    """Tell whether a goal that showed *before* stands better with *now*."""
    return severity(now) < severity(before)


def turned(shown: Mapping[int, str], found: Mapping[int, SignalResult]) -> list[int]:
    """Return the goals of *found* whose colour is not the one *shown* last, in the order of *found*.

    Severely behind and overdue are both red: going from one to the other is no turn.
    """
    return [goal_id for goal_id, result in found.items() if shown.get(goal_id) != result.signal.colour]
