"""Which goal waits for which, and the plans counted back from deadlines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.execution.planning.rules import Basis, PlanState
from fivestep_web.org.models import Person
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Goal

UNDECIDED = "state IN ('draft', 'proposed', 'returned')"
IN_FORCE = "state = 'approved'"


class GoalDependency(Base):
    """*goal* begins only after *predecessor* is done: its deadline lies before the first phase of *goal*."""

    __tablename__ = "goal_dependency"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    reason: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    goal: Mapped[Goal] = relationship(foreign_keys=[goal_id])
    predecessor: Mapped[Goal] = relationship(foreign_keys=[predecessor_id])
    made_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        UniqueConstraint("goal_id", "predecessor_id"),
        CheckConstraint("goal_id <> predecessor_id", name="waits_for_another"),
    )


class PhaseHistory(Base):
    """The phases a goal had until *replaced_on*, so that the ledger can be replayed to a day before (R3.1).

    *phases* are rows of sequence, name, end, share, begin and whether a deliverable is asked for.
    """

    __tablename__ = "phase_history"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    replaced_on: Mapped[date] = mapped_column(index=True)
    phases: Mapped[list[Any]]


class SchedulePlan(Base):
    """A goal's phases counted back from its deadline (R3.5): laid out, proposed, approved by another.

    One is being worked on and one approved at any time. *excess* says by how many working days the phases do
    not fit. Where approval needs signed dates to move, *change_order* asks for that and the plan takes effect
    with it.
    """

    __tablename__ = "schedule_plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    number: Mapped[int]
    state: Mapped[PlanState] = mapped_column(choice(PlanState), default=PlanState.DRAFT)
    basis: Mapped[Basis] = mapped_column(choice(Basis), default=Basis.WORKDAYS)
    starts_on: Mapped[date]
    excess: Mapped[int] = mapped_column(default=0)
    slack: Mapped[int] = mapped_column(default=0)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    prepared_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")
    change_order_id: Mapped[int | None] = mapped_column(ForeignKey("change_order.id"))
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()
    prepared_by: Mapped[Person] = relationship(foreign_keys=[prepared_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    change_order: Mapped[ChangeOrder | None] = relationship()
    phases: Mapped[list["PlanPhase"]] = relationship(
        back_populates="plan", order_by="PlanPhase.sequence", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("goal_id", "number"),
        Index(
            "uq_schedule_plan_undecided",
            "goal_id",
            unique=True,
            sqlite_where=text(UNDECIDED),
            postgresql_where=text(UNDECIDED),
        ),
        Index(
            "uq_schedule_plan_approved",
            "goal_id",
            unique=True,
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> prepared_by_id", name="decided_by_another"
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class PlanPhase(Base):
    """A phase of a plan with its latest dates; *sequence* is that of the milestone it is to become.

    *share* is the part of the span it was given, *weight* its part of the goal in percent, *finish_by* a day
    it has to keep whatever comes after it.
    """

    __tablename__ = "plan_phase"
    plan_id: Mapped[int] = mapped_column(ForeignKey("schedule_plan.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    workdays: Mapped[int]
    share: Mapped[Decimal | None]
    weight: Mapped[Decimal | None]
    finish_by: Mapped[date | None]
    deliverable: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    plan: Mapped[SchedulePlan] = relationship(back_populates="phases")

    __table_args__ = (
        CheckConstraint("workdays >= 1", name="takes_a_day"),
        CheckConstraint("starts_on <= ends_on AND ends_on <= due_on", name="phase_runs_forward"),
    )
