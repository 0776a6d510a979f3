"""Versions of a cycle's rules: frozen at opening, changed only by a new, approved version (R5.1)."""

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import facts, hooks, policy, queries
from fivestep_web.assessment.cycles.goal_rules import goal_rules, unreadable_rules
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules
from fivestep_web.assessment.cycles.rule_fields import differences
from fivestep_web.assessment.cycles.rules import CycleState, vote_label
from fivestep_web.assessment.year_rules import GOAL_RULES
from fivestep_web.audit import services as audit
from fivestep_web.audit.rules import sha256_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

TALLIED = (CycleState.TALLIED, CycleState.REVIEWED)


def freeze(actor: Actor, cycle: AssessmentCycle, draft: CycleRules) -> None:
    """Approve *draft*: from now on the year is scored by it, with every goal's rule as it is today.

    Refuses who drew it up (NotAllowed).
    """
    if policy.is_preparer(actor, draft):
        raise NotAllowed(_("这一版是您最后修改的，不能由本人批准。"))
    draft.settings = {**draft.settings, GOAL_RULES: goal_rules(cycle.year, draft.settings)}
    sha256 = content_hash(cycle, draft)
    draft.approved_by_id, draft.approved_at, draft.sha256 = actor.person_id, clock.now(), sha256
    cycle.rule_version = draft.version
    db.session.flush()


def content_hash(cycle: AssessmentCycle, rules: CycleRules) -> str:
    """Return the hash of what a version freezes: its settings, the units and the rosters."""
    units = queries.list_units(cycle)
    return sha256_of(
        {
            "version": rules.version,
            "settings": rules.settings,
            "units": sorted([unit_id, series.value] for series, names in units.items() for unit_id in names),
            "rosters": sorted(
                [line.rater_group.value, line.series.value, line.name, line.unit_id or 0, line.code_count]
                for line in queries.list_rosters(cycle)
            ),
        }
    )


def begin_change(actor: Actor, cycle: AssessmentCycle, reason: str) -> CycleRules:
    """Draw up a new version of frozen rules, equal to those in force, to be edited and approved."""
    draft = queries.find_draft(cycle)
    if not policy.can_begin_change(actor, cycle, draft):
        if draft is not None:
            raise Conflict(_("第%(version)s版规则还没有批准，请先改完这一版。", version=draft.version))
        raise Conflict(_("%(state)s阶段不能修改规则。", state=cycle.state.label))
    if not reason.strip():
        raise DomainError(_("请写明修改规则的理由。"))
    in_force = queries.get_version(cycle, cycle.rule_version)
    draft = CycleRules(
        cycle_id=cycle.id,
        version=cycle.rule_version + 1,
        settings=in_force.settings,
        reason=reason.strip(),
        prepared_by_id=actor.person_id,
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(
        actor, "cycle.change_begun", f"cycle:{cycle.year}", version=draft.version, reason=draft.reason
    )
    return draft


def approve_change(actor: Actor, cycle: AssessmentCycle) -> CycleRules:
    """Put the new version into force, for counted votes too.

    Refuses one that changes nothing, cannot be read or, once tallied, leaves a group without a result
    (Conflict).
    """
    draft = queries.find_draft(cycle)
    if draft is None or cycle.rule_version == 0:
        raise Conflict(_("没有等待批准的规则变更。"))
    in_force = queries.get_version(cycle, cycle.rule_version)
    if draft.settings == in_force.settings:
        raise Conflict(_("第%(version)s版与现行规则相同，没有可批准的修改。", version=draft.version))
    problems = unreadable_rules(cycle.year, draft.settings)
    if problems:
        raise Conflict(problems[0])
    freeze(actor, cycle, draft)
    audit.record(
        actor,
        "cycle.change_approved",
        f"cycle:{cycle.year}",
        version=draft.version,
        reason=draft.reason,
        sha256=draft.sha256,
        changes=differences(in_force.settings, draft.settings),
    )
    hooks.rules_changed(actor, cycle)
    _demand_results(cycle, draft)
    _take_back(actor, cycle)
    return draft


def _demand_results(cycle: AssessmentCycle, draft: CycleRules) -> None:
    """Refuse rules by which a group has no result once none can vote again (5.6, 7.6)."""
    lost = facts.undecided_groups(cycle) if cycle.state in TALLIED else {}
    if lost:
        votes = "、".join(vote_label(*vote) for vote in lost)
        raise Conflict(
            _(
                "按第%(version)s版规则，%(votes)s有单位没有结果，汇总以后不能重新评价；请修改或者撤回这一版。",
                version=draft.version,
                votes=votes,
            )
        )


def _take_back(actor: Actor, cycle: AssessmentCycle) -> None:
    """Take back what was said of the votes by the earlier rules and has no ground by the new ones.

    A single counter's confirmation of the tally, and decisions to do without a group that now has results.
    """
    subject = f"cycle:{cycle.year}"
    if cycle.state is CycleState.VOTING_CLOSED and cycle.first_counter_id is not None:
        audit.record(actor, "cycle.count_taken_back", subject, person=cycle.first_counter_id)
        cycle.first_counter_id = None
    missing = facts.missing_groups(cycle)
    for decision in queries.list_decisions(cycle):
        if (decision.rater_group, decision.series) not in missing:
            db.session.delete(decision)
            audit.record(
                actor,
                "cycle.group_taken_in",
                subject,
                series=decision.series.value,
                group=decision.rater_group.value,
            )
    db.session.flush()


def withdraw_change(actor: Actor, cycle: AssessmentCycle) -> None:
    """Drop the new version that waits for approval; the rules in force stay."""
    draft = queries.find_draft(cycle)
    if draft is None or cycle.rule_version == 0:
        raise Conflict(_("没有等待批准的规则变更。"))
    audit.record(
        actor, "cycle.change_withdrawn", f"cycle:{cycle.year}", version=draft.version, reason=draft.reason
    )
    db.session.delete(draft)
    db.session.flush()
