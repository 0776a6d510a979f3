"""Reads of commendations, their year, ties decided and the meeting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from fivestep_web.assessment.candidates import DecidedTie, Pool
from fivestep_web.assessment.commendations.models import (
    Commendation,
    CommendationMove,
    CommendationYear,
    SummaryMeeting,
    TieDecision,
    TieSeat,
)
from fivestep_web.assessment.commendations.rules import BRANCH, NAMED, CommendationState
from fivestep_web.assessment.cycles.queries import demand_year
from fivestep_web.assessment.grades.models import SeatApproval
from fivestep_web.assessment.scores import SERIES_LABELS
from fivestep_web.core.errors import NotFound
from fivestep_web.documents.strokes import sort_by_strokes
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear

ISSUED = (CommendationState.ISSUED, *BRANCH)


def find_terms(year: int, *, lock: bool = False) -> CommendationYear | None:
    """Return what the year's commendation rests on; None before anything was entered."""
    return db.session.get(CommendationYear, year, with_for_update=True if lock else None)


def list_rows(
    year: int, states: Collection[CommendationState] | None = None, *, lock: bool = False
) -> Sequence[Commendation]:
    """Return the year's rows with their moves, units by series and rank before persons by surname strokes.

    *lock* holds the plan year first, as numbering and issuing do: what a document names stays as it is.
    """
    if lock:
        demand_year(year, lock=True)
    query = select(Commendation).where(Commendation.year == year).order_by(Commendation.id)
    if states is not None:
        query = query.where(Commendation.state.in_(states))
    query = query.options(selectinload(Commendation.moves)).execution_options(populate_existing=lock)
    found = db.session.scalars(query.with_for_update() if lock else query).all()
    units = [row for row in found if row.is_unit]
    people = [row for row in found if not row.is_unit]
    return [
        *sorted(units, key=_by_merit),
        *sort_by_strokes(people, lambda row: row.name),
    ]


def _by_merit(row: Commendation) -> tuple[int, bool, int, int]:
    return list(SERIES_LABELS).index(row.series), row.rank is None, row.rank or 0, row.id


def get_row(year: int, row_id: int, *, lock: bool = False) -> Commendation:
    """Return a row with its moves and who made them; *lock* holds the plan year first, as list_rows does."""
    if lock:
        demand_year(year, lock=True)
    query = select(Commendation).where(Commendation.year == year, Commendation.id == row_id)
    query = query.options(selectinload(Commendation.moves).joinedload(CommendationMove.by))
    query = query.execution_options(populate_existing=lock)
    found = db.session.scalar(query.with_for_update(of=Commendation) if lock else query)
    if found is None:
        raise NotFound(_("没有这个表彰对象。"))
    return found


def count_states(year: int) -> dict[CommendationState, int]:
    """Count the year's rows by state, in one statement."""
    query = select(Commendation.state, func.count()).where(Commendation.year == year)
    return {state: count for state, count in db.session.execute(query.group_by(Commendation.state))}  # noqa: C416


def is_anybody_named(year: int) -> bool:
    """Say whether people have nominated somebody: from then on lists are theirs, no more the rules'."""
    query = select(Commendation.id).where(Commendation.year == year, Commendation.state.in_(NAMED))
    return db.session.scalar(query.limit(1)) is not None


def list_ties(year: int) -> Sequence[TieDecision]:
    """Return the decisions on ties with their people, the latest last."""
    query = select(TieDecision).where(TieDecision.year == year).options(selectinload(TieDecision.seats))
    return db.session.scalars(query.order_by(TieDecision.id)).all()


@dataclass(frozen=True, slots=True)
class Rulings:
    """What people ruled on a year's lists: the pools with an approved higher share (N2), and the ties."""

    raised: frozenset[Pool]
    ties: tuple[DecidedTie, ...]


def read_rulings(year: int) -> Rulings:
    """Return the rulings of a year in one statement, the latest tie last."""
    query = (
        select(
            SeatApproval.pool,
            TieDecision.id,
            TieDecision.met_on,
            TieDecision.reason,
            TieSeat.person_id,
            TieSeat.is_chosen,
        )
        .select_from(PlanYear)
        .outerjoin(SeatApproval, SeatApproval.year == PlanYear.year)
        .outerjoin(TieDecision, TieDecision.year == PlanYear.year)
        .outerjoin(TieSeat, TieSeat.decision_id == TieDecision.id)
        .where(PlanYear.year == year)
        .order_by(TieDecision.id)
    )
    found = db.session.execute(query).all()
    ties: dict[int, list[Any]] = {}
    for row in found:
        if row.id is not None:
            ties.setdefault(row.id, []).append(row)
    raised = frozenset(row.pool for row in found if row.pool is not None)
    return Rulings(raised, tuple(_tie(rows) for rows in ties.values()))


def _tie(rows: list[Any]) -> DecidedTie:
    day = rows[0].met_on
    return DecidedTie(
        frozenset(str(row.person_id) for row in rows),
        frozenset(str(row.person_id) for row in rows if row.is_chosen),
        f"{day.year}年{day.month}月{day.day}日部务会议决定：{rows[0].reason}",
    )


def find_meeting(year: int, *, lock: bool = False) -> SummaryMeeting | None:
    """Return the year's summary and commendation meeting; None before it is planned."""
    return db.session.get(SummaryMeeting, year, with_for_update=True if lock else None)


def is_issued(year: int) -> bool:
    """Say whether the document that names the commended was issued."""
    query = select(Commendation.id).where(Commendation.year == year, Commendation.state.in_(ISSUED))
    return db.session.scalar(query.limit(1)) is not None
