"""What stands in the way of the rows of a year today: bars, publicity, objections to each (R5.16, N8)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import Facts
from fivestep_web.assessment.eligible import barred
from fivestep_web.assessment.models import Adjustment, AdjustmentKind
from fivestep_web.assessment.publicity import queries as publicity
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionState
from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod


def facts_of(year: int, rows: Sequence[Commendation]) -> dict[int, Facts]:
    """Return the facts of each row by its id, in a fixed number of statements."""
    today = clock.today()
    people = barred(year, today)
    units, heads = _vetoed(year)
    over = _ended(rows, today)
    open_ones, upheld = _objections(year)
    found = {}
    for row in rows:
        key = (row.unit_id, None) if row.is_unit else (None, row.person_id)
        found[row.id] = Facts(
            is_barred=row.unit_id in units if row.is_unit else row.person_id in people | heads,
            is_publicity_over=row.publicity_id in over,
            has_open_objection=key in open_ones,
            has_upheld_objection=(*key, row.publicity_id) in upheld,
        )
    return found


def _vetoed(year: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the units with a veto and their heads (7.8)."""
    query = (
        select(Adjustment.unit_id, UnitPeriod.head_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Adjustment.unit_id) & UnitPeriod.valid_to.is_(None))
        .where(Adjustment.year == year, Adjustment.kind == AdjustmentKind.VETO)
    )
    found = db.session.execute(query).all()
    return frozenset(row[0] for row in found), frozenset(row[1] for row in found if row[1] is not None)


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


def _objections(year: int) -> tuple[frozenset[tuple[int | None, ...]], frozenset[tuple[int | None, ...]]]:
    """Return about whom an objection is open, and about whom one to a publicity was upheld."""
    query = select(Objection.unit_id, Objection.person_id, Objection.publicity_id, Objection.state)
    found = db.session.execute(query.where(Objection.year == year)).all()
    return (
        frozenset((row[0], row[1]) for row in found if row[3] in OPEN),
        frozenset((row[0], row[1], row[2]) for row in found if row[2] and row[3] is ObjectionState.UPHELD),
    )
