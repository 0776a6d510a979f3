"""Counts over the queue and the documents: no subject, no name."""

from typing import NamedTuple

from sqlalchemy import func, select

from fivestep_web.core import clock
from fivestep_web.core.jobs import Outbox
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db


class QueueState(NamedTuple):
    """How much work waits or runs, how much was given up, and for how long the oldest waits."""

    waiting: int
    failed: int
    oldest_seconds: float


def get_queue_state() -> QueueState:
    """Return the state of the outbox."""
    open_rows = select(func.count(Outbox.id), func.min(Outbox.created_at)).where(
        Outbox.done_at.is_(None), Outbox.failed_at.is_(None)
    )
    waiting, oldest = db.session.execute(open_rows).one()
    failed = db.session.scalar(
        select(func.count(Outbox.id)).where(Outbox.done_at.is_(None), Outbox.failed_at.is_not(None))
    )
    age = (clock.system_now() - oldest).total_seconds() if oldest else 0.0
    return QueueState(waiting, failed or 0, max(age, 0.0))


def count_documents() -> dict[str, int]:
    """Return how many documents are in each state."""
    rows = db.session.execute(
        select(GeneratedDocument.state, func.count(GeneratedDocument.id)).group_by(GeneratedDocument.state)
    )
    found = {state.value: count for state, count in rows}
    return {state.value: found.get(state.value, 0) for state in DocumentState}
