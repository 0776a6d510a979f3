"""Who has not signed: every letter a year ought to have, by level and unit, and how often reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select
from sqlalchemy.orm import aliased

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.coverage.expected import list_expected
from fivestep_web.responsibility.coverage.rules import STAGES, WAITING, Stage
from fivestep_web.responsibility.models import Letter, Reminder
from fivestep_web.responsibility.rules import GONE, UNSIGNED, UPPER_KIND, LetterKind, LetterState, late_days


@dataclass(frozen=True)
class Line:
    """One letter in a cell: whom it concerns, who is awaited, how often that person was reminded."""

    letter_id: int | None
    name: str
    awaited: str
    is_late: bool
    reminders: int
    reminded_at: datetime | None


@dataclass(frozen=True)
class UnitRow:
    """A unit's letters of one level by stage."""

    unit_id: int
    unit: str
    cells: dict[Stage, list[Line]]

    @property
    def late(self) -> int:
        """How many of them are unsigned after the signing window, or were."""
        return sum(line.is_late for lines in self.cells.values() for line in lines)


@dataclass(frozen=True)
class Level:
    """A kind of letter with its units and what the actor may remind of."""

    kind: LetterKind
    rows: Sequence[UnitRow]
    remindable: frozenset[int]

    @property
    def counts(self) -> dict[Stage, int]:
        """How many letters stand at each stage."""
        return {stage: sum(len(row.cells[stage]) for row in self.rows) for stage in Stage}

    @property
    def late(self) -> int:
        """How many letters of the level are late."""
        return sum(row.late for row in self.rows)

    def waiting(self, stage: Stage) -> int:
        """How many letters at a stage the actor may remind of."""
        return sum(len(row.cells[stage]) for row in self.rows if row.unit_id in self.remindable)


def list_levels(actor: Actor, year: int, *, signing_ends: date) -> list[Level]:
    """Return the letters of the units in the actor's reach by level, unit and stage."""
    today, units = clock.today(), actor.units_for(Permission.COVERAGE_READ)
    levels: dict[LetterKind, dict[int, UnitRow]] = {kind: {} for kind in LetterKind}
    known: set[Any] = set()

    def cell(kind: LetterKind, unit_id: int, unit: str, stage: Stage) -> list[Line]:
        row = levels[kind].setdefault(unit_id, UnitRow(unit_id, unit, {item: [] for item in Stage}))
        return row.cells[stage]

    for row in _letters(year):
        known.add((row.kind, row.unit_id, row.responsible_id if row.kind in UPPER_KIND else None))
        if units is None or row.unit_id in units:
            cell(row.kind, row.unit_id, row.unit, STAGES[row.state]).append(_line(row, signing_ends, today))
    for item in list_expected(year, today):
        if item.key not in known and (units is None or item.unit_id in units):
            line = Line(None, item.responsible or "（空缺）", "", today > signing_ends, 0, None)
            cell(item.kind, item.unit_id, item.unit, Stage.NOT_DRAFTED).append(line)
    return [
        Level(kind, list(rows.values()), _remindable(actor, kind, rows))
        for kind, rows in levels.items()
        if rows
    ]


def _remindable(actor: Actor, kind: LetterKind, units: dict[int, UnitRow]) -> frozenset[int]:
    return frozenset(unit_id for unit_id in units if policy.can_remind(actor, kind, unit_id))


def _letters(year: int) -> list[Any]:
    responsible, issuer = aliased(Person), aliased(Person)
    reminded = (
        select(
            Reminder.letter_id,
            Reminder.person_id,
            func.count().label("count"),
            func.max(Reminder.sent_at).label("last"),
        )
        .group_by(Reminder.letter_id, Reminder.person_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Letter.id,
            Letter.kind,
            Letter.unit_id,
            UnitPeriod.name.label("unit"),
            Letter.responsible_id,
            responsible.name.label("responsible"),
            Letter.issuer_id,
            issuer.name.label("issuer"),
            Letter.state,
            Letter.in_force_at,
            Letter.change_order_id,
            reminded.c.person_id,
            reminded.c.count,
            reminded.c.last,
        )
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Letter.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .outerjoin(
            reminded,
            and_(
                reminded.c.letter_id == Letter.id,
                reminded.c.person_id == awaited_id(),
            ),
        )
        .where(Letter.year == year, Letter.state.not_in(GONE))
        .order_by(Letter.kind, Letter.serial, Letter.version)
    )
    return list(rows)


def awaited_id() -> ColumnElement[int]:
    """Return the column of who is to sign next: the issuing side once the responsible one signed."""
    return case((Letter.state == LetterState.ACCEPTED, Letter.issuer_id), else_=Letter.responsible_id)


def _line(row: Any, signing_ends: date, today: date) -> Line:
    stage = STAGES[row.state]
    in_force_on = row.in_force_at.astimezone(clock.ZONE).date() if row.in_force_at else None
    days = late_days(row.state, in_force_on, signing_ends=signing_ends, today=today)
    late = row.change_order_id is None and days > 0
    awaited = (row.issuer if stage is Stage.ISSUING else row.responsible) if stage in WAITING else ""
    return Line(row.id, row.responsible, awaited, late, row.count or 0, row.last)


def unsigned_count(actor: Actor, year: int) -> ScalarSelect[int]:
    """Return a subquery that counts the letters in the actor's reach that are drafted and not in force."""
    query = select(func.count(Letter.id)).where(Letter.year == year, Letter.state.in_(UNSIGNED))
    units = actor.units_for(Permission.COVERAGE_READ)
    if units is not None:
        query = query.where(Letter.unit_id.in_(units))
    return query.scalar_subquery()


@dataclass(frozen=True)
class Reminded:
    """How often somebody was reminded of a letter, and when last."""

    count: int
    last: datetime


def find_reminded(letter_id: int, person_id: int) -> Reminded | None:
    """Return how often one person was reminded of one letter."""
    count, last = db.session.execute(
        select(func.count(), func.max(Reminder.sent_at)).where(
            Reminder.letter_id == letter_id, Reminder.person_id == person_id
        )
    ).one()
    return Reminded(count, last) if count else None


def reminders_of(actor: Actor) -> dict[int, Reminded]:
    """Return the actor's reminders by letter; they show until the letter is signed."""
    if actor.person_id is None:
        return {}
    rows = db.session.execute(
        select(Reminder.letter_id, func.count(), func.max(Reminder.sent_at))
        .where(Reminder.person_id == actor.person_id)
        .group_by(Reminder.letter_id)
    )
    return {row[0]: Reminded(row[1], row[2]) for row in rows}
