"""What the pages of feedback show: lists with how punctual each is, a month's statistics, neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.extensions.queries import NOT_EXTENDED, Extended, extended
from fivestep_web.supervision.feedback import policy, queries, rules
from fivestep_web.supervision.feedback.extending import KIND
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.queries import UnitFeedback
from fivestep_web.supervision.feedback.rules import FeedbackState, Punctuality
from fivestep_web.supervision.limits import queries as limits
from fivestep_web.supervision.limits.rules import LimitKind, SetLimit, Timing, limit_at, timing

TONES: Final[Mapping[Punctuality, str]] = {
    Punctuality.ON_TIME: "done",
    Punctuality.LATE: "waiting",
    Punctuality.MISSING: "refused",
    Punctuality.PENDING: "quiet",
}
STATE_TONES: Final[Mapping[FeedbackState, str]] = {
    FeedbackState.OPEN: "quiet",
    FeedbackState.SENT: "waiting",
    FeedbackState.QUESTIONED: "open",
    FeedbackState.ANSWERED: "done",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A feedback in a list; *turn* is how the answer, or what was asked back, stands, None for neither."""

    feedback: Feedback
    unit: str
    code: str
    leader_id: int | None
    punctuality: Punctuality
    days_left: int | None
    turn: Timing | None
    extended: Extended

    @property
    def is_unanswered(self) -> bool:
        """Tell whether the leader's time to answer is over (R3.10)."""
        return self.feedback.state is FeedbackState.SENT and self.turn is not None and self.turn.is_late


def turn_of(feedback: Feedback, history: Sequence[SetLimit]) -> Timing | None:
    """Return how long whose turn it is has had it, None for nobody's."""
    if feedback.turn_at is None or feedback.state not in {FeedbackState.SENT, FeedbackState.QUESTIONED}:
        return None
    workdays = limit_at(history, LimitKind.FEEDBACK, feedback.turn_at)
    return timing(
        limits.local_day(feedback.turn_at), None, workdays, today=clock.today(), calendar=get_calendar()
    )


def lines(year: int, found: Sequence[UnitFeedback]) -> list[Line]:
    """Return the lines of a list in its order; two statements."""
    history = limits.history_of(year)
    moved = extended(KIND, [item.feedback.id for item in found])
    return [_line(item, history, moved.get(item.feedback.id, NOT_EXTENDED)) for item in found]


def _line(item: UnitFeedback, history: Sequence[SetLimit], moved: Extended) -> Line:
    feedback = item.feedback
    sent_on = limits.local_day(feedback.sent_at) if feedback.sent_at else None
    return Line(
        feedback=feedback,
        unit=item.unit,
        code=item.code,
        leader_id=item.leader_id,
        punctuality=rules.punctuality(feedback.due_on, sent_on, clock.today()),
        days_left=None if sent_on else (feedback.due_on - clock.today()).days,
        turn=turn_of(feedback, history),
        extended=moved,
    )


@dataclass(frozen=True)
class MonthPage:
    """The statistics of a month: counts, and who is late, missing or has not answered."""

    lines: Sequence[Line]
    counts: Mapping[Punctuality, int]
    answered: int
    late: Sequence[Line]
    missing: Sequence[Line]
    unanswered: Sequence[Line]
    leaders: Mapping[int, str]
    due_on: date | None


def month_page(actor: Actor, year: int, month: int) -> MonthPage:
    """Return what became of a month's feedback, of the units in reach (R3.10)."""
    found = lines(year, queries.list_feedback(actor, year, month=month))
    unanswered = [line for line in found if line.is_unanswered]
    people = {line.leader_id for line in unanswered if line.leader_id is not None}
    names = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return MonthPage(
        lines=found,
        counts={kind: sum(line.punctuality is kind for line in found) for kind in Punctuality},
        answered=sum(line.feedback.state is FeedbackState.ANSWERED for line in found),
        late=[line for line in found if line.punctuality is Punctuality.LATE],
        missing=[line for line in found if line.punctuality is Punctuality.MISSING],
        unanswered=unanswered,
        leaders={row.id: row.name for row in names},
        due_on=max((line.feedback.due_on for line in found), default=None),
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The feedback before and after one in its month, and the next that waits for the actor's answer."""

    previous_id: int | None
    next_id: int | None
    next_waiting_id: int | None
    next_waiting: str


def neighbours(actor: Actor, feedback: Feedback) -> Neighbours:
    """Return what a leader goes on to, through all the feedback of the month."""
    found = queries.list_feedback(actor, feedback.year, month=feedback.month)
    ids = [item.feedback.id for item in found]
    place = ids.index(feedback.id)
    ahead = [*found[place + 1 :], *found[:place]]
    waiting = next(
        (
            item
            for item in ahead
            if item.feedback.state is FeedbackState.SENT and policy.may_answer(actor, item.feedback)
        ),
        None,
    )
    return Neighbours(
        previous_id=ids[place - 1] if place else None,
        next_id=ids[place + 1] if place + 1 < len(ids) else None,
        next_waiting_id=waiting.feedback.id if waiting else None,
        next_waiting=waiting.unit if waiting else "",
    )
