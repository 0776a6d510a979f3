"""Units with their current period, people, the posts they hold and the roles that come with them.

Every object is committed: a unit of work begins with a rollback.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import (
    CalendarDay,
    Establishment,
    Person,
    PlanYear,
    Position,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
    UnitPeriod,
)

SINCE = date(2020, 1, 1)
KIND_OF_ROLE = {
    Role.MIN: UnitKind.LEADERSHIP,
    Role.EXD: UnitKind.LEADERSHIP,
    Role.DEP: UnitKind.LEADERSHIP,
    Role.TSC: UnitKind.TOWNSHIP,
    Role.ORG: UnitKind.TOWNSHIP,
}


class Stored(SQLAlchemyModelFactory):
    """Commits what it makes."""

    class Meta:
        abstract = True
        sqlalchemy_session = db.session
        sqlalchemy_session_persistence = "commit"


@contextmanager
def stored_at_once() -> Iterator[None]:
    """Commit what is made inside the block once, at its end: half the time of a commit each."""
    session = db.session()
    session.commit = session.flush
    try:
        yield
    finally:
        del session.commit
    session.commit()


class UnitFactory(Stored):
    """A unit with its one period; name, kind, head, leader and since are facts of that period."""

    class Meta:
        model = Unit

    class Params:
        name = factory.Sequence(lambda n: f"第{n}科")
        kind = UnitKind.SECTION
        head = None
        leader = None
        since = SINCE

    code = factory.Sequence(lambda n: f"U{n:05}")
    is_assessed = True
    periods = factory.LazyAttribute(
        lambda made: [
            UnitPeriod(
                name=made.name, kind=made.kind, head=made.head, leader=made.leader, valid_from=made.since
            )
        ]
    )


class PersonFactory(Stored):
    class Meta:
        model = Person

    code = factory.Sequence(lambda n: f"G{n:05}")
    name = factory.Sequence(lambda n: f"张某{n}")


class PositionFactory(Stored):
    class Meta:
        model = Position

    unit = factory.SubFactory(UnitFactory)
    title = factory.Sequence(lambda n: f"第{n}岗")


class PostHoldingFactory(Stored):
    """A post held from `valid_from` on, with the roles of `given`."""

    class Meta:
        model = PostHolding

    class Params:
        given = (Role.STF,)

    person = factory.SubFactory(PersonFactory)
    position = factory.SubFactory(PositionFactory)
    establishment = Establishment.CIVIL_SERVANT
    valid_from = SINCE
    roles = factory.LazyAttribute(lambda made: [PostRole(role=role) for role in made.given])


class PlanYearFactory(Stored):
    class Meta:
        model = PlanYear

    year = 2026


class CalendarDayFactory(Stored):
    class Meta:
        model = CalendarDay

    day = date(2027, 10, 1)
    is_workday = False
    note = "国庆节"


def person_with_role(
    *roles: Role, unit: Unit | None = None, charge: tuple[Unit, ...] = (), **facts: Any
) -> Person:
    """Return a person who holds *roles* through a post of *unit* (made when missing) and leads *charge*.

    *facts* are code, name and phone of the person, title, valid_from, valid_to and establishment of the post.
    """
    of_post = {key: facts.pop(key) for key in ("valid_from", "valid_to", "establishment") if key in facts}
    title = facts.pop("title", None)
    if unit is None:
        unit = UnitFactory(kind=KIND_OF_ROLE.get(roles[0], UnitKind.SECTION))
    position = PositionFactory(unit=unit, **({"title": title} if title else {}))
    person = PersonFactory(**facts)
    PostHoldingFactory(person=person, position=position, given=roles, **of_post)
    for led in charge:
        led.periods[-1].leader = person
    db.session.commit()
    return person
