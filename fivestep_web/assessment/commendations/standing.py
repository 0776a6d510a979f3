"""What stands in the way of the rows of a year today: bars, publicity, objections to each (R5.16, N8)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from fivestep_web.assessment import queries
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import Facts
from fivestep_web.assessment.eligible import barred
from fivestep_web.assessment.models import AdjustmentKind
from fivestep_web.assessment.publicity import queries as publicity
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionState
from fivestep_web.core import clock
from fivestep_web.extensions import db


def facts_of(year: int, rows: Sequence[Commendation]) -> dict[int, Facts]:
    """Return the facts of each row by its id, in a fixed number of statements."""
    today = clock.today()
    units, heads = _vetoed(year)
    people = barred(year, today) | heads
    over, objections = _ended(rows, today), _objections(year)
    found = {}
    for row in rows:
        mine = [one for one in objections if _concerns(one, row)]
        found[row.id] = Facts(
            is_barred=row.unit_id in units if row.is_unit else row.person_id in people,
            is_publicity_over=row.publicity_id in over,
            has_open_objection=any(one.state in OPEN for one in mine),
            has_upheld_objection=any(
                one.state is ObjectionState.UPHELD and _is_to(one, row.publicity_id) for one in mine
            ),
        )
    return found


def _vetoed(year: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the units with an approved veto and their heads of 31 December (7.8)."""
    units = frozenset(
        unit_id
        for unit_id, lines in queries.adjustments(year).items()
        if any(line.kind is AdjustmentKind.VETO for line in lines)
    )
    if not units:
        return units, units
    heads = {unit.head_id for unit in queries.list_units(date(year, 12, 31)) if unit.id in units}
    return units, frozenset(head for head in heads if head is not None)


def _ended(rows: Sequence[Commendation], today: date) -> frozenset[int]:
    """Return the publicities of *rows* whose last day is over."""
    ids = {row.publicity_id for row in rows if row.publicity_id is not None}
    if not ids:
        return frozenset()
    over = set()
    for posted in db.session.scalars(select(Publicity).where(Publicity.id.in_(ids))):
        last = publicity.last_day(posted)
        if last is not None and today > last:
            over.add(posted.id)
    return frozenset(over)


def _objections(year: int) -> Sequence[Any]:
    """Return about whom, against which publicity and in which state the year's objections are."""
    query = select(Objection.unit_id, Objection.person_id, Objection.publicity_id, Objection.state)
    return db.session.execute(query.where(Objection.year == year)).all()


def _concerns(objection: Any, row: Commendation) -> bool:
    """Say whether an objection is about a row: about its unit or person, or about its whole list."""
    if objection.unit_id is None and objection.person_id is None:
        return _is_to(objection, row.publicity_id)
    if row.is_unit:
        return bool(objection.unit_id == row.unit_id)
    return bool(objection.person_id == row.person_id)


def _is_to(objection: Any, publicity_id: int | None) -> bool:
    return publicity_id is not None and objection.publicity_id == publicity_id
