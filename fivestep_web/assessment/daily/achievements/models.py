"""The achievements register (R6.3) and the units' self-reports in two parts (R5.2)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.daily.achievements.rules import AchievementKind, Fact, Level
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.topics.models import Topic


class Achievement(Base):
    """A speech, adoption, written instruction or award, tied to a topic and a unit, with its evidence.

    *giver* is the meeting, paper, leader's post or body it comes from. A withdrawn one stays with the reason.
    """

    __tablename__ = "achievement"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    kind: Mapped[AchievementKind] = mapped_column(choice(AchievementKind))
    level: Mapped[Level] = mapped_column(choice(Level))
    happened_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(200))
    giver: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(400))
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    unit: Mapped[Unit] = relationship()
    topic: Mapped[Topic] = relationship()
    registered_by: Mapped[Person] = relationship(foreign_keys=[registered_by_id])

    __table_args__ = (
        CheckConstraint("withdrawn_at IS NULL OR reason <> ''", name="withdrawn_with_a_reason"),
        CheckConstraint("evidence <> ''", name="has_evidence"),
        Index("ix_achievement_year_unit_id", "year", "unit_id"),
    )

    @property
    def fact(self) -> Fact:
        return Fact(self.kind, self.level, self.happened_on, self.title, self.giver)


class SelfReport(Base):
    """What a unit says of its year: 显绩 and 潜绩, which evaluators read before they score (R5.2)."""

    __tablename__ = "self_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    visible: Mapped[str]
    latent: Mapped[str]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    submitted_by: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("year", "unit_id"),
        CheckConstraint("visible <> '' AND latent <> ''", name="both_parts_written"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class MissingReport(Base):
    """A unit that gave no self-report, and why, as the office entered it before the vote (5.6)."""

    __tablename__ = "missing_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    reason: Mapped[str] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    entered_by: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("year", "unit_id"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
    )
