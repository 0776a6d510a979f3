"""The phases goals had before a plan or a change order replaced them (R3.1)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.execution.planning.models import PhaseHistory
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.fields import MILESTONE
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.goals import queries as goal_queries


def keep(goal_ids: Iterable[int]) -> None:
    """Store the phases of goals as they are, just before they change."""
    today = clock.today()
    for goal_id in sorted(goal_ids):
        phases = [
            [
                row.sequence,
                row.name,
                row.due_on.isoformat(),
                None if row.share is None else str(row.share),
                None if row.starts_on is None else row.starts_on.isoformat(),
                bool(row.deliverable),
            ]
            for row in goal_queries.list_milestones(goal_id)
        ]
        db.session.add(PhaseHistory(goal_id=goal_id, replaced_on=today, phases=phases))
    db.session.flush()


def keep_for_order(order: ChangeOrder) -> None:
    """Store the phases of the goals whose phases a change order is about to move."""
    keep({item.goal_id for item in order.items if item.field.startswith(MILESTONE)})


def phases_before(day: date) -> Mapping[int, Sequence[tuple[Any, ...]]]:
    """Return the phases on *day* of the goals whose phases were replaced later, as stored columns.

    One statement, and none for today.
    """
    if day >= clock.today():
        return {}
    rows = db.session.execute(
        select(PhaseHistory.goal_id, PhaseHistory.phases)
        .where(PhaseHistory.replaced_on > day)
        .order_by(PhaseHistory.id.desc())
    )
    return {goal_id: [_read(phase) for phase in phases] for goal_id, phases in rows}


def _read(phase: Sequence[Any]) -> tuple[Any, ...]:
    sequence, name, due_on, share, starts_on, is_asked = phase
    return (
        sequence,
        name,
        date.fromisoformat(due_on),
        None if share is None else Decimal(share),
        None if starts_on is None else date.fromisoformat(starts_on),
        is_asked,
    )
