"""What the daily digest tells whom, and when it stops telling the same person (domain.md 8.3, R3.9); pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.supervision.notices.rules import Capacity

REMIND_AT: Final = (15, 7, 3)  # working days before a node, and the day itself
# working days late at which an overdue node is told, and whom: it climbs, and in the end falls silent
OVERDUE_AT: Final[Sequence[tuple[int, Capacity]]] = (
    (1, Capacity.OWNER),
    (3, Capacity.OWNER),
    (7, Capacity.OWNER),
    (8, Capacity.UNIT_HEAD),
    (11, Capacity.UNIT_HEAD),
    (15, Capacity.UNIT_HEAD),
    (16, Capacity.LEADER_IN_CHARGE),
    (21, Capacity.LEADER_IN_CHARGE),
)

HAND_OVER_AT: Final = (1, 3, 7, 15)  # working days past its limit at which a hand-over is told


class Section(StrEnum):
    """The blocks of a digest, in the order in which they stand."""

    STARTS = "starts"
    DUE = "due"
    OVERDUE = "overdue"
    HAND_OVERS = "hand_overs"
    NOTICES = "notices"
    REMINDERS = "reminders"

    @property
    def label(self) -> str:
        return SECTION_LABELS[self]


SECTION_LABELS: Final[Mapping[Section, str]] = MappingProxyType(
    {
        Section.STARTS: "今日启动",
        Section.DUE: "今日到期",
        Section.OVERDUE: "已逾期",
        Section.HAND_OVERS: "超时限未办",
        Section.NOTICES: "督办",
        Section.REMINDERS: "提醒",
    }
)


def warned_on(due_on: date, calendar: WorkCalendar) -> date:
    """Return the day a node is warned of as due: a day off is warned of on the working day before (10)."""
    return calendar.next_workday_on_or_before(due_on)


def days_left_to_tell(due_on: date, day: date, before: date | None, calendar: WorkCalendar) -> int | None:
    """Return the working days left when a node is to be reminded of on *day*; 0 on the day it is due.

    *before* is the day of the digests before: a reminder that fell on days without digests is made up once,
    with the days that are left now. None when there is nothing to tell.
    """
    last = warned_on(due_on, calendar)
    if day > last:
        return None
    left = calendar.workdays_between(day, last)
    if left == 0:
        return 0
    was = left + 1 if before is None or before >= day else calendar.workdays_between(before, last)
    return left if any(left <= step < was for step in REMIND_AT) else None


def overdue_to(due_on: date, day: date, before: date | None, calendar: WorkCalendar) -> Capacity | None:
    """Return who is told on *day* that a node is overdue; None where nobody is, today or for good."""
    was, late = _lateness(due_on, day, before, calendar)
    told = [capacity for step, capacity in OVERDUE_AT if was < step <= late]
    return told[-1] if told else None


def tells_hand_over(due_on: date, day: date, before: date | None, calendar: WorkCalendar) -> bool:
    """Tell whether a hand-over past its limit is told on *day*, to its holder and the level above (R3.9)."""
    was, late = _lateness(due_on, day, before, calendar)
    return any(was < step <= late for step in HAND_OVER_AT)


def _lateness(due_on: date, day: date, before: date | None, calendar: WorkCalendar) -> tuple[int, int]:
    """Return the working days late on the day of the digests before, and on *day*."""
    late = calendar.workdays_between(due_on, day)
    if before is None or before >= day:
        return late - 1, late
    return calendar.workdays_between(due_on, before), late
