"""An inquiry or a guiding opinion from asking to closing (R4.6, R4.7, domain.md 5.5); pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar

ESCALATE_AFTER: Final = 3  # domain.md 5.5: working days past the limit


class InquiryKind(StrEnum):
    """What a leader says about a goal: a question to be answered, or an opinion to be followed."""

    QUESTION = "question"
    OPINION = "opinion"

    @property
    def label(self) -> str:
        return {"question": "质询", "opinion": "指导性意见"}[self.value]


class InquiryState(StrEnum):
    """How far an inquiry is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    GUIDED = "guided"
    RECTIFYING = "rectifying"
    RECTIFIED = "rectified"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_with_unit(self) -> bool:
        """Tell whether the unit has to answer or to follow the opinion."""
        return self in WITH_UNIT


STATE_LABELS: Final[Mapping[InquiryState, str]] = MappingProxyType(
    {
        InquiryState.RAISED: "已发起",
        InquiryState.ACKNOWLEDGED: "已签收",
        InquiryState.ANSWERED: "已答复",
        InquiryState.GUIDED: "已提指导意见",
        InquiryState.RECTIFYING: "整改中",
        InquiryState.RECTIFIED: "已整改",
        InquiryState.CLOSED: "办结",
    }
)
WITH_UNIT: Final = frozenset(
    {InquiryState.RAISED, InquiryState.ACKNOWLEDGED, InquiryState.GUIDED, InquiryState.RECTIFYING}
)
TO_ANSWER: Final = frozenset({InquiryState.RAISED, InquiryState.ACKNOWLEDGED})
WITH_LEADER: Final = frozenset({InquiryState.ANSWERED, InquiryState.RECTIFIED})


class Move(StrEnum):
    """What people do with an inquiry; the value is the last part of its address."""

    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    ASK_AGAIN = "ask-again"
    GUIDE = "guide"
    RECTIFY = "rectify"
    CLOSE = "close"


UNIT_MOVES: Final = frozenset({Move.ACKNOWLEDGE, Move.ANSWER, Move.RECTIFY})
_MOVES: Final[Mapping[Move, Mapping[InquiryState, InquiryState]]] = MappingProxyType(
    {
        Move.ACKNOWLEDGE: {
            InquiryState.RAISED: InquiryState.ACKNOWLEDGED,
            InquiryState.GUIDED: InquiryState.RECTIFYING,
        },
        Move.ANSWER: dict.fromkeys(TO_ANSWER, InquiryState.ANSWERED),
        Move.ASK_AGAIN: {InquiryState.ANSWERED: InquiryState.RAISED},
        Move.GUIDE: dict.fromkeys(WITH_LEADER, InquiryState.GUIDED),
        Move.RECTIFY: {
            InquiryState.GUIDED: InquiryState.RECTIFIED,
            InquiryState.RECTIFYING: InquiryState.RECTIFIED,
        },
        Move.CLOSE: dict.fromkeys(WITH_LEADER, InquiryState.CLOSED),
    }
)


class StepKind(StrEnum):
    """What a line of an inquiry's history tells."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    ASKED_AGAIN = "asked_again"
    GUIDED = "guided"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    URGED = "urged"
    ESCALATED = "escalated"

    @property
    def label(self) -> str:
        return STEP_LABELS[self]


STEP_LABELS: Final[Mapping[StepKind, str]] = MappingProxyType(
    {
        StepKind.RAISED: "发起质询",
        StepKind.ACKNOWLEDGED: "签收",
        StepKind.ANSWERED: "答复",
        StepKind.ASKED_AGAIN: "再次质询",
        StepKind.GUIDED: "提出指导性意见",
        StepKind.RECTIFIED: "报告落实情况",
        StepKind.CLOSED: "办结",
        StepKind.URGED: "催办",
        StepKind.ESCALATED: "升级到部长",
    }
)


def first_state(kind: InquiryKind) -> InquiryState:
    """Return where one begins: a question to be answered, an opinion to be followed."""
    return InquiryState.RAISED if kind is InquiryKind.QUESTION else InquiryState.GUIDED


def after(state: InquiryState, move: Move) -> InquiryState | None:
    """Return the state a move leads to; None when it is refused."""
    return _MOVES[move].get(state)


def is_overdue(state: InquiryState, due_on: date, today: date) -> bool:
    """Tell whether the day has passed and the unit has said nothing that stands."""
    return state.is_with_unit and due_on < today


def escalates_on(due_on: date, calendar: WorkCalendar) -> date:
    """Return the day on which it goes to the minister: another 3 working days have passed in full (5.5)."""
    return calendar.add_workdays(due_on, ESCALATE_AFTER) + timedelta(days=1)
