"""Reads of units, people and the working calendar."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from flask import g
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.workdays import (
    WorkCalendar,
    known_exceptions,
    known_names,
    known_years,
    years_named_by,
)
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import (
    CalendarDay,
    Person,
    PlanYear,
    Position,
    PostHolding,
    PostRole,
    Unit,
    UnitPeriod,
)


def get_calendar() -> WorkCalendar:
    """Return the working calendar: the published years, then the office's own days over them."""
    if "work_calendar" not in g:
        rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_workday).order_by(CalendarDay.day))
        g.work_calendar = _calendar(tuple((day, is_workday) for day, is_workday in rows))
    calendar: WorkCalendar = g.work_calendar
    return calendar


def renew_calendar() -> WorkCalendar:
    """Return the calendar as it is once days were entered or removed."""
    g.pop("work_calendar", None)
    return get_calendar()


def day_names() -> dict[date, str]:
    """Return what days off are called: by the State Council's notices, the office's own notes over them."""
    own = db.session.scalars(select(CalendarDay).where(CalendarDay.is_workday.is_(False)))
    return known_names() | {row.day: row.note for row in own}


@lru_cache(maxsize=4)
def _calendar(own_days: tuple[tuple[date, bool], ...]) -> WorkCalendar:
    """Build the calendar once a process for each state of the office's days, so that none grows stale."""
    own = dict(own_days)
    return WorkCalendar(known_exceptions() | own, known_years() | years_named_by(own))


def list_days(year: int) -> Sequence[CalendarDay]:
    """Return the office's own days of a year in order."""
    query = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return db.session.scalars(query.order_by(CalendarDay.day)).all()


def unit_names_on(day: date) -> dict[int, str]:
    """Return each unit's name as it was on *day*; a unit not yet there has none."""
    rows = db.session.execute(
        select(UnitPeriod.unit_id, UnitPeriod.name).where(
            UnitPeriod.valid_from <= day, or_(UnitPeriod.valid_to.is_(None), UnitPeriod.valid_to >= day)
        )
    )
    return {unit_id: name for unit_id, name in rows}  # noqa: C416 - rows are not pairs to mypy


def list_units() -> Sequence[Unit]:
    """Return all units with what they are now, in the order of their codes."""
    now = joinedload(Unit.current)
    query = select(Unit).options(now.joinedload(UnitPeriod.head), now.joinedload(UnitPeriod.leader))
    return db.session.scalars(query.order_by(Unit.code)).all()


def get_unit(unit_id: int, *, lock: bool = False) -> Unit:
    """Return a unit with its periods; NotFound when there is none."""
    query = select(Unit).where(Unit.id == unit_id).options(selectinload(Unit.periods))
    unit = db.session.scalar(query.with_for_update(of=Unit) if lock else query)
    if unit is None:
        raise NotFound(_("单位不存在。"))
    return unit


def _holdings_shown() -> tuple[object, ...]:
    held = selectinload(Person.holdings)
    return (
        held.joinedload(PostHolding.position).joinedload(Position.unit),
        held.selectinload(PostHolding.roles),
    )


def list_people(today: date, unit_id: int | None = None, keyword: str = "") -> Sequence[Person]:
    """Return people with their posts in the order of their codes; of a unit its holders *today*."""
    query = select(Person).options(*_holdings_shown()).order_by(Person.code)  # type: ignore[arg-type]
    if unit_id is not None:
        of_unit = (
            select(PostHolding.person_id)
            .join(Position, Position.id == PostHolding.position_id)
            .where(Position.unit_id == unit_id, holds_on(today))
        )
        query = query.where(Person.id.in_(of_unit))
    if keyword:
        query = query.where(
            Person.name.contains(keyword, autoescape=True) | Person.code.contains(keyword, autoescape=True)
        )
    return db.session.scalars(query).all()


def person_choices() -> list[tuple[int, str]]:
    """Return everybody as (id, name and code) for a list to choose from."""
    rows = db.session.execute(select(Person.id, Person.name, Person.code).order_by(Person.code))
    return [(person_id, f"{name}（{code}）") for person_id, name, code in rows]


def get_person(person_id: int, *, lock: bool = False) -> Person:
    """Return a person with the posts; NotFound when there is none."""
    query = select(Person).where(Person.id == person_id).options(*_holdings_shown())  # type: ignore[arg-type]
    person = db.session.scalar(query.with_for_update(of=Person) if lock else query)
    if person is None:
        raise NotFound(_("人员不存在。"))
    return person


def get_holding(holding_id: int) -> PostHolding:
    """Return a post held, locked; NotFound when there is none."""
    holding = db.session.scalar(
        select(PostHolding).where(PostHolding.id == holding_id).with_for_update(of=PostHolding)
    )
    if holding is None:
        raise NotFound(_("任职记录不存在。"))
    return holding


def find_position(unit_id: int, title: str) -> Position | None:
    """Return the post of this title in a unit."""
    return db.session.scalar(select(Position).where(Position.unit_id == unit_id, Position.title == title))


def role_holders(day: date) -> dict[Role, list[PostHolding]]:
    """Return who holds each role on *day*, roles without a holder included."""
    holders: dict[Role, list[PostHolding]] = {role: [] for role in Role}
    query = (
        select(PostRole)
        .join(PostHolding, PostHolding.id == PostRole.holding_id)
        .where(holds_on(day))
        .options(
            joinedload(PostRole.holding).joinedload(PostHolding.person),
            joinedload(PostRole.holding).joinedload(PostHolding.position).joinedload(Position.unit),
        )
        .order_by(PostRole.holding_id)
    )
    for held in db.session.scalars(query):
        holders[held.role].append(held.holding)
    return holders


def list_plan_years() -> Sequence[PlanYear]:
    """Return the plan years, the newest first."""
    return db.session.scalars(select(PlanYear).order_by(PlanYear.year.desc())).all()


def get_plan_year(year: int, *, lock: bool = False) -> PlanYear:
    """Return a plan year; NotFound when it is not planned."""
    query = select(PlanYear).where(PlanYear.year == year)
    plan_year = db.session.scalar(query.with_for_update() if lock else query)
    if plan_year is None:
        raise NotFound(_("没有%(year)s年度，请先导入年度工作簿。", year=year))
    return plan_year


def is_unit_name_taken(name: str, unit_id: int | None) -> bool:
    """Say whether another unit has this name now."""
    query = select(func.count()).where(UnitPeriod.name == name, UnitPeriod.valid_to.is_(None))
    if unit_id is not None:
        query = query.where(UnitPeriod.unit_id != unit_id)
    return bool(db.session.scalar(query))
