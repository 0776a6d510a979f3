"""Reads of stage evaluations; each starts from the goals the actor sees."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.reach import is_key, sees_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.evaluations.models import StageEvaluation, StageRating
from fivestep_web.supervision.evaluations.rules import (
    EvaluationState,
    Rating,
    Side,
    evidence_of,
    quarter_days,
    together,
)

PAGE = 50
LATE = "late"
# of goals that stand still or are out of the ledger no phase is evaluated
IDLE = (LedgerState.SUSPENDED, LedgerState.CANCELLED, LedgerState.SETTLED)


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a year's evaluations is looked at; *state* is a state or "late"."""

    year: int
    state: str = ""
    unit_id: int | None = None
    quarter: int | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.state or self.unit_id or self.quarter)


def _visible(actor: Actor) -> Select[StageEvaluation]:
    return (
        select(StageEvaluation)
        .join(Milestone, Milestone.id == StageEvaluation.milestone_id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(sees_goal(actor))
    )


def is_asked_for() -> ColumnElement[bool]:
    """Return the condition "somebody is still to rate": not while the goal stands still or is cancelled."""
    idle = exists().where(LedgerEntry.goal_id == Goal.id, LedgerEntry.state.in_(IDLE))
    return and_(StageEvaluation.state != EvaluationState.EVALUATED, ~idle)


def find_idle_state(goal_id: int) -> LedgerState | None:
    """Return the state of the goal's entry where that keeps its phases from being evaluated."""
    query = select(LedgerEntry.state).where(LedgerEntry.goal_id == goal_id, LedgerEntry.state.in_(IDLE))
    return db.session.scalar(query)


def _with_goal(query: Select[StageEvaluation]) -> Select[StageEvaluation]:
    goal = contains_eager(StageEvaluation.milestone).contains_eager(Milestone.goal)
    return query.options(goal.joinedload(Goal.person), goal.joinedload(Goal.unit))


def get_evaluation(
    actor: Actor, evaluation_id: int, *, lock: bool = False, revision: int | None = None
) -> StageEvaluation:
    """Return an evaluation with its ratings; hidden and absent look the same, Conflict when changed."""
    query = _with_goal(_visible(actor).where(StageEvaluation.id == evaluation_id)).options(
        selectinload(StageEvaluation.ratings),
        joinedload(StageEvaluation.assessed_by),
        joinedload(StageEvaluation.concluded_by),
    )
    if lock:
        query = query.with_for_update(of=StageEvaluation).execution_options(populate_existing=True)
    evaluation = db.session.scalar(query)
    if evaluation is None:
        raise NotFound(_("没有这项阶段评估，或不在您的查看范围内。"))
    if revision is not None and evaluation.revision != revision:
        raise Conflict(_("这项评估在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return evaluation


def is_late() -> ColumnElement[bool]:
    """Return the condition "who rates next has let the day pass"."""
    return and_(is_asked_for(), StageEvaluation.due_on < clock.today())


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    is_done = StageEvaluation.state == EvaluationState.EVALUATED
    conditions: list[ColumnElement[bool]] = [Goal.year == wanted.year, or_(is_done, is_asked_for())]
    if wanted.unit_id is not None:
        conditions.append(Goal.unit_id == wanted.unit_id)
    if wanted.quarter is not None:
        conditions.append(StageEvaluation.ended_on.between(*quarter_days(wanted.year, wanted.quarter)))
    return conditions


def count_states(actor: Actor, wanted: Filter) -> dict[str, int]:
    """Return how many evaluations of unit and quarter are in each state, and how many are late."""
    query = _visible(actor).where(*_conditions(wanted))
    rows = db.session.execute(
        query.with_only_columns(
            StageEvaluation.state, func.count(StageEvaluation.id), func.count().filter(is_late())
        ).group_by(StageEvaluation.state)
    ).all()
    counts: dict[str, int] = defaultdict(int, {state.value: count for state, count, _late in rows})
    counts[LATE] = sum(late for _state, _count, late in rows)
    return counts


def list_evaluations(actor: Actor, wanted: Filter, page: int) -> Sequence[StageEvaluation]:
    """Return one page, and a row more where there is another: what waits first, key goals before others."""
    query = _with_goal(_visible(actor).where(*_conditions(wanted)))
    if wanted.state == LATE:
        query = query.where(is_late())
    elif wanted.state:
        query = query.where(StageEvaluation.state == EvaluationState(wanted.state))
    is_done = StageEvaluation.state == EvaluationState.EVALUATED
    order = (is_done, is_key().desc(), StageEvaluation.ended_on.desc(), StageEvaluation.id)
    return db.session.scalars(query.order_by(*order).offset(page * PAGE).limit(PAGE + 1)).all()


def ratings_of(evaluation_ids: Collection[int]) -> dict[int, list[StageRating]]:
    """Return the leaders' ratings of those evaluations that have any."""
    found: dict[int, list[StageRating]] = defaultdict(list)
    for rating in db.session.scalars(
        select(StageRating)
        .where(StageRating.evaluation_id.in_(evaluation_ids), StageRating.side == Side.LEADER)
        .order_by(StageRating.id)
    ):
        found[rating.evaluation_id].append(rating)
    return found


def of_goal(goal_id: int) -> Sequence[StageEvaluation]:
    """Return the evaluations of a goal's phases with their people, in the order of the phases."""
    return db.session.scalars(
        select(StageEvaluation)
        .join(Milestone, Milestone.id == StageEvaluation.milestone_id)
        .where(Milestone.goal_id == goal_id)
        .options(
            contains_eager(StageEvaluation.milestone),
            selectinload(StageEvaluation.ratings),
            joinedload(StageEvaluation.assessed_by),
            joinedload(StageEvaluation.concluded_by),
        )
        .order_by(Milestone.sequence)
    ).all()


@dataclass(frozen=True, slots=True)
class TopicRatings:
    """What the leaders' ratings of a topic's phases in a quarter come to, by dimension."""

    ratings: Mapping[str, Rating]
    evidence: str


def ratings_of_quarter(year: int, quarter: int) -> dict[int, TopicRatings]:
    """Return the ratings by topic of the phases that ended in a quarter and are evaluated (R3.12)."""
    rows: Sequence[Any] = db.session.execute(
        select(
            Goal.topic_id,
            StageEvaluation.id,
            Milestone.name,
            StageRating.dimension,
            StageRating.rating,
        )
        .join(Milestone, Milestone.goal_id == Goal.id)
        .join(StageEvaluation, StageEvaluation.milestone_id == Milestone.id)
        .join(StageRating, StageRating.evaluation_id == StageEvaluation.id)
        .where(
            Goal.year == year,
            StageRating.side == Side.LEADER,
            StageEvaluation.state == EvaluationState.EVALUATED,
            StageEvaluation.ended_on.between(*quarter_days(year, quarter)),
        )
        .order_by(StageEvaluation.ended_on, StageEvaluation.id)
    ).all()
    phases: dict[int, dict[int, str]] = defaultdict(dict)
    given: dict[int, dict[str, list[Rating]]] = defaultdict(lambda: defaultdict(list))
    for topic_id, evaluation_id, name, dimension, rating in rows:
        phases[topic_id][evaluation_id] = name
        given[topic_id][dimension].append(rating)
    return {
        topic_id: TopicRatings(
            {key: found for key, ratings in by_key.items() if (found := together(ratings))},
            evidence_of(list(phases[topic_id].values())),
        )
        for topic_id, by_key in given.items()
    }


def of_phase(milestone_ids: Collection[int]) -> dict[int, tuple[int, EvaluationState]]:
    """Return the evaluation and its state of each of those phases that has one."""
    rows = db.session.execute(
        select(StageEvaluation.milestone_id, StageEvaluation.id, StageEvaluation.state).where(
            StageEvaluation.milestone_id.in_(milestone_ids)
        )
    )
    return {milestone_id: (evaluation_id, state) for milestone_id, evaluation_id, state in rows}
