"""The year's commendation, who is commended with every step, ties decided, the meeting (5.8, 7.7, R5.16)."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations.rules import CommendationState, Source
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, UnitKind

_LISTED = text("state <> 'removed'")


class CommendationYear(Base):
    """What a year's commendation rests on: its approval (N12) and its quota of units.

    Without an approval it is a 通报表扬. *unit_seats* None: units are not limited. How many persons there may
    be follows from the pools and the approvals of their higher rate (N2, SeatApproval).
    """

    __tablename__ = "commendation_year"
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), primary_key=True, autoincrement=False)
    approval_title: Mapped[str] = mapped_column(String(200), default="")
    approval_number: Mapped[str] = mapped_column(String(100), default="")
    approval_authority: Mapped[str] = mapped_column(String(100), default="")
    approved_on: Mapped[date | None]
    unit_seats: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(
            "(approved_on IS NULL) = (approval_number = '')"
            " AND (approved_on IS NULL) = (approval_authority = '')"
            " AND (approved_on IS NULL) = (approval_title = '')",
            name="approved_in_full",
        ),
        CheckConstraint("unit_seats >= 0", name="seats_not_negative"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class Commendation(Base):
    """One unit or person on the year's list, in the words and with the figures that put it there (R5.15).

    *score* is the unit's total or the person's figure as printed, *rank* the unit's place in its *series*;
    *publicity_id* is the publicity whose list names it.
    """

    __tablename__ = "commendation"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    series: Mapped[UnitKind] = mapped_column(choice(UnitKind))
    pool: Mapped[Pool | None] = mapped_column(choice(Pool))
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[Source] = mapped_column(choice(Source))
    reason: Mapped[str]
    score: Mapped[Decimal | None]
    rank: Mapped[int | None]
    state: Mapped[CommendationState] = mapped_column(
        choice(CommendationState), default=CommendationState.CANDIDATE
    )
    publicity_id: Mapped[int | None] = mapped_column(ForeignKey("publicity.id"))
    revision: Mapped[int] = mapped_column(default=1)
    moves: Mapped[list["CommendationMove"]] = relationship(
        cascade="all, delete-orphan", order_by="CommendationMove.id", lazy="raise"
    )

    __table_args__ = (
        CheckConstraint(
            "publicity_id IS NOT NULL OR state IN ('candidate', 'nominated', 'removed')",
            name="publicized_first",
        ),
        Index(
            "uq_commendation_person", "year", "person_id", unique=True,
            sqlite_where=_LISTED, postgresql_where=_LISTED,
        ),
        Index(
            "uq_commendation_unit", "year", "unit_id", unique=True,
            sqlite_where=text("state <> 'removed' AND person_id IS NULL"),
            postgresql_where=text("state <> 'removed' AND person_id IS NULL"),
        ),
    )  # fmt: skip
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def is_unit(self) -> bool:
        return self.person_id is None

    @property
    def printed_score(self) -> str:
        """Return the score with two decimals, or the more it was rounded to; — where there is none."""
        if self.score is None:
            return "—"
        return str(self.score.quantize(Decimal(10) ** -max(2, -int(self.score.as_tuple().exponent))))

    def taken_by(self, state: CommendationState) -> int | None:
        """Return who brought it into *state*; None where nobody has."""
        return next((move.by_id for move in reversed(self.moves) if move.state is state), None)


class CommendationMove(Base):
    """Who brought a commendation into which state when, in which post, why; never changed."""

    __tablename__ = "commendation_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    commendation_id: Mapped[int] = mapped_column(ForeignKey("commendation.id"), index=True)
    state: Mapped[CommendationState] = mapped_column(choice(CommendationState))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[Person | None] = relationship(lazy="raise")


class TieDecision(Base):
    """What the department meeting decided about people equal in everything at a quota's edge (7.7).

    It holds for exactly these people and this number of seats; a later one for the same people replaces it.
    """

    __tablename__ = "tie_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    met_on: Mapped[date]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seats: Mapped[list["TieSeat"]] = relationship(cascade="all, delete-orphan")


class TieSeat(Base):
    """One of the equals, and whether the seat is theirs."""

    __tablename__ = "tie_seat"
    decision_id: Mapped[int] = mapped_column(ForeignKey("tie_decision.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    is_chosen: Mapped[bool]


class MeetingState(StrEnum):
    """Whether the annual meeting was held."""

    PLANNED = "planned"
    HELD = "held"

    @property
    def label(self) -> str:
        return MEETING_LABELS[self]


MEETING_LABELS: Final = {MeetingState.PLANNED: "已筹备", MeetingState.HELD: "已召开"}


class SummaryMeeting(Base):
    """The annual summary and commendation meeting (R5.16); *agenda* and *speakers* are one line each.

    *attended* counts those who came, *notes* says how it went: both once it was held.
    """

    __tablename__ = "summary_meeting"
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), primary_key=True, autoincrement=False)
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState), default=MeetingState.PLANNED)
    met_on: Mapped[date]
    starts_at: Mapped[time] = mapped_column(Time)
    place: Mapped[str] = mapped_column(String(200))
    presider: Mapped[str] = mapped_column(String(200))
    invited: Mapped[str]
    agenda: Mapped[str]
    speakers: Mapped[str]
    attended: Mapped[int | None]
    notes: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("(state = 'held') = (attended IS NOT NULL)", name="counted_once_held"),
        CheckConstraint("attended >= 0", name="attended_not_negative"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
