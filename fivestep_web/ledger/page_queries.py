"""What the ledger's pages show: six columns, sums, topics; a constant number of statements."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from fivestep_web.core import clock
from fivestep_web.core.filters import figure, moment
from fivestep_web.core.permissions import Actor
from fivestep_web.execution import policy as execution_policy
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger import queries
from fivestep_web.ledger.filters import LedgerView
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.policy import REPORTABLE
from fivestep_web.ledger.queries import ENTRY, GOAL, PERIOD, PERSON, TOPIC, WRITTEN_OFF, Standing
from fivestep_web.ledger.rules import LedgerState, Signal, SignalResult
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.rules import typed_target
from fivestep_web.responsibility.models import Goal
from fivestep_web.topics.models import Topic

PAGE = 100
NOTE_LENGTH = 60
LAGGING = frozenset({Signal.YELLOW, Signal.RED_LAGGING})
TONES = {
    LedgerState.NOT_STARTED: "quiet",
    LedgerState.IN_PROGRESS: "open",
    LedgerState.WRITE_OFF_REQUESTED: "waiting",
    LedgerState.CLOSED: "done",
    LedgerState.REOPENED: "waiting",
    LedgerState.SUSPENDED: "quiet",
    LedgerState.CANCELLED: "refused",
    LedgerState.SETTLED: "done",
}
EVENT = ProgressEvent.__table__.c

_DETAILS = (
    select(
        GOAL.id, GOAL.code, GOAL.name, GOAL.parent_id, GOAL.target, GOAL.measure_unit, GOAL.indicator,
        GOAL.scoring_method, GOAL.measures, TOPIC.measures, PERSON.name, PERIOD.name, ENTRY.write_off_number,
    )
    .select_from(Goal.__table__)
    .join(LedgerEntry.__table__, ENTRY.goal_id == GOAL.id)
    .join(Topic.__table__, TOPIC.id == GOAL.topic_id)
    .join(Person.__table__, PERSON.id == GOAL.person_id)
    .join(UnitPeriod.__table__, (PERIOD.unit_id == GOAL.unit_id) & PERIOD.valid_to.is_(None))
    .where(GOAL.id.in_(bindparam("goal_ids", expanding=True)))
)  # fmt: skip
_NOTES = select(EVENT.id, EVENT.note).where(EVENT.id.in_(bindparam("event_ids", expanding=True)))
_TOPICS = select(TOPIC.id, TOPIC.name).where(TOPIC.year == bindparam("year"))
_LEADERS = (
    select(PERSON.id, PERSON.name)
    .where(
        PERSON.id.in_(
            select(queries.LEADER)
            .select_from(Goal.__table__)
            .join(UnitPeriod.__table__, (PERIOD.unit_id == GOAL.unit_id) & PERIOD.valid_to.is_(None))
            .where(GOAL.year == bindparam("year"))
        )
    )
    .order_by(PERSON.code)
)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry as it is read: the six columns of R4.3 and its signal."""

    entry_id: int
    goal_id: int
    code: str
    name: str
    is_task: bool
    target: str
    period: str
    measures: str
    due: str
    days_left: int | None
    person: str
    unit: str
    state: str
    tone: str
    done: str
    reported_on: str
    completed_on: date | None
    note: str
    number: str
    result: SignalResult
    can_report: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """The line above the ledger: 到期 完成 滞后 逾期."""

    total: int
    due: int
    completed: int
    lagging: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic with how many of its entries show each signal."""

    topic_id: int
    name: str
    sums: Sums
    signals: Counter[Signal]


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """The rows of one topic on a page."""

    topic_id: int
    name: str
    rows: list[LedgerRow]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the ledger; *previous* and *following* are what those pages start after, 0 the start."""

    sums: Sums
    topics: list[TopicLine]
    groups: list[TopicGroup]
    first: int
    last: int
    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One reported event, as the entry's page lists it; *is_late* when recorded on a later day."""

    id: int
    happened_on: date
    done: str
    is_not_applicable: bool
    completed_on: date | None
    note: str
    evidence: str
    reporter: str
    recorded_at: str
    is_late: bool


def get_page(actor: Actor, view: LedgerView) -> LedgerPage:
    """Return the page of the ledger *view* asks for, of what *actor* may read."""
    reach = queries.reach(actor)
    standings = [
        item for item in queries.standings(view.as_of, **view.parameters(), **reach) if view.takes(item)
    ]
    names = {row[0]: row[1] for row in db.session.execute(_TOPICS, {"year": view.year}).all()}
    start = next((place for place, item in enumerate(standings, 1) if item.entry_id == view.after), 0)
    shown = standings[start : start + PAGE]
    rows = list_rows(actor, shown, view.as_of)
    groups: list[TopicGroup] = []
    for item, row in zip(shown, rows, strict=True):
        if not groups or groups[-1].topic_id != item.topic_id:
            groups.append(TopicGroup(item.topic_id, names[item.topic_id], []))
        groups[-1].rows.append(row)
    return LedgerPage(
        sums=add_up(standings, view.as_of),
        topics=list(_topic_lines(standings, names, view.as_of)),
        groups=groups,
        first=start + 1,
        last=start + len(shown),
        previous=None if not start else 0 if start <= PAGE else standings[start - PAGE - 1].entry_id,
        following=shown[-1].entry_id if start + PAGE < len(standings) else None,
    )


def _topic_lines(standings: Sequence[Standing], names: dict[int, str], as_of: date) -> Iterable[TopicLine]:
    by_topic: dict[int, list[Standing]] = {}
    for item in standings:
        by_topic.setdefault(item.topic_id, []).append(item)
    for topic_id, items in by_topic.items():
        signals = Counter(item.result.signal for item in items)
        yield TopicLine(topic_id, names[topic_id], add_up(items, as_of), signals)


def add_up(standings: Collection[Standing], as_of: date) -> Sums:
    """Count what is due, completed, lagging and overdue on *as_of*."""
    signals = Counter(item.result.signal for item in standings)
    return Sums(
        total=len(standings),
        due=sum(item.due_on <= as_of for item in standings),
        completed=sum(item.is_completed for item in standings),
        lagging=sum(signals[item] for item in LAGGING),
        overdue=signals[Signal.RED_OVERDUE],
    )


def list_rows(actor: Actor, standings: Sequence[Standing], as_of: date) -> list[LedgerRow]:
    """Return the six columns of each entry, in the order given."""
    details = {
        row[0]: row
        for row in db.session.execute(_DETAILS, {"goal_ids": [item.goal_id for item in standings]}).all()
    }
    event_ids = [item.latest_event_id for item in standings if item.latest_event_id is not None]
    notes = {row[0]: row[1] for row in db.session.execute(_NOTES, {"event_ids": event_ids}).all()}
    is_today = as_of == clock.today()
    assisted = assignments.assisted_by(actor)
    rows = [(item, is_today and _may_report(actor, item, assisted)) for item in standings]
    return [_row(item, details[item.goal_id], notes, as_of, can_report=can) for item, can in rows]


def _may_report(actor: Actor, item: Standing, assisted: Collection[int]) -> bool:
    return item.state in REPORTABLE and execution_policy.can_report(
        actor, unit_id=item.unit_id, person_id=item.person_id, is_assisted=item.goal_id in assisted
    )


def _row(item: Standing, detail: Any, notes: dict[int, str], as_of: date, *, can_report: bool) -> LedgerRow:
    (
        _id, code, name, parent_id, stored, unit, indicator, method, own, of_topic, person, unit_name, number,
    ) = detail  # fmt: skip
    target = typed_target(stored, unit, indicator)
    is_counted = target is not None and method != queries.PER_INCIDENT
    completion = item.completion
    reported_on = completion.completed_on or completion.reported_on
    note = notes.get(item.latest_event_id or 0, "")
    is_open = not item.is_completed and item.state is not LedgerState.CANCELLED
    return LedgerRow(
        entry_id=item.entry_id,
        goal_id=item.goal_id,
        code=code,
        name=name,
        is_task=parent_id is not None,
        target=f"{figure(target)} {unit}".rstrip() if is_counted else "",
        period=f"{item.start_on:%m-%d}至{item.due_on:%m-%d}",
        measures=own or of_topic,
        due=f"{item.due_on:%m-%d}",
        days_left=(item.due_on - as_of).days if is_open else None,
        person=person,
        unit=unit_name,
        state=item.state.label,
        tone=TONES[item.state],
        done="" if completion.not_applicable else f"{figure(completion.done)} {unit}".rstrip(),
        reported_on=f"{reported_on:%m-%d}" if reported_on else "",
        completed_on=completion.completed_on,
        note=note if len(note) <= NOTE_LENGTH else note[: NOTE_LENGTH - 1] + "…",
        number=(number or "") if item.state in WRITTEN_OFF else "",
        result=item.result,
        can_report=can_report,
    )


def get_row(actor: Actor, entry: LedgerEntry, as_of: date) -> LedgerRow | None:
    """Return one entry's row on *as_of*; None when it was not open yet."""
    standings = queries.standings(as_of, goal_ids=[entry.goal_id])
    return next(iter(list_rows(actor, standings, as_of)), None)


def list_events(goal_id: int, as_of: date) -> list[EventLine]:
    """Return what was reported up to *as_of*, the latest first."""
    rows = db.session.execute(
        select(ProgressEvent, Person.name)
        .outerjoin(Person, Person.id == ProgressEvent.reporter_id)
        .where(ProgressEvent.goal_id == goal_id, ProgressEvent.happened_on <= as_of)
        .order_by(ProgressEvent.happened_on.desc(), ProgressEvent.id.desc())
    )
    return [_event_line(event, reporter) for event, reporter in rows]


def _event_line(event: ProgressEvent, reporter: str | None) -> EventLine:
    recorded_on = event.recorded_at.astimezone(clock.ZONE).date()
    return EventLine(
        id=event.id,
        happened_on=event.happened_on,
        done=figure(event.done),
        is_not_applicable=event.is_not_applicable,
        completed_on=event.completed_on,
        note=event.note,
        evidence=event.evidence,
        reporter=_("导入") if event.is_imported else reporter or "",
        recorded_at=moment(event.recorded_at),
        is_late=not event.is_imported and event.happened_on < recorded_on,
    )


def leader_choices(year: int) -> list[tuple[int, str]]:
    """Return the leaders in charge of the year's goals, for the filter."""
    return [(row[0], row[1]) for row in db.session.execute(_LEADERS, {"year": year}).all()]
