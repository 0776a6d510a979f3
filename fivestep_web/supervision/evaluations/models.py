"""Stage evaluations, their ratings, and what a year adds to the standard (R3.11, R3.12)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Milestone
from fivestep_web.supervision.evaluations.rules import (
    LEADER_WORKDAYS,
    UNIT_WORKDAYS,
    EvaluationState,
    Rating,
    Side,
)


class StageEvaluation(Base):
    """The evaluation of one phase, opened once when it ended.

    *due_on* is the last day for whoever rates next, empty once both have; *reason* is why the leader in
    charge returned the self-evaluation last.
    """

    __tablename__ = "stage_evaluation"
    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), unique=True)
    ended_on: Mapped[date] = mapped_column(index=True)
    opened_on: Mapped[date]
    due_on: Mapped[date | None]
    state: Mapped[EvaluationState] = mapped_column(
        choice(EvaluationState), default=EvaluationState.AWAITING_UNIT, index=True
    )
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assessed_at: Mapped[datetime | None]
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    milestone: Mapped[Milestone] = relationship()
    assessed_by: Mapped[Person | None] = relationship(foreign_keys=[assessed_by_id])
    concluded_by: Mapped[Person | None] = relationship(foreign_keys=[concluded_by_id])
    ratings: Mapped[list["StageRating"]] = relationship(
        back_populates="evaluation", order_by="StageRating.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint(
            "concluded_by_id IS NULL OR concluded_by_id <> assessed_by_id", name="concluded_by_another"
        ),
        CheckConstraint(
            "(state = 'evaluated') = (concluded_by_id IS NOT NULL)", name="evaluated_by_somebody"
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class StageRating(Base):
    """What one side says of one dimension, with its sentence of evidence.

    *dimension* is the key of a built-in one, or "added_7" for the row 7 of EvaluationDimension.
    """

    __tablename__ = "stage_rating"
    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("stage_evaluation.id"))
    side: Mapped[Side] = mapped_column(choice(Side))
    dimension: Mapped[str] = mapped_column(String(40))
    rating: Mapped[Rating] = mapped_column(choice(Rating))
    evidence: Mapped[str]
    evaluation: Mapped[StageEvaluation] = relationship(back_populates="ratings")

    __table_args__ = (
        UniqueConstraint("evaluation_id", "side", "dimension"),
        CheckConstraint("evidence <> ''", name="has_evidence"),
    )


class EvaluationDimension(Base):
    """A dimension a year has beside the three built-in ones; fixed once the year's first rating is given."""

    __tablename__ = "evaluation_dimension"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    name: Mapped[str] = mapped_column(String(40))
    standard: Mapped[str] = mapped_column(String(200))

    __table_args__ = (UniqueConstraint("year", "name"),)


class EvaluationLimits(Base):
    """How many working days a year gives the unit and the leader; without a row the defaults hold.

    *begun_on* is when phases of the year were first looked for: no limit of an older phase runs before it.
    """

    __tablename__ = "evaluation_limits"
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), primary_key=True, autoincrement=False)
    unit_workdays: Mapped[int] = mapped_column(default=UNIT_WORKDAYS)
    leader_workdays: Mapped[int] = mapped_column(default=LEADER_WORKDAYS)
    begun_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("unit_workdays BETWEEN 1 AND 30", name="unit_days_in_range"),
        CheckConstraint("leader_workdays BETWEEN 1 AND 30", name="leader_days_in_range"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
