"""Goals, letters of responsibility and signatures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.keys.models import SigningKey
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.rules import (
    AssignmentRole,
    Capacity,
    LetterKind,
    LetterState,
    MilestoneState,
    SigningStep,
    new_serial,
)
from fivestep_web.topics.models import Topic

LIVING = "state NOT IN ('void', 'superseded') AND change_order_id IS NULL"


class Goal(Base):
    """A unit goal, or (with a parent) a personal task: standard, deadline, owner, points (R2.1-R2.5).

    It is numeric (indicator, measure unit, baseline, target) or has a *deliverable* with *acceptance*
    conditions, one a line (R2.3). *duty_id* is the duty of the unit it falls under; where the unit has duties
    and none fits, *outside_duties_reason* says why it was given all the same (R2.2). *is_weight_typed* says
    that the points were typed here and are weights of a sheet of 100 (R2.4), not imported points. *is_key*
    marks a key goal (R3.3); the goals of a key topic are key without the mark.
    """

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
    indicator: Mapped[str] = mapped_column(String(200), default="")
    baseline: Mapped[Decimal | None]
    deliverable: Mapped[str] = mapped_column(default="")
    acceptance: Mapped[str] = mapped_column(default="")
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"), index=True)
    outside_duties_reason: Mapped[str] = mapped_column(default="")
    is_weight_typed: Mapped[bool] = mapped_column(default=False)
    is_key: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    topic: Mapped[Topic] = relationship()
    parent: Mapped["Goal | None"] = relationship(remote_side=[id])
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])

    __table_args__ = (UniqueConstraint("year", "code"), Index("ix_goal_year_unit_id", "year", "unit_id"))
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class Duty(Base):
    """One of a unit's written duties (职责, R2.2); *ended_on* when it was taken off the list."""

    __tablename__ = "duty"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[int]
    text: Mapped[str]
    ended_on: Mapped[date | None]
    unit: Mapped[Unit] = relationship()


class Assignment(Base):
    """Who carries a goal in which role from one day to another (R2.5); the lead is also Goal.person_id.

    *valid_to* is the last day; empty while it holds. *change_order_id* is the order that began the period.
    """

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[AssignmentRole] = mapped_column(choice(AssignmentRole))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    change_order_id: Mapped[int | None] = mapped_column(ForeignKey("change_order.id"))
    goal: Mapped[Goal] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_runs_forward"),
        Index(
            "uq_assignment_living",
            "goal_id",
            "person_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index(
            "uq_assignment_lead",
            "goal_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL AND role = 'lead'"),
            postgresql_where=text("valid_to IS NULL AND role = 'lead'"),
        ),
    )


class Milestone(Base):
    """A phase and its end (阶段、节点): *share* is the completion due by then, 0-1, empty for none given.

    *starts_on* and *workdays* come from a plan counted back from the deadline (domain.md 8.1); without one
    the phase begins on the day after the node before. *deliverable_since* is the day a deliverable was put
    down for a phase that had none, empty where it was there from the start. *submitted_on* is the day it was
    handed in for acceptance, which is the day of completion once accepted (domain.md 5.3).
    """

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    share: Mapped[Decimal | None]
    starts_on: Mapped[date | None]
    workdays: Mapped[int | None]
    deliverable: Mapped[str] = mapped_column(default="")
    deliverable_since: Mapped[date | None]
    state: Mapped[MilestoneState] = mapped_column(choice(MilestoneState), default=MilestoneState.PLANNED)
    submitted_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()

    __table_args__ = (
        UniqueConstraint("goal_id", "sequence"),
        CheckConstraint("starts_on IS NULL OR starts_on <= due_on", name="phase_runs_forward"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    def deliverable_on(self, day: date) -> str:
        """Return the deliverable that was asked for on *day*, empty before one was (R3.1)."""
        is_known = self.deliverable_since is None or self.deliverable_since <= day
        return self.deliverable if is_known else ""


class Letter(Base):
    """One letter of one year between an issuing and a responsible side; its text lives in its versions.

    *unit_id* is the responsible unit (of the person, for a personal letter); *responsible_id* signs as 乙方,
    *issuer_id* as 甲方. *version* is the number of the version in work. A change order makes a letter
    of the same number and the next version; *successor_id* of the old one points to it from the day it is
    drawn up, *change_order_id* of the new one to the order, and the old one stays in force until both sides
    signed the new one.
    """

    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[LetterKind] = mapped_column(choice(LetterKind))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
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
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    change_order_id: Mapped[int | None] = mapped_column(ForeignKey("change_order.id", use_alter=True))
    revision: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    responsible: Mapped[Person] = relationship(foreign_keys=[responsible_id])
    issuer: Mapped[Person] = relationship(foreign_keys=[issuer_id])
    upper: Mapped["Letter | None"] = relationship(foreign_keys=[upper_id], remote_side=[id])
    successor: Mapped["Letter | None"] = relationship(foreign_keys=[successor_id], remote_side=[id])
    change_order: Mapped["ChangeOrder | None"] = relationship(foreign_keys=[change_order_id])
    versions: Mapped[list["LetterVersion"]] = relationship(
        back_populates="letter", order_by="LetterVersion.version"
    )
    goals: Mapped[list["LetterGoal"]] = relationship(
        back_populates="letter", order_by="LetterGoal.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("year", "kind", "serial", "version"),
        UniqueConstraint("number", "version"),
        Index(
            "uq_letter_living",
            "year",
            "kind",
            "responsible_id",
            "unit_id",
            unique=True,
            sqlite_where=text(LIVING),
            postgresql_where=text(LIVING),
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
    """The text of a letter as issued, for ever: *content_sha256* is the hash of its canonical spelling.

    *serial* is the code printed on the letter and asked for at /verify: random, so that it cannot be guessed.
    """

    __tablename__ = "letter_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    version: Mapped[int]
    serial: Mapped[str] = mapped_column(String(20), unique=True, default=new_serial)
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

    *signed_bytes* is the canonical text that was signed, *value* the signature over it with the key *key_id*.
    *capacity* says whether the side's own signatory signed, or a deputy (代) under a stored mandate.
    *mark_sha256* is the handwritten mark shown on the Word file.
    """

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    step: Mapped[SigningStep] = mapped_column(choice(SigningStep))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signer_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(400))
    capacity: Mapped[Capacity] = mapped_column(choice(Capacity), default=Capacity.PRINCIPAL)
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    signed_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60))
    content_sha256: Mapped[str] = mapped_column(String(64))
    mark_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    confirmation: Mapped[str] = mapped_column(String(20))
    signed_bytes: Mapped[str]
    key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_key.id"))
    algorithm: Mapped[str | None] = mapped_column(String(20))
    public_key: Mapped[str | None] = mapped_column(String(200))
    value: Mapped[str | None] = mapped_column(String(400))
    letter_version: Mapped[LetterVersion] = relationship(back_populates="signatures")
    key: Mapped[SigningKey | None] = relationship()
    mandate: Mapped["Mandate | None"] = relationship()

    __table_args__ = (
        UniqueConstraint("letter_version_id", "step"),
        CheckConstraint("(algorithm IS NULL) = (value IS NULL)", name="signed_by_key_or_not"),
        CheckConstraint("(capacity = 'deputy') = (mandate_id IS NOT NULL)", name="deputy_has_a_mandate"),
    )


class Mandate(Base):
    """A signatory lets a deputy sign in the signatory's place for some days, signed with the own key (S8)."""

    __tablename__ = "mandate"
    id: Mapped[int] = mapped_column(primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    signed_bytes: Mapped[str]
    value: Mapped[str] = mapped_column(String(400))
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str] = mapped_column(default="")
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])
    key: Mapped[SigningKey] = relationship()

    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="period_runs_forward"),
        CheckConstraint("principal_id <> deputy_id", name="deputy_is_another"),
    )


class Reminder(Base):
    """Somebody was asked once more to sign a letter (R2.12); shown until the letter is signed."""

    __tablename__ = "reminder"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sent_by: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime]


class LetterRun(Base):
    """A request to draft and issue many letters at once, carried out by the worker in chunks.

    *done* counts letters looked at, of *total*; *issued* and *waiting* how they came out; *left_over* says
    by letter what it still lacks.
    """

    __tablename__ = "letter_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    drafted: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    left_over: Mapped[list[Any]] = mapped_column(default=list)
    failure: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_letter_run_year_id", "year", "id"),)
