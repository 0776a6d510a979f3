"""Reads of goals and their tree; each starts from what the actor may see."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.rules import RollUp, target_text
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import weights_shown
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import TIER_LABELS


@dataclass
class GoalRow:
    """A goal in the tree, with its weight of its sheet's 100 and the tasks below it.

    *share* is its own completion, *roll_up* what its tasks come to; both only where they were asked for.
    """

    id: int
    code: str
    parent_id: int | None
    name: str
    topic_id: int
    topic: str
    tier: str
    category: str
    unit_id: int
    unit: str
    person_id: int
    owner: str
    leader: str
    target: str
    standard: str
    starts_on: date | None
    deadline: date
    points: Decimal
    is_weight_typed: bool
    weight: Decimal = Decimal(0)
    tasks: list["GoalRow"] = field(default_factory=list)
    depth: int = 0
    share: Decimal | None = None
    roll_up: RollUp | None = None


def unit_scope(
    actor: Actor, permission: Permission, column: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition "*permission* reaches the unit in this column as a whole"."""
    units = actor.units_for(permission)
    return true() if units is None else column.in_(units)


def plain_rows(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield a query's rows without their types: the row classes name and type each column."""
    yield from db.session.execute(query)


def list_goals(
    actor: Actor,
    year: int,
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
    topic_id: int | None = None,
) -> list[GoalRow]:
    """Return the visible goals of a year as rows in the order category, topic, code, weights included.

    A weight is the goal's share of its own sheet (a unit's unit goals, a person's tasks in a unit: what one
    letter carries), whatever the filter and the reader.
    """
    owner, leader = aliased(Person), aliased(Person)
    in_reach = unit_scope(actor, Permission.GOAL_READ, Goal.unit_id)
    helped_units = select(Goal.unit_id).where(assignments.is_concerned(actor))
    query = (
        select(
            Goal.id,
            Goal.code,
            Goal.parent_id,
            Goal.name,
            Topic.id,
            Topic.name,
            Topic.tier,
            TopicCategory.name,
            Goal.unit_id,
            UnitPeriod.name,
            Goal.person_id,
            owner.name,
            leader.name,
            Goal.target,
            Goal.measure_unit,
            Goal.indicator,
            Goal.completion_standard,
            Goal.starts_on,
            Goal.deadline,
            Goal.points,
            Goal.is_weight_typed,
        )
        .join(Topic, Topic.id == Goal.topic_id)
        .join(TopicCategory, TopicCategory.id == Topic.category_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(owner, owner.id == Goal.person_id)
        .outerjoin(leader, leader.id == Goal.leader_id)
        .where(Goal.year == year, or_(in_reach, Goal.unit_id.in_(helped_units)))
        .order_by(TopicCategory.position, Topic.code, Goal.code)
    )
    rows = [
        GoalRow(
            *[*row[:6], TIER_LABELS[row[6]], *row[7:12], row[12] or "", target_text(*row[13:16]), *row[16:]]
        )
        for row in plain_rows(query)
    ]
    _weigh(rows)
    is_visible = _visible_rows(actor)
    return [
        row
        for row in rows
        if is_visible(row)
        and unit_id in (None, row.unit_id)
        and person_id in (None, row.person_id)
        and topic_id in (None, row.topic_id)
    ]


def _visible_rows(actor: Actor) -> Callable[[GoalRow], bool]:
    units = actor.units_for(Permission.GOAL_READ)
    if units is None:
        return lambda _row: True
    helped = frozenset(db.session.scalars(assignments.of_actor(actor)))
    return lambda row: row.unit_id in units or row.id in helped


def visible_goals(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor sees this goal": in reach, or with a role on it in whatever unit."""
    return or_(unit_scope(actor, Permission.GOAL_READ, Goal.unit_id), assignments.is_concerned(actor))


def _weigh(rows: Sequence[GoalRow]) -> None:
    sheets: dict[tuple[int, int | None], list[GoalRow]] = {}
    for row in rows:
        key = (row.unit_id, row.person_id if row.parent_id else None)
        sheets.setdefault(key, []).append(row)
    for sheet in sheets.values():
        shares = weights_shown([item.points for item in sheet], [item.is_weight_typed for item in sheet])
        for row, share in zip(sheet, shares, strict=True):
            row.weight = share


def as_tree(rows: Sequence[GoalRow]) -> list[GoalRow]:
    """Put each task below its goal, at any depth; a task whose goal is not among *rows* stands alone."""
    by_id = {row.id: row for row in rows}
    top: list[GoalRow] = []
    for row in rows:
        parent = by_id.get(row.parent_id) if row.parent_id else None
        if parent is not None:
            parent.tasks.append(row)
        else:
            top.append(row)
    return top


def in_order(tops: Sequence[GoalRow]) -> Iterator[GoalRow]:
    """Yield a tree's rows from the top down, each before its tasks, with its depth set."""
    waiting = [(row, 0) for row in reversed(tops)]
    while waiting:
        row, depth = waiting.pop()
        row.depth = depth
        waiting += [(task, row.depth + 1) for task in reversed(row.tasks)]
        yield row


def get_goal(actor: Actor, goal_id: int, *, lock: bool = False) -> Goal:
    """Return a goal; hidden and absent look the same."""
    query = (
        select(Goal)
        .where(Goal.id == goal_id, visible_goals(actor))
        .options(joinedload(Goal.topic), joinedload(Goal.person), joinedload(Goal.parent))
    )
    goal = db.session.scalar(query.with_for_update(of=Goal) if lock else query)
    if goal is None:
        raise NotFound(_("目标不存在"))
    return goal


def list_milestones(goal_id: int) -> Sequence[Milestone]:
    """Return a goal's milestones in order."""
    return db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal_id).order_by(Milestone.sequence)
    ).all()
