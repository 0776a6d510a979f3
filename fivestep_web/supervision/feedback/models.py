"""Feedback of units to their leaders in charge (信息反馈, R3.10)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.supervision.feedback.rules import FeedbackState, Saying


class Feedback(Base):
    """A unit's feedback on a month, opened by the clock, sent by its head to the leader in charge.

    *figures* is rules.Figures as the ledger had them on *figures_on*, the texts are the unit's own words.
    *leader_id* was in charge when it was sent; *turn_at* is since when it waits for whose turn it is.
    """

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    month: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[FeedbackState] = mapped_column(choice(FeedbackState), default=FeedbackState.OPEN)
    completion: Mapped[str] = mapped_column(default="")
    problems: Mapped[str] = mapped_column(default="")
    suggestions: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures_on: Mapped[date | None]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    turn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    messages: Mapped[list["FeedbackMessage"]] = relationship(
        back_populates="feedback", order_by="FeedbackMessage.id"
    )

    __table_args__ = (
        UniqueConstraint("year", "month", "unit_id"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
        CheckConstraint("(state = 'open') = (sent_at IS NULL)", name="open_until_sent"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class FeedbackMessage(Base):
    """What the leader answers or asks, and what the unit adds, below a feedback."""

    __tablename__ = "feedback_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"), index=True)
    kind: Mapped[Saying] = mapped_column(choice(Saying))
    text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(String(400))
    said_at: Mapped[datetime]
    feedback: Mapped[Feedback] = relationship(back_populates="messages")
    author: Mapped[Person] = relationship()


class FeedbackDraft(Base):
    """What the unit has typed and not sent yet; gone once it is sent."""

    __tablename__ = "feedback_draft"
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"), primary_key=True)
    completion: Mapped[str] = mapped_column(default="")
    problems: Mapped[str] = mapped_column(default="")
    suggestions: Mapped[str] = mapped_column(default="")
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class FeedbackSchedule(Base):
    """By how many working days the date is off the month's last one; for the months that begin after it."""

    __tablename__ = "feedback_schedule"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    workday_offset: Mapped[int]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    set_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        CheckConstraint("abs(workday_offset) <= 10", name="near_the_end_of_the_month"),
        Index("ix_feedback_schedule_year_id", "year", "id"),
    )
