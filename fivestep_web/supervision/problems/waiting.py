"""What waits for the leader in charge: problems of the own units without a solution (R3.7)."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState

TEXT = 30  # characters of a problem


def _waits(actor: Actor, year: int) -> ColumnElement[bool]:
    return and_(
        Problem.year == year,
        Problem.state == ProblemState.OPEN,
        func.coalesce(Goal.leader_id, UnitPeriod.leader_id) == actor.person_id,
    )


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who decides on no problem."""
    if not actor.may(Permission.PROBLEM_SOLVE) or actor.person_id is None:
        return []
    return [_joined(select(func.count(Problem.id))).where(_waits(actor, year)).scalar_subquery()]


def _joined(statement: Any) -> Any:
    now = (UnitPeriod.unit_id == Goal.unit_id) & UnitPeriod.valid_to.is_(None)
    return statement.select_from(Problem).join(Goal, Goal.id == Problem.goal_id).join(UnitPeriod, now)


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return the open problems of the goals the actor is in charge of, the oldest first."""
    if not actor.may(Permission.PROBLEM_SOLVE) or actor.person_id is None:
        return []
    rows = db.session.execute(
        _joined(select(Problem.id, Problem.text, UnitPeriod.name))
        .where(_waits(actor, year))
        .order_by(Problem.raised_on, Problem.id)
    )
    return [
        WaitingItem(
            text if len(text) <= TEXT else text[: TEXT - 1] + "…",
            str(_("%(unit)s提出的问题，待解决", unit=unit)),
            "problems.problem_show",
            {"problem_id": problem_id},
        )
        for problem_id, text, unit in rows
    ]
