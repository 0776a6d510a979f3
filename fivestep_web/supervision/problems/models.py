"""Problems of goals (R3.7)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.problems.rules import ProblemState


class Problem(Base):
    """What stands in the way of a goal, and how it was solved.

    *raised_as* is the post its raiser held. *solution*, *owner* and *due_on* say what is done, by whom and by
    when; *open_reason* why a meeting left it open; *reason* why it was withdrawn.
    """

    __tablename__ = "problem"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    text: Mapped[str]
    suggestion: Mapped[str] = mapped_column(default="")
    state: Mapped[ProblemState] = mapped_column(choice(ProblemState), default=ProblemState.OPEN)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    raised_as: Mapped[str] = mapped_column(String(200), default="")
    raised_on: Mapped[date]
    raised_at: Mapped[datetime]
    solution: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    solved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    solved_on: Mapped[date | None]
    open_reason: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()
    raised_by: Mapped[Person] = relationship(foreign_keys=[raised_by_id])
    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    solved_by: Mapped[Person | None] = relationship(foreign_keys=[solved_by_id])

    __table_args__ = (
        Index("ix_problem_year_state", "year", "state"),
        CheckConstraint(
            "state <> 'solved' OR (solution <> '' AND owner_id IS NOT NULL AND due_on IS NOT NULL"
            " AND solved_by_id IS NOT NULL AND solved_on IS NOT NULL)",
            name="solved_on_record",
        ),
        CheckConstraint("state <> 'withdrawn' OR reason <> ''", name="withdrawn_with_reason"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
