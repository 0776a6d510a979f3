"""Progress and milestones of many goals at once, as known on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select

from fivestep_web.core import clock
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.rules import Milestone, ProgressPoint
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.models import Milestone as StoredMilestone

EVENT = ProgressEvent.__table__.c
NODE = StoredMilestone.__table__.c
PER_INCIDENT = "逐例扣分"
NOTHING, WHOLE = Decimal(0), Decimal(1)


@dataclass(slots=True)
class Progress:
    """A goal's history up to a day, as the rows of `events_statement`; made into points when asked for."""

    rows: list[Any] = field(default_factory=list)

    @property
    def latest_id(self) -> int | None:
        """Return the id of the event that counts last."""
        return self.rows[-1][1] if self.rows else None

    @property
    def latest(self) -> list[ProgressPoint]:
        """Return the point that counts last, alone; none when nothing was reported."""
        return [_point(row) for row in self.rows[-1:]]

    @property
    def points(self) -> list[ProgressPoint]:
        """Return one point a date; of several events of one date the one recorded last counts."""
        return list({row[2]: _point(row) for row in self.rows}.values())


NO_PROGRESS = Progress()


def _point(row: Any) -> ProgressPoint:
    _goal_id, _event_id, day, done, is_not_applicable, completed_on = row
    return ProgressPoint(day, done, is_not_applicable, completed_on)


def events_statement(goal_ids: Select[Any]) -> Select[Any]:
    """Select the events of the goals *goal_ids* selects, up to the parameter as_of, oldest first."""
    return (
        select(
            EVENT.goal_id,
            EVENT.id,
            EVENT.happened_on,
            EVENT.done,
            EVENT.is_not_applicable,
            EVENT.completed_on,
        )
        .where(EVENT.goal_id.in_(goal_ids), EVENT.happened_on <= bindparam("as_of"))
        .order_by(EVENT.goal_id, EVENT.happened_on, EVENT.id)
    )


def milestones_statement(goal_ids: Select[Any]) -> Select[Any]:
    """Select the milestones of the goals *goal_ids* selects, in order, for the parameter as_of.

    A deliverable put down later was not asked for on that day.
    """
    is_known = or_(NODE.deliverable_since.is_(None), NODE.deliverable_since <= bindparam("as_of"))
    return (
        select(
            NODE.goal_id,
            NODE.sequence,
            NODE.name,
            NODE.due_on,
            NODE.share,
            NODE.starts_on,
            and_(NODE.deliverable != "", is_known),
        )
        .where(NODE.goal_id.in_(goal_ids))
        .order_by(NODE.goal_id, NODE.sequence)
    )


def read_progress(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, Progress]:
    """Run a statement of `events_statement`."""
    return {goal_id: Progress(rows) for goal_id, rows in _by_goal(statement, parameters).items()}


def read_milestones(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, list[Any]]:
    """Run a statement of `milestones_statement`; `as_milestones` makes a goal's rows into what rules take."""
    return _by_goal(statement, parameters)


def as_milestones(rows: Iterable[Any]) -> list[Milestone]:
    """Return a goal's nodes in order."""
    return [Milestone(*row[1:7]) for row in rows]


def _by_goal(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement, parameters).all():
        found[row[0]].append(row)
    return dict(found)


@cache
def _goals_of_year() -> Select[Any]:
    return select(Goal.__table__.c.id).where(Goal.__table__.c.year == bindparam("year"))


@cache
def by_id() -> Select[Any]:
    """Select the goals of the parameter goal_ids."""
    return select(Goal.__table__.c.id).where(Goal.__table__.c.id.in_(bindparam("goal_ids", expanding=True)))


def progress_of_year(year: int, as_of: date) -> dict[int, Progress]:
    """Return the history up to *as_of* of every goal of a plan year that has one."""
    return read_progress(events_statement(_goals_of_year()), {"year": year, "as_of": as_of})


def progress_of_goals(goal_ids: Collection[int], as_of: date) -> dict[int, Progress]:
    """Return the history up to *as_of* of those goals that have one."""
    return read_progress(events_statement(by_id()), {"goal_ids": list(goal_ids), "as_of": as_of})


def milestones_of_goals(goal_ids: Collection[int]) -> dict[int, list[Milestone]]:
    """Return the milestones of those goals that have any, as they are today."""
    parameters = {"goal_ids": list(goal_ids), "as_of": clock.today()}
    found = read_milestones(milestones_statement(by_id()), parameters)
    return {goal_id: as_milestones(rows) for goal_id, rows in found.items()}


def shares_of_year(year: int) -> dict[int, Decimal | None]:
    """Return how far each goal of a year is today, 0-1; None where it does not apply.

    What is completed is whole. Goals that count incidents (逐例扣分) grow by nothing one could show: None
    until they are completed.
    """
    known = progress_of_year(year, clock.today())
    rows = db.session.execute(select(Goal.id, Goal.target, Goal.scoring_method).where(Goal.year == year))
    return {
        goal_id: share_of(known.get(goal_id, NO_PROGRESS), target, counts_incidents=method == PER_INCIDENT)
        for goal_id, target, method in rows
    }


def share_of(history: Progress, target: Decimal, *, counts_incidents: bool) -> Decimal | None:
    """Return the completion that the last report of a goal comes to, 0-1."""
    point = next(iter(history.latest), None)
    if point is not None and point.completed_on is not None:
        return WHOLE
    if counts_incidents or (point is not None and point.not_applicable):
        return None
    if point is None or point.done is None or target <= 0:
        return NOTHING
    return min(WHOLE, max(NOTHING, point.done / target))
