"""The order of a recommendation, its change, the length of deeds (R5.17, N13, C11); pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

MOST_DEEDS: Final = 300  # characters as typed


class PaperForm(StrEnum):
    """Whether the city is asked or told (N16)."""

    REQUEST = "request"
    REPORT = "report"

    @property
    def label(self) -> str:
        return FORM_LABELS[self]


FORM_LABELS: Final = {PaperForm.REQUEST: "请示", PaperForm.REPORT: "报告"}


@dataclass(frozen=True, slots=True)
class Result:
    """Who is recommended, with the figure that orders them; None comes last."""

    id: int
    score: Decimal | None


def by_result(results: Sequence[Result]) -> list[int]:
    """Return the ids by figure from the highest down; equals keep the order given."""
    ordered = sorted(results, key=lambda one: (one.score is None, -(one.score or Decimal(0))))
    return [one.id for one in ordered]


def order_fault(before: Sequence[int], wanted: Sequence[int], reason: str) -> str:
    """Return why the order cannot become *wanted*: it holds the same people, and a change has its reason."""
    if sorted(before) != sorted(wanted):
        return "名单已变化，请刷新后重试"
    if list(before) == list(wanted):
        return "顺序没有变化"
    return "" if reason.strip() else "调整推荐顺序应写明理由"


def deeds_fault(deeds: str) -> str:
    """Return why *deeds* are too long; empty for at most 300 characters, counted as typed."""
    if len(deeds) <= MOST_DEEDS:
        return ""
    return f"简要事迹不超过{MOST_DEEDS}字，现有{len(deeds)}字"
