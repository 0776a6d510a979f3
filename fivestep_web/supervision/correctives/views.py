"""Corrective orders (纠偏措施, R3.13): list, one order, a new one for a goal or out of an evaluation."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.forms import carry_out, id_or_none
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.execution.reach import get_goal
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import extending, page, policy, queries, services
from fivestep_web.supervision.correctives.forms import (
    OrderForm,
    ReportForm,
    SendBackForm,
    StepForm,
    VerifyForm,
    order_form,
)
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.queries import OPEN, OVERDUE, Filter
from fivestep_web.supervision.correctives.rules import ORIGIN_LABELS, STATE_LABELS, Origin
from fivestep_web.supervision.evaluations import queries as evaluations
from fivestep_web.supervision.extensions import policy as extension_policy
from fivestep_web.supervision.extensions.queries import extended, list_of_item

blueprint = Blueprint("correctives", __name__)

STATES = [
    (OPEN, "未办结"),
    (OVERDUE, "逾期"),
    *((state.value, label) for state, label in STATE_LABELS.items()),
]
ORIGINS = [(origin.value, label) for origin, label in ORIGIN_LABELS.items()]


@blueprint.get("/correctives")
@requires(Permission.LEDGER_READ)
def corrective_index() -> ResponseReturnValue:
    year = find_selected_year() or clock.today().year
    state, origin = request.args.get("state", ""), request.args.get("origin", "")
    wanted = Filter(
        year,
        state if state in dict(STATES) else "",
        request.args.get("unit_id", type=int),
        Origin(origin) if origin in dict(ORIGINS) else None,
    )
    number = max(0, request.args.get("page", 0, type=int))
    shown = page.index_page(actor(), wanted, number)

    def address(turned: int) -> str:
        values: dict[str, Any] = {
            "state": wanted.state or None,
            "unit_id": wanted.unit_id,
            "origin": wanted.origin,
        }
        return url_for(".corrective_index", year=year, page=turned or None, **values)

    return render_template(
        "correctives/corrective_index.html",
        wanted=wanted,
        shown=shown,
        states=STATES,
        origins=ORIGINS,
        units=unit_choices(),
        previous_url=address(number - 1) if number else None,
        next_url=address(number + 1) if shown.has_more else None,
    )


@blueprint.get("/goals/<int:goal_id>/correctives/new")
@requires(Permission.CORRECTIVE_ORDER, Permission.CORRECTIVE_RECORD)
def corrective_new(goal_id: int) -> ResponseReturnValue:
    goal = get_goal(actor(), goal_id)
    evaluation_id = request.args.get("evaluation_id", type=int)
    form = _order_form(goal, evaluation_id, is_sent=False)
    return _new(goal, form)


def _order_form(goal: Goal, evaluation_id: int | None, *, is_sent: bool) -> OrderForm:
    """Return the form of a goal; out of an evaluation that is the only origin there is."""
    origins = policy.origins(actor(), goal)
    reason = ""
    if evaluation_id is not None:
        evaluation = evaluations.get_evaluation(actor(), evaluation_id)
        origins = [Origin.STAGE_EVALUATION] if policy.may_lead(actor(), goal) else []
        reason = _("阶段“%(phase)s”的评估发现：", phase=evaluation.milestone.name)
    if not origins:
        raise NotAllowed(_("纠偏措施由主管领导下达；调度会定的，由办公室登记。"))
    return order_form(
        origins,
        queries.carriers(goal),
        is_sent=is_sent,
        person_id=goal.person_id,
        reason=reason,
        evaluation_id=evaluation_id or "",
    )


def _new(goal: Goal, form: OrderForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "correctives/corrective_new.html", goal=goal, form=form, orders=queries.of_goal(goal.id)
    ), status


@blueprint.post("/goals/<int:goal_id>/correctives")
@requires(Permission.CORRECTIVE_ORDER, Permission.CORRECTIVE_RECORD)
def corrective_create(goal_id: int) -> ResponseReturnValue:
    goal = get_goal(actor(), goal_id)
    sent = request.form.get("evaluation_id", "")
    evaluation_id = id_or_none(sent) if sent.isdecimal() else None
    form = _order_form(goal, evaluation_id, is_sent=True)
    made: list[int] = []

    def order() -> None:
        ordered = services.order(
            actor(),
            goal_id=goal_id,
            what=form.what.data,
            person_id=form.person_id.data,
            due_on=form.due_on.data,
            origin=form.origin.data,
            reason=form.reason.data,
            evaluation_id=evaluation_id,
        )
        made.append(ordered.id)

    if not carry_out(form, order):
        return _new(get_goal(actor(), goal_id), form, 422)
    return htmx.leave(url_for(".corrective_show", order_id=made[0]), _("已下达，等责任人报告落实情况"))


@blueprint.get("/correctives/<int:order_id>")
@requires(Permission.LEDGER_READ)
def corrective_show(order_id: int) -> ResponseReturnValue:
    return _show(queries.get_order(actor(), order_id))


def _show(order: CorrectiveOrder, status: int = 200, **failed: Any) -> ResponseReturnValue:
    def form_of(move: str, kind: type[StepForm]) -> StepForm:
        sent = failed.get(move)
        return sent or kind(formdata=None, data={"revision": order.revision})

    return render_template(
        "correctives/corrective_show.html",
        order=order,
        shown=page.line_of(order),
        line=page.LINE,
        at=page.place_of(order),
        may_report=policy.can_report(actor(), order),
        may_verify=policy.can_verify(actor(), order),
        report_form=form_of("report", ReportForm),
        verify_form=form_of("verify", VerifyForm),
        back_form=form_of("back", SendBackForm),
        is_returning="back" in failed,
        moved=extended(extending.KIND, [order.id]).get(order.id),
        extensions=list_of_item(actor(), extending.KIND, order.id),
        may_extend=order.state.is_with_owner and extension_policy.can_ask(actor(), extending.item_of(order)),
    ), status


def _step(
    order_id: int,
    name: str,
    form: StepForm,
    command: Callable[[CorrectiveOrder], None],
    message: str,
) -> ResponseReturnValue:
    """Do what a button of the order's page says, on the order as it was shown."""
    queries.get_order(actor(), order_id)

    def perform() -> None:
        command(queries.get_order(actor(), order_id, lock=True, revision=form.revision.data))

    if not carry_out(form, perform):
        return _show(queries.get_order(actor(), order_id), 422, **{name: form})
    return htmx.leave(url_for(".corrective_show", order_id=order_id), message)


@blueprint.post("/correctives/<int:order_id>/report")
@requires(Permission.CORRECTIVE_REPORT)
def corrective_report(order_id: int) -> ResponseReturnValue:
    form = ReportForm()
    return _step(
        order_id,
        "report",
        form,
        lambda found: services.report(actor(), found, text=form.text.data),
        _("已报告，等主管领导或办公室核实"),
    )


@blueprint.post("/correctives/<int:order_id>/verify")
@requires(Permission.CORRECTIVE_VERIFY)
def corrective_verify(order_id: int) -> ResponseReturnValue:
    form = VerifyForm()
    return _step(
        order_id,
        "verify",
        form,
        lambda found: services.verify(actor(), found, note=form.note.data or ""),
        _("已核实，这项纠偏措施办结"),
    )


@blueprint.post("/correctives/<int:order_id>/send-back")
@requires(Permission.CORRECTIVE_VERIFY)
def corrective_send_back(order_id: int) -> ResponseReturnValue:
    form = SendBackForm()
    return _step(
        order_id,
        "back",
        form,
        lambda found: services.send_back(actor(), found, reason=form.reason.data),
        _("已退回责任人整改"),
    )
