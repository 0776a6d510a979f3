"""Progress and milestones of many goals at once, as known on a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.rules import Milestone, ProgressPoint
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.models import Milestone as StoredMilestone

EVENT = ProgressEvent.__table__.c
NODE = StoredMilestone.__table__.c


@dataclass(slots=True)
class Progress:
    """A goal's history up to a day, one point a date; the id of the event that counts last."""

    points: list[ProgressPoint] = field(default_factory=list)
    latest_id: int | None = None


NO_PROGRESS = Progress()


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
    """Select the milestones of the goals *goal_ids* selects, in order."""
    return (
        select(NODE.goal_id, NODE.sequence, NODE.name, NODE.due_on, NODE.share)
        .where(NODE.goal_id.in_(goal_ids))
        .order_by(NODE.goal_id, NODE.sequence)
    )


def read_progress(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, Progress]:
    """Run a statement of `events_statement`; of several events of one date the one recorded last counts."""
    found: dict[int, Progress] = {}
    for goal_id, event_id, day, done, not_applicable, completed_on in db.session.execute(
        statement, parameters
    ).all():
        progress = found.get(goal_id)
        if progress is None:
            progress = found[goal_id] = Progress()
        point = ProgressPoint(day, done, not_applicable, completed_on)
        if progress.points and progress.points[-1].on_date == day:
            progress.points[-1] = point
        else:
            progress.points.append(point)
        progress.latest_id = event_id
    return found


def read_milestones(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, list[Milestone]]:
    """Run a statement of `milestones_statement`."""
    found: dict[int, list[Milestone]] = {}
    for goal_id, sequence, name, due_on, share in db.session.execute(statement, parameters).all():
        found.setdefault(goal_id, []).append(Milestone(sequence, name, due_on, share))
    return found


@cache
def _goals_of_year() -> Select[Any]:
    return select(Goal.__table__.c.id).where(Goal.__table__.c.year == bindparam("year"))


@cache
def _goals_by_id() -> Select[Any]:
    return select(Goal.__table__.c.id).where(Goal.__table__.c.id.in_(bindparam("goal_ids", expanding=True)))


def progress_of_year(year: int, as_of: date) -> dict[int, Progress]:
    """Return the history up to *as_of* of every goal of a plan year that has one."""
    return read_progress(events_statement(_goals_of_year()), {"year": year, "as_of": as_of})


def progress_of_goals(goal_ids: Collection[int], as_of: date) -> dict[int, Progress]:
    """Return the history up to *as_of* of those goals that have one."""
    return read_progress(events_statement(_goals_by_id()), {"goal_ids": list(goal_ids), "as_of": as_of})


def milestones_of_goals(goal_ids: Collection[int]) -> dict[int, list[Milestone]]:
    """Return the milestones of those goals that have any."""
    return read_milestones(milestones_statement(_goals_by_id()), {"goal_ids": list(goal_ids)})
