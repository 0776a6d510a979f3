"""Reads of corrective orders; each starts from the goals the actor sees."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.reach import is_key, sees_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import is_cancelled
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding
from fivestep_web.responsibility.models import Assignment, Goal
from fivestep_web.supervision.correctives.models import CorrectiveOrder, CorrectiveStep
from fivestep_web.supervision.correctives.rules import OrderState, Origin

PAGE = 50
OVERDUE, OPEN = "overdue", "open"
WITH_OWNER = (OrderState.ORDERED, OrderState.SENT_BACK)


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a year's orders is looked at; *state* is a state, "open" or "overdue"."""

    year: int
    state: str = ""
    unit_id: int | None = None
    origin: Origin | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.state or self.unit_id or self.origin)


def _visible(actor: Actor) -> Select[CorrectiveOrder]:
    """Select the orders about goals the actor reads, and those the actor carries."""
    is_own = CorrectiveOrder.person_id == actor.person_id
    query = select(CorrectiveOrder).join(Goal, Goal.id == CorrectiveOrder.goal_id)
    return query.where(or_(sees_goal(actor), is_own))


def _with_goal(query: Select[CorrectiveOrder]) -> Select[CorrectiveOrder]:
    goal = contains_eager(CorrectiveOrder.goal)
    return query.options(goal.joinedload(Goal.unit), joinedload(CorrectiveOrder.person))


def get_order(
    actor: Actor, order_id: int, *, lock: bool = False, revision: int | None = None
) -> CorrectiveOrder:
    """Return an order with its history; hidden and absent look the same, Conflict when it changed."""
    query = _with_goal(_visible(actor).where(CorrectiveOrder.id == order_id)).options(
        selectinload(CorrectiveOrder.steps).joinedload(CorrectiveStep.person)
    )
    if lock:
        query = query.with_for_update(of=CorrectiveOrder).execution_options(populate_existing=True)
    order = db.session.scalar(query)
    if order is None:
        raise NotFound(_("没有这项纠偏措施，或不在您的查看范围内。"))
    if revision is not None and order.revision != revision:
        raise Conflict(_("这项纠偏措施在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return order


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the condition "the day has passed and nothing that stands was reported"."""
    is_asked = ~is_cancelled(CorrectiveOrder.goal_id)
    return and_(CorrectiveOrder.state.in_(WITH_OWNER), CorrectiveOrder.due_on < today, is_asked)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Goal.year == wanted.year]
    if wanted.unit_id is not None:
        conditions.append(Goal.unit_id == wanted.unit_id)
    if wanted.origin is not None:
        conditions.append(CorrectiveOrder.origin == wanted.origin)
    return conditions


def count_states(actor: Actor, wanted: Filter) -> dict[str, int]:
    """Return how many orders of unit and origin are in each state, open and overdue."""
    overdue = func.count().filter(is_overdue(clock.today()))
    rows = db.session.execute(
        _visible(actor)
        .where(*_conditions(wanted))
        .with_only_columns(CorrectiveOrder.state, func.count(CorrectiveOrder.id), overdue)
        .group_by(CorrectiveOrder.state)
    ).all()
    counts: dict[str, int] = defaultdict(int, {state.value: count for state, count, _late in rows})
    counts[OVERDUE] = sum(late for _state, _count, late in rows)
    counts[OPEN] = sum(count for state, count, _late in rows if state is not OrderState.VERIFIED)
    return counts


def list_orders(actor: Actor, wanted: Filter, page: int) -> Sequence[CorrectiveOrder]:
    """Return one page, and a row more where there is another: open ones first, key goals before others."""
    query = _with_goal(_visible(actor).where(*_conditions(wanted)))
    is_done = CorrectiveOrder.state == OrderState.VERIFIED
    if wanted.state == OVERDUE:
        query = query.where(is_overdue(clock.today()))
    elif wanted.state == OPEN:
        query = query.where(~is_done)
    elif wanted.state:
        query = query.where(CorrectiveOrder.state == OrderState(wanted.state))
    order = (is_done, is_key().desc(), CorrectiveOrder.due_on, CorrectiveOrder.id)
    return db.session.scalars(query.order_by(*order).offset(page * PAGE).limit(PAGE + 1)).all()


def open_orders(year: int) -> Sequence[CorrectiveOrder]:
    """Return every order of a year that is not verified, key goals first: they carry over (R3.13).

    Of a goal that is cancelled nothing is to be put right any more.
    """
    query = select(CorrectiveOrder).join(Goal, Goal.id == CorrectiveOrder.goal_id)
    return db.session.scalars(
        _with_goal(query)
        .where(
            Goal.year == year,
            CorrectiveOrder.state != OrderState.VERIFIED,
            ~is_cancelled(CorrectiveOrder.goal_id),
        )
        .order_by(is_key().desc(), CorrectiveOrder.due_on, CorrectiveOrder.id)
    ).all()


def of_goal(goal_id: int) -> Sequence[CorrectiveOrder]:
    """Return the orders about a goal with their history, the oldest first."""
    return db.session.scalars(
        select(CorrectiveOrder)
        .where(CorrectiveOrder.goal_id == goal_id)
        .options(
            selectinload(CorrectiveOrder.steps).joinedload(CorrectiveStep.person),
            joinedload(CorrectiveOrder.person),
        )
        .order_by(CorrectiveOrder.id)
    ).all()


def of_sources(sources: Sequence[str]) -> Sequence[CorrectiveOrder]:
    """Return the orders of these meetings, in the order they were given."""
    return db.session.scalars(
        _with_goal(select(CorrectiveOrder).join(Goal, Goal.id == CorrectiveOrder.goal_id))
        .where(CorrectiveOrder.source.in_(sources))
        .order_by(CorrectiveOrder.id)
    ).all()


def of_evaluation(evaluation_id: int) -> Sequence[CorrectiveOrder]:
    """Return the orders that came out of an evaluation."""
    return db.session.scalars(
        select(CorrectiveOrder)
        .where(CorrectiveOrder.evaluation_id == evaluation_id)
        .options(joinedload(CorrectiveOrder.person))
        .order_by(CorrectiveOrder.id)
    ).all()


def carriers(goal: Goal) -> list[tuple[int, str]]:
    """Return who may carry an order about a goal: its people, and who holds a post in its unit today."""
    in_unit = (
        select(PostHolding.person_id)
        .join(Position, Position.id == PostHolding.position_id)
        .where(Position.unit_id == goal.unit_id, holds_on(clock.today()))
    )
    helping = select(Assignment.person_id).where(Assignment.goal_id == goal.id, Assignment.valid_to.is_(None))
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(or_(Person.id.in_(in_unit), Person.id.in_(helping), Person.id == goal.person_id))
        .order_by(Person.id != goal.person_id, Person.code)
    )
    return [(person_id, name) for person_id, name in rows]
