"""Small reads of people and posts that every step needs."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Position, PostHolding, PostRole, Unit, UnitKind, UnitPeriod


def holds_on(day: date, holding: type[PostHolding] = PostHolding) -> ColumnElement[bool]:
    """Return the condition "the post is held on *day*", the last day itself included.

    *holding* is an alias where a statement reads holdings twice.
    """
    return and_(holding.valid_from <= day, or_(holding.valid_to.is_(None), holding.valid_to >= day))


def has_left(
    person: InstrumentedAttribute[int] | int, unit: InstrumentedAttribute[int] | int, day: date
) -> ColumnElement[bool]:
    """Return the condition "holds no post on *day*, or held one in this unit and has left it".

    Who never held a post in the unit, a leader for example, has not left it.
    """
    held, place = aliased(PostHolding), aliased(Position)
    holding = held.person_id == person
    in_unit = and_(holding, place.id == held.position_id, place.unit_id == unit)
    living = holds_on(day, held)
    return or_(
        ~exists().where(holding, living),
        and_(exists().where(in_unit, held.valid_to < day), ~exists().where(in_unit, living)),
    )


def positions_on(day: date, people: Collection[int] | None = None) -> dict[int, str]:
    """Return each person's post on *day* as it is written: 组织科科长, and 部长 for leaders without the unit.

    Without *people*, everybody's. A person with several posts gets the first appointed.
    """
    query = (
        select(PostHolding.person_id, UnitPeriod.name, UnitPeriod.kind, Position.title)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, UnitPeriod.unit_id == Position.unit_id)
        .where(
            holds_on(day),
            UnitPeriod.valid_to.is_(None),
        )
        .order_by(PostHolding.id.desc())
    )
    if people is not None:
        query = query.where(PostHolding.person_id.in_(people))
    return {
        person_id: title if kind is UnitKind.LEADERSHIP else f"{unit}{title}"
        for person_id, unit, kind, title in db.session.execute(query)
    }


def find_role_holder(role: Role, day: date) -> Person | None:
    """Return who holds *role* on *day*; the first appointed when several do."""
    return db.session.scalar(
        select(Person)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(
            PostRole.role == role,
            holds_on(day),
        )
        .order_by(PostHolding.id)
        .limit(1)
    )


def unit_choices() -> list[tuple[int, str]]:
    """Return the units as (id, present name) for a filter, in the order of their codes."""
    return [
        (unit_id, name)
        for unit_id, name in db.session.execute(
            select(Unit.id, UnitPeriod.name)
            .join(UnitPeriod, (UnitPeriod.unit_id == Unit.id) & UnitPeriod.valid_to.is_(None))
            .order_by(Unit.code)
        )
    ]
