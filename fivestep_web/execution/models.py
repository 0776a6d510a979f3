"""Milestones and dated progress events (R3.1)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal


class Milestone(Base):
    """A phase's end (节点): *share* is the completion due by then, 0-1, empty for none given."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    share: Mapped[Decimal | None]
    goal: Mapped[Goal] = relationship()

    __table_args__ = (UniqueConstraint("goal_id", "sequence"),)


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
