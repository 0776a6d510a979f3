"""Quarterly reviews: the meeting, each unit's report, each leader's remark (R5.5, R5.6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.daily.models import PaperColumns
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.supervision.evaluations.rules import Rating


class QuarterlyReview(PaperColumns, Base):
    """The review of a quarter; *figures* is bulletins.rules.Figures of its last day, *parts* rules.Parts."""

    __tablename__ = "quarterly_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    quarter: Mapped[int]
    figures: Mapped[dict[str, Any]]
    parts: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("year", "quarter"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_a_year"),
    )


class UnitReport(Base):
    """What a unit reported on its quarter (汇报)."""

    __tablename__ = "unit_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("quarterly_review.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    report: Mapped[str]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime]
    unit: Mapped[Unit] = relationship()
    reported_by: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("review_id", "unit_id"),)


class UnitRemark(Base):
    """One leader's remark on a unit: 肯定成绩 and 指出不足, neither empty; *grade* is N7's, if given.

    *position* is the post the leader spoke in.
    """

    __tablename__ = "unit_remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("quarterly_review.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(String(200))
    affirmed: Mapped[str]
    shortcomings: Mapped[str]
    grade: Mapped[Rating | None] = mapped_column(choice(Rating))
    remarked_at: Mapped[datetime]
    leader: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("review_id", "unit_id", "leader_id"),
        CheckConstraint("affirmed <> '' AND shortcomings <> ''", name="both_fields_written"),
    )
