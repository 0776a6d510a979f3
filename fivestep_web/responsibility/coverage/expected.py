"""Which letters a year ought to have, by names alone: for lists of what is missing (R2.8-R2.10)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org import lookups
from fivestep_web.org.models import Person, Unit, UnitPeriod
from fivestep_web.responsibility.letters.drafting import LOWER_KINDS, UPPER_KINDS, Key
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import UPPER_KIND, LetterKind


@dataclass(frozen=True)
class Expected:
    """A letter that ought to be there: its unit and two sides; a vacant side has neither id nor name."""

    kind: LetterKind
    unit_id: int
    unit: str
    responsible_id: int | None
    responsible: str
    issuer_id: int | None
    issuer: str

    @property
    def key(self) -> Key:
        """Return what makes it the same letter (drafting.Plan.key)."""
        return self.kind, self.unit_id, self.responsible_id if self.kind in UPPER_KIND else None


@dataclass(frozen=True)
class Vacancy:
    """A unit with goals whose letters cannot be drafted, and why."""

    unit_id: int
    unit: str
    reason: str


def list_expected(year: int, today: date) -> list[Expected]:
    """Return the letters drafting would plan on *today*, upper kinds first, units and people by code."""
    carried: dict[int, tuple[set[bool], set[int]]] = {}
    rows = db.session.execute(
        select(Goal.unit_id, Goal.parent_id.is_(None), Goal.person_id).where(Goal.year == year).distinct()
    )
    for unit_id, is_unit_goal, person_id in rows:
        kinds, people = carried.setdefault(unit_id, (set(), set()))
        kinds.add(bool(is_unit_goal))
        if not is_unit_goal:
            people.add(person_id)
    units = _units(carried)
    minister = lookups.find_role_holder(Role.MIN, today)
    people = {row.head_id for row in units} | {row.leader_id for row in units}
    people |= {person_id for _kinds, owners in carried.values() for person_id in owners}
    names = _names([person_id for person_id in people if person_id is not None])
    if minister is not None:
        names.setdefault(minister.id, (minister.code, minister.name))
    upper = [
        item for row in units if True in carried[row.unit_id][0] for item in _upper(row, minister, names)
    ]
    return upper + [item for row in units for item in _lower(row, carried[row.unit_id][1], names)]


def _units(ids: Iterable[int]) -> list[Any]:
    rows = db.session.execute(
        select(UnitPeriod.unit_id, UnitPeriod.name, UnitPeriod.kind, UnitPeriod.head_id, UnitPeriod.leader_id)
        .join(Unit, Unit.id == UnitPeriod.unit_id)
        .where(UnitPeriod.valid_to.is_(None), Unit.id.in_(list(ids)), UnitPeriod.kind.in_(tuple(UPPER_KINDS)))
        .order_by(Unit.code)
    )
    return list(rows)


def _names(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(select(Person.id, Person.code, Person.name).where(Person.id.in_(list(ids))))
    return {row.id: (row.code, row.name) for row in rows}


def _made(
    kind: LetterKind,
    row: Any,
    sides: tuple[int | None, int | None],
    names: Mapping[int, tuple[str, str]],
) -> Expected:
    shown = [names[side][1] if side is not None else "" for side in sides]
    return Expected(kind, row.unit_id, row.name, sides[0], shown[0], sides[1], shown[1])


def _upper(row: Any, minister: Person | None, names: Mapping[int, tuple[str, str]]) -> Iterator[Expected]:
    kind = UPPER_KINDS[row.kind]
    minister_id = minister.id if minister else None
    issuer_id = minister_id if kind is LetterKind.DEPARTMENT_UNIT else row.leader_id
    yield _made(kind, row, (row.head_id, issuer_id), names)


def _lower(row: Any, owners: Iterable[int], names: Mapping[int, tuple[str, str]]) -> Iterator[Expected]:
    for person_id in sorted(owners, key=lambda owner: names[owner][0]):
        if person_id != row.head_id:
            yield _made(LOWER_KINDS[row.kind], row, (person_id, row.head_id), names)


def vacancies(expected: Iterable[Expected], kind: str = "") -> list[Vacancy]:
    """Return by unit why letters of *kind*, or any, cannot be drafted; one line a unit."""
    found: dict[int, Vacancy] = {}
    for item in expected:
        if kind in ("", item.kind) and None in (item.responsible_id, item.issuer_id):
            found.setdefault(item.unit_id, Vacancy(item.unit_id, item.unit, _reason(item)))
    return list(found.values())


def _reason(item: Expected) -> str:
    if item.kind in UPPER_KIND or item.responsible_id is None:
        return str(_("“%(unit)s”有目标，但没有负责人，责任书不能起草，请先任命负责人", unit=item.unit))
    if item.kind is LetterKind.DEPARTMENT_UNIT:
        return str(_("部长空缺，与“%(unit)s”的责任书不能起草，请先任命部长", unit=item.unit))
    return str(_("“%(unit)s”有目标，但没有主管领导，责任书不能起草，请先确定主管领导", unit=item.unit))
