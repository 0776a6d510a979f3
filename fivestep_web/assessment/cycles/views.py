"""The page of a year's cycle: its state, the next step, its rules by version (domain.md 5.6)."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles import page, policy, presets, queries, rules, services, setup, versions
from fivestep_web.assessment.cycles.forms import (
    ClosingForm,
    CycleForm,
    LeaveOutForm,
    MoveForm,
    ReasonForm,
    moment_of,
)
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.presets import Basis
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.errors import Conflict
from fivestep_web.core.forms import carry_out, choices
from fivestep_web.core.permissions import Actor, Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("cycles", __name__)
READERS = (Permission.CYCLE_PREPARE, Permission.CYCLE_APPROVE)
MOVERS = tuple(policy.PERMISSIONS.values())


follow(blueprint, "cycles.cycle_show", stays=False)


@blueprint.get("/assessment/<int:year>/cycle")
@requires(*READERS)
def cycle_show(year: int) -> ResponseReturnValue:
    return _show(year)


def _show(
    year: int,
    status: int = 200,
    *,
    move_form: MoveForm | None = None,
    cycle_form: CycleForm | None = None,
    closing_form: ClosingForm | None = None,
    reason_form: ReasonForm | None = None,
    leave_out_form: LeaveOutForm | None = None,
) -> ResponseReturnValue:
    """Render the cycle with a form that was refused, or the beginning of one."""
    queries.demand_year(year)
    cycle = queries.find_cycle(year)
    if cycle is None:
        form = cycle_form or _new_cycle_form(year)
        return render_template("cycles/cycle_new.html", year=year, form=form), status
    shown = page.read_page(actor(), cycle, move_form)
    return render_template(
        "cycles/cycle_show.html",
        shown=shown,
        leave_out_form=(leave_out_form or LeaveOutForm(formdata=None)).offer(shown.undecided),
        refused=move_form,
        closing_form=closing_form or ClosingForm(formdata=None),
        reason_form=reason_form or ReasonForm(formdata=None),
    ), status


def _new_cycle_form(year: int) -> CycleForm:
    form = CycleForm(
        formdata=None, name=_("%(year)s年度实绩考核", year=year), cut_off_date=date(year, 12, 31)
    )
    form.basis.choices = choices(presets.bases(year))
    return form


@blueprint.post("/assessment/<int:year>/cycle")
@requires(Permission.CYCLE_PREPARE)
def cycle_create(year: int) -> ResponseReturnValue:
    queries.demand_year(year)
    form = CycleForm()
    form.basis.choices = choices(presets.bases(year))
    done = carry_out(
        form,
        lambda: setup.create(
            actor(),
            year,
            name=form.name.data,
            cut_off_date=form.cut_off_date.data,
            basis=Basis(form.basis.data),
        ),
    )
    if not done:
        return _show(year, 422, cycle_form=form)
    return htmx.leave(url_for(".cycle_show", year=year), _("考核方案已建立，请逐项核对后送部长批准。"))


@blueprint.post("/assessment/<int:year>/cycle/move")
@requires(*MOVERS)
def cycle_move(year: int) -> ResponseReturnValue:
    form, cycle = MoveForm(), queries.get_cycle(year)
    target = form.wanted()
    move = rules.find_move(cycle.state, target) if target else None
    if target is None or move is None or cycle.revision != form.revision.data:
        raise Conflict(_("考核已进入“%(state)s”，请刷新后重试。", state=cycle.state.label))
    page.trim(form, cycle, move)
    if not carry_out(form, lambda: _move(year, form, move)):
        return _show(year, 422, move_form=form)
    return htmx.leave(url_for(".cycle_show", year=year), _moved(year, move))


def _move(year: int, form: MoveForm, move: rules.Move) -> None:
    cycle = queries.get_cycle(year, lock=True)
    services.move(
        actor(),
        cycle,
        move.target,
        reason=form.reason.data or "" if "reason" in form else "",
        closes_at=moment_of(form.closes_at.data) if "closes_at" in form else None,
        groups=form.groups.data if "groups" in form else (),
    )


def _moved(year: int, move: rules.Move) -> str:
    cycle = queries.get_cycle(year)
    if cycle.state is not move.target:
        return str(_("已记下您的确认，等另一名计票人确认。"))
    return str(_("考核已进入“%(state)s”。", state=cycle.state.label))


@blueprint.post("/assessment/<int:year>/cycle/closing")
@requires(Permission.CYCLE_RUN)
def closing_update(year: int) -> ResponseReturnValue:
    form = ClosingForm()
    queries.get_cycle(year)
    done = carry_out(
        form,
        lambda: services.extend_voting(
            actor(), queries.get_cycle(year, lock=True), moment_of(form.closes_at.data)
        ),
    )
    if not done:
        return _show(year, 422, closing_form=form)
    return htmx.leave(url_for(".cycle_show", year=year), _("评价截止时间已改。"))


@blueprint.post("/assessment/<int:year>/cycle/groups")
@requires(Permission.CYCLE_APPROVE)
def group_leave_out(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    form = LeaveOutForm().offer(page.undecided_for(actor(), cycle))

    def decide() -> None:
        group, series = form.chosen()
        locked = queries.get_cycle(year, lock=True)
        services.leave_out(actor(), locked, series, group, form.reason.data)

    if not carry_out(form, decide):
        return _show(year, 422, leave_out_form=form)
    return htmx.leave(url_for(".cycle_show", year=year), _("已登记决定，其余各组按权重重新折算。"))


@blueprint.get("/assessment/<int:year>/cycle/versions/<int:version>")
@requires(*READERS)
def version_show(year: int, version: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    shown = queries.get_version(cycle, version)
    is_change = shown.approved_at is None and cycle.rule_version > 0
    return render_template(
        "cycles/version_show.html",
        cycle=cycle,
        version=shown,
        sections=page.rule_lines(shown),
        default_rule=page.default_rule(shown),
        changes=page.version_changes(queries.list_versions(cycle), shown),
        may_approve=is_change and policy.can_approve(actor(), shown),
        may_edit=is_change and actor().may(Permission.CYCLE_PREPARE),
        is_change=is_change,
    )


@blueprint.post("/assessment/<int:year>/cycle/changes")
@requires(Permission.CYCLE_PREPARE)
def change_begin(year: int) -> ResponseReturnValue:
    form = ReasonForm()
    queries.get_cycle(year)
    done = carry_out(
        form,
        lambda: versions.begin_change(actor(), queries.get_cycle(year, lock=True), form.reason.data),
    )
    if not done:
        return _show(year, 422, reason_form=form)
    address = url_for("cycles.rules_edit", year=year)
    return htmx.leave(address, _("已另立新版本，现行规则不变；改好后由部长批准才生效。"))


@blueprint.post("/assessment/<int:year>/cycle/changes/approve")
@requires(Permission.CYCLE_APPROVE)
def change_approve(year: int) -> ResponseReturnValue:
    return _settle(year, versions.approve_change, _("规则变更已批准，成绩随即按新规则计算。"))


@blueprint.post("/assessment/<int:year>/cycle/changes/withdraw")
@requires(Permission.CYCLE_PREPARE)
def change_withdraw(year: int) -> ResponseReturnValue:
    return _settle(year, versions.withdraw_change, _("规则变更已撤回，现行规则不变。"))


def _settle(
    year: int, command: Callable[[Actor, AssessmentCycle], object], message: str
) -> ResponseReturnValue:
    with unit_of_work():
        command(actor(), queries.get_cycle(year, lock=True))
    return htmx.leave(url_for(".cycle_show", year=year), message)
