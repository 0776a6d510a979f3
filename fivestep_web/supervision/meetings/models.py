"""Meetings, who was there, their agenda with its minutes, and what follows from them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.meetings.rules import (
    Capacity,
    Decided,
    MeetingKind,
    MeetingState,
    Outcome,
    Presence,
    ResolutionState,
)


class Meeting(Base):
    """A consultation, dispatch or review meeting of a plan year.

    *period* is the month of a joint consultation, the quarter of a dispatch or review meeting, and counts the
    special consultations. *proposed_on* is the day the clock proposed. *ordinal* counts those of a kind that
    were held. *observers* are people from outside, one a line. *agenda_at* is when the agenda was last
    filled.
    """

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    period: Mapped[int]
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState), default=MeetingState.DRAFT)
    planned_on: Mapped[date]
    proposed_on: Mapped[date | None]
    starts_at: Mapped[str] = mapped_column(String(5), default="09:00")
    place: Mapped[str] = mapped_column(String(200), default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    observers: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    held_on: Mapped[date | None]
    ordinal: Mapped[int | None]
    agenda_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    called_by: Mapped[Person | None] = relationship(foreign_keys=[called_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position, AgendaItem.id"
    )
    attendances: Mapped[list["Attendance"]] = relationship(
        back_populates="meeting", order_by="Attendance.id", cascade="all, delete-orphan"
    )
    errata: Mapped[list["Erratum"]] = relationship(order_by="Erratum.id")

    __table_args__ = (
        UniqueConstraint("year", "kind", "period"),
        UniqueConstraint("year", "kind", "ordinal"),
        CheckConstraint("period >= 1", name="period_counts_from_one"),
        CheckConstraint("kind <> 'special' OR reason <> ''", name="special_with_reason"),
        CheckConstraint(
            "state <> 'cancelled' OR (kind = 'special' AND cancel_reason <> '')",
            name="only_special_cancelled",
        ),
        CheckConstraint(
            "state NOT IN ('running', 'closed') OR (held_on IS NOT NULL AND ordinal IS NOT NULL)",
            name="held_on_a_day",
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class Attendance(Base):
    """Somebody invited, in the post held then, and whether that person came."""

    __tablename__ = "meeting_attendance"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[Capacity] = mapped_column(choice(Capacity))
    presence: Mapped[Presence] = mapped_column(choice(Presence), default=Presence.INVITED)
    note: Mapped[str] = mapped_column(String(200), default="")
    meeting: Mapped[Meeting] = relationship(back_populates="attendances")
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)


class AgendaItem(Base):
    """One matter of a meeting: where it comes from, and from the meeting on its minutes.

    *key* is the source's name of the matter ("problem:12"), once a meeting. *colour* and *is_key* are of the
    goal as of the last filling. *settled_on* is the day its cause was gone before the meeting; such an item
    stays on the page.
    """

    __tablename__ = "agenda_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    raised_by: Mapped[str] = mapped_column(String(200), default="")
    colour: Mapped[str] = mapped_column(String(10), default="")
    is_key: Mapped[bool] = mapped_column(default=False)
    added_reason: Mapped[str] = mapped_column(default="")
    settled_on: Mapped[date | None]
    postponed_reason: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    matter: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    open_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    goal: Mapped[Goal | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Person | None] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "key"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def is_live(self) -> bool:
        """Tell whether the meeting deals with it: neither settled before nor postponed."""
        return self.settled_on is None and not self.postponed_reason

    @property
    def decided(self) -> Decided:
        held_on, due_on = self.meeting.held_on, self.due_on
        return Decided(
            self.outcome,
            self.matter,
            self.owner_id is not None,
            due_on is not None,
            self.open_reason,
            is_before_meeting=held_on is not None and due_on is not None and due_on < held_on,
        )


class Resolution(Base):
    """What a closed meeting decided (议定事项): reported done by its owner, confirmed by somebody else."""

    __tablename__ = "meeting_resolution"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    matter: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[ResolutionState] = mapped_column(choice(ResolutionState), default=ResolutionState.OPEN)
    report: Mapped[str] = mapped_column(default="")
    reported_on: Mapped[date | None]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    return_reason: Mapped[str] = mapped_column(default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    item: Mapped[AgendaItem] = relationship()
    unit: Mapped[Unit] = relationship()
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])

    __table_args__ = (
        Index("ix_meeting_resolution_year_state", "year", "state"),
        CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> reported_by_id", name="confirmed_by_another"
        ),
    )
    __mapper_args__: dict[str, Any] = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class MinutesReceipt(Base):
    """That the minutes were sent to a leader in charge, and when they were read (R3.7: at once)."""

    __tablename__ = "minutes_receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)


class Erratum(Base):
    """A correction (勘误) beside locked minutes, which stay as they are."""

    __tablename__ = "minutes_erratum"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    text: Mapped[str]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[Person] = relationship()
