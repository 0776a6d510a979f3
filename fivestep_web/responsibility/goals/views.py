"""Step 2 责任: the goal tree, a goal, the task book."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotAllowed, NotFound, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import person_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.forms import GoalForm
from fivestep_web.responsibility.goals import completion, key_mark
from fivestep_web.responsibility.goals import form as goal_form
from fivestep_web.responsibility.goals import page as goal_page
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.ownerless import list_ownerless
from fivestep_web.responsibility.goals.rules import target_text
from fivestep_web.responsibility.goals.services import Place
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal

blueprint = Blueprint("goals", __name__)

EDIT, NEW = "responsibility/goal_edit.html", "responsibility/goal_new.html"


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
    if year:
        completion.add_to(rows, year)
    return htmx.render(
        "responsibility/goal_index.html",
        "responsibility/_goal_rows.html",
        goals=list(goal_queries.in_order(goal_queries.as_tree(rows))),
        filters=filters,
        units=unit_choices(),
        people=person_choices(),
        ownerless=len(list_ownerless(actor(), year, Permission.GOAL_EDIT)) if year else 0,
    )


@blueprint.get("/goals/task-book")
@requires(Permission.GOAL_READ)
def task_book() -> ResponseReturnValue:
    year, filters = find_selected_year(), _filters()
    rows = goal_queries.list_goals(actor(), year, **filters) if year else []
    if filters["person_id"] is None:
        rows = [row for row in rows if row.parent_id is None]
    return render_template(
        "responsibility/task_book.html",
        goals=rows,
        filters=filters,
        units=unit_choices(),
        people=person_choices(),
    )


@blueprint.get("/goals/<int:goal_id>")
@requires(Permission.GOAL_READ)
def goal_show(goal_id: int) -> ResponseReturnValue:
    goal = goal_queries.get_goal(actor(), goal_id)
    return render_template("responsibility/goal_show.html", **goal_page.context(actor(), goal))


@blueprint.post("/goals/<int:goal_id>/key")
@requires(Permission.KEY_GOAL_MARK)
def goal_mark_key(goal_id: int) -> ResponseReturnValue:
    is_key = request.form.get("is_key") == "1"
    with unit_of_work():
        key_mark.mark(actor(), goal_queries.get_goal(actor(), goal_id, lock=True), is_key=is_key)
    message = _("已标注为重点目标") if is_key else _("已取消重点标注")
    return htmx.leave(url_for(".goal_show", goal_id=goal_id), message)


@blueprint.get("/goals/new")
@requires(Permission.GOAL_EDIT)
def goal_new() -> ResponseReturnValue:
    try:
        where = _where(request.args)
    except NotFound as refusal:
        return htmx.leave(url_for(".goal_index"), refusal.message)
    form = GoalForm(formdata=None, deadline=date(where.year, 12, 31), points=Decimal(10))
    if where.parent_id:
        parent = db.session.get_one(Goal, where.parent_id)
        form.starts_on.data, form.deadline.data = parent.starts_on, parent.deadline
    goal_form.offer_new(form, where)
    return _new_page(where, form)


def _where(values: Any) -> Place:
    """Return where a goal asked for in the address stands; NotFound when its goal or unit is not there."""
    year = find_selected_year()
    parent_id = values.get("parent_id", type=int)
    if parent_id:
        parent = goal_queries.get_goal(actor(), parent_id)
        return Place(parent.year, parent.topic_id, parent.unit_id, 0, parent.id)
    unit_id = values.get("unit_id", type=int) or actor().unit_id or 0
    own = [choice for choice, _name in unit_choices() if policy.can_edit_goals_of(actor(), choice)]
    if year is None or not own:
        raise NotFound(_("没有可以新增目标的单位"))
    return Place(year, 0, unit_id if unit_id in own else own[0], 0)


def _new_page(where: Place, form: GoalForm, status: int = 200) -> ResponseReturnValue:
    if not policy.can_edit_goals_of(actor(), where.unit_id):
        raise NotAllowed(_("这个单位的目标不由您编制"))
    names = dict(unit_choices())
    parent = db.session.get(Goal, where.parent_id) if where.parent_id else None
    return render_template(NEW, where=where, form=form, unit=names[where.unit_id], parent=parent), status


@blueprint.post("/goals/new")
@requires(Permission.GOAL_EDIT)
def goal_create() -> ResponseReturnValue:
    where, form, status = _where(request.form), GoalForm(), 422
    goal_form.offer_new(form, where)
    if form.validate():
        topic_id = form.topic_id.data if form.topic_id else where.topic_id
        place = replace(where, topic_id=topic_id, person_id=form.person_id.data)
        try:
            with unit_of_work():
                goal = goal_services.create_goal(actor(), place, goal_form.facts_from(form))
                drafting.refresh_drafts(goal.year, goal.unit_id)
                goal_id = goal.id
            return htmx.leave(url_for(".goal_show", goal_id=goal_id), _("目标已新增"))
        except Refusal as refusal:
            goal_form.show_refusal(form, refusal)
            status = refusal.status
    return _new_page(where, form, status)


@blueprint.get("/goals/<int:goal_id>/edit")
@requires(Permission.GOAL_EDIT)
def goal_edit(goal_id: int) -> ResponseReturnValue:
    goal = goal_queries.get_goal(actor(), goal_id)
    goal_services.check_editable(actor(), goal)
    return _edit_page(goal, goal_form.for_goal(goal))


def _edit_page(goal: Goal, form: GoalForm, status: int = 200) -> ResponseReturnValue:
    is_stale = form.revision.data not in (None, goal.revision)
    target = target_text(goal.target, goal.measure_unit, goal.indicator)
    return render_template(EDIT, goal=goal, form=form, is_stale=is_stale, target=target), status


@blueprint.post("/goals/<int:goal_id>/edit")
@requires(Permission.GOAL_EDIT)
def goal_update(goal_id: int) -> ResponseReturnValue:
    form, status = GoalForm(), 422
    stored = goal_queries.get_goal(actor(), goal_id)
    goal_form.offer_stored(form, stored)
    if form.validate():
        try:
            with unit_of_work():
                goal = goal_queries.get_goal(actor(), goal_id, lock=True)
                facts = goal_form.facts_from(form, goal)
                goal_services.update_goal(actor(), goal, facts, revision=form.revision.data)
            return htmx.leave(url_for(".goal_show", goal_id=goal_id), _("目标已保存"))
        except Refusal as refusal:
            goal_form.show_refusal(form, refusal)
            status = refusal.status
    return _edit_page(goal_queries.get_goal(actor(), goal_id), form, status)


@blueprint.post("/goals/<int:goal_id>/delete")
@requires(Permission.GOAL_EDIT)
def goal_delete(goal_id: int) -> ResponseReturnValue:
    with unit_of_work():
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        unit_id = goal.unit_id
        goal_services.delete_goal(actor(), goal, revision=request.form.get("revision", type=int))
    return htmx.leave(url_for(".goal_index", unit_id=unit_id), _("目标已删除"))
