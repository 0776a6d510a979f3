"""Which goal waits for which: set with a reason, circles refused with their chain (R3.4)."""

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.planning import policy
from fivestep_web.execution.planning.models import GoalDependency
from fivestep_web.execution.planning.rules import find_circle
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Goal


def add(actor: Actor, goal: Goal, predecessor_id: int, reason: str) -> GoalDependency:
    """Let *goal* begin only after another one is done.

    Raises NotAllowed, FieldError for a goal of another year, itself, a second time, or a circle.
    """
    if not policy.can_prepare(actor, goal):
        raise NotAllowed(_("这项目标的先后关系不由您设置"))
    db.session.execute(select(PlanYear.year).where(PlanYear.year == goal.year).with_for_update())
    first = db.session.scalar(
        select(Goal).where(Goal.id == predecessor_id, goal_queries.visible_goals(actor))
    )
    if first is None or first.year != goal.year:
        raise FieldError("predecessor_id", _("请选择本年度的另一项目标"))
    if not reason.strip():
        raise FieldError("reason", _("请写明为什么要等这项目标"))
    _check_circle(goal, first)
    found = GoalDependency(
        goal_id=goal.id,
        predecessor_id=first.id,
        reason=reason.strip(),
        made_by_id=actor.person_id,
        made_at=clock.now(),
    )
    db.session.add(found)
    db.session.flush()
    record(actor, "dependency.added", f"goal:{goal.id}", predecessor=first.id, reason=reason.strip())
    return found


def _check_circle(goal: Goal, first: Goal) -> None:
    rows = db.session.execute(
        select(GoalDependency.goal_id, GoalDependency.predecessor_id)
        .join(Goal, Goal.id == GoalDependency.goal_id)
        .where(Goal.year == goal.year)
    )
    waits_for: dict[int, set[int]] = {}
    for goal_id, predecessor_id in rows:
        waits_for.setdefault(goal_id, set()).add(predecessor_id)
    if first.id in waits_for.get(goal.id, ()):
        raise FieldError("predecessor_id", _("已经设过要等“%(goal)s”", goal=first.name))
    if first.id == goal.id:
        raise FieldError("predecessor_id", _("目标不能等自己，请选择另一项目标"))
    circle = find_circle(waits_for, goal.id, first.id)
    if circle is None:
        return
    names = {row.id: row.name for row in db.session.scalars(select(Goal).where(Goal.id.in_(circle)))}
    chain = "等".join(f"“{names[goal_id]}”" for goal_id in circle)
    raise FieldError("predecessor_id", _("先后关系会成环：%(chain)s，请去掉其中一条", chain=chain))


def remove(actor: Actor, goal: Goal, dependency_id: int) -> None:
    """Let *goal* no longer wait for another."""
    if not policy.can_prepare(actor, goal):
        raise NotAllowed(_("这项目标的先后关系不由您设置"))
    found = db.session.scalar(
        select(GoalDependency).where(GoalDependency.id == dependency_id, GoalDependency.goal_id == goal.id)
    )
    if found is None:
        raise NotFound(_("这条先后关系已经没有了，请刷新后查看"))
    record(actor, "dependency.removed", f"goal:{goal.id}", predecessor=found.predecessor_id)
    db.session.delete(found)
    db.session.flush()


def list_of(goal_id: int) -> list[GoalDependency]:
    """Return what a goal waits for."""
    query = select(GoalDependency).where(GoalDependency.goal_id == goal_id).order_by(GoalDependency.id)
    return list(db.session.scalars(query))
