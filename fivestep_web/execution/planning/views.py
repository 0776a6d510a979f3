"""Step 3 推进: a goal's plan counted back from its deadline, and all plans of the year."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import DomainError
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning import dependencies, listing, page, services
from fivestep_web.execution.planning.forms import DecisionForm, PlanForm, StepForm
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import PLAN_STATE_LABELS
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Goal

blueprint = Blueprint("plans", __name__)

PAGE, LAYOUT = "planning/plan_show.html", "planning/_plan_layout.html"


@blueprint.get("/schedule/plans")
@requires(Permission.LEDGER_READ)
def plan_index() -> ResponseReturnValue:
    year = find_selected_year()
    filters: dict[str, Any] = {
        "unit_id": request.args.get("unit_id", type=int),
        "state": request.args.get("state", ""),
        "only_key": request.args.get("only_key") == "1",
    }
    found = listing.EMPTY
    if year:
        after = request.args.get("after", 0, type=int)
        found = listing.build(actor(), year, clock.today(), **filters, after=after)

    def address(after: int | None) -> str | None:
        if after is None:
            return None
        kept = filters | {"state": filters["state"] or None, "only_key": 1 if filters["only_key"] else None}
        return url_for(".plan_index", **kept, after=after or None)

    return htmx.render(
        "planning/plan_index.html",
        "planning/_plan_rows.html",
        listing=found,
        filters=filters,
        previous_url=address(found.previous),
        next_url=address(found.following),
        units=unit_choices(),
        states=[*((state.value, label) for state, label in PLAN_STATE_LABELS.items()), *listing.MORE_STATES],
    )


@blueprint.get("/goals/<int:goal_id>/plan")
@requires(Permission.GOAL_READ)
def plan_show(goal_id: int) -> ResponseReturnValue:
    return _page(goal_queries.get_goal(actor(), goal_id))


def _page(goal: Goal, form: PlanForm | None = None, status: int = 200, **more: object) -> ResponseReturnValue:
    return render_template(PAGE, **page.context(actor(), goal, form, **more)), status


@blueprint.post("/goals/<int:goal_id>/plan/calculate")
@requires(Permission.PLAN_PREPARE)
def plan_calculate(goal_id: int) -> ResponseReturnValue:
    goal, form = goal_queries.get_goal(actor(), goal_id), PlanForm()
    status = 200 if form.validate() else 422
    shown = page.context(actor(), goal, form)
    place = request.form.get("cut", type=int)
    cuts = shown["picture"].cuts
    if place is not None and 0 <= place < len(cuts) and not cuts[place].elsewhere:
        draft = page.draft_with(cuts[place])
        form = page.form_of(draft, services.find_undecided(goal.id), shown["frame"])
        shown = page.context(actor(), goal, form, is_unsaved=True)
    elif not htmx.wants_fragment():
        shown["is_unsaved"] = True
    return htmx.render(PAGE, LAYOUT, status, **shown)


@blueprint.post("/goals/<int:goal_id>/plan")
@requires(Permission.PLAN_PREPARE)
def plan_save(goal_id: int) -> ResponseReturnValue:
    form = PlanForm()

    def save() -> None:
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        services.save(actor(), goal, form.draft, revision=form.revision.data)

    if carry_out(form, save):
        return htmx.leave(url_for(".plan_show", goal_id=goal_id), _("计划已保存"))
    return _page(goal_queries.get_goal(actor(), goal_id), form, 422, is_unsaved=True)


def _step(
    goal_id: int, form: BaseForm, command: Callable[[Goal, SchedulePlan | None], str], message: str
) -> ResponseReturnValue:
    """Take a step with the plan that is being worked on."""
    said: list[str] = []

    def run() -> None:
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        said.append(command(goal, services.find_undecided(goal_id, lock=True)))

    if carry_out(form, run):
        return htmx.leave(url_for(".plan_show", goal_id=goal_id), said[0] or message)
    goal = goal_queries.get_goal(actor(), goal_id)
    name = "decision_form" if isinstance(form, DecisionForm) else "step_form"
    return _page(goal, None, 422, **{name: form})


@blueprint.post("/goals/<int:goal_id>/plan/propose")
@requires(Permission.PLAN_PREPARE)
def plan_propose(goal_id: int) -> ResponseReturnValue:
    form = StepForm()

    def propose(goal: Goal, plan: SchedulePlan | None) -> str:
        services.propose(actor(), goal, services.there(plan), revision=form.revision.data)
        return ""

    return _step(goal_id, form, propose, _("计划已报批，等待主管领导批准"))


@blueprint.post("/goals/<int:goal_id>/plan/withdraw")
@requires(Permission.PLAN_PREPARE)
def plan_withdraw(goal_id: int) -> ResponseReturnValue:
    form = StepForm()

    def withdraw(goal: Goal, plan: SchedulePlan | None) -> str:
        services.withdraw(actor(), goal, services.there(plan), revision=form.revision.data)
        return ""

    return _step(goal_id, form, withdraw, _("计划已撤回，可以修改"))


@blueprint.post("/goals/<int:goal_id>/plan/return")
@requires(Permission.PLAN_APPROVE)
def plan_return(goal_id: int) -> ResponseReturnValue:
    form = DecisionForm()

    def send_back(goal: Goal, plan: SchedulePlan | None) -> str:
        revision = form.revision.data
        services.send_back(actor(), goal, services.there(plan), form.note.data or "", revision=revision)
        return ""

    return _step(goal_id, form, send_back, _("计划已退回"))


@blueprint.post("/goals/<int:goal_id>/plan/approve")
@requires(Permission.PLAN_APPROVE)
def plan_approve(goal_id: int) -> ResponseReturnValue:
    form = DecisionForm()

    def approve(goal: Goal, plan: SchedulePlan | None) -> str:
        revision, note = form.revision.data, form.note.data or ""
        number = services.approve(actor(), goal, services.there(plan), note, revision=revision)
        if not number:
            return ""
        return str(
            _("计划已批准。责任书里的时限须变更，已提出变更单 %(number)s，生效后执行新日期", number=number)
        )

    return _step(goal_id, form, approve, _("计划已批准，阶段日期已写入目标"))


@blueprint.post("/goals/<int:goal_id>/dependencies")
@requires(Permission.PLAN_PREPARE)
def dependency_add(goal_id: int) -> ResponseReturnValue:
    form = page.dependency_form(actor(), goal_queries.get_goal(actor(), goal_id))

    def add() -> None:
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        dependencies.add(actor(), goal, form.predecessor_id.data, form.reason.data)

    if carry_out(form, add, shown=DomainError):
        return htmx.leave(url_for(".plan_show", goal_id=goal_id), _("先后关系已设置"))
    return _page(goal_queries.get_goal(actor(), goal_id), None, 422, dependency_form=form)


@blueprint.post("/goals/<int:goal_id>/dependencies/<int:dependency_id>/remove")
@requires(Permission.PLAN_PREPARE)
def dependency_remove(goal_id: int, dependency_id: int) -> ResponseReturnValue:
    with unit_of_work():
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        dependencies.remove(actor(), goal, dependency_id)
    return htmx.leave(url_for(".plan_show", goal_id=goal_id), _("先后关系已取消"))
