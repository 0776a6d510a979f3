"""An assessment cycle: its rules by version, its units, its rosters, and every step of its life."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit


class AssessmentCycle(Base):
    """The assessment of one year (考核周期, domain.md 5.6).

    *rule_version* is the version in force, 0 while configuring. The completion figures stand from
    *cut_off_date* on. *opened_at* is the moment its rules were frozen, *closed_at* that of filing.
    *first_counter_id* is the counter who confirmed the tally before the second did.
    """

    __tablename__ = "assessment_cycle"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[CycleState] = mapped_column(choice(CycleState), default=CycleState.CONFIGURING)
    cut_off_date: Mapped[date]
    voting_closes_at: Mapped[datetime | None]
    rule_version: Mapped[int] = mapped_column(default=0)
    first_counter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    first_counter: Mapped[Person | None] = relationship()
    moves: Mapped[list["CycleMove"]] = relationship(back_populates="cycle", order_by="CycleMove.id")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class CycleRules(Base):
    """One version of a cycle's rules: a draft until the minister approves it, frozen from then on (R5.1).

    *settings* holds all of domain.md 7.1 that scoring reads (settings_store), figures as texts. *sha256*
    covers the settings, the units and the rosters as they were approved.
    """

    __tablename__ = "cycle_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"))
    version: Mapped[int]
    settings: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1)
    cycle: Mapped[AssessmentCycle] = relationship()
    prepared_by: Mapped[Person | None] = relationship(foreign_keys=[prepared_by_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])

    __table_args__ = (
        UniqueConstraint("cycle_id", "version"),
        CheckConstraint("(approved_at IS NULL) = (sha256 IS NULL)", name="approved_with_a_hash"),
        Index(
            "uq_cycle_rules_draft",
            "cycle_id",
            unique=True,
            sqlite_where=text("approved_at IS NULL"),
            postgresql_where=text("approved_at IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class CycleUnit(Base):
    """A unit that is assessed in a cycle, and its series."""

    __tablename__ = "cycle_unit"
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    series: Mapped[Series] = mapped_column(choice(Series))
    unit: Mapped[Unit] = relationship()


class RaterRoster(Base):
    """Who rates a series in one group: a category or a unit, never a person, and how many codes it gets.

    *unit_id* is the rating unit of peers, or the own township of township voters: its ballot has no line
    for that unit (R5.11, R5.13).
    """

    __tablename__ = "rater_roster"
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"))
    rater_group: Mapped[Group] = mapped_column(choice(Group))
    series: Mapped[Series] = mapped_column(choice(Series))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    code_count: Mapped[int]
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        UniqueConstraint("cycle_id", "rater_group", "series", "name"),
        CheckConstraint("code_count > 0", name="has_codes"),
    )


class GroupDecision(Base):
    """The minister's decision to compute a series without a group that has no result (domain 7.6)."""

    __tablename__ = "cycle_group_decision"
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"), primary_key=True)
    series: Mapped[Series] = mapped_column(choice(Series), primary_key=True)
    rater_group: Mapped[Group] = mapped_column(choice(Group), primary_key=True)
    reason: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[Person | None] = relationship()


class CycleMove(Base):
    """A step of a cycle's life: into which state, when, by whom and why; nobody where the clock did it.

    *groups* are those that rate again, where a closed vote was reopened: [group, series] each.
    """

    __tablename__ = "cycle_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"), index=True)
    state: Mapped[CycleState] = mapped_column(choice(CycleState))
    moved_on: Mapped[date]
    moved_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    groups: Mapped[list[Any]] = mapped_column(default=list)
    cycle: Mapped[AssessmentCycle] = relationship(back_populates="moves")
    person: Mapped[Person | None] = relationship()
