"""The life of an assessment cycle: states, who moves it, what must hold before (domain.md 5.6); pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fivestep_web.assessment.score_settings import Group


class CycleState(StrEnum):
    """States of a cycle, in the order of its life."""

    CONFIGURING = "configuring"
    OPEN = "open"
    SELF_REPORTING = "self_reporting"
    VOTING = "voting"
    VOTING_CLOSED = "voting_closed"
    TALLIED = "tallied"
    REVIEWED = "reviewed"
    PUBLICIZING = "publicizing"
    CONFIRMED = "confirmed"
    FILED = "filed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    CycleState.CONFIGURING: "制定方案",
    CycleState.OPEN: "已启动",
    CycleState.SELF_REPORTING: "自评报送",
    CycleState.VOTING: "评价进行中",
    CycleState.VOTING_CLOSED: "评价截止",
    CycleState.TALLIED: "已汇总",
    CycleState.REVIEWED: "已审核",
    CycleState.PUBLICIZING: "公示中",
    CycleState.CONFIRMED: "结果确定",
    CycleState.FILED: "已归档",
}


class Series(StrEnum):
    """The series in which units are ranked and rate each other (R5.13); the value is the label."""

    SECTIONS = "科室"
    TOWNSHIPS = "乡镇"


def vote_label(group: Group, series: Series) -> str:
    """Return the vote of a group on a series in words: 社会调查（科室）."""
    return f"{group.label}（{series}）"


class Mover(StrEnum):
    """Who takes a cycle from one state to the next."""

    MINISTER = "minister"
    OFFICE = "office"
    COUNTERS = "counters"
    HR = "hr"

    @property
    def label(self) -> str:
        return MOVER_LABELS[self]


MOVER_LABELS = {
    Mover.MINISTER: "部长",
    Mover.OFFICE: "办公室",
    Mover.COUNTERS: "办公室、人事两名计票人",
    Mover.HR: "人事",
}


@dataclass(frozen=True, slots=True)
class Move:
    """A way from one state to another; *consequence* is said before it is confirmed."""

    origin: CycleState
    target: CycleState
    verb: str
    mover: Mover
    consequence: str

    @property
    def is_backward(self) -> bool:
        order = list(CycleState)
        return order.index(self.target) < order.index(self.origin)


MOVES = (
    Move(
        CycleState.CONFIGURING,
        CycleState.OPEN,
        "批准启动",
        Mover.MINISTER,
        "启动后，类别、参评单位、评价名单、权重和计分规则全部锁定；再改规则须另立新版本并由部长批准。",
    ),
    Move(
        CycleState.OPEN,
        CycleState.SELF_REPORTING,
        "开始自评",
        Mover.OFFICE,
        "各单位开始报送自评。",
    ),
    Move(
        CycleState.SELF_REPORTING,
        CycleState.VOTING,
        "开始评价",
        Mover.OFFICE,
        "各评价组开始评价，没有报送自评的单位按未报处理；到截止时间自动停止，截止前任何人看不到评价结果。",
    ),
    Move(
        CycleState.VOTING,
        CycleState.VOTING_CLOSED,
        "截止评价",
        Mover.OFFICE,
        "评价立即停止，之后送来的评价一律不收。",
    ),
    Move(
        CycleState.VOTING_CLOSED,
        CycleState.TALLIED,
        "确认汇总",
        Mover.COUNTERS,
        "由两名计票人先后确认，第二人确认后汇总生效。",
    ),
    Move(
        CycleState.VOTING_CLOSED,
        CycleState.VOTING,
        "重新评价",
        Mover.OFFICE,
        "只有选中的评价组重新评价，须换发新的评价码；其他组的结果不变。",
    ),
    Move(
        CycleState.TALLIED,
        CycleState.REVIEWED,
        "登记审核",
        Mover.OFFICE,
        "登记部务会议的审核意见，结果送部长决定公示。",
    ),
    Move(
        CycleState.REVIEWED,
        CycleState.PUBLICIZING,
        "开始公示",
        Mover.MINISTER,
        "公示期从次日起算，不少于5个工作日。",
    ),
    Move(
        CycleState.PUBLICIZING,
        CycleState.CONFIRMED,
        "确定结果",
        Mover.MINISTER,
        "结果确定后发书面通知，由本人签署意见。",
    ),
    Move(
        CycleState.PUBLICIZING,
        CycleState.REVIEWED,
        "退回审核",
        Mover.MINISTER,
        "异议成立的，公示停止，结果退回重新审核后再次公示。",
    ),
    Move(
        CycleState.CONFIRMED,
        CycleState.FILED,
        "归档",
        Mover.HR,
        "归档后考核结果不能再改，个人实绩档案随即写入；还没有确定年度等次的，归档后仍可拟定、确定，另记更正条目。",
    ),
)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition not met: what is missing, and the page that cures it.

    *endpoint* takes the year and *values*; empty where only time or another office cures it. *opens_to* says
    who may follow it, None for everybody.
    """

    sentence: str
    cure: str = ""
    endpoint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    opens_to: Callable[[Any], bool] | None = None


def moves_from(state: CycleState) -> tuple[Move, ...]:
    """Return the ways that lead on, the forward one first; none from 已归档."""
    return tuple(move for move in MOVES if move.origin is state)


def find_move(origin: CycleState, target: CycleState) -> Move | None:
    """Return the way from *origin* to *target*, None where there is none."""
    return next((move for move in moves_from(origin) if move.target is target), None)
