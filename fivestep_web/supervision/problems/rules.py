"""States of a problem and the time from raised to solved (R3.7); pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from statistics import median
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar


class ProblemState(StrEnum):
    """Where a problem stands; solved and withdrawn are the end of it."""

    OPEN = "open"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: Final[Mapping[ProblemState, str]] = MappingProxyType(
    {ProblemState.OPEN: "待解决", ProblemState.SOLVED: "已解决", ProblemState.WITHDRAWN: "已撤回"}
)


class Move(StrEnum):
    """What is done with a problem."""

    SOLVE = "solve"
    WITHDRAW = "withdraw"


_TARGETS: Final = {Move.SOLVE: ProblemState.SOLVED, Move.WITHDRAW: ProblemState.WITHDRAWN}


def after(state: ProblemState, move: Move) -> ProblemState | None:
    """Return the state a move leads to; None when it is refused: what is ended stays so."""
    return _TARGETS[move] if state is ProblemState.OPEN else None


def days_taken(raised_on: date, solved_on: date, calendar: WorkCalendar) -> int:
    """Return the working days from raised to solved; 0 on the same day (R3.7, 最短时间)."""
    return calendar.workdays_between(raised_on, solved_on)


def middle(days: Iterable[int]) -> str:
    """Return the median of working days as it is written, 3 or 3.5; empty for none."""
    known = list(days)
    if not known:
        return ""
    found = median(known)
    return str(int(found)) if found == int(found) else f"{found:.1f}"


def time_text(days: int) -> str:
    """Return the time a solution took, in words."""
    return f"{days}个工作日" if days else "当日"
