"""Who holds a hand-over today, and who stands above them (R3.9)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, PostHolding, PostRole, UnitPeriod
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import ABOVE, Seat

ROLES = {Role.OFC: Seat.OFFICE, Role.EXD: Seat.DEPUTY, Role.MIN: Seat.MINISTER}


@dataclass(frozen=True, slots=True)
class Holders:
    """People in one seat."""

    seat: Seat | None
    people: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class UnitSeats:
    """What a unit is called, who heads it and who is in charge of it."""

    name: str
    head_id: int | None
    leader_id: int | None


NO_UNIT = UnitSeats("", None, None)


@dataclass(frozen=True)
class Seats:
    """The seats of the whole department today."""

    units: Mapping[int, UnitSeats]
    roles: Mapping[Seat, tuple[int, ...]]
    names: Mapping[int, str]

    def unit(self, unit_id: int | None) -> UnitSeats:
        """Return a unit's seats; the department's own matters have none."""
        return self.units.get(unit_id, NO_UNIT) if unit_id is not None else NO_UNIT

    def holder(self, step: Step) -> Holders:
        """Return who holds a step; where its seat is empty or barred, the next one above."""
        barred = {one for one in (step.asked_by_id, step.owner_id) if one is not None}
        return self._first(step, step.seat, barred)

    def above(self, step: Step, holder: Holders) -> Holders:
        """Return who stands above the holder of a step."""
        seat = ABOVE.get(holder.seat) if holder.seat else None
        return self._first(step, seat, holder.people)

    def _first(self, step: Step, seat: Seat | None, without: Collection[int]) -> Holders:
        while seat is not None:
            people = tuple(one for one in self._people(step, seat) if one not in without)
            if people:
                return Holders(seat, people, self._name(seat, people))
            seat = ABOVE.get(seat)
        return Holders(None, (), str(_("无人在岗")))

    def _people(self, step: Step, seat: Seat) -> Iterable[int]:
        unit = self.unit(step.unit_id)
        own = {Seat.HEAD: unit.head_id, Seat.LEADER: unit.leader_id}.get(seat)
        return (own,) if own is not None else self.roles.get(seat, ())

    def _name(self, seat: Seat, people: tuple[int, ...]) -> str:
        if seat is Seat.OFFICE:
            return str(_("办公室"))
        return "、".join(self.names.get(one, "") for one in people)


NO_SEATS = Seats({}, {}, {})


def read_seats() -> Seats:
    """Return the seats as they are held today, in three statements."""
    periods = db.session.execute(
        select(UnitPeriod.unit_id, UnitPeriod.name, UnitPeriod.head_id, UnitPeriod.leader_id).where(
            UnitPeriod.valid_to.is_(None)
        )
    )
    held = db.session.execute(
        select(PostRole.role, PostHolding.person_id)
        .join(PostHolding, PostHolding.id == PostRole.holding_id)
        .where(PostRole.role.in_(ROLES), holds_on(clock.today()))
        .order_by(PostHolding.id)
    ).all()
    roles = {
        seat: tuple(dict.fromkeys(person_id for held_role, person_id in held if held_role is role))
        for role, seat in ROLES.items()
    }
    names = {row.id: row.name for row in db.session.execute(select(Person.id, Person.name))}
    return Seats(
        {row.unit_id: UnitSeats(row.name, row.head_id, row.leader_id) for row in periods}, roles, names
    )


def is_charged(
    actor: Actor, unit_id: InstrumentedAttribute[int], asked_by_id: InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """Return the condition "this waits for the actor as the leader in charge", who asked left out.

    Where a unit has no other leader in charge the executive deputy stands in, for whose own request the
    minister does: as Seats.holder climbs.
    """
    if actor.person_id is None:
        return false()
    by_another = asked_by_id != actor.person_id
    period, held, role = aliased(UnitPeriod), aliased(PostHolding), aliased(PostRole)
    led = exists().where(
        period.unit_id == unit_id,
        period.valid_to.is_(None),
        period.leader_id.is_not(None),
        period.leader_id != asked_by_id,
    )
    conditions: list[ColumnElement[bool]] = [unit_id.in_(actor.charge)]
    if Role.EXD in actor.roles:
        conditions.append(~led)
    if Role.MIN in actor.roles:
        by_deputy = exists().where(
            held.person_id == asked_by_id,
            role.holding_id == held.id,
            role.role == Role.EXD,
            holds_on(clock.today(), held),
        )
        conditions.append(and_(~led, by_deputy))
    return and_(by_another, or_(*conditions))
