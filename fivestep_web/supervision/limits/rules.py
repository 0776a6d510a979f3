"""Time limits of hand-overs (限时办结, R3.9): until when, how late, what a year comes to; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median
from types import MappingProxyType
from typing import Final

from fivestep_web.core.workdays import WorkCalendar

LONGEST: Final = 60
TENTH: Final = Decimal("0.1")


class LimitKind(StrEnum):
    """The kinds of hand-over that have a limit of their own."""

    APPROVAL = "approval"
    ACCEPTANCE = "acceptance"
    WRITE_OFF = "write_off"
    INQUIRY = "inquiry"
    FEEDBACK = "feedback"

    @property
    def label(self) -> str:
        return LIMIT_LABELS[self]


LIMIT_LABELS: Final[Mapping[LimitKind, str]] = MappingProxyType(
    {
        LimitKind.APPROVAL: "审批",
        LimitKind.ACCEPTANCE: "验收",
        LimitKind.WRITE_OFF: "销号",
        LimitKind.INQUIRY: "质询答复",
        LimitKind.FEEDBACK: "反馈答复",
    }
)
DEFAULTS: Final[Mapping[LimitKind, int]] = MappingProxyType(
    {
        LimitKind.APPROVAL: 3,
        LimitKind.ACCEPTANCE: 5,
        LimitKind.WRITE_OFF: 5,
        LimitKind.INQUIRY: 3,
        LimitKind.FEEDBACK: 2,
    }
)


class Seat(StrEnum):
    """Who holds a hand-over, in relation to the unit it is about."""

    HEAD = "head"
    LEADER = "leader"
    OFFICE = "office"
    DEPUTY = "deputy"
    MINISTER = "minister"


ABOVE: Final[Mapping[Seat, Seat]] = MappingProxyType(
    {
        Seat.HEAD: Seat.LEADER,
        Seat.LEADER: Seat.DEPUTY,
        Seat.OFFICE: Seat.DEPUTY,
        Seat.DEPUTY: Seat.MINISTER,
    }
)


@dataclass(frozen=True, slots=True)
class SetLimit:
    """A limit as it was set at a moment."""

    kind: LimitKind
    set_at: datetime
    workdays: int


def limit_at(history: Sequence[SetLimit], kind: LimitKind, since: datetime) -> int:
    """Return the working days a hand-over begun at *since* may take: what was set by then, else the default.

    *history* is in the order in which the limits were set.
    """
    return next(
        (one.workdays for one in reversed(history) if one.kind is kind and one.set_at <= since),
        DEFAULTS[kind],
    )


@dataclass(frozen=True, slots=True)
class Timing:
    """How a hand-over stands: its limit, *spent* working days so far or in all, *late* ones past that."""

    workdays: int
    due_on: date
    spent: int
    late: int
    is_open: bool
    is_late: bool

    @property
    def is_within(self) -> bool | None:
        """Tell whether the limit was kept; None while it may still be."""
        return None if self.is_open and not self.is_late else not self.is_late


def timing(since: date, until: date | None, workdays: int, *, today: date, calendar: WorkCalendar) -> Timing:
    """Return how a hand-over begun on *since* stands; its last day is the *workdays*-th one after that."""
    due_on, end = calendar.add_workdays(since, workdays), until or today
    return Timing(
        workdays=workdays,
        due_on=due_on,
        spent=calendar.workdays_between(since, end),
        late=calendar.workdays_between(due_on, end),
        is_open=until is None,
        is_late=end > due_on,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """What hand-overs come to; *middle*, *longest* and *within* are None where none is decided."""

    steps: int
    matters: int
    finished: int
    overdue: int
    middle: Decimal | None
    longest: int | None
    within: Decimal | None

    @property
    def per_matter(self) -> Decimal:
        """Return how many hand-overs a matter takes, to one decimal."""
        return _tenth(Decimal(self.steps) / self.matters) if self.matters else Decimal(0)

    @property
    def within_shown(self) -> str:
        """Return the share that kept the limit as 97.5%, or — where none is decided."""
        return "—" if self.within is None else f"{_tenth(self.within * 100):f}%"


def figures(samples: Iterable[tuple[str, Timing]]) -> Figures:
    """Return the figures of hand-overs, each given with the matter it belongs to (R3.9)."""
    known = list(samples)
    spent = [one.spent for _matter, one in known if not one.is_open]
    kept = [one.is_within for _matter, one in known if one.is_within is not None]
    return Figures(
        steps=len(known),
        matters=len({matter for matter, _one in known}),
        finished=len(spent),
        overdue=sum(one.is_open and one.is_late for _matter, one in known),
        middle=_tenth(Decimal(median(spent))) if spent else None,
        longest=max(spent, default=None),
        within=Decimal(sum(kept)) / len(kept) if kept else None,
    )


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP).normalize() + 0


def faults(workdays: Mapping[LimitKind, int]) -> dict[LimitKind, str]:
    """Return what is wrong with limits as typed, by kind."""
    return {
        kind: f"{kind.label}的时限应为1至{LONGEST}个工作日。"
        for kind, days in workdays.items()
        if not 1 <= days <= LONGEST
    }
