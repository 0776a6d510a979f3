"""Ledger entries and their dated changes of state (R4.2, domain.md 5.4)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal


class LedgerEntry(Base):
    """The entry of one goal, opened when the goal's letter is in force."""

    __tablename__ = "ledger_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), unique=True)
    state: Mapped[LedgerState] = mapped_column(choice(LedgerState), default=LedgerState.NOT_STARTED)
    opened_on: Mapped[date]
    write_off_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)
    goal: Mapped[Goal] = relationship()
    checked_by: Mapped[Person | None] = relationship()
    changes: Mapped[list["LedgerChange"]] = relationship(back_populates="entry", order_by="LedgerChange.id")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class LedgerChange(Base):
    """A change of state on a day, so that the ledger can be replayed to any date (R3.1).

    The office's check of a write-off is kept as a change into the state the entry is in;
    *review_on* is when a suspension is looked at again.
    """

    __tablename__ = "ledger_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    state: Mapped[LedgerState] = mapped_column(choice(LedgerState))
    changed_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    entry: Mapped[LedgerEntry] = relationship(back_populates="changes")
    person: Mapped[Person | None] = relationship()

    __table_args__ = (Index("ix_ledger_change_entry_id_changed_on", "entry_id", "changed_on"),)
