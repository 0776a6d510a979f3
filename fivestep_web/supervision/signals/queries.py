"""Reads of the turns of one goal."""

from collections.abc import Sequence

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.supervision.signals.models import SignalTurn


def list_turns(goal_id: int) -> Sequence[SignalTurn]:
    """Return a goal's turns, the latest first."""
    query = select(SignalTurn).where(SignalTurn.goal_id == goal_id)
    return db.session.scalars(query.order_by(SignalTurn.id.desc())).all()


def colour_now(goal_id: int) -> str:
    """Return the colour a goal shows by its living turn; empty where it has none."""
    query = select(SignalTurn.colour).where(SignalTurn.goal_id == goal_id, SignalTurn.ended_on.is_(None))
    return db.session.scalar(query) or ""
