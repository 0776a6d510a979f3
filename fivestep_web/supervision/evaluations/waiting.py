"""Which evaluations wait for a person."""

from typing import Any, TypeVarTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select

from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.queries import is_asked_for
from fivestep_web.supervision.evaluations.rules import EvaluationState

WITH_UNIT = (EvaluationState.AWAITING_UNIT, EvaluationState.RETURNED)

Columns = TypeVarTuple("Columns")


def _is_with_unit(actor: Actor) -> ColumnElement[bool]:
    """The unit's part waits for who carries the goal, that of a unit goal for the unit's head as well."""
    if not actor.may(Permission.EVALUATION_ASSESS):
        return false()
    own = [Goal.person_id == actor.person_id]
    if Scope.UNIT in actor.scopes(Permission.EVALUATION_CONCLUDE):  # heads, not every organizer
        own.append(and_(Goal.parent_id.is_(None), Goal.unit_id == actor.unit_id))
    return and_(StageEvaluation.state.in_(WITH_UNIT), or_(*own))


def _is_with_leader(actor: Actor) -> ColumnElement[bool]:
    """The leader's part waits for the leader in charge, that of a personal task for the unit's head.

    The ministers may rate everything, yet are asked for nothing.
    """
    scopes = actor.scopes(Permission.EVALUATION_CONCLUDE)
    places: list[ColumnElement[bool]] = []
    if actor.charge and scopes & {Scope.ALL, Scope.CHARGE}:
        places.append(and_(Goal.parent_id.is_(None), Goal.unit_id.in_(actor.charge)))
    if Scope.UNIT in scopes:
        places.append(and_(Goal.parent_id.is_not(None), Goal.unit_id == actor.unit_id))
    if not places:
        return false()
    return and_(
        StageEvaluation.state == EvaluationState.AWAITING_LEADER,
        StageEvaluation.assessed_by_id != actor.person_id,
        Goal.person_id != actor.person_id,
        or_(*places),
    )


def _waiting(actor: Actor, year: int, query: Select[*Columns]) -> Select[*Columns]:
    return (
        query.select_from(StageEvaluation)
        .join(Milestone, Milestone.id == StageEvaluation.milestone_id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Goal.year == year, is_asked_for(), or_(_is_with_unit(actor), _is_with_leader(actor)))
    )


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who rates nothing."""
    rates = (Permission.EVALUATION_ASSESS, Permission.EVALUATION_CONCLUDE)
    if actor.person_id is None or not any(actor.may(permission) for permission in rates):
        return []
    return [_waiting(actor, year, select(func.count(StageEvaluation.id))).scalar_subquery()]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, what is due first before the rest."""
    if not counts(actor, year):
        return []
    rows = db.session.execute(
        _waiting(
            actor, year,
            select(
                StageEvaluation.id, StageEvaluation.state, StageEvaluation.due_on, Goal.name, Milestone.name
            ),
        ).order_by(StageEvaluation.due_on, StageEvaluation.id)
    ).all()  # fmt: skip
    return [_item(*row) for row in rows]


def _item(evaluation_id: int, state: EvaluationState, due_on: Any, goal: str, phase: str) -> WaitingItem:
    label = str(_("阶段评估：%(goal)s（%(phase)s）", goal=goal, phase=phase))
    note = str(_("%(state)s，%(day)s前", state=state.label, day=due_on))
    return WaitingItem(label, note, "evaluations.evaluation_show", {"evaluation_id": evaluation_id})
