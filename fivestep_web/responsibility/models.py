"""Goals, letters of responsibility and signatures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility.rules import LetterKind, LetterState, SigningStep
from fivestep_web.topics.models import Topic


class Goal(Base):
    """A unit goal, or (with a parent) a personal task: standard, deadline, owner, points (R2.1-R2.5)."""

    __tablename__ = "goal"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    code: Mapped[str] = mapped_column(String(40))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    name: Mapped[str] = mapped_column(String(400))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    measure_unit: Mapped[str] = mapped_column(String(40), default="")
    target: Mapped[Decimal] = mapped_column(default=Decimal(1))
    completion_standard: Mapped[str] = mapped_column(default="")
    measures: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    deadline: Mapped[date]
    points: Mapped[Decimal] = mapped_column(default=Decimal(10))
    scoring_method: Mapped[str] = mapped_column(String(40), default="按比例")
    scoring_parameters: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    topic: Mapped[Topic] = relationship()
    parent: Mapped["Goal | None"] = relationship(remote_side=[id])
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])

    __table_args__ = (UniqueConstraint("year", "code"), Index("ix_goal_year_unit_id", "year", "unit_id"))
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class Milestone(Base):
    """A phase's end (节点): *share* is the completion due by then, 0-1, empty for none given."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    share: Mapped[Decimal | None]
    goal: Mapped[Goal] = relationship()

    __table_args__ = (UniqueConstraint("goal_id", "sequence"),)


class Letter(Base):
    """One letter of one year between an issuing and a responsible side; its text lives in its versions.

    *unit_id* is the responsible unit (of the person, for a personal letter); *responsible_id* signs as 乙方,
    *issuer_id* as 甲方. *version* is the number of the version in work.
    """

    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[LetterKind] = mapped_column(choice(LetterKind))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(400))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    responsible_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    upper_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[LetterState] = mapped_column(choice(LetterState), default=LetterState.DRAFT)
    exception_reason: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    responsible: Mapped[Person] = relationship(foreign_keys=[responsible_id])
    issuer: Mapped[Person] = relationship(foreign_keys=[issuer_id])
    upper: Mapped["Letter | None"] = relationship(remote_side=[id])
    versions: Mapped[list["LetterVersion"]] = relationship(
        back_populates="letter", order_by="LetterVersion.version"
    )
    goals: Mapped[list["LetterGoal"]] = relationship(
        back_populates="letter", order_by="LetterGoal.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("year", "kind", "serial"),
        Index(
            "uq_letter_living",
            "year",
            "kind",
            "responsible_id",
            "unit_id",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
        Index("ix_letter_year_state", "year", "state"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class LetterGoal(Base):
    """A goal the letter carries, with its weight of the sheet's 100."""

    __tablename__ = "letter_goal"
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True, index=True)
    position: Mapped[int]
    weight: Mapped[Decimal]
    letter: Mapped[Letter] = relationship(back_populates="goals")
    goal: Mapped[Goal] = relationship()


class LetterVersion(Base):
    """The text of a letter as issued, for ever: *content_sha256* is the hash of its canonical spelling."""

    __tablename__ = "letter_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    objection: Mapped[str] = mapped_column(default="")
    objected_at: Mapped[datetime | None]
    letter: Mapped[Letter] = relationship(back_populates="versions")
    signatures: Mapped[list["Signature"]] = relationship(
        back_populates="letter_version", order_by="Signature.id"
    )

    __table_args__ = (UniqueConstraint("letter_id", "version"),)


class Signature(Base):
    """One signature under one version (domain.md 5.2): who, in which post, when, from where, over which hash.

    *signed_bytes* is the canonical text that was signed. *confirmation* says how the person confirmed it;
    *algorithm*, *public_key* and *value* stay empty until people hold keys of their own.
    """

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    step: Mapped[SigningStep] = mapped_column(choice(SigningStep))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signer_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(400))
    signed_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60))
    content_sha256: Mapped[str] = mapped_column(String(64))
    confirmation: Mapped[str] = mapped_column(String(20))
    signed_bytes: Mapped[str]
    algorithm: Mapped[str | None] = mapped_column(String(20))
    public_key: Mapped[str | None] = mapped_column(String(200))
    value: Mapped[str | None] = mapped_column(String(400))
    letter_version: Mapped[LetterVersion] = relationship(back_populates="signatures")

    __table_args__ = (
        UniqueConstraint("letter_version_id", "step"),
        CheckConstraint("(algorithm IS NULL) = (value IS NULL)", name="signed_by_key_or_not"),
    )
