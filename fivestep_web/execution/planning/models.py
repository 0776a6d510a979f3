"""Which goal waits for which."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal


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
