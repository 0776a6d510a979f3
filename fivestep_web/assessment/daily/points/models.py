"""Plus and minus points of a unit in a month (R5.3)."""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit


class PointsKind(enum.StrEnum):
    """加分 or 扣分."""

    PLUS = "plus"
    MINUS = "minus"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def sign(self) -> str:
        return "+" if self is PointsKind.PLUS else "−"


KIND_LABELS = {PointsKind.PLUS: "加分", PointsKind.MINUS: "扣分"}


class PointsState(enum.StrEnum):
    """Entered points count once somebody else has approved them."""

    ENTERED = "entered"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return POINTS_STATE_LABELS[self]


POINTS_STATE_LABELS = {
    PointsState.ENTERED: "待批准",
    PointsState.APPROVED: "已批准",
    PointsState.REFUSED: "不予批准",
    PointsState.WITHDRAWN: "已撤回",
}


class MonthlyPoints(Base):
    """Points for or against a unit in a month, with reason and basis; *note* is why they were refused."""

    __tablename__ = "monthly_points"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    month: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[PointsKind] = mapped_column(choice(PointsKind))
    points: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(String(400))
    basis: Mapped[str] = mapped_column(String(400))
    state: Mapped[PointsState] = mapped_column(choice(PointsState), default=PointsState.ENTERED)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> entered_by_id", name="decided_by_another"),
        CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", name="approved_by_somebody"),
        Index("ix_monthly_points_year_state", "year", "state"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
