"""Coverage (R2.12): who has a goal and a letter in force, which goal has nobody, who carries how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding, Unit, UnitKind, UnitPeriod
from fivestep_web.responsibility.coverage_rules import (
    ORDER,
    STAGES,
    Load,
    Stage,
    load_of,
    median_points,
    percentage,
)
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import GONE


@dataclass(frozen=True)
class Member:
    """An active member of a unit: post, load, and why not covered (empty when covered)."""

    person_id: int
    name: str
    position: str
    load: Load
    why: str
    letter_id: int | None


@dataclass(frozen=True)
class UnitCoverage:
    """A unit with its members."""

    unit_id: int
    unit: str
    members: Sequence[Member]

    @property
    def covered(self) -> int:
        """How many members have a goal and a letter in force."""
        return sum(not member.why for member in self.members)

    @property
    def uncovered(self) -> list[Member]:
        """Return the members that lack a goal or a letter in force."""
        return [member for member in self.members if member.why]

    @property
    def share(self) -> Decimal | None:
        """Return the covered members as a percentage."""
        return percentage(self.covered, len(self.members))


@dataclass(frozen=True)
class Orphan:
    """A goal carried by nobody in post."""

    goal_id: int
    name: str
    unit: str
    owner: str


@dataclass(frozen=True)
class Coverage:
    """What the coverage page shows."""

    units: Sequence[UnitCoverage]
    orphans: Sequence[Orphan]
    median: Decimal

    @property
    def total(self) -> int:
        """How many active members there are, the department's leaders apart."""
        return sum(len(unit.members) for unit in self.units)

    @property
    def covered(self) -> int:
        """How many of them are covered."""
        return sum(unit.covered for unit in self.units)

    @property
    def share(self) -> Decimal | None:
        """Return the covered members as a percentage."""
        return percentage(self.covered, self.total)


@dataclass(frozen=True)
class _Own:
    """A person's furthest letter."""

    letter_id: int
    stage: Stage
    responsible: str
    issuer: str


def read_coverage(actor: Actor, year: int) -> Coverage:
    """Return the coverage of the units in the actor's reach, in a fixed number of statements.

    The median of the loads is that of the whole county, whatever the reach.
    """
    today, units = clock.today(), actor.units_for(Permission.COVERAGE_READ)
    loads, letters = _loads(year), _letters(year)
    holders = _holders(today)
    middle = median_points([loads.get(row.person_id, (0, Decimal(0)))[1] for row in holders])
    found: dict[int, list[Member]] = {}
    names: dict[int, str] = {}
    for row in holders:
        if units is None or row.unit_id in units:
            names[row.unit_id] = row.unit
            count, points = loads.get(row.person_id, (0, Decimal(0)))
            own = letters.get(row.person_id)
            found.setdefault(row.unit_id, []).append(
                Member(
                    row.person_id,
                    row.name,
                    row.title,
                    load_of(count, points, middle),
                    _why(count, own),
                    own.letter_id if own else None,
                )
            )
    listed = [UnitCoverage(unit_id, names[unit_id], members) for unit_id, members in found.items()]
    return Coverage(listed, _orphans(year, today, units), middle)


def _holders(today: date) -> list[Any]:
    """Return who holds a post outside the leadership today, each once, by the first appointed."""
    rows = db.session.execute(
        select(
            Person.id.label("person_id"),
            Person.name,
            Position.title,
            Position.unit_id,
            UnitPeriod.name.label("unit"),
        )
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(Unit, Unit.id == Position.unit_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Unit.id, UnitPeriod.valid_to.is_(None)))
        .where(holds_on(today))
        .order_by(Unit.code, Person.code, PostHolding.id)
        .add_columns(UnitPeriod.kind, PostHolding.id.label("holding_id"))
    ).all()
    leaders = {row.person_id for row in rows if row.kind is UnitKind.LEADERSHIP}
    first: dict[int, int] = {}
    for row in rows:
        first[row.person_id] = min(first.get(row.person_id, row.holding_id), row.holding_id)
    return [row for row in rows if row.person_id not in leaders and first[row.person_id] == row.holding_id]


def _loads(year: int) -> dict[int, tuple[int, Decimal]]:
    """Return number and points of the goals by person; added up here, where decimals stay exact."""
    found: dict[int, tuple[int, Decimal]] = {}
    rows = db.session.execute(select(Goal.person_id, Goal.points).where(Goal.year == year))
    for person_id, points in rows:
        count, total = found.get(person_id, (0, Decimal(0)))
        found[person_id] = (count + 1, total + points)
    return found


def _letters(year: int) -> dict[int, _Own]:
    responsible, issuer = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(Letter.id, Letter.state, Letter.responsible_id, responsible.name, issuer.name)
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .where(Letter.year == year, Letter.state.not_in(GONE))
        .order_by(Letter.id)
    )
    found: dict[int, _Own] = {}
    for letter_id, state, person_id, name, issuer_name in rows:
        own = _Own(letter_id, STAGES[state], name, issuer_name)
        before = found.get(person_id)
        if before is None or ORDER.index(own.stage) > ORDER.index(before.stage):
            found[person_id] = own
    return found


def _why(count: int, own: _Own | None) -> str:
    """Say what is missing: a goal, the letter, its issue, or whose signature."""
    if count == 0:
        return str(_("没有目标"))
    if own is None:
        return str(_("责任书没有起草"))
    reasons = {
        Stage.DRAFT: _("责任书没有发出"),
        Stage.RESPONSIBLE: _("等%(name)s（乙方）签署", name=own.responsible),
        Stage.ISSUING: _("等%(name)s（甲方）签署", name=own.issuer),
        Stage.OBJECTED: _("有异议，等甲方修改"),
    }
    return str(reasons.get(own.stage, ""))


def _orphans(year: int, today: date, units: Iterable[int] | None) -> list[Orphan]:
    in_post = select(PostHolding.person_id).where(holds_on(today))
    query = (
        select(Goal.id, Goal.name, UnitPeriod.name, Person.name)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(Person, Person.id == Goal.person_id)
        .where(Goal.year == year, Goal.person_id.not_in(in_post))
        .order_by(Goal.code)
    )
    if units is not None:
        query = query.where(Goal.unit_id.in_(list(units)))
    return [Orphan(*row) for row in db.session.execute(query)]
