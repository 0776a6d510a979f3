"""The pages on which a plan is drawn up: rules with their sums, units, rosters."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles import policy, presets, queries, setup
from fivestep_web.assessment.cycles.forms import PlanForm, RosterForm, UnitsForm, counts_form, typed_counts
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules, RaterRoster
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rule_fields import SECTIONS, SHARE_FIELDS, WEIGHT_FIELDS
from fivestep_web.assessment.cycles.rule_forms import UNITS, RulesForm, sum_lines, typed_values
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.cycles.views import blueprint
from fivestep_web.assessment.score_settings import SettingsError
from fivestep_web.assessment.settings_store import parse_settings
from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires

SUMS = {"四组权重合计": WEIGHT_FIELDS, "总分构成合计": SHARE_FIELDS}


def _draft(cycle: AssessmentCycle) -> CycleRules:
    return policy.demand_draft(actor(), queries.find_draft(cycle))


def editable(year: int, form: PlanForm) -> AssessmentCycle:
    """Return the locked cycle whose plan *form* edits; refuses one that was edited since."""
    cycle = queries.get_cycle(year, lock=True)
    policy.demand_unchanged(queries.find_draft(cycle), form.revision.data)
    return cycle


@blueprint.get("/assessment/<int:year>/cycle/rules")
@requires(Permission.CYCLE_PREPARE)
def rules_edit(year: int) -> ResponseReturnValue:
    """Show the rules to edit, as stored, as a preset has them, or with the sums of what was typed so far."""
    cycle = queries.get_cycle(year)
    draft = _draft(cycle)
    known = {basis.value: basis for basis, _label in presets.bases(year)}
    wanted = known.get(request.args.get("preset", ""))
    stored = presets.settings_from(wanted, year) if wanted else draft.settings
    is_typed = WEIGHT_FIELDS[0].name in request.args
    typed = request.args if is_typed else None
    form = RulesForm(
        formdata=typed, data=typed_values(stored) | {"revision": draft.revision}, meta={"csrf": False}
    )
    if is_typed:
        form.validate()
    return _rules_page(cycle, draft, form, preset=wanted)


def _rules_page(
    cycle: AssessmentCycle,
    draft: CycleRules,
    form: RulesForm,
    status: int = 200,
    preset: Basis | None = None,
) -> ResponseReturnValue:
    return htmx.render(
        "cycles/rules_edit.html",
        "cycles/_rules_sums.html",
        status,
        cycle=cycle,
        draft=draft,
        form=form,
        sections=SECTIONS,
        units=UNITS,
        sums=list(sum_lines(form, SUMS)),
        problem=_problem(form),
        bases=presets.bases(cycle.year),
        preset=preset,
    )


def _problem(form: RulesForm) -> str:
    """Return what is wrong with rules that are each well typed; the sums are told apart."""
    if form.errors or any(line.reason for line in sum_lines(form, SUMS)):
        return ""
    try:
        parse_settings(form.stored())
    except SettingsError as error:
        return str(error)
    return ""


@blueprint.post("/assessment/<int:year>/cycle/rules")
@requires(Permission.CYCLE_PREPARE)
def rules_update(year: int) -> ResponseReturnValue:
    cycle, form = queries.get_cycle(year), RulesForm()
    draft = _draft(cycle)
    done = carry_out(form, lambda: setup.change_rules(actor(), editable(year, form), form.stored()))
    if not done:
        return _rules_page(cycle, draft, form, 422)
    return _saved(year, cycle, _("计分规则已保存。"))


def _saved(year: int, cycle: AssessmentCycle, message: str) -> ResponseReturnValue:
    """Go back to the plan, or to the new version of frozen rules."""
    if cycle.rule_version:
        version = _draft(cycle).version
        return htmx.leave(url_for(".version_show", year=year, version=version), message)
    return htmx.leave(url_for(".cycle_show", year=year), message)


@blueprint.get("/assessment/<int:year>/cycle/units")
@requires(Permission.CYCLE_PREPARE)
def unit_edit(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    policy.demand_configuring(actor(), cycle)
    units = queries.list_units(cycle)
    form = UnitsForm(
        formdata=None,
        revision=_revision(cycle),
        name=cycle.name,
        cut_off_date=cycle.cut_off_date,
        sections=list(units[Series.SECTIONS]),
        townships=list(units[Series.TOWNSHIPS]),
    )
    form.offer(queries.unit_choices())
    return render_template("cycles/unit_edit.html", cycle=cycle, form=form)


@blueprint.post("/assessment/<int:year>/cycle/units")
@requires(Permission.CYCLE_PREPARE)
def unit_update(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    form = UnitsForm().offer(queries.unit_choices())
    done = carry_out(
        form,
        lambda: setup.set_units(
            actor(),
            editable(year, form),
            name=form.name.data,
            cut_off_date=form.cut_off_date.data,
            unit_ids={Series.SECTIONS: form.sections.data, Series.TOWNSHIPS: form.townships.data},
        ),
    )
    if not done:
        return render_template("cycles/unit_edit.html", cycle=cycle, form=form), 422
    return htmx.leave(url_for(".cycle_show", year=year), _("参评单位已保存。"))


@blueprint.get("/assessment/<int:year>/cycle/rosters")
@requires(Permission.CYCLE_PREPARE, Permission.CYCLE_APPROVE)
def roster_index(year: int) -> ResponseReturnValue:
    return _roster_page(queries.get_cycle(year))


@blueprint.get("/assessment/<int:year>/cycle/rosters/edit")
@requires(Permission.CYCLE_PREPARE)
def roster_edit(year: int) -> ResponseReturnValue:
    """Lead to the rosters, where they are edited, or to the proposed ones while there are none."""
    cycle = queries.get_cycle(year)
    page = ".roster_index" if queries.list_rosters(cycle) else ".proposal_show"
    return redirect(url_for(page, year=year), 303)


def _roster_page(
    cycle: AssessmentCycle,
    status: int = 200,
    *,
    form: RosterForm | None = None,
    counts: BaseForm | None = None,
) -> ResponseReturnValue:
    lines, names = _lines(cycle), _unit_names()
    page = render_template(
        "cycles/roster_index.html",
        cycle=cycle,
        lines=lines,
        unit_names=names,
        counts=counts or counts_form(lines)(formdata=None, revision=_revision(cycle)),
        form=(form or RosterForm(formdata=None)).offer(list(names.items())),
        may_edit=policy.can_configure(actor(), cycle),
    )
    return page, status


def _revision(cycle: AssessmentCycle) -> int | None:
    draft = queries.find_draft(cycle)
    return draft.revision if draft else None


def _lines(cycle: AssessmentCycle) -> dict[str, RaterRoster]:
    return {str(line.id): line for line in queries.list_rosters(cycle)}


def _unit_names() -> dict[int, str]:
    return {
        unit_id: name
        for units in queries.unit_choices().values()
        for unit_id, (name, _is_assessed) in units.items()
    }


@blueprint.post("/assessment/<int:year>/cycle/rosters")
@requires(Permission.CYCLE_PREPARE)
def roster_update(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    lines = _lines(cycle)
    form = counts_form(lines)()

    def save() -> None:
        counts = {lines[key].id: count for key, count in typed_counts(form, lines).items()}
        setup.set_counts(actor(), editable(year, form), counts)

    if not carry_out(form, save):
        return _roster_page(cycle, 422, counts=form)
    return htmx.leave(url_for(".roster_index", year=year), _("评价名单已保存。"))


@blueprint.post("/assessment/<int:year>/cycle/rosters/add")
@requires(Permission.CYCLE_PREPARE)
def roster_add(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    form = RosterForm().offer(list(_unit_names().items()))
    done = carry_out(form, lambda: setup.add_roster(actor(), queries.get_cycle(year, lock=True), form.line()))
    if not done:
        return _roster_page(cycle, 422, form=form)
    return htmx.leave(url_for(".roster_index", year=year), _("已加入评价名单。"))


@blueprint.get("/assessment/<int:year>/cycle/rosters/proposals")
@requires(Permission.CYCLE_PREPARE)
def proposal_show(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    policy.demand_configuring(actor(), cycle)
    lines = _proposals(cycle)
    return _proposal_page(cycle, lines, counts_form(lines)(formdata=None, revision=_revision(cycle)))


def _proposals(cycle: AssessmentCycle) -> dict[str, Proposal]:
    """Return the proposed lines that are not in the rosters yet, by their key."""
    known = {(line.rater_group, line.series, line.name) for line in queries.list_rosters(cycle)}
    proposed = presets.propose_rosters(queries.list_units(cycle), clock.today())
    return {line.key: line for line in proposed if (line.group, line.series, line.name) not in known}


def _proposal_page(
    cycle: AssessmentCycle, lines: dict[str, Proposal], form: BaseForm, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "cycles/proposal_show.html", cycle=cycle, lines=lines, counts=form, unit_names=_unit_names()
    )
    return page, status


@blueprint.post("/assessment/<int:year>/cycle/rosters/proposals")
@requires(Permission.CYCLE_PREPARE)
def proposal_accept(year: int) -> ResponseReturnValue:
    cycle = queries.get_cycle(year)
    lines = _proposals(cycle)
    form = counts_form(lines)()

    def save() -> None:
        counts = typed_counts(form, lines)
        chosen = [replace(lines[key], code_count=count) for key, count in counts.items()]
        setup.add_rosters(actor(), editable(year, form), chosen)

    if not carry_out(form, save):
        return _proposal_page(cycle, lines, form, 422)
    return htmx.leave(url_for(".roster_index", year=year), _("已加入评价名单。"))
