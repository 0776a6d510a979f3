"""Corrective orders and every step taken with them (R3.13)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives.rules import OrderState, Origin, StepKind
from fivestep_web.supervision.evaluations.models import StageEvaluation


class CorrectiveOrder(Base):
    """What is to be put right on a goal, by whom and by when; *reason* is the deviation found.

    *reported_by_id* is who reported last; *evaluation_id* is the evaluation it came out of; *source* names
    the meeting ("meeting:3") where one is recorded.
    """

    __tablename__ = "corrective_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("stage_evaluation.id"), index=True)
    origin: Mapped[Origin] = mapped_column(choice(Origin))
    source: Mapped[str] = mapped_column(String(40), default="")
    what: Mapped[str]
    reason: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[OrderState] = mapped_column(choice(OrderState), default=OrderState.ORDERED)
    ordered_on: Mapped[date]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()
    evaluation: Mapped[StageEvaluation | None] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    steps: Mapped[list["CorrectiveStep"]] = relationship(back_populates="order", order_by="CorrectiveStep.id")

    __table_args__ = (
        CheckConstraint("what <> '' AND reason <> ''", name="says_what_and_why"),
        CheckConstraint(
            "(evaluation_id IS NULL) = (origin <> 'stage_evaluation')", name="names_its_evaluation"
        ),
        CheckConstraint("state <> 'verified' OR verified_by_id IS NOT NULL", name="verified_by_somebody"),
        CheckConstraint(
            "verified_by_id IS NULL OR (verified_by_id <> reported_by_id AND verified_by_id <> person_id)",
            name="verified_by_another",
        ),
        Index("ix_corrective_order_state_due_on", "state", "due_on"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class CorrectiveStep(Base):
    """One line of an order's history; never changed."""

    __tablename__ = "corrective_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("corrective_order.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    happened_at: Mapped[datetime]
    order: Mapped[CorrectiveOrder] = relationship(back_populates="steps")
    person: Mapped[Person | None] = relationship()
