"""How a unit's goals stand, from the ledger; personal tasks are part of their goals (R4.1)."""

from collections import defaultdict
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.ledger.page_queries import LAGGING
from fivestep_web.ledger.queries import Standing, standings
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.feedback.rules import Figures

_NOT_DUE: Final = frozenset({LedgerState.CANCELLED, LedgerState.SUSPENDED})


def of_units(year: int, day: date, unit_id: int | None = None) -> dict[int, Figures]:
    """Return the figures of each unit with goals, or of one, on *day*; a fixed number of statements."""
    query = select(Goal.id, Goal.name).where(Goal.year == year, Goal.parent_id.is_(None))
    filters: dict[str, Any] = {"year": year}
    if unit_id is not None:
        query = query.where(Goal.unit_id == unit_id)
        filters["unit"] = unit_id
    names = {row.id: row.name for row in db.session.execute(query)}
    found: dict[int, list[Standing]] = defaultdict(list)
    for item in standings(day, **filters):
        if item.goal_id in names and item.state not in _NOT_DUE:
            found[item.unit_id].append(item)
    return {unit: _figures(items, names, day) for unit, items in found.items()}


def _figures(items: list[Standing], names: dict[int, str], day: date) -> Figures:
    due = [item for item in items if item.due_on <= day and item.result.signal is not Signal.NONE]
    late = [item for item in items if item.result.signal in LAGGING | {Signal.RED_OVERDUE}]
    late.sort(key=lambda item: (item.result.signal is not Signal.RED_OVERDUE, item.due_on, item.goal_id))
    return Figures(
        due=len(due),
        done=sum(item.is_completed for item in due),
        lagging=sum(item.result.signal in LAGGING for item in late),
        overdue=sum(item.result.signal is Signal.RED_OVERDUE for item in late),
        late=tuple(names[item.goal_id] for item in late),
    )
