"""The days first signed of phases that change orders moved since (domain.md 5.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.fields import MILESTONE
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder


@dataclass(frozen=True, slots=True)
class Moved:
    """A phase's first signed end, and the number of the last order that moved it."""

    original: date
    order: str


def moved_phases(goal_ids: Collection[int]) -> dict[tuple[int, int], Moved]:
    """Return what orders in force moved, by goal and place of the phase."""
    rows = db.session.execute(
        select(ChangeItem.goal_id, ChangeItem.field, ChangeItem.before, ChangeOrder.number)
        .join(ChangeOrder, ChangeOrder.id == ChangeItem.change_order_id)
        .where(
            ChangeItem.goal_id.in_(goal_ids),
            ChangeItem.field.startswith(MILESTONE),
            ChangeOrder.in_force_at.is_not(None),
        )
        .order_by(ChangeOrder.in_force_at, ChangeOrder.id)
    )
    found: dict[tuple[int, int], Moved] = {}
    for goal_id, field, before, number in rows:
        place = (goal_id, int(field.removeprefix(MILESTONE)))
        first = found[place].original if place in found else date.fromisoformat(before)
        found[place] = Moved(first, number)
    return found
