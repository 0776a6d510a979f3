"""Turns of the signals, and how far the clock has come with them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.ledger.rules import Signal
from fivestep_web.responsibility.models import Goal

ONLY = 1  # the one row of supervision_run


class SignalTurn(Base):
    """A goal's signal from the day it took a colour to the day it took another (domain.md 8.2, 8.3).

    *signal* and *reason* are those of the first day; *ended_on* is empty while the colour lasts.
    """

    __tablename__ = "signal_turn"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    signal: Mapped[Signal] = mapped_column(choice(Signal))
    colour: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str]
    workdays_late: Mapped[int] = mapped_column(default=0)
    turned_on: Mapped[date]
    ended_on: Mapped[date | None]
    goal: Mapped[Goal] = relationship()

    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= turned_on", name="turn_runs_forward"),
        Index("ix_signal_turn_goal_id_turned_on", "goal_id", "turned_on"),
        Index(
            "uq_signal_turn_living",
            "goal_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )


class SupervisionRun(Base):
    """How far the clock has come: the last day whose signals and the last whose digests were made.

    Its one row is locked by whoever turns signals, so that turns and the numbers of notices come in order.
    """

    __tablename__ = "supervision_run"
    id: Mapped[int] = mapped_column(primary_key=True, default=ONLY)
    signals_on: Mapped[date | None]
    digests_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
