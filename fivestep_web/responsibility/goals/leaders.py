"""The leader in charge that goals name, once another took charge of their unit (R2.7, R2.10)."""

from datetime import date

from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit, UnitPeriod
from fivestep_web.responsibility.models import Goal


def follow(actor: Actor, year: int, unit: Unit) -> None:
    """Let a unit's goals under a leader who was in charge of it earlier in the year go to the present one.

    For who issues the unit's letter, as a handover does once that is in force. Nothing while nobody is in
    charge.
    """
    present = unit.current.leader_id
    if present is None:
        return
    former = select(UnitPeriod.leader_id).where(
        UnitPeriod.unit_id == unit.id,
        UnitPeriod.leader_id != present,
        UnitPeriod.valid_to >= date(year, 1, 1),
    )
    goals = db.session.scalars(
        select(Goal)
        .where(Goal.year == year, Goal.unit_id == unit.id, Goal.leader_id.in_(former))
        .order_by(Goal.id)
        .with_for_update(of=Goal)
    ).all()
    for goal in goals:
        old, goal.leader_id = goal.leader_id, present
        db.session.flush()
        record(actor, "goal.updated", f"goal:{goal.id}", changes={"leader_id": [old, present]})
