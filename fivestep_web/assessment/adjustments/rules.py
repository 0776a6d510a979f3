"""When additions and deductions may change, and what points they have (domain.md 5.6, 7.8); pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fivestep_web.assessment.cycles.rules import CycleState

MOST: Final = Decimal(100)
PLACES: Final = 2
_ORDER: Final = list(CycleState)


def is_open(states: Sequence[CycleState]) -> bool:
    """Say whether they may change after the cycle has passed through *states*.

    They stand once the department meeting has reviewed the results, and may change again only when
    publicized results were sent back.
    """
    if not states or _ORDER.index(states[-1]) < _ORDER.index(CycleState.REVIEWED):
        return True
    return list(states[-2:]) == [CycleState.PUBLICIZING, CycleState.REVIEWED]


def points_fault(points: Decimal) -> str:
    """Return why *points* cannot be added or deducted; empty for above 0, at most 100, two decimals."""
    if not points.is_finite() or not 0 < points <= MOST:
        return "分值应大于0、不超过100。"
    if points != round(points, PLACES):
        return "分值最多两位小数。"
    return ""
