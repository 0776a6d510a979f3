"""Step 2 责任: the goal tree, a goal, the task book."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility import goal_queries, goal_services, policy, queries
from fivestep_web.responsibility.forms import GoalForm

blueprint = Blueprint("goals", __name__)

EDIT = "responsibility/goal_edit.html"


def _filters() -> dict[str, Any]:
    return {
        "unit_id": request.args.get("unit_id", type=int),
        "topic_id": request.args.get("topic_id", type=int),
        "person_id": request.args.get("person_id", type=int),
    }


@blueprint.get("/goals")
@requires(Permission.GOAL_READ)
def goal_index() -> ResponseReturnValue:
    year, filters = find_selected_year(), _filters()
    rows = goal_queries.list_goals(actor(), year, **filters) if year else []
    return htmx.render(
        "responsibility/goal_index.html",
        "responsibility/_goal_rows.html",
        goals=goal_queries.as_tree(rows),
        count=len(rows),
        filters=filters,
        units=unit_choices(),
    )


@blueprint.get("/goals/task-book")
@requires(Permission.GOAL_READ)
def task_book() -> ResponseReturnValue:
    year, filters = find_selected_year(), _filters()
    rows = goal_queries.list_goals(actor(), year, **filters) if year else []
    if filters["person_id"] is None:
        rows = [row for row in rows if row.parent_id is None]
    return render_template("responsibility/task_book.html", goals=rows, filters=filters, units=unit_choices())


@blueprint.get("/goals/<int:goal_id>")
@requires(Permission.GOAL_READ)
def goal_show(goal_id: int) -> ResponseReturnValue:
    goal = goal_queries.get_goal(actor(), goal_id)
    rows = goal_queries.list_goals(actor(), goal.year, topic_id=goal.topic_id)
    row = next(item for item in rows if item.id == goal_id)
    goal_queries.as_tree(rows)
    return render_template(
        "responsibility/goal_show.html",
        goal=row,
        parent=next((item for item in rows if item.id == row.parent_id), None),
        milestones=goal_queries.list_milestones(goal_id),
        letters=queries.list_letters_of_goal(actor(), goal_id),
        can_edit=policy.can_edit_goal(actor(), goal) and not goal_services.find_fixing_letter(goal),
    )


@blueprint.get("/goals/<int:goal_id>/edit")
@requires(Permission.GOAL_EDIT)
def goal_edit(goal_id: int) -> ResponseReturnValue:
    goal = goal_queries.get_goal(actor(), goal_id)
    goal_services.check_editable(actor(), goal)
    return render_template(EDIT, goal=goal, form=GoalForm(obj=goal), is_stale=False)


@blueprint.post("/goals/<int:goal_id>/edit")
@requires(Permission.GOAL_EDIT)
def goal_update(goal_id: int) -> ResponseReturnValue:
    form, status = GoalForm(), 422
    if form.validate():
        try:
            with unit_of_work():
                goal = goal_queries.get_goal(actor(), goal_id, lock=True)
                goal_services.update_goal(actor(), goal, _facts(form), revision=form.revision.data)
            return htmx.leave(url_for(".goal_show", goal_id=goal_id), _("目标已保存"))
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
            status = refusal.status
    goal = goal_queries.get_goal(actor(), goal_id)
    is_stale = form.revision.data not in (None, goal.revision)
    return render_template(EDIT, goal=goal, form=form, is_stale=is_stale), status


def _facts(form: GoalForm) -> goal_services.GoalFacts:
    return goal_services.GoalFacts(
        name=form.name.data,
        completion_standard=form.completion_standard.data,
        target=form.target.data,
        measure_unit=form.measure_unit.data or "",
        starts_on=form.starts_on.data,
        deadline=form.deadline.data,
        points=form.points.data,
    )
