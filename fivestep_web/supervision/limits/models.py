"""Time limits as they were set (R3.9)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.supervision.limits.rules import LimitKind


class TimeLimit(Base):
    """A limit set for a year; never changed, the one set last holds for hand-overs that begin after it."""

    __tablename__ = "time_limit"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[LimitKind] = mapped_column(choice(LimitKind))
    workdays: Mapped[int]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    set_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        CheckConstraint("workdays BETWEEN 1 AND 60", name="limit_is_short"),
        Index("ix_time_limit_year_id", "year", "id"),
    )
