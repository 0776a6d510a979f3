"""Publicities with their lists, objections, and what is said of them, which is only ever added to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.publicity.rules import (
    LEAST_WORKDAYS,
    ObjectionKind,
    ObjectionState,
    PublicityState,
    Subject,
)
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person


class Publicity(Base):
    """One publicity (公示, domain.md 5.8); its last day is counted by the calendar from *posted_on*.

    *ended_on* is the day it ended or was stopped.
    """

    __tablename__ = "publicity"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    subject: Mapped[Subject] = mapped_column(choice(Subject))
    state: Mapped[PublicityState] = mapped_column(choice(PublicityState), default=PublicityState.SCHEDULED)
    workdays: Mapped[int]
    basis: Mapped[str] = mapped_column(String(200))
    receiver: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(200))
    telephone: Mapped[str] = mapped_column(String(60))
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posted_on: Mapped[date | None]
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    lines: Mapped[list["PublicityLine"]] = relationship(
        back_populates="publicity", cascade="all, delete-orphan", order_by="PublicityLine.sequence"
    )

    __table_args__ = (
        CheckConstraint(f"workdays >= {LEAST_WORKDAYS}", name="long_enough"),
        CheckConstraint("(state = 'scheduled') = (posted_on IS NULL)", name="posted_once_it_runs"),
        Index(
            "uq_publicity_scheduled",
            "year",
            "subject",
            unique=True,
            sqlite_where=text("state = 'scheduled'"),
            postgresql_where=text("state = 'scheduled'"),
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class PublicityLine(Base):
    """A unit or a person on the list, in the words that were posted."""

    __tablename__ = "publicity_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    publicity_id: Mapped[int] = mapped_column(ForeignKey("publicity.id"), index=True)
    sequence: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(400), default="")
    outcome: Mapped[str] = mapped_column(String(200))
    publicity: Mapped[Publicity] = relationship(back_populates="lines")

    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) != (person_id IS NULL)", name="of_unit_or_person"),
        UniqueConstraint("publicity_id", "unit_id"),
        UniqueConstraint("publicity_id", "person_id"),
    )


class Objection(Base):
    """An objection (异议, N8): who, when, about whom, facts and evidence; none of these changes later.

    It is about a unit, a person, or, with neither, the whole. *objector_id* is empty for who has no
    account; *publicity_id* is what a 公示异议 is against.
    *decide_by* is the last day for the answer, set when it is received.
    """

    __tablename__ = "objection"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    kind: Mapped[ObjectionKind] = mapped_column(choice(ObjectionKind))
    state: Mapped[ObjectionState] = mapped_column(choice(ObjectionState), default=ObjectionState.FILED)
    publicity_id: Mapped[int | None] = mapped_column(ForeignKey("publicity.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    about: Mapped[str] = mapped_column(String(200))
    objector_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    objector: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200))
    facts: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    filed_on: Mapped[date]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_on: Mapped[date | None]
    decide_by: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    received_by: Mapped[Person | None] = relationship(foreign_keys=[received_by_id])
    answers: Mapped[list["ObjectionAnswer"]] = relationship(
        back_populates="objection", order_by="ObjectionAnswer.id"
    )
    files: Mapped[list["ObjectionFile"]] = relationship(order_by="ObjectionFile.id")
    appeal: Mapped["ObjectionAppeal | None"] = relationship(back_populates="objection")

    __table_args__ = (
        CheckConstraint("unit_id IS NULL OR person_id IS NULL", name="about_one_or_all"),
        CheckConstraint("kind != 'review' OR person_id IS NOT NULL", name="reviews_a_person"),
        CheckConstraint("(kind = 'publicity') = (publicity_id IS NOT NULL)", name="names_its_publicity"),
        CheckConstraint("(state = 'filed') = (received_by_id IS NULL)", name="received_by_somebody"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class ObjectionAnswer(Base):
    """An answer in writing: outcome and reason, by whom and when; a correction is a further one.

    *appeal_by* is the last day to appeal against the answer to a review.
    """

    __tablename__ = "objection_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    outcome: Mapped[ObjectionState] = mapped_column(choice(ObjectionState))
    answer: Mapped[str]
    reason: Mapped[str]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("objection_answer.id"), unique=True)
    appeal_by: Mapped[date | None]
    answered_on: Mapped[date]
    answered_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    objection: Mapped[Objection] = relationship(back_populates="answers")
    person: Mapped[Person] = relationship()

    __table_args__ = (CheckConstraint("outcome IN ('upheld', 'dismissed')", name="is_an_outcome"),)


class ObjectionFile(Base):
    """A file that proves an objection: the objector's or the receiver's, under the name it came with."""

    __tablename__ = "objection_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    added_by: Mapped[Person] = relationship()


class ObjectionAppeal(Base):
    """The appeal (申诉) against a dismissed review: to which organ, when, why."""

    __tablename__ = "objection_appeal"
    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), unique=True)
    addressee: Mapped[str] = mapped_column(String(200))
    appealed_on: Mapped[date]
    grounds: Mapped[str]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    objection: Mapped[Objection] = relationship(back_populates="appeal")
    outcomes: Mapped[list["AppealOutcome"]] = relationship(
        back_populates="appeal", order_by="AppealOutcome.id"
    )


class AppealOutcome(Base):
    """What the organ decided on an appeal; a correction is a further one."""

    __tablename__ = "appeal_outcome"
    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("objection_appeal.id"), index=True)
    outcome: Mapped[ObjectionState] = mapped_column(choice(ObjectionState))
    organ: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date]
    text: Mapped[str]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    appeal: Mapped[ObjectionAppeal] = relationship(back_populates="outcomes")

    __table_args__ = (CheckConstraint("outcome IN ('upheld', 'dismissed')", name="is_an_outcome"),)
