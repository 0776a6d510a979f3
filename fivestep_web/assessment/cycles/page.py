"""What the page of a cycle shows: where it stands, what comes next and what is missing, the plan in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import Field

from fivestep_web.assessment.cycles import cures, facts, policy, queries, rules
from fivestep_web.assessment.cycles.forms import MoveForm
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules, GroupDecision, RaterRoster
from fivestep_web.assessment.cycles.rule_fields import SECTIONS, differences
from fivestep_web.assessment.cycles.rules import CycleState, Move, Mover, Series, Unmet
from fivestep_web.assessment.cycles.setup import written
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.year_rules import DEFAULT_METHOD, DEFAULT_PARAMETERS, GOAL_RULES
from fivestep_web.core.permissions import Actor, Permission

DEFAULT_RULE = "按比例"


@dataclass(frozen=True)
class Step:
    """A way on: what is missing before it, whether the actor may go it, and its form if so."""

    move: Move
    unmet: Sequence[Unmet]
    may: bool
    waits_for_second: bool
    form: MoveForm | None


@dataclass(frozen=True, slots=True)
class RosterSum:
    """The rosters of one group in one series: lines and codes."""

    group: str
    series: str
    lines: int
    codes: int


@dataclass(frozen=True)
class Page:
    """Everything the page of a cycle shows."""

    cycle: AssessmentCycle
    states: Sequence[str]
    steps: Sequence[Step]
    shown: CycleRules
    draft: CycleRules | None
    versions: Sequence[CycleRules]
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    default_rule: str
    goal_rules: int
    units: Mapping[Series, Mapping[int, str]]
    rosters: Sequence[RosterSum]
    decisions: Sequence[GroupDecision]
    undecided: Sequence[tuple[Group, Series]]
    can: frozenset[str]


def read_page(actor: Actor, cycle: AssessmentCycle, refused: MoveForm | None = None) -> Page:
    """Return the page of *cycle*; *refused* is the form of a step that was refused."""
    versions = queries.list_versions(cycle)
    draft = next((item for item in versions if item.approved_at is None), None)
    in_force = next((item for item in versions if item.version == cycle.rule_version), None)
    shown = in_force or versions[-1]
    return Page(
        cycle=cycle,
        states=[state.label for state in CycleState],
        steps=[_step(actor, cycle, move, refused) for move in rules.moves_from(cycle.state)],
        shown=shown,
        draft=draft if in_force else None,
        versions=versions,
        sections=rule_lines(shown),
        default_rule=default_rule(shown),
        goal_rules=0 if in_force else len(shown.settings[GOAL_RULES]),
        units=queries.list_units(cycle),
        rosters=roster_sums(queries.list_rosters(cycle)),
        decisions=queries.list_decisions(cycle),
        undecided=undecided_for(actor, cycle),
        can=_abilities(actor, cycle, draft),
    )


def undecided_for(actor: Actor, cycle: AssessmentCycle) -> list[tuple[Group, Series]]:
    """Return the groups without results that the actor may decide to do without: once the vote is closed."""
    may_decide = actor.may(Permission.CYCLE_APPROVE) and cycle.state is CycleState.VOTING_CLOSED
    return list(facts.undecided_groups(cycle)) if may_decide else []


def _step(actor: Actor, cycle: AssessmentCycle, move: Move, refused: MoveForm | None) -> Step:
    may = policy.can_move(actor, cycle, move)
    unmet = facts.gaps(cycle, move)
    form = None
    if may and not unmet:
        is_refused = refused is not None and refused.wanted() is move.target
        form = refused if is_refused and refused else new_form(cycle, move)
        if "groups" in form and not form.groups.choices:
            form = None  # every group has its results: none votes again
    return Step(
        move,
        [cures.for_reader(actor, item) for item in unmet],
        may,
        move.mover is Mover.COUNTERS and cycle.first_counter_id is not None,
        form,
    )


def new_form(cycle: AssessmentCycle, move: Move) -> MoveForm:
    """Return the form of a step, with the fields it needs and no others."""
    form = MoveForm(formdata=None, target=move.target.value, revision=cycle.revision)
    return trim(form, cycle, move)


def trim(form: MoveForm, cycle: AssessmentCycle, move: Move) -> MoveForm:
    """Take the fields off a form that *move* does not need."""
    if move.target is CycleState.VOTING:
        _demand(form.closes_at)
    else:
        del form.closes_at
    if move.target is CycleState.VOTING and move.is_backward:
        _demand(form.offer(facts.missing_groups(cycle)).groups)
    else:
        del form.groups
    if move.is_backward or move.target is CycleState.REVIEWED:
        _demand(form.reason)
    else:
        del form.reason
    return form


def _demand(field: Field) -> None:
    """Show a field as one that must be filled in; the service says so where it is not."""
    field.flags.optional, field.flags.required = False, True


def _abilities(actor: Actor, cycle: AssessmentCycle, draft: CycleRules | None) -> frozenset[str]:
    found = {
        "configure": policy.can_configure(actor, cycle),
        "edit_rules": policy.can_edit_rules(actor, draft),
        "begin_change": policy.can_begin_change(actor, cycle, draft),
        "extend": actor.may(Permission.CYCLE_RUN) and cycle.state is CycleState.VOTING,
    }
    return frozenset(name for name, is_so in found.items() if is_so)


def rule_lines(version: CycleRules) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the rules of a version by section, each with its value as a person writes it."""
    return [
        (title, [(item.label, item.shown(version.settings)) for item in items]) for title, items in SECTIONS
    ]


def default_rule(version: CycleRules) -> str:
    """Return how goals without a rule of their own are scored."""
    settings = version.settings
    return written((settings[DEFAULT_METHOD], settings[DEFAULT_PARAMETERS])) or DEFAULT_RULE


def roster_sums(lines: Sequence[RaterRoster]) -> list[RosterSum]:
    """Return lines and codes of each group in each series, empty ones too."""
    found = []
    for series in Series:
        for group in Group:
            own = [line for line in lines if line.series is series and line.rater_group is group]
            codes = sum(line.code_count for line in own)
            found.append(RosterSum(group.label, series.value, len(own), codes))
    return found


def version_changes(versions: Sequence[CycleRules], version: CycleRules) -> list[tuple[str, str, str]]:
    """Return what a version changes against the one before: label, old and new."""
    before = next((item for item in versions if item.version == version.version - 1), None)
    if before is None:
        return []
    found = [
        (label, old, new) for label, (old, new) in differences(before.settings, version.settings).items()
    ]
    was, now = default_rule(before), default_rule(version)
    if was != now:
        found.append(("年度默认计分方式", was, now))
    old_rules, new_rules = before.settings[GOAL_RULES], version.settings[GOAL_RULES]
    for code in sorted(old_rules.keys() | new_rules.keys()):
        old, new = _goal_rule(old_rules, code), _goal_rule(new_rules, code)
        if old != new:
            found.append((f"目标{code}的计分方式", old, new))
    return found


def _goal_rule(goal_rules: Mapping[str, Sequence[str]], code: str) -> str:
    rule = goal_rules.get(code)
    return "—" if rule is None else written((rule[0], rule[1])) or DEFAULT_RULE
