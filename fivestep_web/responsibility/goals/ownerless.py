"""Which goals nobody carries any more: the one condition for every page and for the letters (R2.5, R2.12)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.lookups import has_left
from fivestep_web.org.models import Person, Position, PostHolding, UnitPeriod
from fivestep_web.responsibility.goals.queries import unit_scope
from fivestep_web.responsibility.models import Goal


def is_ownerless(day: date) -> ColumnElement[bool]:
    """Return the condition "nobody carries this goal on *day*"."""
    return has_left(Goal.person_id, Goal.unit_id, day)


def left_from(units: Collection[int], day: date) -> frozenset[tuple[int, int]]:
    """Return who has left which of *units*, as (person id, unit id): none of its goals is theirs any more.

    Who never held a post there is not among them.
    """
    rows = db.session.execute(
        select(PostHolding.person_id, Position.unit_id)
        .join(Position, Position.id == PostHolding.position_id)
        .where(Position.unit_id.in_(units), has_left(PostHolding.person_id, Position.unit_id, day))
        .distinct()
    )
    return frozenset((row[0], row[1]) for row in rows)


@dataclass(frozen=True)
class Ownerless:
    """A goal whose lead is no longer in post, or left the goal's unit."""

    id: int
    code: str
    name: str
    unit_id: int
    unit: str
    person: str


def list_ownerless(actor: Actor, year: int, permission: Permission) -> list[Ownerless]:
    """Return the goals nobody carries today, of the units that *permission* reaches, by unit and code."""
    rows = db.session.execute(
        select(Goal.id, Goal.code, Goal.name, Goal.unit_id, UnitPeriod.name, Person.name)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(Person, Person.id == Goal.person_id)
        .where(
            Goal.year == year,
            unit_scope(actor, permission, Goal.unit_id),
            is_ownerless(clock.today()),
        )
        .order_by(Goal.unit_id, Goal.code)
    )
    return [Ownerless(*row) for row in rows]
