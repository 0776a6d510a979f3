"""Problems of goals: list with the time to solve them, one problem, raising, solving, withdrawing (R3.7)."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import get_selected_year
from fivestep_web.supervision.people import in_post
from fivestep_web.supervision.problems import page, policy, queries, services
from fivestep_web.supervision.problems.forms import ProblemForm, SolveForm, WithdrawForm
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import STATE_LABELS, ProblemState

blueprint = Blueprint("problems", __name__)


@blueprint.get("/problems")
@requires(Permission.LEDGER_READ)
def problem_index() -> ResponseReturnValue:
    year, state = get_selected_year(), request.args.get("state", "")
    unit_id, goal_id = request.args.get("unit_id", type=int), request.args.get("goal", type=int)
    wanted = ProblemState(state) if state in STATE_LABELS else None
    found = queries.list_problems(actor(), year, unit_id=unit_id, goal_id=goal_id)
    by_unit, by_month = page.speeds(found)
    return render_template(
        "problems/problem_index.html",
        lines=page.lines(item for item in found if wanted is None or item.state is wanted),
        overall=page.overall(found),
        by_unit=by_unit,
        by_month=by_month,
        units=unit_choices(),
        states=list(STATE_LABELS.items()),
        unit_id=unit_id,
        goal_id=goal_id,
        state=state,
    )


@blueprint.get("/problems/new")
@requires(Permission.PROBLEM_RAISE)
def problem_new() -> ResponseReturnValue:
    form = ProblemForm(formdata=None, data={"goal_id": request.args.get("goal", type=int)})
    return _new(_with_goals(form))


def _with_goals(form: ProblemForm) -> ProblemForm:
    goals = queries.list_goals(actor(), get_selected_year())
    form.goal_id.choices = to_choose((goal.id, f"{goal.code} {goal.name}") for goal in goals)
    return form


def _new(form: ProblemForm, status: int = 200) -> ResponseReturnValue:
    return render_template("problems/problem_new.html", form=form), status


@blueprint.post("/problems")
@requires(Permission.PROBLEM_RAISE)
def problem_create() -> ResponseReturnValue:
    form = _with_goals(ProblemForm())
    made: list[int] = []

    def create() -> None:
        problem = services.raise_problem(
            actor(), form.goal_id.data, text=form.text.data, suggestion=form.suggestion.data or ""
        )
        made.append(problem.id)

    if not carry_out(form, create):
        return _new(form, 422)
    url = url_for(".problem_show", problem_id=made[0])
    return htmx.leave(url, _("已提出，主管领导可以看到，并列入下次联合会商议程"))


@blueprint.get("/problems/<int:problem_id>")
@requires(Permission.LEDGER_READ)
def problem_show(problem_id: int) -> ResponseReturnValue:
    return _show(queries.get_problem(actor(), problem_id))


def _show(problem: Problem, status: int = 200, **failed: Any) -> ResponseReturnValue:
    revision = {"revision": problem.revision}
    return render_template(
        "problems/problem_show.html",
        problem=problem,
        line=page.lines([problem])[0],
        entry_id=queries.find_entry_id(problem.goal_id),
        solve_form=_with_people(SolveForm(formdata=None, data=revision))
        if policy.can_solve(actor(), problem)
        else None,
        withdraw_form=WithdrawForm(formdata=None, data=revision)
        if policy.can_withdraw(actor(), problem)
        else None,
        failed=failed or None,
    ), status


def _with_people(form: SolveForm) -> SolveForm:
    form.owner_id.choices = to_choose(in_post())
    return form


@blueprint.post("/problems/<int:problem_id>/solve")
@requires(Permission.PROBLEM_SOLVE)
def problem_solve(problem_id: int) -> ResponseReturnValue:
    form = _with_people(SolveForm())

    def solve() -> None:
        problem = queries.get_problem(actor(), problem_id, lock=True, revision=form.revision.data)
        solution = services.Solution(form.solution.data, form.owner_id.data, form.due_on.data)
        services.solve(actor(), problem, solution)

    return _step(problem_id, "solve", form, carry_out(form, solve), _("解决办法已记录"))


@blueprint.post("/problems/<int:problem_id>/withdraw")
@requires(Permission.PROBLEM_RAISE)
def problem_withdraw(problem_id: int) -> ResponseReturnValue:
    form = WithdrawForm()

    def withdraw() -> None:
        problem = queries.get_problem(actor(), problem_id, lock=True, revision=form.revision.data)
        services.withdraw(actor(), problem, reason=form.reason.data)

    return _step(problem_id, "withdraw", form, carry_out(form, withdraw), _("已撤回"))


def _step(problem_id: int, step: str, form: Any, is_done: bool, message: str) -> ResponseReturnValue:  # noqa: FBT001 - what carry_out says
    if is_done:
        return htmx.leave(url_for(".problem_show", problem_id=problem_id), message)
    return _show(queries.get_problem(actor(), problem_id), 422, step=step, form=form)
