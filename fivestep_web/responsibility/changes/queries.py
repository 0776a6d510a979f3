"""Reads of change orders; each starts from the letters the actor may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound
from fivestep_web.core.filters import full_date
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.changes.content import people_named
from fivestep_web.responsibility.changes.fields import (
    DATES,
    LABELS,
    MILESTONE,
    PEOPLE,
    TAKEN_IN,
    label_of,
    value_of,
)
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters.differences import Piece, compare
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import ChangeKind, ChangeState


@dataclass(frozen=True)
class OrderRow:
    """One line of the list of change orders."""

    id: int
    number: str
    letter: str
    title: str
    unit: str
    kind: ChangeKind
    state: ChangeState
    requested_by: str
    requested_at: datetime


@dataclass(frozen=True)
class ItemRow:
    """One change of one goal as people read it, and word by word."""

    goal_id: int
    code: str
    goal: str
    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Return the two texts word by word; nothing where one of them is none."""
        return [] if shown("", "", {}) in (self.before, self.after) else compare(self.before, self.after)


def _visible(actor: Actor) -> Select[int]:
    return queries.visible_letters(actor).with_only_columns(Letter.id)


def list_orders(actor: Actor, year: int, *, state: str = "", mine: bool = False) -> list[OrderRow]:
    """Return the orders of a year about letters the actor may see, the latest first.

    *mine* keeps those that wait for the actor's decision.
    """
    asker = aliased(Person)
    query = (
        select(
            ChangeOrder.id,
            ChangeOrder.number,
            Letter.number,
            Letter.title,
            UnitPeriod.name,
            ChangeOrder.kind,
            ChangeOrder.state,
            asker.name,
            ChangeOrder.requested_at,
        )
        .join(Letter, Letter.id == ChangeOrder.letter_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Letter.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(asker, asker.id == ChangeOrder.requested_by_id)
        .where(ChangeOrder.year == year, Letter.id.in_(_visible(actor)))
        .order_by(ChangeOrder.serial.desc())
    )
    if state in set(ChangeState):
        query = query.where(ChangeOrder.state == ChangeState(state))
    if mine:
        query = query.where(waits_for(actor))
    return [OrderRow(*row) for row in db.session.execute(query)]


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this order (joined with its letter) waits for the actor's decision"."""
    if actor.person_id is None or not actor.may(Permission.CHANGE_APPROVE):
        return false()
    units = actor.units_for(Permission.CHANGE_APPROVE)
    return and_(
        ChangeOrder.state == ChangeState.PROPOSED,
        ChangeOrder.requested_by_id != actor.person_id,
        true() if units is None else Letter.unit_id.in_(units),
    )


def list_waiting(actor: Actor) -> list[tuple[int, str, str]]:
    """Return what waits for the actor's decision as (id, number and letter, who asked)."""
    if not actor.may(Permission.CHANGE_APPROVE):
        return []
    rows = db.session.execute(
        select(ChangeOrder.id, ChangeOrder.number, Letter.title, Person.name)
        .join(Letter, Letter.id == ChangeOrder.letter_id)
        .join(Person, Person.id == ChangeOrder.requested_by_id)
        .where(waits_for(actor))
        .order_by(ChangeOrder.id)
    )
    return [(order_id, f"{number} {title}", name) for order_id, number, title, name in rows]


def waiting_counts(actor: Actor) -> list[ScalarSelect[int]]:
    """Return how many orders wait for the actor's decision, as part of a statement; empty where none can."""
    if not actor.may(Permission.CHANGE_APPROVE):
        return []
    query = select(func.count(ChangeOrder.id)).join(Letter, Letter.id == ChangeOrder.letter_id)
    return [query.where(waits_for(actor)).scalar_subquery()]


def count_states(actor: Actor, year: int) -> dict[ChangeState, int]:
    """Return how many visible orders of a year are in each state."""
    rows = db.session.execute(
        select(ChangeOrder.state, func.count())
        .where(ChangeOrder.year == year, ChangeOrder.letter_id.in_(_visible(actor)))
        .group_by(ChangeOrder.state)
    )
    return {row[0]: row[1] for row in rows}


def get_order(actor: Actor, order_id: int, *, lock: bool = False) -> tuple[ChangeOrder, Letter]:
    """Return an order and the letter it changes; hidden and absent look the same.

    With *lock* the letter is locked before the order, as signing does.
    """
    letter_id = db.session.scalar(
        select(ChangeOrder.letter_id).where(
            ChangeOrder.id == order_id, ChangeOrder.letter_id.in_(_visible(actor))
        )
    )
    if letter_id is None:
        raise NotFound(_("变更单不存在"))
    letter = queries.get_letter(actor, letter_id, lock=lock)
    query = (
        select(ChangeOrder)
        .where(ChangeOrder.id == order_id)
        .options(
            joinedload(ChangeOrder.requested_by),
            joinedload(ChangeOrder.decided_by),
            joinedload(ChangeOrder.successor),
            selectinload(ChangeOrder.items),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query.with_for_update(of=ChangeOrder) if lock else query).one(), letter


def list_items(order: ChangeOrder) -> list[ItemRow]:
    """Return an order's items by goal, in the order in which a letter names its facts."""
    names = {code: person.name for code, person in people_named(order.items).items()}
    goals = {
        goal.id: goal
        for goal in db.session.scalars(
            select(Goal).where(Goal.id.in_({item.goal_id for item in order.items}))
        )
    }
    place = {field: index for index, field in enumerate(LABELS)}
    rows = sorted(
        order.items,
        key=lambda item: (goals[item.goal_id].code, place.get(item.field, len(place)), item.field),
    )
    return [
        ItemRow(
            item.goal_id,
            goals[item.goal_id].code,
            _old_name(goals[item.goal_id], order),
            label_of(item.field),
            shown(item.field, item.before, names),
            shown(item.field, item.after, names),
        )
        for item in rows
    ]


def _old_name(goal: Goal, order: ChangeOrder) -> str:
    """Return what a goal was called when the change was asked for."""
    renamed = (item.before for item in order.items if item.goal_id == goal.id and item.field == "name")
    return next(renamed, goal.name)


def shown(field: str, text: str, names: Mapping[str, str]) -> str:
    """Return a spelled value as people read it: 2026年3月31日, a name, 无 for none."""
    if not text:
        return str(_("（无）"))
    if field in PEOPLE:
        return names.get(text, text)
    if field in DATES or field.startswith(MILESTONE):
        return full_date(date.fromisoformat(text))
    return text


def facts_before(day: date) -> dict[int, dict[str, Any]]:
    """Return what goals held on *day* where an order in force later changed it, by goal and field.

    Amended goals changed on the day the new letter came into force, a new owner holds from the order's day.
    People are given by their ids. One statement, and none of it for a day after the last change.
    """
    is_amended = ChangeOrder.kind == ChangeKind.AMEND
    next_day = datetime.combine(day + timedelta(days=1), time.min, clock.ZONE)
    later = db.session.scalars(
        select(ChangeItem)
        .join(ChangeOrder, ChangeOrder.id == ChangeItem.change_order_id)
        .where(
            ChangeOrder.in_force_at.is_not(None),
            ChangeItem.field != TAKEN_IN,
            or_(
                and_(is_amended, ChangeOrder.in_force_at >= next_day),
                and_(~is_amended, ChangeOrder.effective_on > day),
            ),
        )
        .order_by(ChangeOrder.in_force_at.desc(), ChangeItem.id)
    ).all()
    people = people_named(later)
    found: dict[int, dict[str, Any]] = {}
    for item in later:
        value = value_of(item.field, item.before, people)
        found.setdefault(item.goal_id, {})[item.field] = value.id if isinstance(value, Person) else value
    return found
