"""Who carries a goal: handing over, helpers, the goals nobody carries (R2.1, R2.5)."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import DomainError, NotFound, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals import page as goal_page
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.ownerless import list_ownerless
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import AssignmentRole

blueprint = Blueprint("goal_roles", __name__)


@blueprint.post("/goals/<int:goal_id>/lead")
@requires(Permission.GOAL_EDIT)
def lead_update(goal_id: int) -> ResponseReturnValue:
    def hand_over(goal: Goal) -> None:
        goal_services.check_editable(actor(), goal)
        assignments.set_lead(actor(), goal, _person())
        drafting.refresh_drafts(goal.year, goal.unit_id)

    return _act(goal_id, hand_over, _("目标已移交"))


def _person() -> int:
    person_id = request.form.get("person_id", type=int)
    if not person_id:
        raise DomainError(_("请选择一位同志"))
    return person_id


@blueprint.post("/goals/<int:goal_id>/helpers")
@requires(Permission.GOAL_EDIT)
def helper_add(goal_id: int) -> ResponseReturnValue:
    def add(goal: Goal) -> None:
        role = request.form.get("role", "")
        if role not in set(assignments.HELPING):
            raise DomainError(_("请选择分工：协办、督办或阅知"))
        assignments.add_helper(actor(), goal, _person(), AssignmentRole(role))

    return _act(goal_id, add, _("分工已增加"))


@blueprint.post("/goals/<int:goal_id>/helpers/<int:assignment_id>/end")
@requires(Permission.GOAL_EDIT)
def helper_end(goal_id: int, assignment_id: int) -> ResponseReturnValue:
    return _act(goal_id, lambda goal: assignments.end(actor(), goal, assignment_id), _("分工已结束"))


def _act(goal_id: int, act: Callable[[Goal], None], message: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act(goal_queries.get_goal(actor(), goal_id, lock=True))
    except NotFound:
        raise
    except Refusal as refusal:
        goal = goal_queries.get_goal(actor(), goal_id)
        context = goal_page.context(actor(), goal, error=refusal.message)
        return render_template("responsibility/goal_show.html", **context), refusal.status
    return htmx.leave(url_for("goals.goal_show", goal_id=goal_id), message)


@blueprint.get("/goals/ownerless")
@requires(Permission.GOAL_EDIT)
def ownerless_index() -> ResponseReturnValue:
    return _ownerless()


def _ownerless(status: int = 200, error: str = "") -> ResponseReturnValue:
    year = find_selected_year()
    rows = list_ownerless(actor(), year, Permission.GOAL_EDIT) if year else []
    fixed = goal_services.fixing_letters([row.id for row in rows])
    units = {row.unit_id: row.unit for row in rows}
    people = assignments.people_by_unit(units)
    groups = [
        (
            unit_id,
            name,
            [row for row in rows if row.unit_id == unit_id],
            people[unit_id],
            actor().may_for(Permission.CHANGE_REQUEST, unit_id=unit_id),
        )
        for unit_id, name in units.items()
    ]
    return (
        render_template(
            "responsibility/goal_ownerless.html",
            groups=groups,
            fixed=fixed,
            error=error,
            chosen=request.form.getlist("goal_id", type=int),
        ),
        status,
    )


@blueprint.post("/goals/ownerless")
@requires(Permission.GOAL_EDIT)
def ownerless_update() -> ResponseReturnValue:
    goal_ids = request.form.getlist("goal_id", type=int)
    try:
        with unit_of_work():
            if not goal_ids:
                raise DomainError(_("请先勾选要移交的目标"))
            person_id = _person()
            # all are locked before the first is logged, always in one order: two at once wait, neither fails
            goals = [goal_queries.get_goal(actor(), goal_id, lock=True) for goal_id in sorted(set(goal_ids))]
            for goal in goals:
                goal_services.check_editable(actor(), goal)
                assignments.set_lead(actor(), goal, person_id)
            for year, unit_id in {(goal.year, goal.unit_id) for goal in goals}:
                drafting.refresh_drafts(year, unit_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _ownerless(refusal.status, refusal.message)
    return htmx.leave(url_for(".ownerless_index"), _("已移交 %(count)s 项目标", count=len(goal_ids)))
