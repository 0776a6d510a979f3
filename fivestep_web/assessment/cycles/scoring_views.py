"""How goals earn points: the year's default and single goals, edited as fields with a live example."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles import policy, queries, setup
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules
from fivestep_web.assessment.cycles.scoring_form import (
    STEP_FIELDS,
    ScoringForm,
    example,
    example_data,
    is_typed,
    method_choices,
    typed_rule,
)
from fivestep_web.assessment.cycles.setup import written
from fivestep_web.assessment.cycles.setup_views import editable
from fivestep_web.assessment.cycles.views import blueprint
from fivestep_web.assessment.scoring_methods import AMOUNTS, Method, ScoringError, parse_rule
from fivestep_web.assessment.year_rules import (
    GOAL_RULES,
    RuleText,
    YearRules,
    frozen_rules,
    is_rule_of_its_own,
)
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal

LIKE_THE_YEAR = ""
OF_THE_YEAR = tuple(method for method in Method if method is not Method.PER_INCIDENT)


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal of the list: how it is scored, by whose word, and what cannot be read."""

    goal: Goal
    rule: str
    source: str
    problem: str


@blueprint.get("/assessment/<int:year>/cycle/scoring")
@requires(Permission.CYCLE_PREPARE)
def scoring_edit(year: int) -> ResponseReturnValue:
    """Show the year's default way of scoring, and the goals of a unit with theirs."""
    cycle = queries.get_cycle(year)
    draft = policy.demand_draft(actor(), queries.find_draft(cycle))
    data = typed_rule(_rules(cycle, draft).default_rule) | example_data(date(year, 9, 30))
    data["revision"] = draft.revision
    return _scoring_page(cycle, draft, _year_form(data))


def _rules(cycle: AssessmentCycle, draft: CycleRules) -> YearRules:
    return frozen_rules(draft.settings, cycle.year)


def _year_form(data: dict[str, Any] | None = None) -> ScoringForm:
    """Return the form as typed in the address, else with *data*; without data as posted."""
    if data is None:
        form = ScoringForm()
    else:
        typed = request.args if is_typed(request.args) else None
        form = ScoringForm(formdata=typed, data=data, meta={"csrf": False})
    return form.offer(*method_choices(OF_THE_YEAR))


def _scoring_page(
    cycle: AssessmentCycle, draft: CycleRules, form: ScoringForm, status: int = 200
) -> ResponseReturnValue:
    rules = _rules(cycle, draft)
    units = {key: name for names in queries.list_units(cycle).values() for key, name in names.items()}
    wanted = request.args.get("unit_id", type=int)
    unit_id = wanted if wanted in units else next(iter(units), None)
    goals = queries.list_goals(cycle.year, unit_id) if unit_id else []
    return htmx.render(
        "cycles/scoring_edit.html",
        "cycles/_scoring_example.html",
        status,
        cycle=cycle,
        form=form,
        outcome=_outcome(cycle, rules, form, form.rule() if _has_method(form) else ("", "")),
        amounts=AMOUNTS.values(),
        steps=STEP_FIELDS,
        units=units,
        unit_id=unit_id,
        rows=[_row(goal, rules, draft) for goal in goals],
    )


def _has_method(form: ScoringForm) -> bool:
    return form.method.data in {method.value for method in Method}


def _outcome(cycle: AssessmentCycle, rules: YearRules, form: ScoringForm, rule: RuleText) -> object:
    return example(form, rule=rule, year=cycle.year, settings=rules.settings, calendar=get_calendar())


def _row(goal: Goal, rules: YearRules, draft: CycleRules) -> GoalRow:
    own = goal.scoring_method, goal.scoring_parameters
    rule = rules.rule_of(goal.code, own)
    source = _("年度默认")
    if goal.code in draft.settings[GOAL_RULES]:
        source = _("方案另定")
    elif is_rule_of_its_own(own):
        source = _("年度工作簿")
    problem = ""
    try:
        parse_rule(*rule)
    except ScoringError as error:
        problem = str(error)
    return GoalRow(goal, written(rule) or Method.PROPORTIONAL.label, source, problem)


@blueprint.post("/assessment/<int:year>/cycle/scoring")
@requires(Permission.CYCLE_PREPARE)
def scoring_update(year: int) -> ResponseReturnValue:
    cycle, form = queries.get_cycle(year), _year_form()
    draft = policy.demand_draft(actor(), queries.find_draft(cycle))
    done = carry_out(form, lambda: setup.set_default_rule(actor(), editable(year, form), form.rule()))
    if not done:
        return _scoring_page(cycle, draft, form, 422)
    return htmx.leave(url_for(".scoring_edit", year=year), _("年度默认计分方式已保存。"))


@blueprint.get("/assessment/<int:year>/cycle/scoring/goals/<int:goal_id>")
@requires(Permission.CYCLE_PREPARE)
def goal_rule_edit(year: int, goal_id: int) -> ResponseReturnValue:
    """Show how one goal is scored, with an example of its own terms."""
    cycle, goal = queries.get_cycle(year), queries.get_goal(year, goal_id)
    draft = policy.demand_draft(actor(), queries.find_draft(cycle))
    given = draft.settings[GOAL_RULES].get(goal.code)
    data: dict[str, Any] = {"method": LIKE_THE_YEAR}
    if given:
        data = typed_rule((given[0], given[1]))
    data |= example_data(goal.deadline, goal.points, goal.target, goal.target)
    data["revision"] = draft.revision
    return _goal_page(cycle, draft, goal, _goal_form(goal, data))


def _goal_form(goal: Goal, data: dict[str, Any] | None = None) -> ScoringForm:
    form = _year_form(data)
    own = written((goal.scoring_method, goal.scoring_parameters))
    like = _("不另定：按年度默认")
    if is_rule_of_its_own((goal.scoring_method, goal.scoring_parameters)):
        like = _("不另定：按年度工作簿（%(rule)s）", rule=own)
    return form.offer((LIKE_THE_YEAR, like), *method_choices(Method))


def _goal_page(
    cycle: AssessmentCycle, draft: CycleRules, goal: Goal, form: ScoringForm, status: int = 200
) -> ResponseReturnValue:
    rules = _rules(cycle, draft)
    own = goal.scoring_method, goal.scoring_parameters
    plain_rule = own if is_rule_of_its_own(own) else rules.default_rule
    return htmx.render(
        "cycles/goal_rule_edit.html",
        "cycles/_scoring_example.html",
        status,
        cycle=cycle,
        goal=goal,
        form=form,
        outcome=_outcome(cycle, rules, form, form.rule() if _has_method(form) else plain_rule),
        amounts=AMOUNTS.values(),
        steps=STEP_FIELDS,
    )


@blueprint.post("/assessment/<int:year>/cycle/scoring/goals/<int:goal_id>")
@requires(Permission.CYCLE_PREPARE)
def goal_rule_update(year: int, goal_id: int) -> ResponseReturnValue:
    cycle, goal = queries.get_cycle(year), queries.get_goal(year, goal_id)
    draft = policy.demand_draft(actor(), queries.find_draft(cycle))
    form = _goal_form(goal)

    def save() -> None:
        rule = form.rule() if _has_method(form) else None
        setup.set_goal_rule(actor(), editable(year, form), queries.get_goal(year, goal_id), rule)

    if not carry_out(form, save):
        return _goal_page(cycle, draft, goal, form, 422)
    address = url_for(".scoring_edit", year=year, unit_id=goal.unit_id)
    return htmx.leave(f"{address}#goals", _("目标%(code)s的计分方式已保存。", code=goal.code))
