"""Where every entry of the ledger stands on a day, whichever day that is (R3.1).

Five statements whatever the size of the ledger: entries, changes of state, progress, milestones with what
was handed in of them, and what change orders changed since. Each is built once per set of filters.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import selectinload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution import queries as progress_queries
from fivestep_web.execution import rules as progress_rules
from fivestep_web.execution.acceptance import queries as acceptance_queries
from fivestep_web.execution.acceptance import rules as acceptance_rules
from fivestep_web.execution.acceptance.queries import NOTHING, GoalHandIns
from fivestep_web.execution.planning.history import phases_before
from fivestep_web.execution.queries import NO_PROGRESS, Progress
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.ledger import rules
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import EntryFacts, LedgerState, MilestoneStanding, SignalResult
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.changes.fields import milestone_field
from fivestep_web.responsibility.changes.queries import facts_before
from fivestep_web.responsibility.goals.rules import stored_target
from fivestep_web.responsibility.models import Assignment, Goal
from fivestep_web.topics.models import Topic

ENTRY = LedgerEntry.__table__.c
CHANGE = LedgerChange.__table__.c
GOAL = Goal.__table__.c
ASSIGNMENT = Assignment.__table__.c
TOPIC = Topic.__table__.c
PERIOD = UnitPeriod.__table__.c
PERSON = Person.__table__.c
PER_INCIDENT = "逐例扣分"
WRITTEN_OFF = frozenset({LedgerState.CLOSED, LedgerState.SETTLED})
UNDER_WAY = frozenset({LedgerState.NOT_STARTED, LedgerState.IN_PROGRESS, LedgerState.REOPENED})
LEADER = func.coalesce(GOAL.leader_id, PERIOD.leader_id)

CONDITIONS: dict[str, ColumnElement[bool]] = {
    "year": GOAL.year == bindparam("year"),
    "goal_ids": GOAL.id.in_(bindparam("goal_ids", expanding=True)),
    "topic": GOAL.topic_id == bindparam("topic"),
    "unit": GOAL.unit_id == bindparam("unit"),
    "units": GOAL.unit_id.in_(bindparam("units", expanding=True)),
    "own_units": or_(
        GOAL.unit_id.in_(bindparam("own_units", expanding=True)),
        GOAL.id.in_(
            select(ASSIGNMENT.goal_id).where(
                ASSIGNMENT.person_id == bindparam("own_person"), ASSIGNMENT.valid_to.is_(None)
            )
        ),
    ),
    "own_person": true(),
    "person": GOAL.person_id == bindparam("person"),
    "leader": bindparam("leader") == LEADER,
    "due_from": GOAL.deadline >= bindparam("due_from"),
    "due_to": GOAL.deadline <= bindparam("due_to"),
    "keyword": or_(
        *(
            column.like(bindparam("keyword"), escape="/")
            for column in (GOAL.name, TOPIC.name, PERSON.name, GOAL.code)
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one entry stands on a day."""

    entry_id: int
    goal_id: int
    topic_id: int
    unit_id: int
    person_id: int
    leader_id: int | None
    start_on: date
    due_on: date
    state: LedgerState
    completion: progress_rules.Completion
    latest_event_id: int | None
    is_completed: bool
    result: SignalResult


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known on a day of all the entries asked for."""

    as_of: date
    calendar: WorkCalendar
    states: Mapping[int, LedgerState]
    progress: Mapping[int, Progress]
    milestones: Mapping[int, list[Any]]
    before: Mapping[int, Mapping[str, Any]]  # what changed later than the day, as it still was
    phases_before: Mapping[int, Sequence[tuple[Any, ...]]]  # phases replaced later than the day

    def stand(self, row: Any) -> Standing:
        """Return where the entry of a row of `_entries` stands."""
        (
            entry_id, opened_on, goal_id, topic_id, unit_id, person_id, leader_id,
            starts, due, target, method,
        ) = row  # fmt: skip
        if held := self.before.get(goal_id):
            person_id, leader_id = held.get("person_id", person_id), held.get("leader_id", leader_id)
            starts, due = held.get("starts_on", starts), held.get("deadline", due)
            target = stored_target(held["target"]) if "target" in held else target
        history = self.progress.get(goal_id, NO_PROGRESS)
        completion = progress_rules.completion_on(history.latest, self.as_of)
        nodes = self._nodes(goal_id)
        hand_ins = acceptance_queries.read_hand_ins(nodes)
        facts = EntryFacts(
            state=self.states.get(entry_id, LedgerState.NOT_STARTED),
            start_on=starts or opened_on,
            due_on=due,
            completed_on=completion.completed_on,
            counts_incidents=method == PER_INCIDENT,
            not_applicable=completion.not_applicable,
            handed_in_on=hand_ins.handed_in_on,
            is_accepted=hand_ins.is_accepted,
        )
        is_submitted = rules.is_submitted(facts, self.as_of)
        if facts.state in UNDER_WAY and not is_submitted and self.as_of <= due:
            facts = self._with_plan(facts, target, history, nodes, hand_ins)
        return Standing(
            entry_id, goal_id, topic_id, unit_id, person_id, leader_id, facts.start_on, due, facts.state,
            completion, history.latest_id, is_submitted or facts.state in WRITTEN_OFF,
            rules.signal(facts, self.as_of, self.calendar),
        )  # fmt: skip

    def _nodes(self, goal_id: int) -> list[Any]:
        rows = self.milestones.get(goal_id, [])
        if (phases := self.phases_before.get(goal_id)) is not None:
            hand_ins = {row[1]: row[-2:] for row in rows}
            return [(goal_id, *phase, *hand_ins.get(phase[0], (None, None))) for phase in phases]
        held = self.before.get(goal_id)
        if not held:
            return rows
        return [
            (goal_id, sequence, name, held.get(milestone_field(sequence), due_on), *rest)
            for _goal_id, sequence, name, due_on, *rest in rows
        ]

    def _with_plan(
        self, facts: EntryFacts, target: Decimal, history: Progress, rows: list[Any], hand_ins: GoalHandIns
    ) -> EntryFacts:
        """Add what only the signal of an entry under way depends on: nodes, progress due, reports."""
        nodes, points = progress_queries.as_milestones(rows), history.points
        done_share = due_share = None
        phases = progress_rules.phases_of_milestones(nodes, start_on=facts.start_on, due_on=facts.due_on)
        if phases and target > 0 and not facts.counts_incidents:
            due_share = progress_rules.progress_due(phases, self.as_of, self.calendar)
            done = progress_rules.completion_on(points, self.as_of).done
            done_share = Fraction(done) / Fraction(target)
        return replace(
            facts,
            milestones=stand_milestones(
                nodes,
                points,
                hand_ins,
                target=target,
                counts_incidents=facts.counts_incidents,
                as_of=self.as_of,
            ),
            done_share=done_share,
            due_share=due_share,
            report_dates=[point.on_date for point in points],
        )


def reach(actor: Actor) -> dict[str, Any]:
    """Return what limits the ledger to what *actor* may read, as parameters of `standings`."""
    units = actor.units_for(Permission.LEDGER_READ)
    return {} if units is None else {"own_units": sorted(units), "own_person": actor.person_id}


def containing(text: str) -> str:
    """Return the keyword parameter that finds *text* in names and codes, its wildcards taken literally."""
    for sign in "/%_":
        text = text.replace(sign, "/" + sign)
    return f"%{text}%"


def standings(as_of: date, **filters: Any) -> list[Standing]:
    """Return the entries open on *as_of*, by topic and goal; *filters* are the keys of CONDITIONS."""
    return _standings(as_of, as_of, filters)


def morning_standings(day: date, **filters: Any) -> list[Standing]:
    """Return how the entries stand on *day* by what was known the evening before."""
    return _standings(day, day - timedelta(days=1), filters)


def _standings(as_of: date, known_on: date, filters: Mapping[str, Any]) -> list[Standing]:
    names = frozenset(filters)
    parameters = {**filters, "as_of": known_on}
    entries = db.session.execute(_entries(names), parameters).all()
    known = _Known(
        as_of=as_of,
        calendar=get_calendar(),
        states={row.entry_id: row.state for row in db.session.execute(_changes(names), parameters).all()},
        progress=progress_queries.read_progress(_events(names), parameters),
        milestones=progress_queries.read_milestones(_milestones(names), parameters),
        before=facts_before(known_on),
        phases_before=phases_before(known_on),
    )
    return [known.stand(row) for row in entries]


def signals_of(
    as_of: date, *, year: int | None = None, goal_ids: Collection[int] | None = None
) -> dict[int, SignalResult]:
    """Return the signal on *as_of* of every goal in the ledger, limited to *year* or *goal_ids*."""
    filters: dict[str, Any] = {}
    if year is not None:
        filters["year"] = year
    if goal_ids is not None:
        filters["goal_ids"] = list(goal_ids)
    return {standing.goal_id: standing.result for standing in standings(as_of, **filters)}


def is_cancelled(goal_id: Any) -> ColumnElement[bool]:
    """Return the condition "the goal is out of the ledger by a change order": nothing is asked of it."""
    return exists().where(LedgerEntry.goal_id == goal_id, LedgerEntry.state == LedgerState.CANCELLED)


@cache
def _goal_ids(names: frozenset[str]) -> Select[Any]:
    return _joined(select(GOAL.id), names)


def _goal_ids_in_hand(names: frozenset[str]) -> Select[Any]:
    """Select only the goals whose phases still say something: past its deadline a goal is late or done.

    Unless its last phase was handed in: then it waits.
    """
    handed_in = GOAL.id.in_(acceptance_queries.goals_with_hand_ins())
    return _goal_ids(names).where(or_(bindparam("as_of") <= GOAL.deadline, handed_in))


def _joined(statement: Select[Any], names: frozenset[str]) -> Select[Any]:
    return (
        statement.select_from(LedgerEntry.__table__)
        .join(Goal.__table__, GOAL.id == ENTRY.goal_id)
        .join(Topic.__table__, TOPIC.id == GOAL.topic_id)
        .join(UnitPeriod.__table__, (PERIOD.unit_id == GOAL.unit_id) & PERIOD.valid_to.is_(None))
        .join(Person.__table__, PERSON.id == GOAL.person_id)
        .where(ENTRY.opened_on <= bindparam("as_of"), *(CONDITIONS[name] for name in sorted(names)))
    )


@cache
def _entries(names: frozenset[str]) -> Select[Any]:
    columns = (
        ENTRY.id, ENTRY.opened_on, GOAL.id, GOAL.topic_id, GOAL.unit_id, GOAL.person_id, LEADER,
        GOAL.starts_on, GOAL.deadline, GOAL.target, GOAL.scoring_method,
    )  # fmt: skip
    return _joined(select(*columns), names).order_by(TOPIC.code, GOAL.code)


@cache
def _changes(names: frozenset[str]) -> Select[Any]:
    entry_ids = _joined(select(ENTRY.id), names)
    return (
        select(CHANGE.entry_id, CHANGE.state)
        .where(CHANGE.entry_id.in_(entry_ids), CHANGE.changed_on <= bindparam("as_of"))
        .order_by(CHANGE.changed_on, CHANGE.id)
    )


@cache
def _events(names: frozenset[str]) -> Select[Any]:
    return progress_queries.events_statement(_goal_ids(names))


@cache
def _milestones(names: frozenset[str]) -> Select[Any]:
    return acceptance_queries.with_hand_ins(progress_queries.milestones_statement(_goal_ids_in_hand(names)))


def stand_milestones(
    nodes: Collection[progress_rules.Milestone],
    points: Collection[progress_rules.ProgressPoint],
    hand_ins: GoalHandIns = NOTHING,
    *,
    target: Decimal,
    counts_incidents: bool,
    as_of: date,
) -> list[MilestoneStanding]:
    """Return each node with the day it was reached or handed in, as known on *as_of*."""
    found = []
    for node in nodes:
        hand_in = hand_ins.by_sequence.get(node.seq)
        reached = acceptance_rules.reached(
            node, hand_in, points, target=target, counts_incidents=counts_incidents, day=as_of
        )
        found.append(MilestoneStanding(node.name, node.due_on, reached.on, reached.is_waiting))
    return found


def visible_to(actor: Actor) -> Select[LedgerEntry]:
    """Select the entries *actor* may read: the department all, a township its own and those it helps with."""
    return select(LedgerEntry).join(LedgerEntry.goal).where(sees_goal(actor))


def get_entry(actor: Actor, entry_id: int, *, lock: bool = False, revision: int | None = None) -> LedgerEntry:
    """Return an entry with its goal and changes; hidden and absent look the same.

    With *revision*, Conflict when the entry has changed since it was shown.
    """
    statement = visible_to(actor).where(LedgerEntry.id == entry_id)
    if lock:
        statement = statement.with_for_update(of=LedgerEntry).execution_options(populate_existing=True)
    entry = db.session.scalar(
        statement.options(
            selectinload(LedgerEntry.changes).joinedload(LedgerChange.person),
            selectinload(LedgerEntry.goal).joinedload(Goal.topic),
            selectinload(LedgerEntry.goal).joinedload(Goal.person),
            selectinload(LedgerEntry.goal).joinedload(Goal.unit),
            selectinload(LedgerEntry.checked_by),
        )
    )
    if entry is None:
        raise NotFound(_("台账里没有这一项，或不在您的查看范围内。"))
    if revision is not None and entry.revision != revision:
        raise Conflict(_("这一项在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return entry


def stand_goal(
    goal: Goal,
    nodes: Collection[progress_rules.Milestone],
    history: Progress | None,
    hand_ins: GoalHandIns | None,
    as_of: date,
) -> list[MilestoneStanding]:
    """Return how each node of *goal* stands on *as_of*; *hand_ins* are those up to then."""
    return stand_milestones(
        nodes,
        (history or NO_PROGRESS).points,
        hand_ins or NOTHING,
        target=goal.target,
        counts_incidents=goal.scoring_method == PER_INCIDENT,
        as_of=as_of,
    )
