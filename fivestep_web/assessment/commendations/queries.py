"""Reads of commendations, their year, ties decided and the meeting."""

from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from fivestep_web.assessment.candidates import DecidedTie
from fivestep_web.assessment.commendations.models import (
    Commendation,
    CommendationMove,
    CommendationYear,
    SummaryMeeting,
    TieDecision,
)
from fivestep_web.assessment.commendations.rules import BRANCH, NAMED, CommendationState
from fivestep_web.core.errors import NotFound
from fivestep_web.documents.strokes import sort_by_strokes
from fivestep_web.extensions import db

ISSUED = (CommendationState.ISSUED, *BRANCH)


def find_terms(year: int, *, lock: bool = False) -> CommendationYear | None:
    """Return what the year's commendation rests on; None before anything was entered."""
    return db.session.get(CommendationYear, year, with_for_update=True if lock else None)


def is_share_raised(year: int) -> bool:
    """Say whether more than the usual share was approved for the year, with its basis (N2)."""
    return bool(db.session.scalar(select(CommendationYear.seats_basis).where(CommendationYear.year == year)))


def list_rows(
    year: int, states: Collection[CommendationState] | None = None, *, lock: bool = False
) -> Sequence[Commendation]:
    """Return the year's rows with their moves, units by rank before persons by surname strokes."""
    query = select(Commendation).where(Commendation.year == year).order_by(Commendation.id)
    if states is not None:
        query = query.where(Commendation.state.in_(states))
    query = query.options(selectinload(Commendation.moves))
    found = db.session.scalars(query.with_for_update() if lock else query).all()
    units = [row for row in found if row.is_unit]
    people = [row for row in found if not row.is_unit]
    return [
        *sorted(units, key=lambda row: (row.rank is None, row.rank or 0, row.id)),
        *sort_by_strokes(people, lambda row: row.name),
    ]


def get_row(year: int, row_id: int, *, lock: bool = False) -> Commendation:
    """Return a row with its moves and who made them."""
    query = select(Commendation).where(Commendation.year == year, Commendation.id == row_id)
    query = query.options(selectinload(Commendation.moves).joinedload(CommendationMove.by))
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


def decided_ties(year: int) -> list[DecidedTie]:
    """Return the decisions as the rules of candidates read them."""
    return [
        DecidedTie(
            frozenset(str(seat.person_id) for seat in decision.seats),
            frozenset(str(seat.person_id) for seat in decision.seats if seat.is_chosen),
            f"{decision.met_on.year}年{decision.met_on.month}月{decision.met_on.day}日部务会议决定："
            f"{decision.reason}",
        )
        for decision in list_ties(year)
    ]


def find_meeting(year: int, *, lock: bool = False) -> SummaryMeeting | None:
    """Return the year's summary and commendation meeting; None before it is planned."""
    return db.session.get(SummaryMeeting, year, with_for_update=True if lock else None)


def is_issued(year: int) -> bool:
    """Say whether the document that names the commended was issued."""
    query = select(Commendation.id).where(Commendation.year == year, Commendation.state.in_(ISSUED))
    return db.session.scalar(query.limit(1)) is not None
