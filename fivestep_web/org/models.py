"""Units, people, posts, the plan year and the working calendar."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.core.permissions import Role


class UnitKind(enum.StrEnum):
    """Kinds of unit (类别), which are also the series of the assessment (domain.md section 4)."""

    LEADERSHIP = "leadership"
    SECTION = "section"
    TOWNSHIP = "township"
    PRIMARY_PARTY_ORGANIZATION = "primary_party_organization"


class Establishment(enum.StrEnum):
    """编制: the two pools that are never added together (E9)."""

    CIVIL_SERVANT = "civil_servant"
    INSTITUTION = "institution"


class MovedState(enum.StrEnum):
    """What became of a date that another calendar would move."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    KEPT = "kept"
    LAPSED = "lapsed"


class Unit(Base):
    """A section, a township party committee, or the leadership; its facts over time are its periods."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    is_assessed: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    periods: Mapped[list["UnitPeriod"]] = relationship(
        back_populates="unit", order_by="UnitPeriod.valid_from"
    )
    current: Mapped["UnitPeriod"] = relationship(
        primaryjoin="and_(Unit.id == UnitPeriod.unit_id, UnitPeriod.valid_to.is_(None))",
        uselist=False,
        lazy="joined",
        innerjoin=True,
        viewonly=True,
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper

    @property
    def name(self) -> str:
        return self.current.name

    @property
    def kind(self) -> UnitKind:
        return self.current.kind


class UnitPeriod(Base):
    """What a unit was called, who headed it and who was in charge of it from one day to another.

    *valid_to* is the last day; empty for the period that holds now, of which a unit has exactly one.
    """

    __tablename__ = "unit_period"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind))
    head_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    unit: Mapped[Unit] = relationship(back_populates="periods")
    head: Mapped["Person | None"] = relationship(foreign_keys=[head_id])
    leader: Mapped["Person | None"] = relationship(foreign_keys=[leader_id])

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_runs_forward"),
        Index(
            "uq_unit_period_current",
            "unit_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )


class Person(Base):
    """A comrade, known by the staff code (工号)."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    revision: Mapped[int] = mapped_column(default=1)
    holdings: Mapped[list["PostHolding"]] = relationship(
        back_populates="person", order_by="PostHolding.valid_from"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class Position(Base):
    """A post of a unit (职务); several people may hold posts of one title."""

    __tablename__ = "position"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[Unit] = relationship()

    __table_args__ = (UniqueConstraint("unit_id", "title"),)


class PostHolding(Base):
    """Who holds a post from when to when, with the roles that come with it for this person."""

    __tablename__ = "post_holding"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    establishment: Mapped[Establishment | None] = mapped_column(choice(Establishment))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="holdings")
    position: Mapped[Position] = relationship()
    roles: Mapped[list["PostRole"]] = relationship(
        back_populates="holding", cascade="all, delete-orphan", order_by="PostRole.role"
    )

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_runs_forward"),
    )

    def is_held_on(self, day: date) -> bool:
        """Tell whether the post is held on *day*, the last day itself included."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


class PostRole(Base):
    """One role of domain.md section 6 held through a post."""

    __tablename__ = "post_role"
    holding_id: Mapped[int] = mapped_column(ForeignKey("post_holding.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)
    holding: Mapped[PostHolding] = relationship(back_populates="roles")


class PlanYear(Base):
    """A year of the five steps; *settings* holds the assessment settings in force (domain.md 7.1)."""

    __tablename__ = "plan_year"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step_two_open: Mapped[bool] = mapped_column(default=False)
    step_two_reason: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class CalendarDay(Base):
    """A day that differs from Monday to Friday: a holiday, or a weekend worked in exchange (调休)."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    note: Mapped[str] = mapped_column(String(60), default="")


class MovedDate(Base):
    """A date that another working calendar would move, listed for approval (domain.md section 10).

    *key* names the date within the feature that keeps it, which may mean several dates of one thing; *note*
    tells them. One that *is_signed* is only shown: a change order moves it. *made_by* changed the calendar.
    """

    __tablename__ = "moved_date"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100))
    label: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(String(400))
    before: Mapped[date]
    after: Mapped[date]
    is_signed: Mapped[bool]
    state: Mapped[MovedState] = mapped_column(choice(MovedState), default=MovedState.PROPOSED, index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        Index(
            "uq_moved_date_open",
            "key",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> made_by_id", name="decided_by_another"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
