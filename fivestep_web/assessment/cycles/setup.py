"""Commands that draw up a plan: begin it, edit its rules, its units and its rosters."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm.attributes import flag_modified

from fivestep_web.assessment.cycles import policy, presets, queries
from fivestep_web.assessment.cycles.models import (
    AssessmentCycle,
    CycleRules,
    CycleUnit,
    RaterRoster,
)
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rule_fields import differences
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group, SettingsError
from fivestep_web.assessment.scoring_methods import Method, ScoringError, parse_rule
from fivestep_web.assessment.settings_store import parse_settings
from fivestep_web.assessment.year_rules import (
    DEFAULT_METHOD,
    DEFAULT_PARAMETERS,
    GOAL_RULES,
    RuleText,
)
from fivestep_web.audit import services as audit
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal


def create(actor: Actor, year: int, *, name: str, cut_off_date: date, basis: Basis) -> AssessmentCycle:
    """Begin the year's plan from *basis*, with the units marked 参评; a year has one cycle (Conflict)."""
    if not actor.may(Permission.CYCLE_PREPARE):
        raise NotAllowed(_("您的岗位没有这项权限。"))
    queries.demand_year(year, lock=True)
    if queries.find_cycle(year) is not None:
        raise Conflict(_("%(year)s年度已有考核方案。", year=year))
    _check_cut_off(year, cut_off_date)
    cycle = AssessmentCycle(
        year=year, name=name.strip(), state=CycleState.CONFIGURING, cut_off_date=cut_off_date, rule_version=0
    )
    db.session.add(cycle)
    db.session.flush()
    settings = presets.settings_from(basis, year)
    db.session.add(
        CycleRules(cycle_id=cycle.id, version=1, settings=settings, prepared_by_id=actor.person_id)
    )
    for series, units in queries.unit_choices().items():
        db.session.add_all(
            CycleUnit(cycle_id=cycle.id, unit_id=unit_id, series=series)
            for unit_id, (_name, is_assessed) in units.items()
            if is_assessed
        )
    db.session.flush()
    audit.record(actor, "cycle.created", f"cycle:{cycle.year}", name=cycle.name, basis=basis.value)
    return cycle


def _check_cut_off(year: int, day: date) -> None:
    earliest, latest = date(year, 12, 1), date(year + 1, 3, 31)
    if not earliest <= day <= latest:
        raise FieldError(
            "cut_off_date", _("截止日应在%(earliest)s至%(latest)s之间。", earliest=earliest, latest=latest)
        )


def change_rules(actor: Actor, cycle: AssessmentCycle, values: Mapping[str, Any]) -> None:
    """Store the rules typed, as settings_store reads them; refuses what does not add up (DomainError)."""
    draft = policy.demand_draft(actor, queries.find_draft(cycle))
    settings = {**draft.settings, **values}
    try:
        parse_settings(settings)
    except SettingsError as error:
        raise DomainError(str(error)) from error
    changes = differences(draft.settings, settings)
    _store(actor, cycle, draft, settings, changes)


def set_default_rule(actor: Actor, cycle: AssessmentCycle, rule: RuleText) -> None:
    """Let goals that say nothing of their own be scored by *rule*."""
    draft = policy.demand_draft(actor, queries.find_draft(cycle))
    if _parsed(rule).method is Method.PER_INCIDENT:
        raise DomainError(_("“逐例扣分”只能逐个目标在年度工作簿中设定：它的完成值是发生的例数。"))
    before = draft.settings[DEFAULT_METHOD], draft.settings[DEFAULT_PARAMETERS]
    settings = {**draft.settings, DEFAULT_METHOD: rule[0], DEFAULT_PARAMETERS: rule[1]}
    changes = {_("年度默认计分方式"): [written(before), written(rule)]} if before != rule else {}
    _store(actor, cycle, draft, settings, changes)


def set_goal_rule(actor: Actor, cycle: AssessmentCycle, goal: Goal, rule: RuleText | None) -> None:
    """Let the plan score *goal* by *rule*; None leaves it to the goal's own, or the year's default.

    逐例扣分 can be neither given nor taken here: the ledger counts such a goal's incidents.
    """
    draft = policy.demand_draft(actor, queries.find_draft(cycle))
    if rule is not None:
        was_counted = _is_counted((goal.scoring_method, goal.scoring_parameters))
        if (_parsed(rule).method is Method.PER_INCIDENT) is not was_counted:
            raise DomainError(_("是否“逐例扣分”由年度工作簿定，台账按它理解完成值，这里不能改。"))
    rules = dict(draft.settings[GOAL_RULES])
    before = rules.pop(goal.code, None)
    if rule is not None:
        rules[goal.code] = list(rule)
    told = [written((before[0], before[1])) if before else "", written(rule) if rule else ""]
    changes = {goal.code: told} if told[0] != told[1] else {}
    _store(actor, cycle, draft, {**draft.settings, GOAL_RULES: rules}, changes)


def _parsed(rule: RuleText) -> Any:
    try:
        return parse_rule(*rule)
    except ScoringError as error:
        raise DomainError(str(error)) from error


def _is_counted(rule: RuleText) -> bool:
    try:
        return parse_rule(*rule).method is Method.PER_INCIDENT
    except ScoringError:
        return False


def written(rule: RuleText) -> str:
    """Return 计分方式；计分参数 in one line."""
    return "；".join(part.strip() for part in rule if part.strip())


def _store(
    actor: Actor,
    cycle: AssessmentCycle,
    draft: CycleRules,
    settings: dict[str, Any],
    changes: Mapping[str, list[str]],
) -> None:
    """Keep the edited settings and who edited them; what changes nothing is no change."""
    if not changes:
        return
    draft.settings, draft.prepared_by_id = settings, actor.person_id
    db.session.flush()
    audit.record(actor, "cycle.rules_changed", f"cycle:{cycle.year}", version=draft.version, changes=changes)


def set_units(
    actor: Actor,
    cycle: AssessmentCycle,
    *,
    name: str,
    cut_off_date: date,
    unit_ids: Mapping[Series, Collection[int]],
) -> None:
    """Keep the cycle's name, its cut-off date and who is assessed in which series."""
    policy.demand_configuring(actor, cycle)
    _check_cut_off(cycle.year, cut_off_date)
    before = {(unit_id, series) for series, names in queries.list_units(cycle).items() for unit_id in names}
    after = {(unit_id, series) for series, ids in unit_ids.items() for unit_id in ids}
    facts = {
        key: [old, new]
        for key, old, new in (
            ("name", cycle.name, name.strip()),
            ("cut_off_date", cycle.cut_off_date.isoformat(), cut_off_date.isoformat()),
        )
        if old != new
    }
    if before == after and not facts:
        return
    cycle.name, cycle.cut_off_date = name.strip(), cut_off_date
    for unit_id, _series in before - after:
        db.session.execute(
            delete(CycleUnit).where(CycleUnit.cycle_id == cycle.id, CycleUnit.unit_id == unit_id)
        )
    db.session.add_all(
        CycleUnit(cycle_id=cycle.id, unit_id=unit_id, series=series) for unit_id, series in after - before
    )
    _prepared(actor, cycle)
    db.session.flush()
    audit.record(
        actor,
        "cycle.units_changed",
        f"cycle:{cycle.year}",
        changes=facts,
        taken_in=sorted(unit_id for unit_id, _series in after - before),
        left_out=sorted(unit_id for unit_id, _series in before - after),
    )


def add_rosters(actor: Actor, cycle: AssessmentCycle, proposals: Collection[Proposal]) -> int:
    """Add lines to the rosters, each with its codes; those already there stay. Return how many were added."""
    policy.demand_configuring(actor, cycle)
    known = {(line.rater_group, line.series, line.name) for line in queries.list_rosters(cycle)}
    wanted = {(line.group, line.series, line.name): line for line in proposals if line.code_count}
    added = [line for place, line in wanted.items() if place not in known]
    db.session.add_all(
        RaterRoster(
            cycle_id=cycle.id,
            rater_group=line.group,
            series=line.series,
            name=line.name,
            unit_id=line.unit_id,
            code_count=line.code_count or 0,
        )
        for line in added
    )
    if added:
        _prepared(actor, cycle)
        db.session.flush()
        told = {_place(line.group, line.series, line.name): ["", str(line.code_count)] for line in added}
        audit.record(actor, "cycle.rosters_changed", f"cycle:{cycle.year}", changes=told)
    return len(added)


def add_roster(actor: Actor, cycle: AssessmentCycle, line: Proposal) -> None:
    """Add one line to the rosters; a name stands once in its group and series (FieldError)."""
    if line.group is Group.PEER_EVALUATION and line.unit_id is None:
        raise FieldError("unit_id", _("科室互评的名单请选本单位：单位不评自己。"))
    if not add_rosters(actor, cycle, [line]):
        raise FieldError("name", _("这一组已有“%(name)s”，请在名单里改数量。", name=line.name))


def set_counts(actor: Actor, cycle: AssessmentCycle, counts: Mapping[int, int]) -> None:
    """Set how many codes each line gets, by its id; a line with 0 is taken off the rosters."""
    policy.demand_configuring(actor, cycle)
    changes = {}
    for line in queries.list_rosters(cycle):
        count = counts.get(line.id, line.code_count)
        if count == line.code_count:
            continue
        place = _place(line.rater_group, line.series, line.name)
        changes[place] = [str(line.code_count), str(count) if count else ""]
        if count:
            line.code_count = count
        else:
            db.session.delete(line)
    if changes:
        _prepared(actor, cycle)
        db.session.flush()
        audit.record(actor, "cycle.rosters_changed", f"cycle:{cycle.year}", changes=changes)


def _place(group: Group, series: Series, name: str) -> str:
    return f"{group.label}（{series.value}）{name}"


def _prepared(actor: Actor, cycle: AssessmentCycle) -> None:
    """Note who was the last to edit the plan, who may not approve it; an edit always counts as one."""
    draft = queries.find_draft(cycle)
    if draft is not None:
        draft.prepared_by_id = actor.person_id
        flag_modified(draft, "prepared_by_id")
