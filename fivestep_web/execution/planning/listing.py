"""All plans of a year: what does not fit, what must start by when, what has no plan (R3.3, R3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from fivestep_web.core.permissions import Actor
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.planning.models import PlanPhase, SchedulePlan
from fivestep_web.execution.planning.rules import PlanState, workdays_from
from fivestep_web.execution.reach import is_key
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals.queries import GoalRow
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState

NONE, INFEASIBLE = "none", "infeasible"
PAGE = 50
MORE_STATES = ((INFEASIBLE, "排不下"), (NONE, "没有倒排"))


@dataclass(frozen=True)
class Line:
    """A goal with its plan: *must_start* is the latest begin of its next phase, *left* the days to it."""

    goal: GoalRow
    is_key: bool
    state: PlanState | None
    excess: int
    slack: int
    phase: str
    must_start: date | None
    left: int | None
    is_known: bool

    @property
    def is_late(self) -> bool:
        return self.left is not None and self.left < 0


@dataclass(frozen=True)
class Listing:
    """A page of lines, *first* of *total*, and how many goals there are of each kind, whatever the filter."""

    lines: Sequence[Line]
    counts: Sequence[tuple[str, int]]
    first: int = 1
    total: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def previous(self) -> int | None:
        """Return after how many lines the page before begins."""
        return max(0, self.first - 1 - PAGE) if self.first > 1 else None

    @property
    def following(self) -> int | None:
        return self.last if self.last < self.total else None


EMPTY = Listing((), ())


def build(
    actor: Actor, year: int, today: date, *, unit_id: int | None, state: str, only_key: bool, after: int = 0
) -> Listing:
    """Return the goals of a year with their plans: what does not fit first, key goals next, then by begin.

    Unit goals all, personal tasks that have a plan; a page of them, *after* so many.
    """
    plans = _plans(year)
    found = goal_queries.list_goals(actor, year, unit_id=unit_id)
    rows = [row for row in found if row.parent_id is None or row.id in plans]
    keys = set(db.session.scalars(_key_goals(year)))
    lines = _lines(year, rows, plans, keys, today)
    counts = (
        ("排不下", sum(1 for line in lines if line.excess)),
        ("待批准", sum(1 for line in lines if line.state is PlanState.PROPOSED)),
        ("已过最迟开工日", sum(1 for line in lines if line.is_late)),
        ("没有倒排", sum(1 for line in lines if line.state is None)),
    )
    shown = [line for line in lines if _is_of(line, state) and (line.is_key or not only_key)]
    shown.sort(key=_order)
    first = after if 0 < after < len(shown) else 0
    return Listing(shown[first : first + PAGE], counts, first + 1, len(shown))


def _key_goals(year: int) -> Select[int]:
    return select(Goal.id).where(Goal.year == year, is_key())


def _is_of(line: Line, state: str) -> bool:
    if state == NONE:
        return line.state is None
    if state == INFEASIBLE:
        return bool(line.excess)
    return not state or (line.state is not None and line.state.value == state)


def _order(line: Line) -> tuple[bool, bool, date, str]:
    return (not line.excess, not line.is_key, line.must_start or date.max, line.goal.code)


def _lines(
    year: int, rows: Sequence[GoalRow], plans: Mapping[int, SchedulePlan], keys: set[int], today: date
) -> list[Line]:
    calendar = get_calendar()
    phases, begun = _phases(year), _begun(year)
    lines = []
    for row in rows:
        plan = plans.get(row.id)
        of_plan = phases.get(plan.id, ()) if plan else ()
        ahead = [item for item in of_plan if item.starts_on >= today] if row.id in begun else of_plan
        following = ahead[0] if ahead else None
        day = following.starts_on if following else None
        lines.append(
            Line(
                row,
                row.id in keys,
                plan.state if plan else None,
                plan.excess if plan else 0,
                plan.slack if plan else 0,
                following.name if following else "",
                day,
                None
                if day is None
                else workdays_from(calendar.next_workday_on_or_before(today), day, calendar),
                day is None or calendar.is_known(day.year),
            )
        )
    return lines


def _plans(year: int) -> dict[int, SchedulePlan]:
    """Return the plan of each goal that counts: the one being worked on before the approved one."""
    query = (
        select(SchedulePlan)
        .join(Goal, Goal.id == SchedulePlan.goal_id)
        .where(Goal.year == year, SchedulePlan.state != PlanState.SUPERSEDED)
        .order_by(SchedulePlan.number)
    )
    return {plan.goal_id: plan for plan in db.session.scalars(query)}


def _phases(year: int) -> dict[int, list[PlanPhase]]:
    query = (
        select(PlanPhase)
        .join(SchedulePlan, SchedulePlan.id == PlanPhase.plan_id)
        .join(Goal, Goal.id == SchedulePlan.goal_id)
        .where(Goal.year == year, SchedulePlan.state != PlanState.SUPERSEDED)
        .order_by(PlanPhase.plan_id, PlanPhase.sequence)
    )
    found: dict[int, list[PlanPhase]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.plan_id, []).append(row)
    return found


def _begun(year: int) -> set[int]:
    """Return the goals on which work has begun: something was reported, or a phase is under way."""
    reported = select(ProgressEvent.goal_id).join(Goal, Goal.id == ProgressEvent.goal_id)
    moving = select(Milestone.goal_id).join(Goal, Goal.id == Milestone.goal_id)
    return set(
        db.session.scalars(
            reported.where(Goal.year == year).union(
                moving.where(Goal.year == year, Milestone.state != MilestoneState.PLANNED)
            )
        )
    )
