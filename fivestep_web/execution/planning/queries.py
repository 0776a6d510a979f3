"""Phases as bars of a chart, and which goal waits for which, of many goals at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from fivestep_web.execution.planning.models import GoalDependency
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.fields import MILESTONE
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState, begin_of


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase of a goal, both days inclusive; *original_end_on* where a change order moved its signed end."""

    sequence: int
    name: str
    start_on: date
    end_on: date
    original_end_on: date | None
    state: MilestoneState


@dataclass(frozen=True, slots=True)
class Dependency:
    """*goal* begins only after the deadline of *predecessor*; both by id and name."""

    id: int
    goal_id: int
    predecessor_id: int
    goal: str
    predecessor: str
    reason: str


def bars_of_goals(goal_ids: Collection[int]) -> dict[int, list[Bar]]:
    """Return the phases of those goals that have any, in order; two statements whatever their number.

    A phase that no plan gave a begin starts on the day after the node before, the first one with the goal
    or the year.
    """
    originals = _original_ends(goal_ids)
    rows = db.session.execute(
        select(
            Milestone.goal_id,
            Milestone.sequence,
            Milestone.name,
            Milestone.starts_on,
            Milestone.due_on,
            Milestone.state,
            Goal.starts_on,
            Goal.year,
        )
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Milestone.goal_id.in_(goal_ids))
        .order_by(Milestone.goal_id, Milestone.sequence)
    )
    found: dict[int, list[Bar]] = defaultdict(list)
    for goal_id, sequence, name, starts_on, due_on, state, goal_starts_on, year in rows:
        bars = found[goal_id]
        ended = bars[-1].end_on if bars else None
        begin = begin_of(starts_on, ended, goal_starts_on) or date(year, 1, 1)
        original = originals.get((goal_id, sequence))
        moved = original if original != due_on else None
        bars.append(Bar(sequence, name, min(begin, due_on), due_on, moved, state))
    return dict(found)


def _original_ends(goal_ids: Collection[int]) -> dict[tuple[int, int], date]:
    """Return the end each phase had before the first change order in force moved it."""
    rows = db.session.execute(
        select(ChangeItem.goal_id, ChangeItem.field, ChangeItem.before)
        .join(ChangeOrder, ChangeOrder.id == ChangeItem.change_order_id)
        .where(
            ChangeItem.goal_id.in_(goal_ids),
            ChangeItem.field.startswith(MILESTONE, autoescape=True),
            ChangeOrder.in_force_at.is_not(None),
        )
        .order_by(ChangeOrder.in_force_at.desc(), ChangeOrder.id.desc())
    )
    return {
        (goal_id, int(field.removeprefix(MILESTONE))): date.fromisoformat(before)
        for goal_id, field, before in rows
    }


def dependencies_of_year(year: int) -> Sequence[Dependency]:
    """Return which goal of a year waits for which, in the order of their codes."""
    first = aliased(Goal)
    rows = db.session.execute(
        select(
            GoalDependency.id,
            Goal.id,
            first.id,
            Goal.name,
            first.name,
            GoalDependency.reason,
        )
        .join(Goal, Goal.id == GoalDependency.goal_id)
        .join(first, first.id == GoalDependency.predecessor_id)
        .where(Goal.year == year)
        .order_by(Goal.code, first.code)
    )
    return [Dependency(*row) for row in rows]
