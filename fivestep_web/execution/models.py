"""Dated progress events (R3.1)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal


class ProgressEvent(Base):
    """What was reported for a goal on a day; never overwritten by a later report (R3.1, R4.1).

    *done* is the cumulative value in the goal's unit; *completed_on* marks the goal as completed.
    """

    __tablename__ = "progress_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    happened_on: Mapped[date]
    done: Mapped[Decimal | None]
    is_not_applicable: Mapped[bool] = mapped_column(default=False)
    completed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    is_imported: Mapped[bool] = mapped_column(default=False)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    goal: Mapped[Goal] = relationship()
    reporter: Mapped[Person | None] = relationship()

    __table_args__ = (Index("ix_progress_event_goal_id_happened_on", "goal_id", "happened_on"),)
