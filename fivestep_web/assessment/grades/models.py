"""Grades with their bars and procedure, notices with opinions, and what goes into achievement files.

Notices, opinions and entries are only ever added to, and a decided grade never changes: the database refuses.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.grades.rules import (
    BarKind,
    EntryKind,
    Grade,
    GradeState,
    Period,
    Stance,
    Step,
    Way,
    label,
)
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person


class AnnualGrade(Base):
    """A person's grade of a year (年度等次), decided by people: prepared by one, confirmed by another.

    *version* counts from 1; a later one *corrects_id* the decided one before it, for *reason*; *objection_id*
    is the upheld review it takes up. *figure* is the personal figure beside it, an aid. *return_reason* says
    why the minister sent it back.
    """

    __tablename__ = "annual_grade"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("annual_grade.id"), unique=True)
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(400))
    pool: Mapped[Pool] = mapped_column(choice(Pool))
    grade: Mapped[Grade] = mapped_column(choice(Grade))
    remarks: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    figure: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[GradeState] = mapped_column(choice(GradeState), default=GradeState.PROPOSED)
    return_reason: Mapped[str] = mapped_column(default="")
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    prepared_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    prepared_by: Mapped[Person] = relationship(foreign_keys=[prepared_by_id], lazy="raise")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")

    __table_args__ = (
        UniqueConstraint("year", "person_id", "version"),
        CheckConstraint("(state = 'confirmed') = (decided_on IS NOT NULL)", name="decided_with_a_day"),
        CheckConstraint("(decided_on IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("decided_by_id <> prepared_by_id", name="decided_by_another"),
        CheckConstraint("(version = 1) = (corrects_id IS NULL)", name="later_ones_correct"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def label(self) -> str:
        """Return the grade in the words of the person's establishment."""
        return label(self.grade, self.pool)

    @property
    def mark(self) -> str:
        """Return what a page posts back to say which state of which version it showed."""
        return f"{self.id}:{self.revision}"


class GradeBar(Base):
    """What keeps a person from some or all grades (N5, N11), with its period and the document behind it.

    *ends_on* is empty while it lasts. A wrong entry is withdrawn with its reason and stays readable.
    """

    __tablename__ = "grade_bar"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[BarKind] = mapped_column(choice(BarKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(200))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")

    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="period_runs_forward"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def period(self) -> Period:
        return Period(self.kind, self.starts_on, self.ends_on)


class GradeStep(Base):
    """One step of the statutory procedure of a year: the day it was held, and a note (N3)."""

    __tablename__ = "grade_step"
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), primary_key=True)
    step: Mapped[Step] = mapped_column(choice(Step), primary_key=True)
    held_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class SeatApproval(Base):
    """The approval of the higher rate of 优秀 for one pool: number and date (N2)."""

    __tablename__ = "seat_approval"
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), primary_key=True)
    pool: Mapped[Pool] = mapped_column(choice(Pool), primary_key=True)
    number: Mapped[str] = mapped_column(String(100))
    approved_on: Mapped[date]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ResultNotice(Base):
    """The written notice of the own result, given to one person on a day; a later one replaces it.

    *content* is what the person was told, *sha256* its hash, which the opinion is signed over.
    *ask_by* is the last day to ask for a review.
    """

    __tablename__ = "result_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    grade_id: Mapped[int] = mapped_column(ForeignKey("annual_grade.id"), unique=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    given_on: Mapped[date]
    ask_by: Mapped[date]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    grade: Mapped[AnnualGrade] = relationship(lazy="raise")
    opinion: Mapped["ResultOpinion | None"] = relationship(back_populates="notice", lazy="raise")

    __table_args__ = (CheckConstraint("ask_by >= given_on", name="time_to_ask"),)


class ResultOpinion(Base):
    """The person's opinion of a notice: signed with the own key, or recorded from paper with a witness.

    *signed_bytes* and *value* as in a signature of a letter; both empty for one on paper. *dated_on* is the
    day it was signed or refused.
    """

    __tablename__ = "result_opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("result_notice.id"), unique=True)
    stance: Mapped[Stance] = mapped_column(choice(Stance))
    text: Mapped[str] = mapped_column(default="")
    way: Mapped[Way] = mapped_column(choice(Way))
    dated_on: Mapped[date]
    witness: Mapped[str] = mapped_column(String(100), default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_key.id"))
    signed_bytes: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(String(400), default="")
    notice: Mapped[ResultNotice] = relationship(back_populates="opinion", lazy="raise")
    entered_by: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(way = 'key') = (key_id IS NOT NULL)", name="signed_by_a_key"),
        CheckConstraint("(way = 'paper') = (witness <> '')", name="paper_has_a_witness"),
        CheckConstraint("stance <> 'refused' OR way = 'paper'", name="refusal_is_recorded"),
        CheckConstraint("stance <> 'disagree' OR text <> ''", name="says_why_not"),
    )


class AchievementEntry(Base):
    """A dated line of a person's achievement file (R5.8): what a year's assessment found, as of *written_on*.

    *content* holds unit result, own goals, grade and rewards; *admonitions* only what those entitled may
    read. A correction names the entry it corrects; *sha256* covers both and what the entry is.
    """

    __tablename__ = "achievement_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    cycle: Mapped[str] = mapped_column(String(200))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("achievement_entry.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, Any]]
    admonitions: Mapped[list[Any]] = mapped_column(default=list)
    sha256: Mapped[str] = mapped_column(String(64))
    written_on: Mapped[date]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint(
            "(kind = 'correction') = (corrects_id IS NOT NULL)", name="correction_names_its_entry"
        ),
        CheckConstraint("kind = 'filed' OR reason <> ''", name="correction_has_a_reason"),
        Index(
            "uq_achievement_entry_filed",
            "person_id",
            "year",
            unique=True,
            sqlite_where=text("kind = 'filed'"),
            postgresql_where=text("kind = 'filed'"),
        ),
    )
