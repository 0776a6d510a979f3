"""The goals of a year as the chart draws them; a constant number of statements, whatever their number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from fivestep_web.core.permissions import Actor
from fivestep_web.execution.planning.queries import Bar, bars_of_goals, dependencies_of_year
from fivestep_web.execution.queries import milestones_of_goals
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import PER_INCIDENT, Standing, standings
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.models import Person, Unit, UnitPeriod
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import MilestoneState
from fivestep_web.supervision.wall.filters import WallView
from fivestep_web.supervision.wall.rules import Phase, Wait, WallGoal, phases_or_whole
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import Tier

OUTSIDE_REASON = "责任书尚未生效，没有建账，不亮灯。"
Choices = list[tuple[int, str]]
_FACTS = (
    Goal.id,
    Goal.code,
    Goal.name,
    Goal.is_key,
    Goal.parent_id,
    Goal.topic_id,
    Goal.unit_id,
    Goal.person_id,
    Goal.starts_on,
    Goal.deadline,
    Goal.target,
    Goal.scoring_method,
    Topic.name.label("topic"),
    Topic.tier,
    UnitPeriod.name.label("unit"),
    Person.name.label("person"),
)


@dataclass(frozen=True, slots=True)
class WallContent:
    """The goals that pass the filters, who is in charge of them, and what may be chosen.

    *titles* are the posts of the leaders by their ids, in the order of the leaders.
    """

    view: WallView
    goals: Sequence[WallGoal]
    waits: Sequence[Wait]
    codes: Mapping[int, str]
    titles: Mapping[int, str]
    units: Choices
    leaders: Choices
    topics: Choices
    people: Choices
    total: int


def load(actor: Actor, view: WallView) -> WallContent:
    """Return what *actor* may see of the chart *view* asks for."""
    everything = _rows(actor, view.year)
    rows = [row for row in everything if _passes(row, view)]
    goals = [goal for goal in _goals(rows, view) if view.takes(goal)]
    leaders = {row.leader_id: row.leader for row in sorted(everything, key=lambda row: row.leader_code or "")}
    leaders.pop(None, None)
    posts = positions_on(view.today, leaders)
    waits = [Wait(each.goal_id, each.predecessor_id, each.reason) for each in dependencies_of_year(view.year)]
    return WallContent(
        view=view,
        goals=goals,
        waits=waits,
        codes={row.id: row.code for row in everything},
        titles={leader_id: posts.get(leader_id, "") for leader_id in leaders},
        units=_choices((row.unit_id, row.unit) for row in everything),
        leaders=list(leaders.items()),
        topics=_choices((row.topic_id, row.topic) for row in everything),
        people=_choices((row.person_id, row.person) for row in everything),
        total=len(everything),
    )


def _rows(actor: Actor, year: int) -> Sequence[Any]:
    leader = aliased(Person)
    leader_id = func.coalesce(Goal.leader_id, UnitPeriod.leader_id)
    leads = (leader_id.label("leader_id"), leader.name.label("leader"), leader.code.label("leader_code"))
    return db.session.execute(
        select(*_FACTS, *leads)
        .join(Topic, Topic.id == Goal.topic_id)
        .join(Unit, Unit.id == Goal.unit_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Goal.unit_id) & UnitPeriod.valid_to.is_(None))
        .join(Person, Person.id == Goal.person_id)
        .outerjoin(leader, leader.id == leader_id)
        .where(Goal.year == year, sees_goal(actor))
        .order_by(Unit.code, Goal.code)
    ).all()


def _choices(pairs: Iterable[tuple[int, str]]) -> Choices:
    return list(dict(pairs).items())


def _passes(row: Any, view: WallView) -> bool:
    wanted = (
        (view.unit, row.unit_id),
        (view.leader, row.leader_id),
        (view.topic, row.topic_id),
        (view.person, row.person_id),
    )
    return (
        (view.has_tasks or row.parent_id is None)
        and all(choice in {None, value} for choice, value in wanted)
        and (not view.is_key or _is_key(row))
    )


def _is_key(row: Any) -> bool:
    return bool(row.is_key) or row.tier is Tier.KEY


def _goals(rows: Sequence[Any], view: WallView) -> list[WallGoal]:
    ids = [row.id for row in rows]
    bars = bars_of_goals(ids)
    shares = {
        goal_id: {node.seq: node.share for node in nodes}
        for goal_id, nodes in milestones_of_goals(ids).items()
    }
    known = {item.goal_id: item for item in standings(view.today, year=view.year)}
    originals = _original_deadlines(ids)
    return [
        _goal(row, bars.get(row.id, []), shares.get(row.id, {}), known.get(row.id), originals.get(row.id))
        for row in rows
    ]


def _goal(
    row: Any,
    bars: Sequence[Bar],
    shares: Mapping[int, Any],
    standing: Standing | None,
    original_deadline: date | None,
) -> WallGoal:
    return WallGoal(
        goal_id=row.id,
        entry_id=standing.entry_id if standing else None,
        code=row.code,
        name=row.name,
        is_key=_is_key(row),
        is_task=row.parent_id is not None,
        topic_id=row.topic_id,
        unit_id=row.unit_id,
        unit=row.unit,
        person_id=row.person_id,
        person=row.person,
        leader_id=row.leader_id,
        leader=row.leader or "",
        deadline=row.deadline,
        original_deadline=original_deadline,
        signal=standing.result.signal if standing else None,
        reason=standing.result.reason if standing else OUTSIDE_REASON,
        phases=_phases(row, bars, shares, standing, original_deadline),
    )


def _phases(
    row: Any,
    bars: Sequence[Bar],
    shares: Mapping[int, Any],
    standing: Standing | None,
    original_deadline: date | None,
) -> tuple[Phase, ...]:
    is_completed = standing is not None and standing.is_completed
    begin = min(row.starts_on or date(row.deadline.year, 1, 1), row.deadline)
    whole = Phase("", begin, row.deadline, original_deadline, is_completed)
    phases = (
        Phase(
            bar.name,
            bar.start_on,
            bar.end_on,
            bar.original_end_on,
            bar.state is MilestoneState.COMPLETED
            or is_completed
            or (bar is not bars[-1] and _is_reached(row, shares.get(bar.sequence), standing)),
        )
        for bar in bars
    )
    return phases_or_whole(phases, whole)


def _is_reached(row: Any, share: Any, standing: Standing | None) -> bool:
    """Say whether what is done brings the goal to the end of a phase; the last one ends with the goal."""
    if standing is None or share is None or row.scoring_method == PER_INCIDENT:
        return False
    return bool(standing.completion.done >= share * row.target)


def _original_deadlines(goal_ids: Collection[int]) -> dict[int, date]:
    """Return the first signed deadline of the goals whose deadline a change order in force moved."""
    rows = db.session.execute(
        select(ChangeItem.goal_id, ChangeItem.before)
        .join(ChangeOrder, ChangeOrder.id == ChangeItem.change_order_id)
        .where(
            ChangeItem.goal_id.in_(goal_ids),
            ChangeItem.field == "deadline",
            ChangeOrder.in_force_at.is_not(None),
        )
        .order_by(ChangeOrder.in_force_at.desc(), ChangeOrder.id.desc())
    )
    return {goal_id: date.fromisoformat(before) for goal_id, before in rows}
