"""Compute a bulletin's figures from the ledger as of the last day of a month (R5.4, R4.1)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from fivestep_web.assessment.daily.bulletins.rules import Figures, KeyTopic, LateGoal, UnitFigures
from fivestep_web.assessment.daily.rules import month_end
from fivestep_web.assessment.queries import StoredUnit, list_units
from fivestep_web.extensions import db
from fivestep_web.ledger.page_queries import LAGGING
from fivestep_web.ledger.queries import Standing, standings
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.org.models import UnitKind
from fivestep_web.responsibility.models import Goal
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import Tier

BLOCKS: Final = {
    UnitKind.SECTION: "部机关科室",
    UnitKind.TOWNSHIP: "乡镇",
    UnitKind.PRIMARY_PARTY_ORGANIZATION: "基层党组织",
    UnitKind.LEADERSHIP: "部领导",
}
_COLOURS: Final = {"red": "红", "yellow": "黄", "blue": "蓝", "green": "绿", "grey": "灰", "done": "已销号"}
_WORST_FIRST: Final = tuple(_COLOURS)
_NOT_DUE: Final = frozenset({LedgerState.CANCELLED, LedgerState.SUSPENDED})
NO_LIGHT: Final = "—"


def compute(year: int, month: int) -> Figures:
    """Return the figures of every section, township and other assessed unit.

    Unit goals count, personal tasks are part of them (interfaces.md); what is cancelled, suspended or does
    not apply is not due. A fixed number of statements.
    """
    day = month_end(year, month)
    goals = _unit_goals(year)
    found = [item for item in standings(day, year=year) if item.goal_id in goals]
    of_unit: dict[int, list[Standing]] = {}
    for item in found:
        of_unit.setdefault(item.unit_id, []).append(item)
    units = _in_order(list_units(day), of_unit)
    lights = [item.result.signal for item in found]
    return Figures(
        units=tuple(_unit(unit, of_unit.get(unit.id, []), day) for unit in units),
        yellow=lights.count(Signal.YELLOW),
        red=lights.count(Signal.RED_LAGGING) + lights.count(Signal.RED_OVERDUE),
        key_topics=tuple(_key_topics(found, goals, day)),
        late_goals=tuple(goal for unit in units for goal in _late(unit, of_unit.get(unit.id, []), goals)),
    )


def _unit_goals(year: int) -> dict[int, Any]:
    """Return name and topic of the year's unit goals by id, in the order of topic and goal."""
    rows = db.session.execute(
        select(Goal.id, Goal.name, Goal.topic_id, Topic.name.label("topic"), Topic.tier)
        .join(Topic, Topic.id == Goal.topic_id)
        .where(Goal.year == year, Goal.parent_id.is_(None))
        .order_by(Topic.code, Goal.code)
    )
    return {row.id: row for row in rows}


def _in_order(units: Sequence[StoredUnit], of_unit: Mapping[int, object]) -> list[StoredUnit]:
    """Return the units that are assessed or carry goals, part by part, each in the order of their codes."""
    shown = [unit for unit in units if unit.is_assessed or unit.id in of_unit]
    kinds = list(BLOCKS)
    return sorted(shown, key=lambda unit: (kinds.index(unit.kind), unit.code))


def _is_due(item: Standing, day: date) -> bool:
    return item.due_on <= day and item.state not in _NOT_DUE and not item.completion.not_applicable


def _unit(unit: StoredUnit, items: Sequence[Standing], day: date) -> UnitFigures:
    due = [item for item in items if _is_due(item, day)]
    done = [item for item in due if item.is_completed]
    lights = [item.result.signal for item in items]
    return UnitFigures(
        unit_id=unit.id,
        code=unit.code,
        name=unit.name,
        block=BLOCKS[unit.kind],
        due=len(due),
        done=len(done),
        on_time=sum(_is_on_time(item) for item in done),
        lagging=sum(light in LAGGING for light in lights),
        overdue=lights.count(Signal.RED_OVERDUE),
        signal=_worst(lights),
    )


def _is_on_time(item: Standing) -> bool:
    completed_on = item.completion.completed_on
    return completed_on is not None and completed_on <= item.due_on


def _worst(lights: Sequence[Signal]) -> str:
    lit = [light for light in lights if light.colour]
    if not lit:
        return NO_LIGHT
    worst = min(lit, key=lambda light: _WORST_FIRST.index(light.colour))
    return f"{worst.shape} {_COLOURS[worst.colour]}"


def _key_topics(found: Sequence[Standing], goals: Mapping[int, Any], day: date) -> list[KeyTopic]:
    of_topic: dict[int, list[Standing]] = {}
    for item in found:
        if goals[item.goal_id].tier is Tier.KEY:
            of_topic.setdefault(item.topic_id, []).append(item)
    names = {goal.topic_id: goal.topic for goal in goals.values()}
    return [
        KeyTopic(topic_id, names[topic_id], _progress(items, day)) for topic_id, items in of_topic.items()
    ]


def _progress(items: Sequence[Standing], day: date) -> str:
    """Return a key topic's figures in words; the clerk may write more in their place."""
    due = [item for item in items if _is_due(item, day)]
    done = sum(item.is_completed for item in due)
    text = f"共{len(items)}项目标，"
    text += f"到期{len(due)}项，已完成{done}项" if due else "尚无到期目标"
    lights = [item.result.signal for item in items]
    for word, count in (
        ("滞后", sum(light in LAGGING for light in lights)),
        ("逾期", lights.count(Signal.RED_OVERDUE)),
    ):
        if count:
            text += f"，{word}{count}项"
    return text


def _late(unit: StoredUnit, items: Sequence[Standing], goals: Mapping[int, Any]) -> list[LateGoal]:
    late = [
        item for item in items if item.result.signal in LAGGING or item.result.signal is Signal.RED_OVERDUE
    ]
    late.sort(key=lambda item: -item.result.workdays_late)
    return [
        LateGoal(
            goal_id=item.goal_id,
            unit=unit.name,
            goal=goals[item.goal_id].name,
            workdays=item.result.workdays_late,
            reason="" if item.result.workdays_late else item.result.reason.rstrip("。"),
        )
        for item in late
    ]
