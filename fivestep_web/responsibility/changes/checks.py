"""What a change of goals has to satisfy before it is asked for, and again before it is approved."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import DomainError
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.responsibility.changes.content import goal_as_changed
from fivestep_web.responsibility.changes.fields import (
    FIGURES,
    JUDGED,
    MILESTONE,
    OPTIONAL,
    PEOPLE,
    label_of,
    milestone_field,
    spell,
    value_of,
)
from fivestep_web.responsibility.changes.models import ChangeItem
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.rules import StandardError, check_standard, typed_target
from fivestep_web.responsibility.models import Goal, Milestone

MOST, PLACES = Decimal(10**12), 6
LONGEST = 5_000
LENGTHS = {"name": 400, "indicator": 200, "measure_unit": 40}
STANDARD = frozenset(
    {"completion_standard", "indicator", "target", "measure_unit", "deliverable", "acceptance"}
)


class ItemError(DomainError):
    """What one field of one goal is to become cannot be so."""

    def __init__(self, goal: Goal, field: str, message: str) -> None:
        super().__init__(message)
        self.goal_id, self.field = goal.id, field


def spelled(goal: Goal, field: str, people: Mapping[int, Person], phases: Mapping[int, Milestone]) -> str:
    """Return what *field* of a goal holds now, as an order writes it."""
    if field.startswith(MILESTONE):
        return spell(phases[int(field.removeprefix(MILESTONE))].due_on)
    if field == "target":
        return spell(typed_target(goal.target, goal.measure_unit, goal.indicator))
    value = getattr(goal, field)
    if field in PEOPLE:
        return people[value].code if value else ""
    return spell(value)


def phases_of(goal_ids: Collection[int]) -> dict[int, dict[int, Milestone]]:
    """Return the milestones of goals by goal and place."""
    found: dict[int, dict[int, Milestone]] = {goal_id: {} for goal_id in goal_ids}
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.goal_id.in_(goal_ids))
        .order_by(Milestone.goal_id, Milestone.sequence)
    )
    for row in rows:
        found[row.goal_id][row.sequence] = row
    return found


def fell_due(goal: Goal, field: str, now: str, today: date) -> date | None:
    """Return the day on which what *field* says fell due, None while it may still change.

    Completion is judged against what was in force on the day it fell due (domain.md R5.7). *now* is what the
    field holds, as an order writes it.
    """
    if not field.startswith(MILESTONE) and field not in JUDGED:
        return None
    due_on = date.fromisoformat(now) if field.startswith(MILESTONE) else goal.deadline
    return due_on if due_on < today else None


def why_fixed(goal: Goal, day: date) -> str:
    """Return why what a goal was judged by from *day* on cannot change any more."""
    return str(
        _(
            "目标“%(goal)s”已于 %(day)s 到期，按到期时的要求考核，完成标准、目标值、时限和分值都不能再变更",
            goal=goal.name,
            day=day,
        )
    )


def check_open(items: Collection[ChangeItem], goals: Mapping[int, Goal], today: date) -> None:
    """Raise ItemError at what is asked to change though it fell due."""
    for item in items:
        goal = goals[item.goal_id]
        if day := fell_due(goal, item.field, item.before, today):
            raise ItemError(goal, item.field, _("%(why)s，请去掉这一项", why=why_fixed(goal, day)))


def read_values(goal: Goal, texts: Mapping[str, str], people: Mapping[str, Person]) -> dict[str, Any]:
    """Return the values that *texts* stand for; ItemError names the first that cannot be."""
    values: dict[str, Any] = {}
    for field, typed in texts.items():
        text, label = spell(typed), label_of(field)
        if not text and field not in OPTIONAL:
            raise ItemError(goal, field, _("目标“%(goal)s”的%(field)s不能为空", goal=goal.name, field=label))
        longest = LENGTHS.get(field, LONGEST)
        if len(text) > longest:
            message = _(
                "目标“%(goal)s”的%(field)s最多 %(most)s 字", goal=goal.name, field=label, most=longest
            )
            raise ItemError(goal, field, message)
        try:
            values[field] = value_of(field, text, people)
            is_sound = field not in FIGURES or values[field] is None or _is_figure(values[field])
        except (ValueError, KeyError, InvalidOperation):
            is_sound = False
        if not is_sound:
            message = _("目标“%(goal)s”的%(field)s不能是“%(text)s”", goal=goal.name, field=label, text=text)
            raise ItemError(goal, field, f"{message}，{_hint(field)}")
    return values


def _is_figure(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= MOST and value == round(value, PLACES)


def _hint(field: str) -> str:
    if field in FIGURES:
        return str(_("请填 0 至一万亿之间的数字，最多 6 位小数"))
    if field in PEOPLE:
        return str(_("请选择本单位在岗的同志"))
    return str(_("请按 2026-03-31 的样子填写日期"))


def check_goal(goal: Goal, values: Mapping[str, Any], phases: Mapping[int, Milestone]) -> None:
    """Raise DomainError when a goal, once changed, says what cannot be so."""
    changed = goal_as_changed(goal, {goal.id: values})
    if STANDARD & values.keys():
        target = typed_target(goal.target, goal.measure_unit, goal.indicator)
        _check_standard(changed, values.get("target", target))
    if "person_id" in values:
        assignments.check_carrier(goal.unit_id, values["person_id"].id)
    days = [values.get(milestone_field(sequence), phase.due_on) for sequence, phase in sorted(phases.items())]
    has_moved = any(field.startswith(MILESTONE) for field in values)
    if has_moved or {"deadline", "starts_on"} & values.keys():
        _check_days(changed, days)


def _check_standard(goal: Goal, target: Decimal | None) -> None:
    try:
        check_standard(
            standard=goal.completion_standard,
            target=target,
            measure_unit=goal.measure_unit,
            indicator=goal.indicator,
            deliverable=goal.deliverable,
            acceptance=goal.acceptance,
        )
    except StandardError as error:
        message = _("目标“%(goal)s”：%(why)s", goal=goal.name, why=str(error))
        raise ItemError(goal, error.field, message) from error


def _check_days(goal: Goal, phases: list[date]) -> None:
    name = goal.name
    if goal.deadline.year != goal.year:
        raise ItemError(
            goal, "deadline", _("目标“%(goal)s”的完成时限应在 %(year)s 年内", goal=name, year=goal.year)
        )
    if goal.starts_on and goal.deadline < goal.starts_on:
        raise ItemError(goal, "deadline", _("目标“%(goal)s”的完成时限早于开始日期，请核对后修改", goal=name))
    if phases != sorted(phases):
        raise DomainError(_("目标“%(goal)s”各阶段的时限应当一个比一个晚", goal=name))
    if phases and phases[-1] > goal.deadline:
        raise DomainError(
            _("目标“%(goal)s”有阶段的时限是 %(day)s，晚于完成时限，请一并调整", goal=name, day=phases[-1])
        )
    if phases and goal.starts_on and phases[0] < goal.starts_on:
        raise DomainError(
            _("目标“%(goal)s”有阶段的时限是 %(day)s，早于开始日期，请一并调整", goal=name, day=phases[0])
        )
