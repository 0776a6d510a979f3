"""Commands that move a cycle through its life (domain.md 5.6)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import facts, hooks, policy, queries, rules, versions
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove, GroupDecision
from fivestep_web.assessment.cycles.rules import CycleState, Move, Mover, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.settings_store import parse_settings
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.extensions import db


def move(
    actor: Actor,
    cycle: AssessmentCycle,
    target: CycleState,
    *,
    reason: str = "",
    closes_at: datetime | None = None,
    groups: Collection[tuple[Group, Series]] = (),
) -> None:
    """Take the locked *cycle* to *target*; a tally by the first of two counters only notes that counter.

    Refuses a way that is not there or not free yet (Conflict), who may not go it (NotAllowed), and a
    missing reason, closing time or group (FieldError).
    """
    way = rules.find_move(cycle.state, target)
    if way is None:
        raise Conflict(_("考核已进入“%(state)s”，请刷新后重试。", state=cycle.state.label))
    _demand_right(actor, cycle, way)
    unmet = facts.gaps(cycle, way)
    if unmet:
        raise Conflict(unmet[0].sentence)
    if way.mover is Mover.COUNTERS and cycle.first_counter_id is None:
        _note_first_counter(actor, cycle)
        return
    if way.target is CycleState.VOTING:
        cycle.voting_closes_at = _closing(closes_at)
    _enter(actor, cycle, way, reason=_reason(way, reason), groups=_groups(cycle, way, groups))


def _demand_right(actor: Actor, cycle: AssessmentCycle, way: Move) -> None:
    if policy.can_move(actor, cycle, way):
        return
    if way.mover is Mover.COUNTERS and cycle.first_counter_id == actor.person_id:
        raise NotAllowed(_("您已经确认过，须由另一名计票人确认。"))
    raise NotAllowed(_("“%(verb)s”由%(mover)s办理。", verb=way.verb, mover=way.mover.label))


def _note_first_counter(actor: Actor, cycle: AssessmentCycle) -> None:
    cycle.first_counter_id = actor.person_id
    db.session.flush()
    audit.record(actor, "cycle.count_confirmed", f"cycle:{cycle.year}")


def _closing(closes_at: datetime | None) -> datetime:
    if closes_at is None:
        raise FieldError("closes_at", _("请填写评价截止时间。"))
    if closes_at <= clock.now():
        raise FieldError("closes_at", _("截止时间应晚于现在。"))
    return closes_at


def _reason(way: Move, reason: str) -> str:
    needed = {
        CycleState.VOTING: _("请写明重新评价的理由。"),
        CycleState.REVIEWED: _("请写明审核意见。"),
    }
    is_needed = way.is_backward or way.target is CycleState.REVIEWED
    if is_needed and not reason.strip():
        raise FieldError("reason", needed[way.target])
    return reason.strip() if is_needed else ""


def _groups(
    cycle: AssessmentCycle, way: Move, groups: Collection[tuple[Group, Series]]
) -> list[tuple[Group, Series]]:
    """Return the groups that rate a series again: some, and only such as have no result for a unit of it."""
    if not (way.is_backward and way.target is CycleState.VOTING):
        return []
    if not groups:
        raise FieldError("groups", _("请选择重新评价的组。"))
    missing = facts.missing_groups(cycle)
    sound = [rules.vote_label(*vote) for vote in groups if vote not in missing]
    if sound:
        raise FieldError("groups", _("%(groups)s已有结果，不能重新评价。", groups="、".join(sound)))
    return [vote for vote in missing if vote in groups]


def _enter(
    actor: Actor, cycle: AssessmentCycle, way: Move, *, reason: str, groups: Sequence[tuple[Group, Series]]
) -> None:
    """Change the state with all that follows from it, in this unit of work."""
    sha256 = None
    if way.target is CycleState.OPEN:
        draft = queries.find_draft(cycle)
        if draft is None:
            raise DomainError(_("没有可以启动的方案。"))
        versions.freeze(actor, cycle, draft)
        cycle.opened_at, sha256 = clock.now(), draft.sha256
    if groups:
        _take_back_decisions(cycle, groups)
    if way.target is CycleState.FILED:
        cycle.closed_at = clock.now()
    if way.target is CycleState.VOTING:
        cycle.first_counter_id = None  # counted anew
    cycle.state = way.target
    step = CycleMove(
        cycle=cycle,
        state=way.target,
        moved_on=clock.today(),
        moved_at=clock.now(),
        person_id=actor.person_id,
        reason=reason,
        groups=[list(vote) for vote in groups],
    )
    db.session.add(step)
    db.session.flush()
    again = [rules.vote_label(*vote) for vote in groups]
    facts_told = {"reason": reason or None, "groups": again or None, "sha256": sha256}
    audit.record(
        actor,
        "cycle.moved",
        f"cycle:{cycle.year}",
        state=way.target.value,
        version=cycle.rule_version,
        **{name: value for name, value in facts_told.items() if value is not None},
    )
    hooks.entered(actor, cycle, step)


def _take_back_decisions(cycle: AssessmentCycle, groups: Collection[tuple[Group, Series]]) -> None:
    """A group that votes on a series again is counted again."""
    for decision in queries.list_decisions(cycle):
        if (decision.rater_group, decision.series) in groups:
            db.session.delete(decision)


def leave_out(actor: Actor, cycle: AssessmentCycle, series: Series, group: Group, reason: str) -> None:
    """Record the minister's decision to compute a series without a group that has no result (7.6).

    Refused while the vote is not closed or already tallied, for a group with all its results, and where
    the groups that are left have no weight.
    """
    if not actor.may(policy.PERMISSIONS[Mover.MINISTER]):
        raise NotAllowed(_("不计某一组由部长决定。"))
    if cycle.state is not CycleState.VOTING_CLOSED:
        raise Conflict(_("评价截止以后、汇总以前才能决定不计某一组。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明不计这一组的理由。"))
    if (group, series) not in facts.undecided_groups(cycle):
        raise Conflict(_("%(vote)s已有结果或已经决定。", vote=rules.vote_label(group, series)))
    decided = {item.rater_group for item in queries.list_decisions(cycle) if item.series is series}
    weights = parse_settings(queries.get_version(cycle, cycle.rule_version).settings).weights
    if not sum(weights[kept] for kept in Group if kept not in {*decided, group}):
        raise Conflict(_("%(series)s其余各组没有权重，无法折算。", series=series))
    decision = GroupDecision(
        cycle_id=cycle.id,
        series=series,
        rater_group=group,
        reason=reason.strip(),
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    audit.record(
        actor,
        "cycle.group_left_out",
        f"cycle:{cycle.year}",
        series=series.value,
        group=group.value,
        reason=decision.reason,
    )


def send_back(actor: Actor, cycle: AssessmentCycle, reason: str) -> None:
    """Take publicized results back to 已审核 because an objection to them was upheld (5.6)."""
    way = rules.find_move(cycle.state, CycleState.REVIEWED)
    if way is None or not way.is_backward:
        raise Conflict(_("考核已进入“%(state)s”，请刷新后重试。", state=cycle.state.label))
    _enter(actor, cycle, way, reason=reason, groups=[])


def extend_voting(actor: Actor, cycle: AssessmentCycle, closes_at: datetime | None) -> None:
    """Set another closing time for a vote that is running; one that has passed stands (Conflict)."""
    if not actor.may(policy.PERMISSIONS[Mover.OFFICE]):
        raise NotAllowed(_("评价截止时间由办公室定。"))
    if cycle.state is not CycleState.VOTING:
        raise Conflict(_("评价没有进行，不能改截止时间。"))
    if cycle.voting_closes_at is not None and cycle.voting_closes_at <= clock.now():
        raise Conflict(_("评价截止时间已到，不能再改。"))
    before, cycle.voting_closes_at = cycle.voting_closes_at, _closing(closes_at)
    db.session.flush()
    audit.record(
        actor, "cycle.closing_changed", f"cycle:{cycle.year}", closes_at=[before, cycle.voting_closes_at]
    )


def close_due_vote(year: int) -> None:
    """Close the year's vote if its time has come; running it again changes nothing."""
    cycle = queries.find_cycle(year, lock=True)
    if cycle is None or cycle.state is not CycleState.VOTING or cycle.voting_closes_at is None:
        return
    way = rules.find_move(CycleState.VOTING, CycleState.VOTING_CLOSED)
    if way is not None and cycle.voting_closes_at <= clock.now():
        _enter(SYSTEM, cycle, way, reason="", groups=[])
