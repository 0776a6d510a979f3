"""A goal as it will be once a pending change order is in force: what the new letter's text is made from."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.responsibility.changes.fields import PEOPLE, TAKEN_IN, milestone_field, value_of
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.models import Goal, Letter, Milestone

Changes = Mapping[int, Mapping[str, Any]]


class _AsChanged:
    """A stored row read with some of its values replaced."""

    def __init__(self, row: Goal | Milestone, values: Mapping[str, Any]) -> None:
        self._row, self._values = row, values

    def __getattr__(self, name: str) -> Any:
        return self._values[name] if name in self._values else getattr(self._row, name)


def pending_changes(letter: Letter) -> Changes:
    """Return what the order behind a new letter will change, by goal and field; nothing once it did."""
    order = letter.change_order
    if order is None or order.in_force_at is not None:
        return {}
    return values_of(order)


def values_of(order: ChangeOrder) -> Changes:
    """Return the new values of an order by goal and field, people as Person in `person` and `leader`."""
    items = [item for item in order.items if item.field != TAKEN_IN]
    people = people_named(items)
    changes: dict[int, dict[str, Any]] = {}
    for item in items:
        value = value_of(item.field, item.after, people)
        of_goal = changes.setdefault(item.goal_id, {})
        if item.field in PEOPLE:
            of_goal[item.field.removesuffix("_id")] = value
            value = value.id if value else None
        of_goal[item.field] = value
    return changes


def people_named(items: Collection[ChangeItem]) -> dict[str, Person]:
    """Return the people whom items name, by their staff codes."""
    codes = {text for item in items if item.field in PEOPLE for text in (item.before, item.after)}
    if not codes:
        return {}
    return {
        person.code: person for person in db.session.scalars(select(Person).where(Person.code.in_(codes)))
    }


def goal_as_changed(goal: Goal, changes: Changes) -> Goal:
    """Return *goal* to be read as it will be."""
    own = changes.get(goal.id)
    return cast("Goal", _AsChanged(goal, own)) if own else goal


def milestone_as_changed(milestone: Milestone, changes: Changes) -> Milestone:
    """Return *milestone* to be read as it will be."""
    due_on = changes.get(milestone.goal_id, {}).get(milestone_field(milestone.sequence))
    return cast("Milestone", _AsChanged(milestone, {"due_on": due_on})) if due_on else milestone
