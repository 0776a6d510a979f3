"""Coverage (R2.12): who has a goal and a letter in force, which goal has nobody, who carries how much."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
from fivestep_web.org.lookups import has_left, holds_on
from fivestep_web.org.models import Person, Position, PostHolding, Unit, UnitKind, UnitPeriod
from fivestep_web.responsibility.coverage.loads import list_loads
from fivestep_web.responsibility.coverage.rules import (
    ORDER,
    STAGES,
    Load,
    LoadMark,
    Share,
    Stage,
    compare,
    percentage,
)
from fivestep_web.responsibility.goals.ownerless import Ownerless, list_ownerless
from fivestep_web.responsibility.models import Letter
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
class Coverage:
    """What the coverage page shows."""

    units: Sequence[UnitCoverage]
    ownerless: Sequence[Ownerless]

    @property
    def total(self) -> int:
        """How many active members there are, the department's leaders apart."""
        return sum(len(unit.members) for unit in self.units)

    @property
    def marks(self) -> Counter[LoadMark]:
        """How many members carry much, little or nothing."""
        return Counter(member.load.mark for unit in self.units for member in unit.members)

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
    """A person's furthest letter, one of a unit they left only where there is no other."""

    letter_id: int
    is_left: bool
    stage: Stage
    responsible: str
    issuer: str

    @property
    def rank(self) -> tuple[bool, int]:
        """Return what makes one letter count before another."""
        return not self.is_left, ORDER.index(self.stage)


def read_coverage(actor: Actor, year: int) -> Coverage:
    """Return the coverage of the units in the actor's reach, in a fixed number of statements."""
    today, units = clock.today(), actor.units_for(Permission.COVERAGE_READ)
    loads, letters = list_loads(year), _letters(year, today)
    holders: dict[int, list[Any]] = {}
    for row in _holders(today):
        if units is None or row.unit_id in units:
            holders.setdefault(row.unit_id, []).append(row)
    listed = [
        UnitCoverage(unit_id, rows[0].unit, _members(rows, loads, letters))
        for unit_id, rows in holders.items()
    ]
    return Coverage(listed, list_ownerless(actor, year, Permission.COVERAGE_READ))


def _members(rows: Sequence[Any], loads: Mapping[int, Share], letters: Mapping[int, _Own]) -> list[Member]:
    shares = [loads.get(row.person_id, Share()) for row in rows]
    return [
        Member(
            row.person_id,
            row.name,
            row.title,
            load,
            _why(load.share.goals, letters.get(row.person_id)),
            letters[row.person_id].letter_id if row.person_id in letters else None,
        )
        for row, load in zip(rows, compare(shares), strict=True)
    ]


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


def _letters(year: int, today: date) -> dict[int, _Own]:
    responsible, issuer = aliased(Person), aliased(Person)
    is_left = has_left(Letter.responsible_id, Letter.unit_id, today)
    rows = db.session.execute(
        select(Letter.id, is_left, Letter.state, Letter.responsible_id, responsible.name, issuer.name)
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .where(Letter.year == year, Letter.state.not_in(GONE))
        .order_by(Letter.id)
    )
    found: dict[int, _Own] = {}
    for letter_id, left, state, person_id, name, issuer_name in rows:
        own = _Own(letter_id, left, STAGES[state], name, issuer_name)
        if person_id not in found or own.rank > found[person_id].rank:
            found[person_id] = own
    return found


def _why(count: int, own: _Own | None) -> str:
    """Say what is missing: a goal, the letter, its issue, its handover, or whose signature."""
    if count == 0:
        return str(_("没有目标"))
    if own is None:
        return str(_("责任书没有起草"))
    if own.is_left:
        return str(_("责任书还在原单位，没有移交"))
    reasons = {
        Stage.DRAFT: _("责任书没有发出"),
        Stage.RESPONSIBLE: _("等%(name)s（乙方）签署", name=own.responsible),
        Stage.ISSUING: _("等%(name)s（甲方）签署", name=own.issuer),
        Stage.OBJECTED: _("有异议，等甲方修改"),
    }
    return str(reasons.get(own.stage, ""))
