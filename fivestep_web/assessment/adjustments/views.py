"""Pages of a year's additions, deductions and vetoes (domain.md 7.8)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.adjustments import policy, queries, services
from fivestep_web.assessment.adjustments.forms import ApprovalForm, ProposalForm, RefusalForm
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import get_cycle, list_units
from fivestep_web.assessment.daily.forms import MoveForm
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import FieldError
from fivestep_web.core.forms import BaseForm, carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.rounding import plain

blueprint = Blueprint("adjustments", __name__)
follow(blueprint, "adjustments.adjustment_index")

SIGNS = {AdjustmentKind.BONUS: "+", AdjustmentKind.DEDUCTION: "−"}
TONES = {
    AdjustmentState.PROPOSED: "waiting",
    AdjustmentState.APPROVED: "done",
    AdjustmentState.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One of the list, with the forms of what the actor may do with it."""

    one: Adjustment
    amount: str
    tone: str
    approval: ApprovalForm | None
    refusal: RefusalForm | None
    withdrawal: MoveForm | None


@blueprint.get("/assessment/<int:year>/adjustments")
@requires(Permission.RESULT_READ)
def adjustment_index(year: int) -> ResponseReturnValue:
    return _show(get_cycle(year))


def _show(cycle: AssessmentCycle, status: int = 200, **refused: Any) -> ResponseReturnValue:
    return render_template(
        "adjustments/adjustment_index.html",
        cycle=cycle,
        lines=[_line(cycle, adjustment) for adjustment in queries.list_adjustments(cycle.year)],
        is_open=policy.is_open(cycle),
        may_propose=policy.may_propose(actor()),
        refused=refused or None,
    ), status


def _line(cycle: AssessmentCycle, one: Adjustment) -> Line:
    given = {"revision": one.revision, "meeting_on": clock.today()}
    approval = refusal = withdrawal = None
    if policy.can_decide(actor(), cycle, one):
        approval = ApprovalForm(formdata=None, data=given)
        approval.meeting_on.id = f"approved-{one.id}"
    if policy.can_refuse(actor(), cycle, one):
        refusal = RefusalForm(formdata=None, data=given)
        refusal.meeting_on.id, refusal.reason.id = f"refused-{one.id}", f"reason-{one.id}"
    if policy.can_withdraw(actor(), one):
        withdrawal = MoveForm(formdata=None, data=given)
    amount = f"{SIGNS[one.kind]}{plain(one.points)}" if one.points is not None and one.kind in SIGNS else "—"
    return Line(one, amount, TONES[one.state], approval, refusal, withdrawal)


@blueprint.get("/assessment/<int:year>/adjustments/new")
@requires(Permission.ADJUSTMENT_PROPOSE)
def adjustment_new(year: int) -> ResponseReturnValue:
    cycle = get_cycle(year)
    return _new(cycle, _offer(cycle, ProposalForm(formdata=None)))


def _offer(cycle: AssessmentCycle, form: ProposalForm) -> ProposalForm:
    form.unit_id.choices = to_choose(
        (unit_id, name) for units in list_units(cycle).values() for unit_id, name in units.items()
    )
    return form


def _new(cycle: AssessmentCycle, form: ProposalForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "adjustments/adjustment_new.html", cycle=cycle, form=form, is_open=policy.is_open(cycle)
    )
    return page, status


@blueprint.post("/assessment/<int:year>/adjustments")
@requires(Permission.ADJUSTMENT_PROPOSE)
def adjustment_propose(year: int) -> ResponseReturnValue:
    cycle = get_cycle(year)
    form = _offer(cycle, ProposalForm())

    def propose() -> None:
        services.propose(actor(), get_cycle(year, lock=True), form.entry())

    if not carry_out(form, propose):
        return _new(cycle, form, 422)
    return _leave(year, _("已提出，等部务会议研究后由部长或常务副部长登记决定"))


def _leave(year: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".adjustment_index", year=year), message)


def _step(
    year: int,
    adjustment_id: int,
    form: MoveForm,
    command: Callable[[AssessmentCycle, Adjustment], None],
    message: str,
) -> ResponseReturnValue:
    """Do what a button beside a line says, on the line as it was shown."""
    cycle = get_cycle(year)
    queries.get_adjustment(year, adjustment_id)

    def run() -> None:
        locked = get_cycle(year, lock=True)
        command(locked, queries.get_adjustment(year, adjustment_id, lock=True, revision=form.revision.data))

    if not carry_out(form, run, shown=FieldError):
        return _show(cycle, 422, form=form, action=_address(form, year, adjustment_id))
    return _leave(year, message)


def _address(form: BaseForm, year: int, adjustment_id: int) -> str:
    step = "approve" if isinstance(form, ApprovalForm) else "refuse"
    return url_for(f".adjustment_{step}", year=year, adjustment_id=adjustment_id)


@blueprint.post("/assessment/<int:year>/adjustments/<int:adjustment_id>/approve")
@requires(Permission.ADJUSTMENT_DECIDE)
def adjustment_approve(year: int, adjustment_id: int) -> ResponseReturnValue:
    form = ApprovalForm()

    def approve(cycle: AssessmentCycle, found: Adjustment) -> None:
        services.decide(actor(), cycle, found, form.decision())

    return _step(year, adjustment_id, form, approve, _("已登记批准，计入总分"))


@blueprint.post("/assessment/<int:year>/adjustments/<int:adjustment_id>/refuse")
@requires(Permission.ADJUSTMENT_DECIDE)
def adjustment_refuse(year: int, adjustment_id: int) -> ResponseReturnValue:
    form = RefusalForm()

    def refuse(cycle: AssessmentCycle, found: Adjustment) -> None:
        services.decide(actor(), cycle, found, form.decision())

    return _step(year, adjustment_id, form, refuse, _("已登记不予批准，理由留在记录里"))


@blueprint.post("/assessment/<int:year>/adjustments/<int:adjustment_id>/withdraw")
@requires(Permission.ADJUSTMENT_PROPOSE)
def adjustment_withdraw(year: int, adjustment_id: int) -> ResponseReturnValue:
    def withdraw(_cycle: AssessmentCycle, found: Adjustment) -> None:
        services.withdraw(actor(), found)

    return _step(year, adjustment_id, MoveForm(), withdraw, _("已撤回"))
