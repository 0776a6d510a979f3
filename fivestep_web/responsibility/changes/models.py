"""Change orders (变更单): what was asked to change of a signed letter, and what became of it (R2.1)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.rules import ChangeKind, ChangeState

OPEN = "state IN ('proposed', 'approved')"


class ChangeOrder(Base):
    """A dated request to change a letter in force: request, approval by the leader in charge, re-signing.

    *kind* says whether goals are amended, the letter is handed to a new post-holder or some of its tasks to
    another comrade; *successor_id* is the comrade who takes over personal tasks. It is carried out, at
    *in_force_at*, when both sides signed the new letter; where there are two, with the successor's.
    """

    __tablename__ = "change_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    reason: Mapped[str]
    effective_on: Mapped[date]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState), default=ChangeState.PROPOSED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")
    in_force_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    successor: Mapped[Person | None] = relationship(foreign_keys=[successor_id])
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    items: Mapped[list["ChangeItem"]] = relationship(
        back_populates="change_order", order_by="ChangeItem.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index(
            "uq_change_order_open",
            "letter_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="decided_by_another"
        ),
        Index("ix_change_order_year_state", "year", "state"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class ChangeItem(Base):
    """One field of one goal: what it was, and what it is to be, each as the letter writes it."""

    __tablename__ = "change_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    change_order_id: Mapped[int] = mapped_column(ForeignKey("change_order.id"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str]
    after: Mapped[str]
    change_order: Mapped[ChangeOrder] = relationship(back_populates="items")

    __table_args__ = (UniqueConstraint("change_order_id", "goal_id", "field"),)
