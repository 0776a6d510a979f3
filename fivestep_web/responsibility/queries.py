"""Reads of goals and letters; each starts from what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Milestone
from fivestep_web.responsibility.rules import LetterKind, LetterState, weights
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import TIER_LABELS


@dataclass
class GoalRow:
    """A goal in the tree, with its weight of its sheet's 100 and its personal tasks."""

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
    target: Decimal
    measure_unit: str
    standard: str
    starts_on: date | None
    deadline: date
    points: Decimal
    weight: Decimal = Decimal(0)
    tasks: list["GoalRow"] = field(default_factory=list)


def _unit_scope(actor: Actor, permission: Permission, column: ColumnElement[int]) -> ColumnElement[bool]:
    units = actor.units_for(permission)
    return true() if units is None else column.in_(units)


def list_goals(
    actor: Actor,
    year: int,
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
    topic_id: int | None = None,
) -> list[GoalRow]:
    """Return the visible goals of a year as rows in the order category, topic, code, weights included.

    A weight is the goal's share of its own sheet (a unit's unit goals, a person's tasks), whatever the filter.
    """
    owner, leader = aliased(Person), aliased(Person)
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
            Goal.completion_standard,
            Goal.starts_on,
            Goal.deadline,
            Goal.points,
        )
        .join(Topic, Topic.id == Goal.topic_id)
        .join(TopicCategory, TopicCategory.id == Topic.category_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(owner, owner.id == Goal.person_id)
        .outerjoin(leader, leader.id == Goal.leader_id)
        .where(Goal.year == year, _unit_scope(actor, Permission.GOAL_READ, Goal.unit_id))
        .order_by(TopicCategory.position, Topic.code, Goal.code)
    )
    rows = [
        GoalRow(*row[:6], TIER_LABELS[row[6]], *row[7:12], row[12] or "", *row[13:])
        for row in db.session.execute(query)
    ]
    _weigh(rows)
    return [
        row
        for row in rows
        if unit_id in (None, row.unit_id)
        and person_id in (None, row.person_id)
        and topic_id in (None, row.topic_id)
    ]


def _weigh(rows: Sequence[GoalRow]) -> None:
    sheets: dict[tuple[str, int], list[GoalRow]] = {}
    for row in rows:
        key = ("person", row.person_id) if row.parent_id else ("unit", row.unit_id)
        sheets.setdefault(key, []).append(row)
    for sheet in sheets.values():
        for row, share in zip(sheet, weights([item.points for item in sheet]), strict=True):
            row.weight = share


def as_tree(rows: Sequence[GoalRow]) -> list[GoalRow]:
    """Put each personal task below its unit goal; a task whose goal is not among *rows* stands alone."""
    by_id = {row.id: row for row in rows}
    top: list[GoalRow] = []
    for row in rows:
        parent = by_id.get(row.parent_id) if row.parent_id else None
        if parent is not None:
            parent.tasks.append(row)
        else:
            top.append(row)
    return top


def get_goal(actor: Actor, goal_id: int, *, lock: bool = False) -> Goal:
    """Return a goal; hidden and absent look the same."""
    query = (
        select(Goal)
        .where(Goal.id == goal_id, _unit_scope(actor, Permission.GOAL_READ, Goal.unit_id))
        .options(joinedload(Goal.topic), joinedload(Goal.person), joinedload(Goal.parent))
    )
    goal = db.session.scalar(query.with_for_update(of=Goal) if lock else query)
    if goal is None:
        raise NotFound("目标不存在")
    return goal


def visible_letters(actor: Actor) -> Select[tuple[Letter]]:
    """Return the letters the actor may see: those in reach, and those the actor signs on either side."""
    mine = or_(Letter.responsible_id == actor.person_id, Letter.issuer_id == actor.person_id)
    if not actor.may(Permission.LETTER_READ):
        return select(Letter).where(false() if actor.person_id is None else mine)
    reach = _unit_scope(actor, Permission.LETTER_READ, Letter.unit_id)
    if (
        Scope.PERSON in actor.scopes(Permission.LETTER_READ)
        and actor.units_for(Permission.LETTER_READ) == frozenset()
    ):
        reach = false()
    return select(Letter).where(or_(reach, mine))


def get_letter(actor: Actor, letter_id: int, *, lock: bool = False) -> Letter:
    """Return a letter with goals, versions and signatures; hidden and absent look the same."""
    query = (
        visible_letters(actor)
        .where(Letter.id == letter_id)
        .options(
            joinedload(Letter.unit),
            joinedload(Letter.responsible),
            joinedload(Letter.issuer),
            joinedload(Letter.upper),
            selectinload(Letter.goals)
            .joinedload(LetterGoal.goal)
            .options(joinedload(Goal.topic), joinedload(Goal.person)),
            selectinload(Letter.versions).selectinload(LetterVersion.signatures),
        )
    )
    letter = db.session.scalar(query.with_for_update(of=Letter) if lock else query)
    if letter is None:
        raise NotFound("责任书不存在")
    return letter


@dataclass(frozen=True)
class LetterRow:
    """One line of the list of letters."""

    id: int
    number: str
    title: str
    kind: LetterKind
    unit: str
    responsible: str
    issuer: str
    state: LetterState
    issued_at: datetime | None
    in_force_at: datetime | None
    responsible_id: int
    issuer_id: int


def list_letters(
    actor: Actor,
    year: int,
    *,
    kind: str = "",
    state: str = "",
    unit_id: int | None = None,
    mine: bool = False,
) -> list[LetterRow]:
    """Return the visible letters of a year, upper kinds first; *mine* keeps those that wait for the actor."""
    responsible, issuer = aliased(Person), aliased(Person)
    query = (
        visible_letters(actor)
        .with_only_columns(
            Letter.id,
            Letter.number,
            Letter.title,
            Letter.kind,
            UnitPeriod.name,
            responsible.name,
            issuer.name,
            Letter.state,
            Letter.issued_at,
            Letter.in_force_at,
            Letter.responsible_id,
            Letter.issuer_id,
        )
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Letter.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .where(Letter.year == year)
        .order_by(Letter.kind, Letter.serial)
    )
    if kind in set(LetterKind):
        query = query.where(Letter.kind == LetterKind(kind))
    if state in set(LetterState):
        query = query.where(Letter.state == LetterState(state))
    if unit_id:
        query = query.where(Letter.unit_id == unit_id)
    if mine:
        query = query.where(waits_for(actor))
    return [LetterRow(*row) for row in db.session.execute(query)]


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this letter waits for the actor's signature"."""
    return or_(
        and_(Letter.state == LetterState.ISSUED, Letter.responsible_id == actor.person_id),
        and_(Letter.state == LetterState.ACCEPTED, Letter.issuer_id == actor.person_id),
    )


def find_next_waiting(actor: Actor, after: int) -> int | None:
    """Return the next letter that waits for the actor after this one, around the end."""
    ids = list(
        db.session.scalars(select(Letter.id).where(waits_for(actor)).order_by(Letter.kind, Letter.serial))
    )
    others = [letter_id for letter_id in ids if letter_id != after]
    return next((letter_id for letter_id in others if letter_id > after), next(iter(others), None))


def count_waiting(actor: Actor) -> int:
    """Return how many letters wait for the actor's signature."""
    if actor.person_id is None:
        return 0
    return db.session.scalar(select(func.count()).select_from(Letter).where(waits_for(actor))) or 0


def count_states(actor: Actor, year: int) -> dict[LetterState, int]:
    """Return how many visible letters of a year are in each state."""
    rows = db.session.execute(
        visible_letters(actor)
        .where(Letter.year == year)
        .with_only_columns(Letter.state, func.count())
        .group_by(Letter.state)
    )
    return {state: count for state, count in rows}


def list_lower(letter: Letter) -> Sequence[Letter]:
    """Return the letters below this one in the chain (R2.11: each level sees the level below)."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.upper_id == letter.id, Letter.state != LetterState.VOID)
        .options(joinedload(Letter.responsible))
        .order_by(Letter.serial)
    ).all()


def list_milestones(goal_id: int) -> Sequence[Milestone]:
    """Return a goal's milestones in order."""
    return db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal_id).order_by(Milestone.sequence)
    ).all()


def list_letters_of_goal(goal_id: int) -> Sequence[Letter]:
    """Return the living letters that carry a goal."""
    return db.session.scalars(
        select(Letter)
        .join(LetterGoal, LetterGoal.letter_id == Letter.id)
        .where(LetterGoal.goal_id == goal_id, Letter.state != LetterState.VOID)
    ).all()
