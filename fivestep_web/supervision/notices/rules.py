"""Supervision notices: whom they go to, what they ask for, how they move, when they climb (8.3); pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar

TALK_AFTER: Final = 15  # domain.md 8.3: red for more than 15 working days


class Colour(StrEnum):
    """The three colours a notice has."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> str:
        return {"blue": "蓝色", "yellow": "黄色", "red": "红色"}[self.value]

    @property
    def shape(self) -> str:
        return {"blue": "●", "yellow": "◆", "red": "▲"}[self.value]

    @property
    def paper(self) -> str:
        """Return the name of the paper, 黄色督办单."""
        return f"{self.label}督办单"


class Capacity(StrEnum):
    """In what capacity somebody receives a notice."""

    OWNER = "owner"
    UNIT_HEAD = "unit_head"
    LEADER_IN_CHARGE = "leader_in_charge"
    EXECUTIVE_DEPUTY = "executive_deputy"
    MINISTER = "minister"

    @property
    def label(self) -> str:
        return CAPACITY_LABELS[self]


CAPACITY_LABELS: Final[Mapping[Capacity, str]] = MappingProxyType(
    {
        Capacity.OWNER: "责任人",
        Capacity.UNIT_HEAD: "单位负责人",
        Capacity.LEADER_IN_CHARGE: "主管领导",
        Capacity.EXECUTIVE_DEPUTY: "常务副部长",
        Capacity.MINISTER: "部长",
    }
)
RECIPIENTS: Final[Mapping[Colour, tuple[Capacity, ...]]] = MappingProxyType(
    {
        Colour.BLUE: (Capacity.OWNER, Capacity.UNIT_HEAD),
        Colour.YELLOW: (Capacity.OWNER, Capacity.UNIT_HEAD, Capacity.LEADER_IN_CHARGE),
        Colour.RED: (Capacity.UNIT_HEAD, Capacity.LEADER_IN_CHARGE, Capacity.MINISTER),
    }
)
REPLY_WORKDAYS: Final[Mapping[Colour, int]] = MappingProxyType(
    {Colour.BLUE: 2, Colour.YELLOW: 3, Colour.RED: 5}
)
REQUIREMENTS: Final[Mapping[Colour, str]] = MappingProxyType(
    {
        Colour.BLUE: "请核对准备情况，确认能按期完成；不能按期完成的，写明困难和打算。",
        Colour.YELLOW: "请写明滞后原因，制定补进度计划，明确措施、责任人和完成时间。",
        Colour.RED: "请报送整改报告，写明逾期（严重滞后）原因、整改措施、责任人和完成时间；"
        "本事项列入下次会商。",
    }
)
# who is called in when nobody answers, level by level: the first of a level who is not called in yet
LADDERS: Final[Mapping[Colour, tuple[tuple[Capacity, ...], ...]]] = MappingProxyType(
    {
        Colour.BLUE: ((Capacity.LEADER_IN_CHARGE, Capacity.EXECUTIVE_DEPUTY, Capacity.MINISTER),),
        Colour.YELLOW: (
            (Capacity.LEADER_IN_CHARGE, Capacity.EXECUTIVE_DEPUTY, Capacity.MINISTER),
            (Capacity.EXECUTIVE_DEPUTY, Capacity.MINISTER),
        ),
        Colour.RED: (
            (Capacity.LEADER_IN_CHARGE, Capacity.EXECUTIVE_DEPUTY, Capacity.MINISTER),
            (Capacity.MINISTER,),
        ),
    }
)


class NoticeState(StrEnum):
    """How far a notice is."""

    ISSUED = "issued"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return NOTICE_STATE_LABELS[self]

    @property
    def awaits_answer(self) -> bool:
        return self in {NoticeState.ISSUED, NoticeState.RETURNED}


NOTICE_STATE_LABELS: Final[Mapping[NoticeState, str]] = MappingProxyType(
    {
        NoticeState.ISSUED: "待答复",
        NoticeState.ANSWERED: "待审核",
        NoticeState.RETURNED: "退回重报",
        NoticeState.CLOSED: "已办结",
    }
)


AWAITING: Final = tuple(state for state in NoticeState if state.awaits_answer)


class Move(StrEnum):
    """What people do with a notice."""

    ANSWER = "answer"
    ACCEPT = "accept"
    RETURN = "return"


def after(state: NoticeState, move: Move, colour: Colour, *, is_better: bool = False) -> NoticeState | None:
    """Return the state a move leads to; None when it is refused.

    A blue notice asks for a confirmation, which nobody judges; and once the signal has turned better
    (*is_better*) an answer is taken for the record: both close the notice.
    """
    if move is Move.ANSWER and state.awaits_answer:
        return NoticeState.CLOSED if colour is Colour.BLUE or is_better else NoticeState.ANSWERED
    if state is not NoticeState.ANSWERED:
        return None
    return {Move.ACCEPT: NoticeState.CLOSED, Move.RETURN: NoticeState.RETURNED}.get(move)


def quoted(text: str) -> str:
    """Return “text”, the quotation marks within it made single ones."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def notice_number(year: int, number: int) -> str:
    """Return 督办〔2026〕3号."""
    return f"督办〔{year}〕{number}号"


def reply_by(colour: Colour, day: date, calendar: WorkCalendar) -> date:
    """Return the last day to answer what is asked on *day*."""
    return calendar.add_workdays(day, REPLY_WORKDAYS[colour])


def receivers(colour: Colour, people: Mapping[Capacity, int]) -> dict[int, Capacity]:
    """Return who receives a notice in which capacity; who has several gets it once, in the first of them."""
    found: dict[int, Capacity] = {}
    for capacity in RECIPIENTS[colour]:
        if (person_id := people.get(capacity)) is not None:
            found.setdefault(person_id, capacity)
    return found


def climb_to(
    colour: Colour, level: int, people: Mapping[Capacity, int], called: Sequence[int]
) -> tuple[Capacity, int] | None:
    """Return whom a notice climbs to from *level* (0 unclimbed), None at the top or with nobody left.

    *called* are those it has climbed to before: nobody is called in twice.
    """
    ladder = LADDERS[colour]
    if level >= len(ladder):
        return None
    for capacity in ladder[level]:
        person_id = people.get(capacity)
        if person_id is not None and person_id not in called:
            return capacity, person_id
    return None


def talk_is_due(turned_on: date, day: date, calendar: WorkCalendar) -> bool:
    """Tell whether a goal red since *turned_on* has been so for more than 15 working days on *day*."""
    return calendar.workdays_between(turned_on, day) > TALK_AFTER


class TalkOutcome(StrEnum):
    """What became of a talk that was offered."""

    HELD = "held"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {"held": "已约谈", "declined": "不约谈"}[self.value]


def next_level(colour: Colour, level: int) -> str:
    """Return where the notice goes when this limit passes too, in words; empty at the top."""
    ladder = LADDERS[colour]
    return ladder[level][0].label if level < len(ladder) else ""
