"""A stage evaluation: who rates next, by when, what a quarter's ratings come to; pure (R3.11, R3.12)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar, last_day_of_month
from fivestep_web.responsibility.rules import MilestoneState

UNIT_WORKDAYS: Final = 5
LEADER_WORKDAYS: Final = 5
MOST_WORKDAYS: Final = 30
LONGEST_EVIDENCE: Final = 200
MOST_DIMENSIONS: Final = 6
MONTHS_IN_QUARTER: Final = 3
UNRATED: Final = "待评估"  # R3.11


class Rating(StrEnum):
    """好, 较好, 一般, 较差: ratings of a stage (R3.12) and ordinary grades (N7), the best first."""

    GOOD = "good"
    FAIRLY_GOOD = "fairly_good"
    FAIR = "fair"
    POOR = "poor"

    @property
    def label(self) -> str:
        return RATING_LABELS[self]


RATING_LABELS: Final = {
    Rating.GOOD: "好",
    Rating.FAIRLY_GOOD: "较好",
    Rating.FAIR: "一般",
    Rating.POOR: "较差",
}
_RANKS: Final = {rating: place for place, rating in enumerate(Rating)}

# R3.12: the three that every year has, with what a good rating means
BUILT_IN: Final = (
    ("running", "工作运行", "措施落实、按期推进、协调顺畅"),
    ("results", "工作业绩", "达到完成标准、成果可查"),
    ("opinion", "群众反映", "服务对象和群众认可"),
)


class EvaluationState(StrEnum):
    """How far the evaluation of a phase is."""

    AWAITING_UNIT = "awaiting_unit"
    AWAITING_LEADER = "awaiting_leader"
    RETURNED = "returned"
    EVALUATED = "evaluated"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_with_unit(self) -> bool:
        """Tell whether the unit has to rate."""
        return self in {EvaluationState.AWAITING_UNIT, EvaluationState.RETURNED}


STATE_LABELS: Final[Mapping[EvaluationState, str]] = MappingProxyType(
    {
        EvaluationState.AWAITING_UNIT: "待自评",
        EvaluationState.AWAITING_LEADER: "待领导评估",
        EvaluationState.RETURNED: "退回重评",
        EvaluationState.EVALUATED: "已评估",
    }
)


class Side(StrEnum):
    """Whose rating it is."""

    UNIT = "unit"
    LEADER = "leader"


class Move(StrEnum):
    """What people do with an evaluation; the value is the last part of its address."""

    ASSESS = "assess"
    CONCLUDE = "conclude"
    RETURN = "return"


_WITH_UNIT: Final = frozenset({EvaluationState.AWAITING_UNIT, EvaluationState.RETURNED})
_WITH_LEADER: Final = frozenset({EvaluationState.AWAITING_LEADER})
_MOVES: Final[Mapping[Move, tuple[frozenset[EvaluationState], EvaluationState]]] = MappingProxyType(
    {
        Move.ASSESS: (_WITH_UNIT, EvaluationState.AWAITING_LEADER),
        Move.CONCLUDE: (_WITH_LEADER, EvaluationState.EVALUATED),
        Move.RETURN: (_WITH_LEADER, EvaluationState.RETURNED),
    }
)


def after(state: EvaluationState, move: Move) -> EvaluationState | None:
    """Return the state a move leads to; None when it is refused: the unit first, then the leader (R3.11)."""
    sources, target = _MOVES[move]
    return target if state in sources else None


def ended_on(due_on: date, state: MilestoneState, submitted_on: date | None, today: date) -> date | None:
    """Return the day a phase ended as known on *today*, None while it runs (R3.11).

    Completed before its date it ended on the day it was handed in (domain.md 5.3); else its date ends it,
    done or not, once that day is over.
    """
    if state is MilestoneState.COMPLETED and submitted_on is not None and submitted_on < due_on:
        return submitted_on
    return due_on if due_on < today else None


def is_late(state: EvaluationState, due_on: date | None, today: date) -> bool:
    """Tell whether the one who rates next has let the day pass."""
    return state is not EvaluationState.EVALUATED and due_on is not None and due_on < today


def limit(begins_on: date, workdays: int, calendar: WorkCalendar) -> date:
    """Return the last day for rating: *workdays* working days after *begins_on*."""
    return calendar.add_workdays(begins_on, workdays)


def phase_word(phase: MilestoneState, evaluation: EvaluationState | None) -> str:
    """Return 待评估 for a phase that is complete without an evaluation, nothing for any other (R3.11)."""
    is_open = evaluation is not EvaluationState.EVALUATED
    return UNRATED if phase is MilestoneState.COMPLETED and is_open else ""


@dataclass(frozen=True, slots=True)
class Given:
    """What one side says of one dimension."""

    rating: Rating
    evidence: str


def missing(names: Mapping[str, str], given: Mapping[str, Given]) -> list[str]:
    """Return the names of the dimensions without a rating or without its sentence of evidence (R3.12)."""
    return [name for key, name in names.items() if key not in given or not given[key].evidence.strip()]


def together(ratings: Iterable[Rating]) -> Rating | None:
    """Return what several ratings come to: the most frequent, of equally frequent ones the lower."""
    counts = Counter(ratings)
    if not counts:
        return None
    return max(counts, key=lambda rating: (counts[rating], _RANKS[rating]))


def quarter_days(year: int, quarter: int) -> tuple[date, date]:
    """Return the first and last day of a quarter."""
    last = quarter * MONTHS_IN_QUARTER
    return date(year, last - MONTHS_IN_QUARTER + 1, 1), last_day_of_month(year, last)


def evidence_of(phases: Sequence[str]) -> str:
    """Return the sentence that says which phases the ratings of a topic come from."""
    text = f"本季度评估{len(phases)}个阶段：{'、'.join(phases)}"
    return f"{text}。" if len(text) < LONGEST_EVIDENCE else f"{text[: LONGEST_EVIDENCE - 2]}…。"
