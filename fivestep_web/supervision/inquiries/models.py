"""Inquiries and guiding opinions, every step taken with them, and who has read them (R4.6, R4.7)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries.rules import InquiryKind, InquiryState, StepKind


class Inquiry(Base):
    """A leader's question about a goal, or an opinion on it, and how far it is (domain.md 5.5).

    *due_on* is the last day for what the unit owes now; *escalated_to_id* and *escalated_on* tell that it
    went to the minister in this round, *last_by_id* who spoke last for the unit.
    """

    __tablename__ = "inquiry"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    kind: Mapped[InquiryKind] = mapped_column(choice(InquiryKind))
    text: Mapped[str]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    raised_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[InquiryState] = mapped_column(choice(InquiryState))
    last_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    escalated_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    escalated_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()
    raised_by: Mapped[Person] = relationship(foreign_keys=[raised_by_id])
    escalated_to: Mapped[Person | None] = relationship(foreign_keys=[escalated_to_id])
    steps: Mapped[list["InquiryStep"]] = relationship(back_populates="inquiry", order_by="InquiryStep.id")
    receipts: Mapped[list["InquiryReceipt"]] = relationship(order_by="InquiryReceipt.id")

    __table_args__ = (
        CheckConstraint("text <> ''", name="says_something"),
        Index("ix_inquiry_state_due_on", "state", "due_on"),
    )
    __mapper_args__: dict[str, Any] = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class InquiryStep(Base):
    """One line of an inquiry's history, in the post held then; never changed.

    *due_on* is the limit that runs from this step, where one does. What the clock did has no person.
    """

    __tablename__ = "inquiry_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    happened_at: Mapped[datetime]
    inquiry: Mapped[Inquiry] = relationship(back_populates="steps")
    person: Mapped[Person | None] = relationship()


class InquiryReceipt(Base):
    """Whom an inquiry went to, and when that person opened it first (已阅)."""

    __tablename__ = "inquiry_receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("inquiry_id", "person_id"),)
