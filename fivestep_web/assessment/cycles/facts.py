"""What a cycle still lacks before its next state, read from what is stored."""

from collections import Counter
from collections.abc import Callable, Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fivestep_web.assessment import queries as stored
from fivestep_web.assessment.cycles import guards, hooks, queries
from fivestep_web.assessment.cycles.goal_rules import unreadable_rules
from fivestep_web.assessment.cycles.guards import Plan, RosterLine
from fivestep_web.assessment.cycles.hooks import Condition
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules
from fivestep_web.assessment.cycles.rules import CycleState, Move, Series, Unmet
from fivestep_web.assessment.score_settings import Group, Settings, SettingsError
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.settings_store import parse_settings
from fivestep_web.core import clock

UNREADABLE_SHOWN = 3


def conditions(cycle: AssessmentCycle, move: Move) -> Iterator[Condition]:
    """Yield what must hold before *move*, each with what is still missing; nothing for a way back."""
    if move.is_backward:
        return
    if own := _CHECKS.get(move.target):
        label, check = own
        yield Condition(str(label), check(cycle))
    if move.target in _SETTLED:
        yield Condition(str(_("没有等待批准的规则变更")), _pending_change(cycle))
    yield from hooks.conditions_for(cycle, move.target)


def gaps(cycle: AssessmentCycle, move: Move) -> list[Unmet]:
    """Return what is still missing before *move*, each with the page that cures it."""
    return [unmet for condition in conditions(cycle, move) for unmet in condition.unmet]


def is_ready(cycle: AssessmentCycle, move: Move) -> bool:
    """Say whether nothing is missing before *move*; looks no further than the first thing missing."""
    return not any(condition.unmet for condition in conditions(cycle, move))


def _plan_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    draft = queries.find_draft(cycle)
    if draft is None:
        return []
    problem, least = _read(draft)
    unreadable = unreadable_rules(cycle.year, draft.settings) if problem is None else []
    more = len(unreadable) - UNREADABLE_SHOWN
    told = unreadable[:UNREADABLE_SHOWN]
    if more > 0:
        told.append(_("还有%(count)s个目标的计分方式读不懂。", count=more))
    return guards.plan_gaps(
        Plan(
            settings_problem=problem,
            min_valid_lines=least,
            rule_problems=told,
            units=queries.list_units(cycle),
            rosters=[
                RosterLine(line.rater_group, line.series, line.name, line.unit_id, line.code_count)
                for line in queries.list_rosters(cycle)
            ],
        )
    )


def _read(draft: CycleRules) -> tuple[str | None, int]:
    try:
        return None, parse_settings(draft.settings).min_valid_lines
    except SettingsError as error:
        return str(error), Settings().min_valid_lines


def missing_groups(cycle: AssessmentCycle) -> dict[tuple[Group, Series], int]:
    """Count the units that have no result, by group and series; a group with every result is left out."""
    rules = queries.get_version(cycle, cycle.rule_version)
    least = parse_settings(rules.settings).min_valid_lines
    marks = stored.marks_of_year(cycle.year)
    missing: Counter[tuple[Group, Series]] = Counter()
    for series, units in queries.list_units(cycle).items():
        for unit_id in units:
            for group in Group:
                given = marks.get((unit_id, group))
                if given is None or given.count < least:
                    missing[group, series] += 1
    return dict(missing)


def undecided_groups(cycle: AssessmentCycle) -> dict[tuple[Group, Series], int]:
    """Count the units without a result, leaving out the groups the minister decided to do without."""
    decided = {(decision.rater_group, decision.series) for decision in queries.list_decisions(cycle)}
    return {place: count for place, count in missing_groups(cycle).items() if place not in decided}


def _tally_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    return guards.tally_gaps(clock.today(), cycle.cut_off_date, undecided_groups(cycle))


def total_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the units of the year that have no total, with the reasons."""
    return guards.total_gaps(
        {unit.code: (unit.name, unit.problems) for unit in score_year(cycle.year).units if unit.problems}
    )


def _pending_change(cycle: AssessmentCycle) -> list[Unmet]:
    draft = queries.find_draft(cycle)
    if draft is None:
        return []
    sentence = _("第%(version)s版规则还没有批准，请先批准或撤回。", version=draft.version)
    return [Unmet(sentence, _("查看规则变更"), "cycles.version_show", {"version": draft.version})]


_CHECKS: dict[CycleState, tuple[object, Callable[[AssessmentCycle], list[Unmet]]]] = {
    CycleState.OPEN: (_l("方案完整：规则、参评单位、评价名单"), _plan_gaps),
    CycleState.TALLIED: (_l("完成情况截止日已过，各组都有结果或部长已决定不计"), _tally_gaps),
    CycleState.REVIEWED: (_l("各单位都有总分，人工评定已完成"), total_gaps),
    CycleState.PUBLICIZING: (_l("各单位都有总分，人工评定已完成"), total_gaps),
}
_SETTLED = frozenset({CycleState.TALLIED, CycleState.REVIEWED, CycleState.PUBLICIZING})
