"""Imported ratings, additions and deductions, and assessors' points."""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.database import Base, Summable, choice
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.models import Goal


class AdjustmentKind(enum.StrEnum):
    """加分, 扣分, 一票否决 (domain.md 7.8)."""

    BONUS = "bonus"
    DEDUCTION = "deduction"
    VETO = "veto"

    @property
    def label(self) -> str:
        return ADJUSTMENT_LABELS[self]


ADJUSTMENT_LABELS = {
    AdjustmentKind.BONUS: "加分",
    AdjustmentKind.DEDUCTION: "扣分",
    AdjustmentKind.VETO: "一票否决",
}


class RatingTally(Base):
    """How many lines of a group, imported or counted, gave a unit the same score; *score* empty means 不了解.

    Kept as counts, without the rater: no line can be traced to who gave it, and trimming needs no more. The
    scores are whole numbers in the database, so one statement sums up a year.
    """

    __tablename__ = "rating_tally"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    rater_group: Mapped[Group] = mapped_column(choice(Group))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    score: Mapped[Decimal | None] = mapped_column(Summable)
    count: Mapped[int]

    __table_args__ = (Index("ix_rating_tally_year_group_unit", "year", "rater_group", "unit_id"),)


class Adjustment(Base):
    """An addition, deduction or veto for a unit, with reason and basis (domain.md 7.8)."""

    __tablename__ = "adjustment"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(choice(AdjustmentKind))
    points: Mapped[Decimal | None]
    reason: Mapped[str] = mapped_column(String(400))
    basis: Mapped[str] = mapped_column(default="")
    unit: Mapped[Unit] = relationship()

    __table_args__ = (UniqueConstraint("year", "unit_id", "kind", "reason"),)


class ManualPoints(Base):
    """An assessor's points for a goal scored by hand (人工评定), with the written reason."""

    __tablename__ = "manual_points"
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    points: Mapped[Decimal]
    reason: Mapped[str]
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    goal: Mapped[Goal] = relationship()
