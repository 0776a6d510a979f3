"""Every time a phase was handed in, and what came of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.execution.acceptance.rules import Outcome
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Milestone


class MilestoneSubmission(Base):
    """A phase handed in for acceptance, decided once by somebody else; never changed after (domain.md 5.3).

    *submitted_on* is the day of completion once accepted. Of one sent back, *reason* says why and *answer*,
    given before the phase is handed in again, what was done about it.
    """

    __tablename__ = "milestone_submission"
    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    number: Mapped[int]
    note: Mapped[str]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_on: Mapped[date]
    submitted_at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    milestone: Mapped[Milestone] = relationship()
    submitted_by: Mapped[Person] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        UniqueConstraint("milestone_id", "number"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_by_id IS NULL) AND (outcome IS NULL) = (decided_on IS NULL)"
            " AND (outcome IS NULL) = (decided_at IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint("decided_by_id <> submitted_by_id", name="decided_by_another"),
        CheckConstraint("outcome IS NULL OR outcome <> 'sent_back' OR reason <> ''", name="reason_given"),
        Index(
            "uq_milestone_submission_waiting",
            "milestone_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )
