"""Extension requests (延期申请): their states, and to which day a date may be moved; pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar


class ExtensionState(StrEnum):
    """How far a request is."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return EXTENSION_STATE_LABELS[self]


EXTENSION_STATE_LABELS: Final[Mapping[ExtensionState, str]] = MappingProxyType(
    {
        ExtensionState.REQUESTED: "待批准",
        ExtensionState.GRANTED: "同意延期",
        ExtensionState.REFUSED: "不同意延期",
        ExtensionState.WITHDRAWN: "已撤回",
    }
)


def why_not(
    asked: date, *, due_on: date, latest_on: date | None, today: date, calendar: WorkCalendar, bound: str = ""
) -> str | None:
    """Return why *due_on* may not move to *asked*; None when it may.

    *latest_on* is the signed deadline of the goal the thing belongs to, which only a change order moves, or
    is set by what *bound* says.
    """
    if asked <= due_on:
        return f"申请延到的日期应晚于原期限{_spelled(due_on)}，请改为以后的日期。"
    if asked < today:
        return f"申请延到的日期{_spelled(asked)}已经过去，请改为今天或以后的日期。"
    if latest_on is not None and asked > latest_on:
        if bound:
            return f"不能晚于{_spelled(latest_on)}：{bound}。"
        latest = f"不能晚于所属目标的完成时限{_spelled(latest_on)}。"
        return f"{latest}目标的完成时限经双方签订，要调整的请申请责任书变更。"
    if not calendar.is_workday(asked):
        before, later = calendar.next_workday_on_or_before(asked), calendar.next_workday_on_or_after(asked)
        return f"{_spelled(asked)}不是工作日，请改为{_spelled(before)}或{_spelled(later)}。"
    return None


def _spelled(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
