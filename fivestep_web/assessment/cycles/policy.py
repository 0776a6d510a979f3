"""Who may prepare, approve and move a cycle (domain.md 5.6 and section 6)."""

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules
from fivestep_web.assessment.cycles.rules import CycleState, Move, Mover
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor, Permission

PERMISSIONS = {
    Mover.MINISTER: Permission.CYCLE_APPROVE,
    Mover.OFFICE: Permission.CYCLE_RUN,
    Mover.COUNTERS: Permission.BALLOT_COUNT,
    Mover.HR: Permission.CYCLE_FILE,
}
# rules may be changed by a new version while nothing is publicized
CHANGEABLE = frozenset(
    {
        CycleState.OPEN,
        CycleState.SELF_REPORTING,
        CycleState.VOTING,
        CycleState.VOTING_CLOSED,
        CycleState.TALLIED,
        CycleState.REVIEWED,
    }
)


def can_configure(actor: Actor, cycle: AssessmentCycle) -> bool:
    """Say whether the actor may edit units and rosters: only before they are frozen."""
    return actor.may(Permission.CYCLE_PREPARE) and cycle.state is CycleState.CONFIGURING


def can_edit_rules(actor: Actor, draft: CycleRules | None) -> bool:
    """Say whether the actor may edit the rules: only a version that waits for approval."""
    return actor.may(Permission.CYCLE_PREPARE) and draft is not None


def can_begin_change(actor: Actor, cycle: AssessmentCycle, draft: CycleRules | None) -> bool:
    """Say whether the actor may draw up a new version of frozen rules (R5.1)."""
    return actor.may(Permission.CYCLE_PREPARE) and draft is None and cycle.state in CHANGEABLE


def can_approve(actor: Actor, rules: CycleRules) -> bool:
    """Say whether the actor may approve this version: the minister, never who drew it up."""
    return actor.may(Permission.CYCLE_APPROVE) and not is_preparer(actor, rules)


def is_preparer(actor: Actor, rules: CycleRules) -> bool:
    """Say whether the actor was the last to edit this version."""
    return actor.person_id is not None and rules.prepared_by_id == actor.person_id


def can_move(actor: Actor, cycle: AssessmentCycle, move: Move) -> bool:
    """Say whether the actor may carry out this move; the second counter is never the first."""
    if not actor.may(PERMISSIONS[move.mover]) or actor.person_id is None:
        return False
    return move.mover is not Mover.COUNTERS or cycle.first_counter_id != actor.person_id


def demand_configuring(actor: Actor, cycle: AssessmentCycle) -> None:
    """Refuse changes to units and rosters by others, or once they are frozen."""
    if not actor.may(Permission.CYCLE_PREPARE):
        raise NotAllowed(_("您的岗位没有这项权限。"))
    if cycle.state is not CycleState.CONFIGURING:
        raise Conflict(_("考核已经启动，参评单位和评价名单不能再改。"))


def demand_draft(actor: Actor, draft: CycleRules | None) -> CycleRules:
    """Return the version that may be edited; refuse others, and rules that are frozen."""
    if not actor.may(Permission.CYCLE_PREPARE):
        raise NotAllowed(_("您的岗位没有这项权限。"))
    if draft is None:
        raise Conflict(_("规则已经锁定；要修改，请先写明理由，另立新版本，由部长批准。"))
    return draft


def demand_unchanged(draft: CycleRules | None, revision: int | None) -> None:
    """Refuse an edit of a plan that somebody else has edited since it was read."""
    if draft is not None and draft.revision != revision:
        raise Conflict(_("方案刚被别人改过，请刷新后再改。"))
