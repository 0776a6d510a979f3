"""Supervision notices, who received them, what was answered, how they climbed, and the daily digests."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices.rules import Capacity, Colour, NoticeState, TalkOutcome, notice_number
from fivestep_web.supervision.signals.models import SignalTurn


class SupervisionNotice(Base):
    """One notice (督办单) for one turn of colour (domain.md 8.3); *matter* to *requirement* stay as issued.

    *year* is the goal's plan year, *number* the place in it. *reply_by* is the last day of what was asked
    last, *answered_on* the day of the first answer; *limit_on* is when it climbs (once more) if nobody has
    answered by then, *level* how far it has.
    """

    __tablename__ = "supervision_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("signal_turn.id"), unique=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    number: Mapped[int]
    colour: Mapped[Colour] = mapped_column(choice(Colour))
    state: Mapped[NoticeState] = mapped_column(choice(NoticeState), default=NoticeState.ISSUED)
    issued_on: Mapped[date]
    matter: Mapped[str]
    deadline: Mapped[date]
    standing: Mapped[str]
    requirement: Mapped[str]
    reply_by: Mapped[date]
    limit_on: Mapped[date]
    level: Mapped[int] = mapped_column(default=0)
    answered_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    turn: Mapped[SignalTurn] = relationship()
    goal: Mapped[Goal] = relationship()
    recipients: Mapped[list["NoticeRecipient"]] = relationship(
        back_populates="notice", order_by="NoticeRecipient.id"
    )
    answers: Mapped[list["NoticeAnswer"]] = relationship(back_populates="notice", order_by="NoticeAnswer.id")
    climbs: Mapped[list["NoticeClimb"]] = relationship(back_populates="notice", order_by="NoticeClimb.level")
    talk: Mapped["NoticeTalk | None"] = relationship(back_populates="notice")

    __table_args__ = (UniqueConstraint("year", "number"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def name(self) -> str:
        """Return 督办〔2026〕3号."""
        return notice_number(self.year, self.number)


class NoticeRecipient(Base):
    """Who received a notice, in which capacity, and when it was opened first (已阅).

    *level* is 0 for those it was issued to, else the climb that called them in; *digest_on* is the day whose
    digest told them of it.
    """

    __tablename__ = "notice_recipient"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("supervision_notice.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    capacity: Mapped[Capacity] = mapped_column(choice(Capacity))
    level: Mapped[int] = mapped_column(default=0)
    sent_on: Mapped[date]
    opened_at: Mapped[datetime | None]
    digest_on: Mapped[date | None]
    notice: Mapped[SupervisionNotice] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("notice_id", "person_id"),)


class Verdict(StrEnum):
    """What the leader in charge said to an answer."""

    ACCEPTED = "accepted"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return {"accepted": "同意", "returned": "退回重报"}[self.value]


class NoticeAnswer(Base):
    """What was answered to a notice: *text* the reason or report, *plan* how to catch up (yellow)."""

    __tablename__ = "notice_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("supervision_notice.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    plan: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date]
    answered_at: Mapped[datetime]
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict))
    verdict_note: Mapped[str] = mapped_column(default="")
    verdict_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verdict_at: Mapped[datetime | None]
    notice: Mapped[SupervisionNotice] = relationship(back_populates="answers")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    verdict_by: Mapped[Person | None] = relationship(foreign_keys=[verdict_by_id])


class NoticeClimb(Base):
    """A notice nobody answered in time went one level up; once per level."""

    __tablename__ = "notice_climb"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("supervision_notice.id"))
    level: Mapped[int]
    climbed_on: Mapped[date]
    limit_was: Mapped[date]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[Capacity] = mapped_column(choice(Capacity))
    notice: Mapped[SupervisionNotice] = relationship(back_populates="climbs")
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("notice_id", "level"),)


class NoticeTalk(Base):
    """The talk (约谈) offered to the minister when a goal stays red, and what became of it."""

    __tablename__ = "notice_talk"
    notice_id: Mapped[int] = mapped_column(ForeignKey("supervision_notice.id"), primary_key=True)
    offered_on: Mapped[date]
    outcome: Mapped[TalkOutcome | None] = mapped_column(choice(TalkOutcome))
    held_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    notice: Mapped[SupervisionNotice] = relationship(back_populates="talk")
    decided_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_once"),
        CheckConstraint("outcome IS NULL OR outcome <> 'held' OR held_on IS NOT NULL", name="held_on_a_day"),
    )


class DailyDigest(Base):
    """What a person is told on a day, all in one; there is none on a day with nothing to tell."""

    __tablename__ = "daily_digest"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    items: Mapped[list[Any]]
    opened_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("person_id", "day"),)
