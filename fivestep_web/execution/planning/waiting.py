"""What waits for the actor: plans proposed by others in the units in charge, and plans sent back."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals.queries import unit_scope
from fivestep_web.responsibility.models import Goal


def _is_waiting(actor: Actor) -> ColumnElement[bool]:
    decides = and_(
        SchedulePlan.state == PlanState.PROPOSED,
        SchedulePlan.prepared_by_id != actor.person_id,
        unit_scope(actor, Permission.PLAN_APPROVE, Goal.unit_id),
    )
    mends = and_(SchedulePlan.state == PlanState.RETURNED, SchedulePlan.prepared_by_id == actor.person_id)
    return or_(decides, mends)


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who is nobody here."""
    if actor.person_id is None:
        return []
    return [
        select(func.count(SchedulePlan.id))
        .join(Goal, Goal.id == SchedulePlan.goal_id)
        .where(Goal.year == year, _is_waiting(actor))
        .scalar_subquery()
    ]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, plans to decide on before plans to mend."""
    if actor.person_id is None:
        return []
    rows = db.session.execute(
        select(Goal.id, Goal.name, SchedulePlan.state)
        .join(SchedulePlan, SchedulePlan.goal_id == Goal.id)
        .where(Goal.year == year, _is_waiting(actor))
        .order_by(SchedulePlan.state, SchedulePlan.prepared_at)
    )
    notes = {PlanState.PROPOSED: _("待批准"), PlanState.RETURNED: _("已退回，待修改")}
    return [
        WaitingItem(
            str(_("“%(goal)s”倒排工期", goal=name)),
            str(notes[state]),
            "plans.plan_show",
            {"goal_id": goal_id},
        )
        for goal_id, name, state in rows
    ]
