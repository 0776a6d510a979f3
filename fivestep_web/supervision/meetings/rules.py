"""Kinds and states of meetings, when they are held, what minutes lack (R3.7, R3.8, R3.13, R5.5); pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar, last_day_of_month

MONTHS: Final = range(1, 13)
QUARTERS: Final = range(1, 5)
QUARTER_NAMES: Final = ("一", "二", "三", "四")
MONTHS_IN_QUARTER: Final = 3
THIRD_WEEK: Final = 15  # domain 10: proposed in the 3rd week of the month
QUARTERLY_WORKDAYS: Final = 10  # domain 10: within 10 working days after the quarter
PROPOSED_WORKDAY: Final = 5  # in the middle of these


class MeetingKind(StrEnum):
    """Joint and special consultations, dispatch and review meetings."""

    JOINT = "joint"
    SPECIAL = "special"
    DISPATCH = "dispatch"
    REVIEW = "review"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def is_quarterly(self) -> bool:
        return self in {MeetingKind.DISPATCH, MeetingKind.REVIEW}


KIND_LABELS: Final[Mapping[MeetingKind, str]] = MappingProxyType(
    {
        MeetingKind.JOINT: "联合会商",
        MeetingKind.SPECIAL: "临时会商",
        MeetingKind.DISPATCH: "调度会",
        MeetingKind.REVIEW: "点评会",
    }
)


class MeetingState(StrEnum):
    """Draft, open (people are invited), running (agenda frozen), closed (minutes locked); or cancelled."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_ahead(self) -> bool:
        """Tell whether the meeting has not begun, so that its agenda still follows what happens."""
        return self in {MeetingState.DRAFT, MeetingState.OPEN}

    @property
    def is_held(self) -> bool:
        return self in {MeetingState.RUNNING, MeetingState.CLOSED}


STATE_LABELS: Final[Mapping[MeetingState, str]] = MappingProxyType(
    {
        MeetingState.DRAFT: "筹备",
        MeetingState.OPEN: "已通知",
        MeetingState.RUNNING: "进行中",
        MeetingState.CLOSED: "已结束",
        MeetingState.CANCELLED: "已取消",
    }
)


class Move(StrEnum):
    """What is done with a meeting; the value is the last part of its address."""

    INVITE = "invite"
    START = "start"
    CLOSE = "close"
    CANCEL = "cancel"


_S = MeetingState
_MOVES: Final[Mapping[Move, tuple[frozenset[MeetingState], MeetingState]]] = MappingProxyType(
    {
        Move.INVITE: (frozenset({_S.DRAFT}), _S.OPEN),
        Move.START: (frozenset({_S.OPEN}), _S.RUNNING),
        Move.CLOSE: (frozenset({_S.RUNNING}), _S.CLOSED),
        Move.CANCEL: (frozenset({_S.DRAFT, _S.OPEN}), _S.CANCELLED),
    }
)


def after(kind: MeetingKind, state: MeetingState, move: Move) -> MeetingState | None:
    """Return the state a move leads to, None when it is refused: only special consultations are cancelled."""
    if move is Move.CANCEL and kind is not MeetingKind.SPECIAL:
        return None
    sources, target = _MOVES[move]
    return target if state in sources else None


class Capacity(StrEnum):
    """In which capacity somebody is invited."""

    LEADER = "leader"
    HEAD = "head"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        return {"leader": "部领导", "head": "单位负责人", "observer": "列席"}[self.value]


class Presence(StrEnum):
    """Whether somebody invited came."""

    INVITED = "invited"
    PRESENT = "present"
    LEAVE = "leave"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        return {"invited": "未登记", "present": "出席", "leave": "请假", "absent": "缺席"}[self.value]


def presences_of(state: MeetingState) -> tuple[Presence, ...]:
    """Return what may be noted of somebody invited: nobody has come before the meeting begins."""
    if state.is_ahead:
        return Presence.INVITED, Presence.LEAVE
    return Presence.PRESENT, Presence.LEAVE, Presence.ABSENT


class Outcome(StrEnum):
    """What a meeting made of an item: decided, left open with a reason, or put right by an order."""

    RESOLVED = "resolved"
    KEPT_OPEN = "kept_open"
    CORRECTIVE = "corrective"

    @property
    def label(self) -> str:
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {Outcome.RESOLVED: "形成议定事项", Outcome.KEPT_OPEN: "暂不解决", Outcome.CORRECTIVE: "下达纠偏措施"}
)


class ResolutionState(StrEnum):
    """How far what was decided is: carried out, reported done, confirmed."""

    OPEN = "open"
    REPORTED = "reported"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return RESOLUTION_LABELS[self]


RESOLUTION_LABELS: Final[Mapping[ResolutionState, str]] = MappingProxyType(
    {
        ResolutionState.OPEN: "办理中",
        ResolutionState.REPORTED: "待确认",
        ResolutionState.CONFIRMED: "已办结",
    }
)


class ResolutionMove(StrEnum):
    """What is done with what was decided."""

    REPORT = "report"
    CONFIRM = "confirm"
    RETURN = "return"


_RESOLUTION_MOVES: Final = MappingProxyType(
    {
        ResolutionMove.REPORT: (ResolutionState.OPEN, ResolutionState.REPORTED),
        ResolutionMove.CONFIRM: (ResolutionState.REPORTED, ResolutionState.CONFIRMED),
        ResolutionMove.RETURN: (ResolutionState.REPORTED, ResolutionState.OPEN),
    }
)


def resolution_after(state: ResolutionState, move: ResolutionMove) -> ResolutionState | None:
    """Return the state a move leads to; None when it is refused."""
    source, target = _RESOLUTION_MOVES[move]
    return target if state is source else None


# When meetings are held (domain 10)


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return last_day_of_month(year, quarter * MONTHS_IN_QUARTER)


def period_begin(kind: MeetingKind, year: int, period: int) -> date:
    """Return the first day on which the meeting of a period is prepared and may be held."""
    if kind is MeetingKind.JOINT:
        return date(year, period, 1)
    return quarter_end(year, period) + timedelta(days=1)


def proposed_on(kind: MeetingKind, year: int, period: int, calendar: WorkCalendar) -> date:
    """Return the working day proposed: in the third week of the month, or the 5th after the quarter.

    Where the third week is free of work, the next working day of the month, or else the last one before.
    """
    if kind is not MeetingKind.JOINT:
        return calendar.add_workdays(quarter_end(year, period), PROPOSED_WORKDAY)
    day = calendar.next_workday_on_or_after(date(year, period, THIRD_WEEK))
    return day if day.month == period else calendar.last_workday_of_month(year, period)


def due_on(kind: MeetingKind, year: int, period: int, calendar: WorkCalendar) -> date:
    """Return the last day on which the meeting of a period is held in time.

    The fourth dispatch and review meetings join the annual assessment, whose summary meeting is in January
    or February of the next year.
    """
    if kind is MeetingKind.JOINT:
        return last_day_of_month(year, period)
    if period == QUARTERS[-1]:
        return last_day_of_month(year + 1, 2)
    return calendar.add_workdays(quarter_end(year, period), QUARTERLY_WORKDAYS)


class Standing(StrEnum):
    """How the meeting of a month or quarter stands on a day (R3.8: held or missed)."""

    HELD = "held"
    LATE = "late"
    MISSED = "missed"
    PLANNED = "planned"
    NOT_DUE = "not_due"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        Standing.HELD: "已召开",
        Standing.LATE: "逾期召开",
        Standing.MISSED: "未召开",
        Standing.PLANNED: "待召开",
        Standing.NOT_DUE: "台账未建",
    }
)


def standing(held_on: date | None, due: date, today: date, ledger_since: date | None) -> Standing:
    """Return how a meeting stands: held in time, held late, missed, or still to come."""
    if held_on is not None:
        return Standing.HELD if held_on <= due else Standing.LATE
    if ledger_since is None or due < ledger_since:
        return Standing.NOT_DUE
    return Standing.MISSED if today > due else Standing.PLANNED


def is_due(kind: MeetingKind, year: int, period: int, today: date, ledger_since: date | None) -> bool:
    """Tell whether the meeting of a period is to be opened by *today*: the ledger had something to tell."""
    last = last_day_of_month(year, period) if kind is MeetingKind.JOINT else quarter_end(year, period)
    if ledger_since is None or ledger_since > last:
        return False
    return today >= max(period_begin(kind, year, period), ledger_since)


def name_of(kind: MeetingKind, period: int) -> str:
    """Return how a meeting is called within its year: 11月联合会商, 第2次临时会商, 第一季度调度会."""
    if kind is MeetingKind.JOINT:
        return f"{period}月{kind.label}"
    if kind is MeetingKind.SPECIAL:
        return f"第{period}次{kind.label}"
    return f"第{QUARTER_NAMES[period - 1]}季度{kind.label}"


def minutes_title(kind: MeetingKind, year: int, period: int, ordinal: int) -> str:
    """Return the red mark of the minutes (C16); *ordinal* counts the meetings of the kind held that year."""
    if kind.is_quarterly:
        return f"{year}年第{QUARTER_NAMES[period - 1]}季度组织工作{kind.label}纪要"
    return f"{year}年第{ordinal}次组织工作{kind.label}纪要"


# Agenda and minutes

COLOUR_ORDER: Final = ("red", "yellow", "")


def agenda_key(*, is_key: bool, colour: str, place: int, code: str, name: str) -> tuple[object, ...]:
    """Return where an item stands: key goals first (R3.3), then red, then yellow; then by source and goal."""
    return (not is_key, COLOUR_ORDER.index(colour), place, code, name)


@dataclass(frozen=True, slots=True)
class Decided:
    """What the minutes say of an item so far."""

    outcome: Outcome | None
    matter: str
    has_owner: bool
    has_date: bool
    open_reason: str
    is_before_meeting: bool = False  # its date lies before the day of the meeting


def item_fault(item: Decided) -> str:
    """Return what an item lacks before the meeting may be closed; empty when it is complete (R3.7)."""
    if item.outcome is None:
        return "还没有结果"
    if item.outcome is Outcome.KEPT_OPEN:
        return "" if item.open_reason.strip() else "没有写明暂不解决的理由"
    missing = [
        word
        for word, is_there in (
            ("内容", bool(item.matter.strip())),
            ("责任人", item.has_owner),
            ("时限", item.has_date),
        )
        if not is_there
    ]
    if missing:
        return f"缺{'、'.join(missing)}"
    return "的时限早于开会日期" if item.is_before_meeting else ""


def meeting_faults(*, place: str, chair: Presence | None, presences: Sequence[Presence]) -> list[str]:
    """Return what the record of the meeting itself lacks before it may be closed.

    *chair* is whether the chair came, None where nobody chairs.
    """
    found = []
    if not place.strip():
        found.append("还没有填写会议地点。")
    if chair is None:
        found.append("还没有确定主持人。")
    elif chair in {Presence.LEAVE, Presence.ABSENT}:
        found.append(f"主持人登记为{chair.label}，请更正出席情况，或者改主持人。")
    if Presence.PRESENT not in presences:
        found.append("还没有登记出席人员。")
    elif unmarked := presences.count(Presence.INVITED):
        found.append(f"还有{unmarked}人没有登记出席情况。")
    return found
