"""Polls, their codes and ballots, and what is left of them after the seal (trust.md B1–B9).

No row of a code or a ballot has a time, a person or a key to the other; a batch's time is that of printing.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.ballots.codes import TRACKING_LENGTH
from fivestep_web.assessment.ballots.rules import CodeState, VisitKind
from fivestep_web.assessment.cycles.models import AssessmentCycle, RaterRoster
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.group_results import Validity
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person

HEX_DIGEST = 64
RANDOM_ID = 32


class Poll(Base):
    """One vote of a group on a series; a void one is followed by the next round.

    Open until *sealed_at*; only after *swept_at*, when storage holds no trace of its ballots, may it be
    counted, by two people. Web ballots are counted at the seal, paper ones when the poll is counted;
    *returned*, *blank* and *valid* are of web ballots, *paper* holds the same of paper ones, and *flat* and
    *bands* take in both. *root* covers what was sealed, *counted_root* all lines as the count left them.
    *used_codes* and *unreadable* (ballots this instance did not write) show what was dropped or put in (B6).
    *issued* is the number of codes and paper forms in voters' hands, known from the count on; *validity* is
    by the rules of *rule_version*, those of the count or of a later change.
    """

    __tablename__ = "poll"
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"))
    rater_group: Mapped[Group] = mapped_column(choice(Group))
    series: Mapped[Series] = mapped_column(choice(Series))
    round: Mapped[int] = mapped_column(default=1)
    sealed_at: Mapped[datetime | None]
    swept_at: Mapped[datetime | None]
    root: Mapped[str | None] = mapped_column(String(HEX_DIGEST))
    used_codes: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    blank: Mapped[int] = mapped_column(default=0)
    valid: Mapped[int] = mapped_column(default=0)
    flat: Mapped[int] = mapped_column(default=0)
    bands: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paper: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted_root: Mapped[str | None] = mapped_column(String(HEX_DIGEST))
    issued: Mapped[int | None]
    validity: Mapped[Validity | None] = mapped_column(choice(Validity))
    rule_version: Mapped[int | None]
    first_counter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_counter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    counted_at: Mapped[datetime | None]
    cycle: Mapped[AssessmentCycle] = relationship()
    batches: Mapped[list["CodeBatch"]] = relationship(back_populates="poll", order_by="CodeBatch.id")

    __table_args__ = (
        UniqueConstraint("cycle_id", "rater_group", "series", "round"),
        CheckConstraint("swept_at IS NULL OR sealed_at IS NOT NULL", name="swept_after_the_seal"),
        CheckConstraint("counted_at IS NULL OR swept_at IS NOT NULL", name="counted_after_the_sweep"),
        CheckConstraint(
            "second_counter_id IS NULL OR second_counter_id <> first_counter_id", name="two_counters"
        ),
    )


class CodeBatch(Base):
    """Codes printed together for one row of the roster; *revoked* of them were replaced by a later batch."""

    __tablename__ = "code_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("rater_roster.id"))
    size: Mapped[int]
    revoked: Mapped[int] = mapped_column(default=0)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    poll: Mapped[Poll] = relationship(back_populates="batches")
    roster: Mapped[RaterRoster] = relationship()

    __table_args__ = (CheckConstraint("0 <= revoked AND revoked <= size", name="revokes_its_own"),)


class VotingCode(Base):
    """The keyed hashes of one slip's code, and whether it was used; no time, no ballot, no person.

    SQLite keeps the rows by their hash, which is random, never by the order of writing (B4).
    """

    __tablename__ = "voting_code"
    code_hash: Mapped[str] = mapped_column(String(HEX_DIGEST), primary_key=True)
    typed_hash: Mapped[str] = mapped_column(String(HEX_DIGEST), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("code_batch.id"), index=True)
    state: Mapped[CodeState] = mapped_column(choice(CodeState), default=CodeState.FRESH)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Ballot(Base):
    """A ballot until the seal, its marks under the instance's key: nobody reads them in the database."""

    __tablename__ = "ballot"
    id: Mapped[str] = mapped_column(String(RANDOM_ID), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    sealed: Mapped[bytes]

    __table_args__ = ({"sqlite_with_rowid": False},)


class SealedLine(Base):
    """One mark for one unit after the seal, cut from its ballot; on line or on paper is not told."""

    __tablename__ = "sealed_line"
    id: Mapped[str] = mapped_column(String(RANDOM_ID), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    mark: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        Index("ix_sealed_line_poll_id_unit_id_mark", "poll_id", "unit_id", "mark"),
        {"sqlite_with_rowid": False},
    )


class BallotReceipt(Base):
    """A tracking number in the published list: it shows that a ballot is in, not which one."""

    __tablename__ = "ballot_receipt"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    tracking: Mapped[str] = mapped_column(String(TRACKING_LENGTH), primary_key=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class PaperBatch(Base):
    """Paper forms of one row of the roster: how many went out, how many came back, who enters them.

    Each is entered twice, by two people who do not see each other's entries before both are done; the
    entries are deleted when the poll is counted.
    """

    __tablename__ = "paper_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("rater_roster.id"))
    issued: Mapped[int]
    returned: Mapped[int]
    first_clerk_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_clerk_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    poll: Mapped[Poll] = relationship()
    roster: Mapped[RaterRoster] = relationship()
    first_clerk: Mapped[Person | None] = relationship(foreign_keys=[first_clerk_id])
    second_clerk: Mapped[Person | None] = relationship(foreign_keys=[second_clerk_id])

    __table_args__ = (
        UniqueConstraint("poll_id", "roster_id"),
        CheckConstraint("issued > 0 AND returned >= 0", name="has_forms"),
        CheckConstraint("second_clerk_id IS NULL OR second_clerk_id <> first_clerk_id", name="two_clerks"),
    )


class PaperSheet(Base):
    """One paper ballot as one of the two entered it; *marks* by the unit's id, an empty line left out."""

    __tablename__ = "paper_sheet"
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[int] = mapped_column(primary_key=True)
    marks: Mapped[dict[str, Any]]

    __table_args__ = (CheckConstraint("entry IN (1, 2)", name="first_or_second"),)


class PollReminder(Base):
    """A whole group was reminded of its open vote; nobody is ever reminded alone."""

    __tablename__ = "poll_reminder"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    reminded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime]


class SurveyVisit(Base):
    """A visit or a discussion of the social survey: where, with whom in general, what was said (R5.10)."""

    __tablename__ = "survey_visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"), index=True)
    kind: Mapped[VisitKind] = mapped_column(choice(VisitKind))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200))
    participants: Mapped[str] = mapped_column(String(200))
    attendance: Mapped[int]
    findings: Mapped[str]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[Person] = relationship()

    __table_args__ = (CheckConstraint("attendance > 0", name="met_somebody"),)
