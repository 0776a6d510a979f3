"""Feedback of a unit on its month (信息反馈, R3.10): states, dates, words from figures, turns; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from fivestep_web.core.rounding import percent
from fivestep_web.core.workdays import WorkCalendar

MONTHS: Final = range(1, 13)
OPENS_BEFORE: Final = 5  # working days before it is due
EARLIEST, LATEST = -10, 10
NAMED: Final = 8


class FeedbackState(StrEnum):
    """How far a feedback is."""

    OPEN = "open"
    SENT = "sent"
    QUESTIONED = "questioned"
    ANSWERED = "answered"

    @property
    def label(self) -> str:
        return FEEDBACK_STATE_LABELS[self]


FEEDBACK_STATE_LABELS: Final[Mapping[FeedbackState, str]] = MappingProxyType(
    {
        FeedbackState.OPEN: "待报送",
        FeedbackState.SENT: "待答复",
        FeedbackState.QUESTIONED: "待补充",
        FeedbackState.ANSWERED: "已答复",
    }
)


class Saying(StrEnum):
    """What is said in the thread below a feedback."""

    ANSWER = "answer"
    QUESTION = "question"
    REPLY = "reply"

    @property
    def label(self) -> str:
        return SAYING_LABELS[self]


SAYING_LABELS: Final[Mapping[Saying, str]] = MappingProxyType(
    {Saying.ANSWER: "答复", Saying.QUESTION: "追问", Saying.REPLY: "补充说明"}
)
_S = FeedbackState
_AFTER: Final[Mapping[Saying, tuple[frozenset[FeedbackState], FeedbackState]]] = MappingProxyType(
    {
        Saying.ANSWER: (frozenset({_S.SENT, _S.QUESTIONED}), _S.ANSWERED),
        Saying.QUESTION: (frozenset({_S.SENT, _S.ANSWERED}), _S.QUESTIONED),
        Saying.REPLY: (frozenset({_S.QUESTIONED}), _S.SENT),
    }
)


def after(state: FeedbackState, saying: Saying) -> FeedbackState | None:
    """Return the state once something is said; None when it may not be."""
    sources, target = _AFTER[saying]
    return target if state in sources else None


class Punctuality(StrEnum):
    """Whether a feedback came by its date."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"

    @property
    def label(self) -> str:
        return PUNCTUALITY_LABELS[self]


PUNCTUALITY_LABELS: Final[Mapping[Punctuality, str]] = MappingProxyType(
    {
        Punctuality.ON_TIME: "按时报送",
        Punctuality.LATE: "迟报",
        Punctuality.MISSING: "逾期未报",
        Punctuality.PENDING: "未到期",
    }
)


def punctuality(due_on: date, sent_on: date | None, today: date) -> Punctuality:
    """Tell whether a feedback came by its date; the date itself is in time until 24:00."""
    if sent_on is not None:
        return Punctuality.LATE if sent_on > due_on else Punctuality.ON_TIME
    return Punctuality.MISSING if today > due_on else Punctuality.PENDING


@dataclass(frozen=True, slots=True)
class SetOffset:
    """By how many working days the date was set off the last working day of the month, and when."""

    set_on: date
    offset: int


def offset_of(year: int, month: int, history: Sequence[SetOffset]) -> int:
    """Return what was set before the month began, the last working day itself by default.

    *history* is in the order in which it was set.
    """
    first = date(year, month, 1)
    return next((one.offset for one in reversed(history) if one.set_on < first), 0)


def due_day(year: int, month: int, offset: int, calendar: WorkCalendar) -> date:
    """Return until when a month's feedback is due: *offset* working days off its last working day."""
    return calendar.add_workdays(calendar.last_workday_of_month(year, month), offset)


def opens_on(year: int, month: int, due_on: date, calendar: WorkCalendar) -> date:
    """Return the day a month's feedback is opened, five working days before it is due."""
    return max(date(year, month, 1), calendar.add_workdays(due_on, -OPENS_BEFORE))


def offset_label(offset: int) -> str:
    """Return what an offset means: 当月最后一个工作日, 当月倒数第3个工作日, 次月第2个工作日."""
    if offset > 0:
        return f"次月第{offset}个工作日"
    return "当月最后一个工作日" if offset == 0 else f"当月倒数第{1 - offset}个工作日"


@dataclass(frozen=True, slots=True)
class Figures:
    """A unit's goals on a day, as the ledger has them; *late* names those lagging or overdue."""

    due: int = 0
    done: int = 0
    lagging: int = 0
    overdue: int = 0
    late: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the figures as they are stored."""
        return {**asdict(self), "late": list(self.late)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Figures":
        """Return stored figures."""
        return cls(**{**stored, "late": tuple(stored.get("late", ()))})


def sentence(figures: Figures, day: date) -> str:
    """Return the figures in words, as the unit may send or change them."""
    head = f"截至{day.month}月{day.day}日，"
    if not figures.due and not figures.late:
        return f"{head}本单位没有到期目标，各项工作正常推进。"
    parts = [f"{head}到期目标{figures.due}项，已完成{figures.done}项"]
    if figures.due:
        parts.append(f"，完成率{percent(Fraction(figures.done, figures.due), 1)}")
    parts.append(f"；滞后{figures.lagging}项，逾期{figures.overdue}项。")
    if figures.late:
        names = "、".join(figures.late[:NAMED])
        rest = f"等{len(figures.late)}项" if len(figures.late) > NAMED else ""
        parts.append(f"滞后或逾期的有：{names}{rest}。")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is asked to speak from one moment to another; *until* is None while they still are."""

    is_leaders: bool
    since: datetime
    until: datetime | None


def turns(sent_at: datetime, said: Iterable[tuple[Saying, datetime]]) -> Iterator[Turn]:
    """Return whose turn it was: the leader's from sending to the answer, the unit's while it is asked back.

    *said* is in order. Each is a hand-over with a limit of its own (R3.9).
    """
    since: datetime | None = sent_at
    is_leaders = True
    for saying, moment in said:
        if since is not None:
            yield Turn(is_leaders, since, moment)
        since = None if saying is Saying.ANSWER else moment
        is_leaders = saying is not Saying.QUESTION
    if since is not None:
        yield Turn(is_leaders, since, None)
