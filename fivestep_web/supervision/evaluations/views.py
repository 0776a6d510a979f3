"""Stage evaluations (阶段性效果评估, R3.11, R3.12): list, one evaluation, the standard of a year."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import get_calendar, get_plan_year
from fivestep_web.org.years import find_selected_year
from fivestep_web.supervision.correctives import policy as corrective_policy
from fivestep_web.supervision.correctives import queries as corrective_queries
from fivestep_web.supervision.evaluations import page, policy, queries, rules, services, settings
from fivestep_web.supervision.evaluations.forms import (
    DimensionForm,
    LimitsForm,
    RatingForm,
    ReturnForm,
    rating_form,
)
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.queries import LATE, Filter
from fivestep_web.supervision.evaluations.rules import STATE_LABELS

blueprint = Blueprint("evaluations", __name__)

QUARTERS = [(1, "第一季度"), (2, "第二季度"), (3, "第三季度"), (4, "第四季度")]
STATES = [*((state.value, label) for state, label in STATE_LABELS.items()), (LATE, "逾期")]


@blueprint.get("/evaluations")
@requires(Permission.LEDGER_READ)
def evaluation_index() -> ResponseReturnValue:
    year = find_selected_year() or clock.today().year
    quarter, state = request.args.get("quarter", type=int), request.args.get("state", "")
    wanted = Filter(
        year,
        state if state in dict(STATES) else "",
        request.args.get("unit_id", type=int),
        quarter if quarter in dict(QUARTERS) else None,
    )
    number = max(0, request.args.get("page", 0, type=int))
    shown = page.index_page(actor(), wanted, number)

    def address(turned: int) -> str:
        values: dict[str, Any] = {
            "state": wanted.state or None,
            "unit_id": wanted.unit_id,
            "quarter": wanted.quarter,
        }
        return url_for(".evaluation_index", year=year, page=turned or None, **values)

    return render_template(
        "evaluations/evaluation_index.html",
        wanted=wanted,
        shown=shown,
        states=STATES,
        quarters=QUARTERS,
        units=unit_choices(),
        may_set=policy.may_set(actor()),
        previous_url=address(number - 1) if number else None,
        next_url=address(number + 1) if shown.has_more else None,
    )


@blueprint.get("/evaluations/<int:evaluation_id>")
@requires(Permission.LEDGER_READ)
def evaluation_show(evaluation_id: int) -> ResponseReturnValue:
    return _show(queries.get_evaluation(actor(), evaluation_id))


def _form(evaluation: StageEvaluation, *, is_sent: bool = False) -> RatingForm:
    dimensions = settings.dimensions_of(evaluation.milestone.goal.year)
    return rating_form(dimensions, evaluation.revision, is_sent=is_sent)


def _show(
    evaluation: StageEvaluation,
    status: int = 200,
    *,
    form: RatingForm | None = None,
    return_form: ReturnForm | None = None,
) -> ResponseReturnValue:
    goal = evaluation.milestone.goal
    idle = queries.find_idle_state(goal.id)
    may_assess = not idle and policy.can_assess(actor(), evaluation)
    may_conclude = not idle and policy.can_conclude(actor(), evaluation)
    return render_template(
        "evaluations/evaluation_show.html",
        evaluation=evaluation,
        goal=goal,
        lines=page.dimension_lines(evaluation),
        line=page.LINE,
        at=page.place_of(evaluation),
        form=(form or _form(evaluation)) if may_assess or may_conclude else None,
        move="assess" if may_assess else "conclude",
        may_conclude=may_conclude,
        return_form=return_form or ReturnForm(formdata=None, data={"revision": evaluation.revision}),
        is_returning=return_form is not None,
        idle=idle,
        is_late=not idle and rules.is_late(evaluation.state, evaluation.due_on, clock.today()),
        is_known=evaluation.due_on is None or get_calendar().is_known(evaluation.due_on.year),
        following=page.following(actor(), evaluation),
        orders=corrective_queries.of_evaluation(evaluation.id),
        may_order=corrective_policy.may_lead(actor(), goal),
        today=clock.today(),
    ), status


def _carry_out(
    evaluation_id: int, form: BaseForm, command: Callable[[StageEvaluation], None], message: str
) -> ResponseReturnValue | None:
    def perform() -> None:
        revision = form["revision"].data
        command(queries.get_evaluation(actor(), evaluation_id, lock=True, revision=revision))

    if not carry_out(form, perform):
        return None
    return htmx.leave(url_for(".evaluation_show", evaluation_id=evaluation_id), message)


@blueprint.post("/evaluations/<int:evaluation_id>/assess")
@requires(Permission.EVALUATION_ASSESS)
def evaluation_assess(evaluation_id: int) -> ResponseReturnValue:
    form = _form(queries.get_evaluation(actor(), evaluation_id), is_sent=True)
    done = _carry_out(
        evaluation_id,
        form,
        lambda found: services.assess(actor(), found, form.given()),
        _("自评已提交，等主管领导评估"),
    )
    return done or _show(queries.get_evaluation(actor(), evaluation_id), 422, form=form)


@blueprint.post("/evaluations/<int:evaluation_id>/conclude")
@requires(Permission.EVALUATION_CONCLUDE)
def evaluation_conclude(evaluation_id: int) -> ResponseReturnValue:
    form = _form(queries.get_evaluation(actor(), evaluation_id), is_sent=True)
    done = _carry_out(
        evaluation_id, form, lambda found: services.conclude(actor(), found, form.given()), _("评估已完成")
    )
    return done or _show(queries.get_evaluation(actor(), evaluation_id), 422, form=form)


@blueprint.post("/evaluations/<int:evaluation_id>/return")
@requires(Permission.EVALUATION_CONCLUDE)
def evaluation_return(evaluation_id: int) -> ResponseReturnValue:
    queries.get_evaluation(actor(), evaluation_id)
    form = ReturnForm()
    done = _carry_out(
        evaluation_id,
        form,
        lambda found: services.send_back(actor(), found, reason=form.reason.data),
        _("已退回，请单位重新自评"),
    )
    return done or _show(queries.get_evaluation(actor(), evaluation_id), 422, return_form=form)


@blueprint.get("/evaluations/<int:year>/standard")
@requires(Permission.EVALUATION_SET)
def standard_show(year: int) -> ResponseReturnValue:
    return _standard(year)


def _standard(
    year: int, status: int = 200, *, form: DimensionForm | None = None, limits: LimitsForm | None = None
) -> ResponseReturnValue:
    get_plan_year(year)
    stored = settings.limits_of(year)
    filled = {name: getattr(stored, name) for name in ("unit_workdays", "leader_workdays", "revision")}
    return render_template(
        "evaluations/standard_show.html",
        year=year,
        built_in=rules.BUILT_IN,
        added=settings.list_added(year),
        is_used=settings.is_used(year),
        form=form or DimensionForm(formdata=None),
        limits=limits or LimitsForm(formdata=None, data=filled),
    ), status


def _leave_standard(year: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".standard_show", year=year), message)


@blueprint.post("/evaluations/<int:year>/dimensions")
@requires(Permission.EVALUATION_SET)
def dimension_create(year: int) -> ResponseReturnValue:
    form = DimensionForm()

    def add() -> None:
        settings.add_dimension(actor(), year, name=form.name.data, standard=form.standard.data)

    if not carry_out(form, add):
        return _standard(year, 422, form=form)
    return _leave_standard(year, _("已增加"))


@blueprint.post("/evaluations/<int:year>/dimensions/<int:dimension_id>/remove")
@requires(Permission.EVALUATION_SET)
def dimension_remove(year: int, dimension_id: int) -> ResponseReturnValue:
    with unit_of_work():
        settings.remove_dimension(actor(), year, dimension_id)
    return _leave_standard(year, _("已删除"))


@blueprint.post("/evaluations/<int:year>/limits")
@requires(Permission.EVALUATION_SET)
def limits_update(year: int) -> ResponseReturnValue:
    form = LimitsForm()

    def update() -> Any:
        return settings.set_limits(
            actor(),
            year,
            unit_workdays=form.unit_workdays.data,
            leader_workdays=form.leader_workdays.data,
            revision=form.revision.data,
        )

    if not carry_out(form, update):
        return _standard(year, 422, limits=form)
    return _leave_standard(year, _("已保存"))
