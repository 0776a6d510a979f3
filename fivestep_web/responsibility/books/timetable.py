"""What happens in which week: the phases of the visible goals (R2.6, R6.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.responsibility.books.timetable_rules import (
    Phase,
    PhaseEnd,
    Week,
    last_workday,
    phases,
    week_of,
    week_span,
)
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals.queries import GoalRow
from fivestep_web.responsibility.models import Goal, Milestone

NEAR_WEEKS = 8


@dataclass(frozen=True)
class PhasedGoal:
    """A goal and its phases in order."""

    goal: GoalRow
    phases: Sequence[Phase]


@dataclass(frozen=True)
class WeekLine:
    """A phase that ends in a week, with the weeks it takes."""

    goal: GoalRow
    phase: Phase
    weeks: str


@dataclass(frozen=True)
class WeekRow:
    """A week of the timetable: its working days, the last of them, and what ends in it."""

    week: Week
    label: str
    workdays: int
    last_workday: date | None
    is_now: bool
    lines: Sequence[WeekLine]


def list_phased_goals(
    actor: Actor, year: int, *, unit_id: int | None = None, person_id: int | None = None
) -> list[PhasedGoal]:
    """Return the visible goals of a year with their phases, in the order of the task book.

    For a person all goals and tasks of that person, otherwise the unit goals.
    """
    rows = goal_queries.list_goals(actor, year, unit_id=unit_id, person_id=person_id)
    if person_id is None:
        rows = [row for row in rows if row.parent_id is None]
    return with_phases(year, rows)


def with_phases(year: int, rows: Sequence[GoalRow]) -> list[PhasedGoal]:
    """Return *rows*, goals of one year, with their phases, by one statement."""
    ends: dict[int, list[PhaseEnd]] = {}
    found = db.session.execute(
        select(Milestone.goal_id, Milestone.name, Milestone.due_on, Milestone.share, Milestone.starts_on)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Goal.year == year)
        .order_by(Milestone.goal_id, Milestone.sequence)
    )
    for goal_id, name, due_on, share, starts_on in found:
        ends.setdefault(goal_id, []).append(PhaseEnd(name, due_on, share, starts_on))
    return [
        PhasedGoal(row, phases(row.starts_on, row.deadline, ends.get(row.id, ()), row.standard))
        for row in rows
    ]


def by_week(
    goals: Sequence[PhasedGoal], year: int, today: date, calendar: WorkCalendar, *, is_near: bool
) -> list[WeekRow]:
    """Return the weeks in which a phase ends, in order; the present week stands there in any case.

    *is_near* keeps the NEAR_WEEKS from the present one on; a year that is not the present one is shown whole.
    """
    lines: dict[Week, list[WeekLine]] = {}
    if today.year == year:
        lines[week_of(today)] = []
    for item in goals:
        for phase in item.phases:
            lines.setdefault(week_of(phase.end), []).append(
                WeekLine(item.goal, phase, week_span(phase.begin, phase.end, year))
            )
    return [
        WeekRow(
            week,
            week.label(year),
            sum(map(calendar.is_workday, week.days)),
            last_workday(week, calendar.is_workday),
            week == week_of(today),
            sorted(lines[week], key=lambda line: line.phase.end),
        )
        for week in sorted(lines)
        if not is_near or today.year != year or _is_near(week, today)
    ]


def _is_near(week: Week, today: date) -> bool:
    return 0 <= (week.monday - week_of(today).monday).days < NEAR_WEEKS * 7


def unknown_years(goals: Sequence[PhasedGoal], calendar: WorkCalendar) -> list[int]:
    """Return the years in the timetable whose holidays are not published yet (domain.md section 10).

    The last week of a year names days of the next.
    """
    years = {day.year for item in goals for phase in item.phases for day in week_of(phase.end).days}
    return sorted(year for year in years if not calendar.is_known(year))


def owner_choices(actor: Actor, year: int, unit_id: int | None) -> list[tuple[int, str]]:
    """Return who carries a goal the actor may see, of one unit or of all, for the filter."""
    carried = select(Goal.person_id).where(Goal.year == year)
    units = actor.units_for(Permission.GOAL_READ)
    if units is not None:
        carried = carried.where(Goal.unit_id.in_(units))
    if unit_id is not None:
        carried = carried.where(Goal.unit_id == unit_id)
    rows = db.session.execute(
        select(Person.id, Person.name, Person.code).where(Person.id.in_(carried)).order_by(Person.code)
    )
    return [(person_id, f"{name}（{code}）") for person_id, name, code in rows]
