"""A corrective order from order to verification (R3.13); pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MONTHS_IN_QUARTER: Final = 3


class Origin(StrEnum):
    """Where the deviation was found."""

    MEETING = "meeting"
    STAGE_EVALUATION = "stage_evaluation"
    LEADER = "leader"

    @property
    def label(self) -> str:
        return ORIGIN_LABELS[self]


ORIGIN_LABELS: Final[Mapping[Origin, str]] = MappingProxyType(
    {Origin.MEETING: "调度会、点评会、会商", Origin.STAGE_EVALUATION: "阶段评估", Origin.LEADER: "领导要求"}
)


class OrderState(StrEnum):
    """How far a corrective order is."""

    ORDERED = "ordered"
    REPORTED = "reported"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_with_owner(self) -> bool:
        """Tell whether the one who carries it has to report."""
        return self in {OrderState.ORDERED, OrderState.SENT_BACK}


STATE_LABELS: Final[Mapping[OrderState, str]] = MappingProxyType(
    {
        OrderState.ORDERED: "待落实",
        OrderState.REPORTED: "待核实",
        OrderState.SENT_BACK: "退回整改",
        OrderState.VERIFIED: "已核实",
    }
)


class Move(StrEnum):
    """What people do with an order; the value is the last part of its address."""

    REPORT = "report"
    VERIFY = "verify"
    SEND_BACK = "send-back"


class StepKind(StrEnum):
    """What a line of an order's history tells."""

    ORDERED = "ordered"
    REPORTED = "reported"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"

    @property
    def label(self) -> str:
        return STEP_LABELS[self]


STEP_LABELS: Final[Mapping[StepKind, str]] = MappingProxyType(
    {
        StepKind.ORDERED: "下达",
        StepKind.REPORTED: "报告落实情况",
        StepKind.SENT_BACK: "退回整改",
        StepKind.VERIFIED: "核实通过",
    }
)

_OWNED: Final = frozenset({OrderState.ORDERED, OrderState.SENT_BACK})
_REPORTED: Final = frozenset({OrderState.REPORTED})
_MOVES: Final[Mapping[Move, tuple[frozenset[OrderState], OrderState]]] = MappingProxyType(
    {
        Move.REPORT: (_OWNED, OrderState.REPORTED),
        Move.VERIFY: (_REPORTED, OrderState.VERIFIED),
        Move.SEND_BACK: (_REPORTED, OrderState.SENT_BACK),
    }
)


def after(state: OrderState, move: Move) -> OrderState | None:
    """Return the state a move leads to; None when it is refused."""
    sources, target = _MOVES[move]
    return target if state in sources else None


def is_overdue(state: OrderState, due_on: date, today: date) -> bool:
    """Tell whether the day has passed and nothing that stands was reported."""
    return state.is_with_owner and due_on < today


def is_carried_over(state: OrderState, ordered_on: date, today: date) -> bool:
    """Tell whether an order of an earlier quarter is still open, so that the next meeting takes it up."""
    quarters = [day.year * 4 + (day.month - 1) // MONTHS_IN_QUARTER for day in (ordered_on, today)]
    return state is not OrderState.VERIFIED and quarters[0] < quarters[1]
