"""Publicity and objections: states, periods, deadlines, who may decide (domain.md 5.8, N3, N8); pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

LEAST_WORKDAYS = 5  # N3, N12
MOST_WORKDAYS = 30


class Subject(StrEnum):
    """What is publicized."""

    RESULTS = "results"
    EXCELLENT = "excellent"
    COMMENDATION = "commendation"

    @property
    def label(self) -> str:
        return SUBJECT_LABELS[self]


SUBJECT_LABELS = {
    Subject.RESULTS: "考核结果",
    Subject.EXCELLENT: "年度考核优秀等次人员",
    Subject.COMMENDATION: "拟表彰对象",
}


class PublicityState(StrEnum):
    """States of a publicity (5.8); it is stopped where an upheld objection sends the results back."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return PUBLICITY_LABELS[self]


PUBLICITY_LABELS = {
    PublicityState.SCHEDULED: "待公示",
    PublicityState.RUNNING: "公示中",
    PublicityState.ENDED: "公示结束",
    PublicityState.STOPPED: "已中止",
}


class ObjectionKind(StrEnum):
    """What an objection is against (N8)."""

    COUNT = "count"
    PUBLICITY = "publicity"
    REVIEW = "review"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    ObjectionKind.COUNT: "计票异议",
    ObjectionKind.PUBLICITY: "公示异议",
    ObjectionKind.REVIEW: "复核申请",
}


class ObjectionState(StrEnum):
    """States of an objection; the last two follow the latest answer."""

    FILED = "filed"
    RECEIVED = "received"
    UPHELD = "upheld"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    ObjectionState.FILED: "待受理",
    ObjectionState.RECEIVED: "核查中",
    ObjectionState.UPHELD: "成立",
    ObjectionState.DISMISSED: "不成立",
}
OPEN = (ObjectionState.FILED, ObjectionState.RECEIVED)
OUTCOMES = (ObjectionState.UPHELD, ObjectionState.DISMISSED)


class WorkdayCalendar(Protocol):
    """What knows which days are worked."""

    def add_workdays(self, day: date, n: int) -> date: ...


def last_day(calendar: WorkdayCalendar, posted_on: date, workdays: int) -> date:
    """Return the last day of a publicity: whole working days, the first of them after posting (5.8)."""
    return calendar.add_workdays(posted_on, workdays)


def can_end(today: date, ends_on: date, open_objections: int) -> bool:
    """Say whether a publicity may end: its last day is over and no objection is open."""
    return today > ends_on and open_objections == 0


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Calendar days to ask for a review, to decide, to appeal (N8), and how early to remind."""

    ask: int = 30
    decide: int = 30
    appeal: int = 15
    remind: int = 5

    def ask_by(self, told_on: date) -> date:
        """Return the last day on which who was told of the result may ask for a review."""
        return told_on + timedelta(days=self.ask)

    def decide_by(self, received_on: date) -> date:
        """Return the last day for the answer."""
        return received_on + timedelta(days=self.decide)

    def appeal_by(self, answered_on: date) -> date:
        """Return the last day to appeal against the answer to a review."""
        return answered_on + timedelta(days=self.appeal)

    def is_near(self, today: date, due_on: date) -> bool:
        """Say whether it is time to remind of *due_on*; what is overdue stays so."""
        return due_on - today <= timedelta(days=self.remind)


def time_left(today: date, due_on: date) -> str:
    """Return 余3天, 今天到期 or 已逾期2天."""
    days = (due_on - today).days
    if days == 0:
        return "今天到期"
    return f"余{days}天" if days > 0 else f"已逾期{-days}天"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who has had a part in a matter: persons by id; *unit_id* is the unit it is about."""

    preparers: Collection[int]
    receiver: int | None
    objector: int | None
    person: int | None
    unit_id: int | None


def bar(person_id: int | None, unit_id: int | None, parties: Parties) -> str:
    """Return why this person of this unit may not decide the matter; empty for who may (section 6).

    The answer is a second handler's, who neither prepared the result nor is concerned by it.
    """
    if person_id is None:
        return "异议须由人来办理。"
    if person_id in parties.preparers:
        return "您参与了本年度结果的计票、评分或审核，异议须由没有参与的人答复。"
    if person_id == parties.receiver:
        return "这件异议是您受理的，须由另一名办理人答复。"
    if person_id == parties.objector:
        return "这件异议是您提出的，不能由您答复。"
    if person_id == parties.person or (unit_id is not None and unit_id == parties.unit_id):
        return "这件异议涉及您本人或您所在单位，须由其他人答复。"
    return ""


def sends_back(kind: ObjectionKind, outcome: ObjectionState, *, is_publicized: bool) -> bool:
    """Say whether an answer takes the results back to 已审核: upheld while they are publicized (5.6)."""
    return is_publicized and outcome is ObjectionState.UPHELD and kind is not ObjectionKind.REVIEW
