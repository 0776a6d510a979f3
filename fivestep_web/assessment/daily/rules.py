"""States that a bulletin and a review share on their way to the number, and when a bulletin is due; pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar, last_day_of_month

BULLETIN_WORKDAYS: Final = 5  # R5.4: issued by the 5th working day of the next month
MONTHS: Final = range(1, 13)


class PaperState(StrEnum):
    """How far the office's paper is before it takes a number."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Tell whether the office may still change it."""
        return self in {PaperState.DRAFT, PaperState.RETURNED}


STATE_LABELS: Final[Mapping[PaperState, str]] = MappingProxyType(
    {
        PaperState.DRAFT: "起草",
        PaperState.SUBMITTED: "待审核",
        PaperState.RETURNED: "退回修改",
        PaperState.REVIEWED: "已审核",
    }
)


class Move(StrEnum):
    """What people do with a paper; the value is the last part of its address."""

    SUBMIT = "submit"
    RETURN = "return"
    REVIEW = "review"
    REOPEN = "reopen"


_MOVES: Final[Mapping[Move, tuple[frozenset[PaperState], PaperState]]] = MappingProxyType(
    {
        Move.SUBMIT: (frozenset({PaperState.DRAFT, PaperState.RETURNED}), PaperState.SUBMITTED),
        Move.RETURN: (frozenset({PaperState.SUBMITTED}), PaperState.RETURNED),
        Move.REVIEW: (frozenset({PaperState.SUBMITTED}), PaperState.REVIEWED),
        Move.REOPEN: (frozenset({PaperState.REVIEWED}), PaperState.DRAFT),
    }
)


def after(state: PaperState, move: Move) -> PaperState | None:
    """Return the state a move leads to; None when it is refused."""
    sources, target = _MOVES[move]
    return target if state in sources else None


def month_end(year: int, month: int) -> date:
    """Return the cut-off of a month, its last calendar day (domain 10)."""
    return last_day_of_month(year, month)


def bulletin_due(year: int, month: int, calendar: WorkCalendar) -> date:
    """Return the day by which the bulletin of a month is to be issued (R5.4, domain 10)."""
    return calendar.add_workdays(month_end(year, month), BULLETIN_WORKDAYS)
