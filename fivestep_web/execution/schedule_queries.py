"""The timetable: which phase of which goal ends in which week (R6.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.planning.queries import bars_of_goals
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState


@dataclass(frozen=True)
class Node:
    """A phase with its first and last day."""

    goal_id: int
    goal: str
    phase: str
    share: str
    start_on: date
    due_on: date
    unit: str
    owner: str
    is_done: bool


@dataclass(frozen=True)
class Week:
    """An ISO week and the phases that end in it."""

    number: int
    monday: date
    sunday: date
    nodes: Sequence[Node]


def unknown_years(weeks: Sequence[Week], calendar: WorkCalendar) -> list[int]:
    """Return the years of the dates listed whose holidays are not published yet (domain.md section 10)."""
    years = {day.year for week in weeks for node in week.nodes for day in (node.start_on, node.due_on)}
    return sorted(year for year in years if not calendar.is_known(year))


def list_weeks(
    actor: Actor, year: int, first: date, last: date, *, today: date, unit_id: int | None = None
) -> list[Week]:
    """Return the phases that end from *first* to *last*, by week; accepted and completed ones are done."""
    completed = select(ProgressEvent.goal_id).where(ProgressEvent.completed_on <= today)
    units = actor.units_for(Permission.LEDGER_READ)
    conditions = [Goal.year == year, Milestone.due_on.between(first, last)]
    if units is not None:
        conditions.append(or_(Goal.unit_id.in_(units), Goal.person_id == actor.person_id))
    if unit_id is not None:
        conditions.append(Goal.unit_id == unit_id)
    rows = db.session.execute(
        select(
            Goal.id,
            Goal.name,
            Milestone.sequence,
            Milestone.name,
            Milestone.share,
            Milestone.due_on,
            UnitPeriod.name,
            Person.name,
            or_(Goal.id.in_(completed), Milestone.state == MilestoneState.COMPLETED),
        )
        .join(Goal, Goal.id == Milestone.goal_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(Person, Person.id == Goal.person_id)
        .where(*conditions)
        .order_by(Milestone.due_on, Goal.code)
    ).all()
    bars = bars_of_goals({row[0] for row in rows})
    begins = {(goal_id, bar.sequence): bar.start_on for goal_id, own in bars.items() for bar in own}
    weeks: dict[tuple[int, int], list[Node]] = {}
    for goal_id, goal, sequence, phase, share, due_on, unit, owner, is_done in rows:
        shown = "—" if share is None else f"{format((share * 100).normalize() + 0, 'f')}%"
        weeks.setdefault(due_on.isocalendar()[:2], []).append(
            Node(goal_id, goal, phase, shown, begins[goal_id, sequence], due_on, unit, owner, is_done)
        )
    return [
        Week(week, date.fromisocalendar(iso_year, week, 1), date.fromisocalendar(iso_year, week, 7), nodes)
        for (iso_year, week), nodes in weeks.items()
    ]
