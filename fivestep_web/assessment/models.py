"""Imported ratings, additions and deductions, and assessors' points."""

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.database import Base, Summable, choice
from fivestep_web.org.models import Person, Unit
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


class AdjustmentState(enum.StrEnum):
    """How far an addition, deduction or veto is; only approved ones count."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return ADJUSTMENT_STATE_LABELS[self]


ADJUSTMENT_STATE_LABELS = {
    AdjustmentState.PROPOSED: "待部务会议研究",
    AdjustmentState.APPROVED: "已批准",
    AdjustmentState.REFUSED: "不予批准",
    AdjustmentState.WITHDRAWN: "已撤回",
}
STANDING = (AdjustmentState.PROPOSED, AdjustmentState.APPROVED)


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
    """An addition, deduction or veto for a unit, with reason and basis (domain.md 7.8).

    Proposed by one person, decided by the department meeting of *meeting_on* and entered by another;
    *note* is why it was refused. Imported ones are approved until the meeting refuses them, at the latest at
    the review of the results, which names each of them.
    """

    __tablename__ = "adjustment"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(choice(AdjustmentKind))
    points: Mapped[Decimal | None]
    reason: Mapped[str] = mapped_column(String(400))
    basis: Mapped[str] = mapped_column(default="")
    state: Mapped[AdjustmentState] = mapped_column(choice(AdjustmentState))
    is_imported: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime | None]
    meeting_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        CheckConstraint("is_imported = (proposed_by_id IS NULL)", name="proposed_by_somebody"),
        CheckConstraint("decided_by_id <> proposed_by_id", name="decided_by_another"),
        CheckConstraint(
            "(state = 'refused' OR state = 'approved' AND NOT is_imported)"
            " = (decided_by_id IS NOT NULL AND meeting_on IS NOT NULL)",
            name="decided_by_the_meeting",
        ),
        CheckConstraint("NOT is_imported OR state IN ('approved', 'refused')", name="imported_as_approved"),
        Index(
            "uq_adjustment_standing",
            "year",
            "unit_id",
            "kind",
            "reason",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'approved')"),
            postgresql_where=text("state IN ('proposed', 'approved')"),
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class ManualPoints(Base):
    """An assessor's points for a goal scored by hand (人工评定), with the written reason."""

    __tablename__ = "manual_points"
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    points: Mapped[Decimal]
    reason: Mapped[str]
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    goal: Mapped[Goal] = relationship()
