"""An admonition and what each of its steps leaves behind (domain.md 5.7)."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.admonitions.rules import (
    OPEN,
    AdmonitionState,
    ReminderKind,
    Source,
    number_text,
)
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person

_IS_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in OPEN)})")


class Admonition(Base):
    """The case of one person; *post* is the one held when it was opened, *reason* the rule behind it."""

    __tablename__ = "admonition"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(400))
    source: Mapped[Source] = mapped_column(choice(Source))
    reason: Mapped[str]
    state: Mapped[AdmonitionState] = mapped_column(choice(AdmonitionState), default=AdmonitionState.CANDIDATE)
    revision: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship(lazy="raise")
    steps: Mapped[list["AdmonitionStep"]] = relationship(order_by="AdmonitionStep.id", lazy="raise")
    proposal: Mapped["AdmonitionProposal | None"] = relationship(lazy="raise")
    decision: Mapped["AdmonitionDecision | None"] = relationship(lazy="raise")
    notice: Mapped["AdmonitionNotice | None"] = relationship(lazy="raise")
    talk: Mapped["AdmonitionTalk | None"] = relationship(lazy="raise")
    follow_up: Mapped["AdmonitionFollowUp | None"] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
    __table_args__ = (
        Index(
            "uq_admonition_open", "person_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
        ),
    )

    @property
    def title(self) -> str:
        """Return what it is called where its contents are not shown: its number once it has one."""
        return self.notice.text if self.notice else "诫勉"

    @property
    def talker_id(self) -> int | None:
        """Return who held the talk, or is to hold it."""
        if self.talk is not None:
            return self.talk.talker_id
        return self.notice.talker_id if self.notice else None

    def taken_by(self, state: AdmonitionState) -> int | None:
        """Return who brought it into *state*, None where nobody has."""
        return next((step.by_id for step in reversed(self.steps) if step.state is state), None)


class AdmonitionStep(Base):
    """Who brought an admonition into which state when, in which post; never changed."""

    __tablename__ = "admonition_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), index=True)
    state: Mapped[AdmonitionState] = mapped_column(choice(AdmonitionState))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[Person] = relationship(lazy="raise")


class AdmonitionProposal(Base):
    """What the supervision section proposes: findings about a period, and which body studied them."""

    __tablename__ = "admonition_proposal"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    findings: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    study_body: Mapped[str] = mapped_column(String(100), default="")
    studied_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("period_end >= period_start", name="period_runs_forward"),
        CheckConstraint("(studied_on IS NULL) = (study_body = '')", name="study_has_a_day"),
    )


class AdmonitionDecision(Base):
    """The decision on a proposal: *authority* is the post of who approved by the rules on cadres."""

    __tablename__ = "admonition_decision"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(100))
    decided_on: Mapped[date]
    opinion: Mapped[str] = mapped_column(default="")


class AdmonitionNotice(Base):
    """The notice with its number and the talk it invites to; *is_paper_receipt* marks one handed in."""

    __tablename__ = "admonition_notice"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    number_year: Mapped[int]
    number: Mapped[int]
    noticed_on: Mapped[date]
    talk_on: Mapped[date]
    talk_at: Mapped[time] = mapped_column(Time)
    place: Mapped[str] = mapped_column(String(200))
    talker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    talker_post: Mapped[str] = mapped_column(String(200))
    copy_recipient: Mapped[str] = mapped_column(String(200), default="")
    received_on: Mapped[date | None]
    is_paper_receipt: Mapped[bool] = mapped_column(default=False)
    talker: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("number_year", "number"),
        CheckConstraint("number >= 1", name="starts_at_one"),
        CheckConstraint("talk_on >= noticed_on", name="talk_after_notice"),
    )

    @property
    def text(self) -> str:
        """Return the number as it is printed."""
        return number_text(self.number_year, self.number)


class AdmonitionTalk(Base):
    """The record of the talk; both signatures stand on paper, their days here (5.7, N9, N10)."""

    __tablename__ = "admonition_talk"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    talked_on: Mapped[date]
    starts_at: Mapped[time] = mapped_column(Time)
    ends_at: Mapped[time] = mapped_column(Time)
    place: Mapped[str] = mapped_column(String(200))
    talker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    talker_post: Mapped[str] = mapped_column(String(200))
    recorder_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorder_post: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
    problems: Mapped[str]
    explanation: Mapped[str]
    requirements: Mapped[str]
    requirement_deadline: Mapped[date]
    commitment: Mapped[str]
    effect_until: Mapped[date]
    person_signed_on: Mapped[date | None]
    talker_signed_on: Mapped[date | None]
    talker: Mapped[Person] = relationship(foreign_keys=[talker_id], lazy="raise")
    recorder: Mapped[Person] = relationship(foreign_keys=[recorder_id], lazy="raise")

    __table_args__ = (
        CheckConstraint("recorder_id <> talker_id", name="two_people"),
        CheckConstraint("ends_at > starts_at", name="runs_forward"),
        CheckConstraint("effect_until > talked_on", name="effect_follows"),
        CheckConstraint("(person_signed_on IS NULL) = (talker_signed_on IS NULL)", name="signed_by_both"),
    )


class AdmonitionFollowUp(Base):
    """What was found six months after the talk."""

    __tablename__ = "admonition_follow_up"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    visited_on: Mapped[date]
    correction: Mapped[str]
    is_corrected: Mapped[bool]
    conclusion: Mapped[str]


class AdmonitionReminder(Base):
    """The clock reminded supervisors of a follow-up, once of each kind."""

    __tablename__ = "admonition_reminder"
    admonition_id: Mapped[int] = mapped_column(ForeignKey("admonition.id"), primary_key=True)
    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind), primary_key=True)
    reminded_on: Mapped[date]
