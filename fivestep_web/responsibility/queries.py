"""Reads of goals and letters; each starts from what the actor may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload

from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Milestone
from fivestep_web.responsibility.rules import (
    UPPER_KIND,
    LetterKind,
    LetterState,
    SheetError,
    is_late,
    sheet_weights,
)
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
    is_weight_typed: bool
    weight: Decimal = Decimal(0)
    tasks: list["GoalRow"] = field(default_factory=list)


def _unit_scope(
    actor: Actor, permission: Permission, column: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    units = actor.units_for(permission)
    return true() if units is None else column.in_(units)


def _plain_rows(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
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
            Goal.is_weight_typed,
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
        GoalRow(*[*row[:6], TIER_LABELS[row[6]], *row[7:12], row[12] or "", *row[13:]])
        for row in _plain_rows(query)
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
    sheets: dict[tuple[int, int | None], list[GoalRow]] = {}
    for row in rows:
        key = (row.unit_id, row.person_id if row.parent_id else None)
        sheets.setdefault(key, []).append(row)
    for sheet in sheets.values():
        points = [item.points for item in sheet]
        try:
            shares = sheet_weights(points, [item.is_weight_typed for item in sheet])
        except SheetError:
            shares = points  # shown as typed: it is the sheet page and the letter that say what is missing
        for row, share in zip(sheet, shares, strict=True):
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
        raise NotFound(_("目标不存在"))
    return goal


def visible_letters(actor: Actor) -> Select[Letter]:
    """Return the letters the actor may see: those in reach, and those the actor signs on either side."""
    if actor.person_id is None:
        return select(Letter).where(_unit_scope(actor, Permission.LETTER_READ, Letter.unit_id))
    return select(Letter).where(
        or_(
            _unit_scope(actor, Permission.LETTER_READ, Letter.unit_id),
            Letter.responsible_id == actor.person_id,
            Letter.issuer_id == actor.person_id,
        )
    )


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
        raise NotFound(_("责任书不存在"))
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
    is_late: bool


def list_letters(
    actor: Actor,
    year: int,
    *,
    signing_ends: date,
    kind: str = "",
    state: str = "",
    unit_id: int | None = None,
    mine: bool = False,
    late: bool = False,
) -> list[LetterRow]:
    """Return the visible letters of a year, upper kinds first, marked when signed after *signing_ends*.

    *mine* keeps those that wait for the actor, *late* the late ones.
    """
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
    today = clock.today()
    rows = [LetterRow(*[*row, _is_late(row[7], row[9], signing_ends, today)]) for row in _plain_rows(query)]
    return [row for row in rows if row.is_late] if late else rows


def _is_late(state: LetterState, in_force_at: datetime | None, signing_ends: date, today: date) -> bool:
    in_force_on = in_force_at.astimezone(clock.ZONE).date() if in_force_at else None
    return is_late(state, in_force_on, signing_ends=signing_ends, today=today)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this letter waits for the actor's signature": what policy.can_sign says."""
    if actor.person_id is None:
        return false()
    as_responsible = and_(
        Letter.state == LetterState.ISSUED,
        Letter.responsible_id == actor.person_id,
        true() if actor.may(Permission.LETTER_SIGN_RESPONSIBLE) else false(),
    )
    as_issuer = and_(
        Letter.state == LetterState.ACCEPTED,
        Letter.issuer_id == actor.person_id,
        _unit_scope(actor, Permission.LETTER_SIGN_ISSUING, Letter.unit_id),
    )
    return or_(as_responsible, as_issuer)


@dataclass(frozen=True)
class NextWaiting:
    """The letter to sign after this one, and how many wait in all, this one apart."""

    letter_id: int
    count: int


def find_next_waiting(actor: Actor, after: Letter) -> NextWaiting | None:
    """Return the next letter that waits for the actor in the order of the list, around its end."""
    rows = db.session.execute(
        select(Letter.id, Letter.kind, Letter.serial, Letter.year)
        .where(waits_for(actor), Letter.id != after.id)
        .order_by(Letter.year, Letter.kind, Letter.serial)
    ).all()
    if not rows:
        return None
    here = (after.year, after.kind.value, after.serial)
    later = (row.id for row in rows if (row.year, row.kind.value, row.serial) > here)
    return NextWaiting(next(later, rows[0].id), len(rows))


def count_waiting(actor: Actor) -> int:
    """Return how many letters wait for the actor's signature."""
    return db.session.scalar(select(func.count()).select_from(Letter).where(waits_for(actor))) or 0


def count_states(actor: Actor, year: int) -> dict[LetterState, int]:
    """Return how many visible letters of a year are in each state."""
    rows = db.session.execute(
        visible_letters(actor)
        .where(Letter.year == year)
        .with_only_columns(Letter.state, func.count())
        .group_by(Letter.state)
    )
    return {row[0]: row[1] for row in rows}


def count_issuable(actor: Actor, year: int, kind: str = "") -> int:
    """Return how many drafts of a year the actor may issue (policy.can_draft), complete or not."""
    query = select(func.count(Letter.id)).where(Letter.year == year, issuable_by(actor, kind))
    return db.session.scalar(query) or 0


def issuable_by(actor: Actor, kind: str = "") -> ColumnElement[bool]:
    """Return the condition "a draft, of *kind* where that is one, that the actor may issue"."""
    conditions = [
        Letter.state == LetterState.DRAFT,
        _unit_scope(actor, Permission.LETTER_ISSUE, Letter.unit_id),
    ]
    if not actor.may_all(Permission.LETTER_ISSUE):
        conditions.append(Letter.kind.in_(tuple(UPPER_KIND)))
    if kind in set(LetterKind):
        conditions.append(Letter.kind == LetterKind(kind))
    return and_(*conditions)


def has_active_account(person_id: int) -> bool:
    """Say whether a person can sign in at all."""
    return bool(db.session.scalar(select(User.id).where(User.person_id == person_id, User.is_active)))


def list_lower(actor: Actor, letter: Letter) -> Sequence[Letter]:
    """Return the visible letters below this one in the chain (R2.11: each level sees the level below)."""
    return db.session.scalars(
        visible_letters(actor)
        .where(Letter.upper_id == letter.id, Letter.state != LetterState.VOID)
        .options(joinedload(Letter.responsible))
        .order_by(Letter.serial)
    ).all()


def list_milestones(goal_id: int) -> Sequence[Milestone]:
    """Return a goal's milestones in order."""
    return db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal_id).order_by(Milestone.sequence)
    ).all()


def list_letters_of_goal(actor: Actor, goal_id: int) -> Sequence[Letter]:
    """Return the visible, living letters that carry a goal."""
    return db.session.scalars(
        visible_letters(actor)
        .join(LetterGoal, LetterGoal.letter_id == Letter.id)
        .where(LetterGoal.goal_id == goal_id, Letter.state != LetterState.VOID)
        .order_by(Letter.id)
    ).all()
