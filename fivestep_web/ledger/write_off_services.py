"""Write-off, reopening, suspension, cancellation: each one LedgerChange and one audit entry (domain.md 5.4).

Every function takes an entry loaded with lock=True in the running unit of work.
"""

import enum
from collections.abc import Collection
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution import queries as progress_queries
from fivestep_web.execution import rules as progress_rules
from fivestep_web.execution.acceptance import queries as acceptance_queries
from fivestep_web.execution.queries import NO_PROGRESS
from fivestep_web.extensions import db
from fivestep_web.ledger import policy, queries
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.models import Goal


class AcceptanceCondition(enum.StrEnum):
    """What the owner confirms, one by one, before asking for the write-off."""

    STANDARD_MET = "standard_met"
    EVIDENCE_COMPLETE = "evidence_complete"
    FIGURES_AGREE = "figures_agree"


CONDITION_LABELS = {
    AcceptanceCondition.STANDARD_MET: _l("已达到责任书写明的完成标准"),
    AcceptanceCondition.EVIDENCE_COMPLETE: _l("佐证材料齐全，可供核查"),
    AcceptanceCondition.FIGURES_AGREE: _l("进展记录与实际情况一致"),
}


def request_write_off(
    actor: Actor, entry: LedgerEntry, *, conditions: Collection[AcceptanceCondition]
) -> None:
    """Ask for the write-off; the goal must be completed with every node reached, all conditions ticked."""
    _must(actor, policy.REQUEST, entry)
    _check_completed(entry.goal)
    missing = [str(label) for key, label in CONDITION_LABELS.items() if key not in conditions]
    if missing:
        raise DomainError(_("申请销号前请逐项确认：%(missing)s。", missing="；".join(missing)))
    entry.checked_by_id = None
    _move(actor, policy.REQUEST, entry, _("验收条件已逐项确认"))


def record_check(actor: Actor, entry: LedgerEntry, *, note: str) -> None:
    """Record that the office has checked the evidence; the leader in charge decides next."""
    if not policy.may_check(actor, entry):
        raise NotAllowed(_("销号材料由办公室核查，本人申请的由他人核查。"))
    if entry.state is not LedgerState.WRITE_OFF_REQUESTED or entry.checked_by_id is not None:
        raise Conflict(_("这一项现在不待核查，请刷新后查看。"))
    entry.checked_by_id = actor.person_id
    note = note.strip()
    text = _("佐证材料已核查：%(note)s", note=note) if note else _("佐证材料已核查")
    _append(actor, entry, LedgerState.WRITE_OFF_REQUESTED, text)
    record(actor, "ledger.write_off_checked", f"ledger_entry:{entry.id}", note=note)


def approve_write_off(actor: Actor, entry: LedgerEntry) -> str:
    """Close the entry and return its number 销号〔2026〕n号, gap-free within the plan year.

    An entry written off again after it was reopened keeps its number.
    """
    _must(actor, policy.APPROVE, entry)
    if policy.is_preparer(actor, entry):
        raise NotAllowed(_("本人负责、申请或核查的事项，不能由本人批准销号。"))
    if entry.checked_by_id is None:
        raise Conflict(_("办公室还没有核查佐证材料，核查后才能批准销号。"))
    _check_completed(entry.goal)
    if entry.write_off_number is None:
        entry.write_off_number = _next_number(entry.goal.year)
    _move(actor, policy.APPROVE, entry, entry.write_off_number, number=entry.write_off_number)
    return entry.write_off_number


def send_back(actor: Actor, entry: LedgerEntry, *, reason: str) -> None:
    """Return a request to its owner with the reason."""
    _must(actor, policy.SEND_BACK, entry)
    reason = _given(reason, _("请写明退回的理由，便于责任人整改。"))
    entry.checked_by_id = None
    _move(actor, policy.SEND_BACK, entry, reason)


def reopen(actor: Actor, entry: LedgerEntry, *, finding: str) -> None:
    """Put a closed entry back into the ledger with what was found (重新挂账)."""
    _must(actor, policy.REOPEN, entry)
    finding = _given(finding, _("请写明核查发现的问题。"))
    entry.checked_by_id = None
    _move(actor, policy.REOPEN, entry, finding)


def suspend(actor: Actor, entry: LedgerEntry, *, reason: str, review_on: date) -> None:
    """Suspend the entry until it is looked at again on *review_on*, a day to come."""
    _must(actor, policy.SUSPEND, entry)
    reason = _given(reason, _("请写明暂缓的理由。"))
    if review_on <= clock.today():
        raise DomainError(_("复核日期应在今天之后，请改为以后的日期。"))
    _move(actor, policy.SUSPEND, entry, reason, review_on=review_on)


def resume(actor: Actor, entry: LedgerEntry) -> None:
    """Take a suspended entry up again."""
    _must(actor, policy.RESUME, entry)
    _move(actor, policy.RESUME, entry, _("恢复推进"))


def cancel(actor: Actor, entry: LedgerEntry, *, reason: str) -> None:
    """Strike the entry out for good; *reason* is the change order (变更依据)."""
    _must(actor, policy.CANCEL, entry)
    reason = _given(reason, _("请写明撤账的变更依据。"))
    _move(actor, policy.CANCEL, entry, reason)


def _must(actor: Actor, command: policy.Command, entry: LedgerEntry) -> None:
    if not policy.may(actor, command, entry):
        raise NotAllowed(_("您的岗位不能办理这一项。"))
    if entry.state not in command.sources:
        raise Conflict(_("这一项现在是“%(state)s”，不能这样办理，请刷新后查看。", state=entry.state.label))


def _given(text: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise DomainError(message)
    return text


def _check_completed(goal: Goal) -> None:
    """Refuse while the goal has no 完成日期 or a node is not reached, naming it."""
    today = clock.today()
    history = progress_queries.progress_of_goals([goal.id], today).get(goal.id, NO_PROGRESS)
    if progress_rules.completion_on(history.points, today).completed_on is None:
        raise DomainError(_("还没有报完成日期，请先汇报完成情况。"))
    milestones = progress_queries.milestones_of_goals([goal.id]).get(goal.id, [])
    hand_ins = acceptance_queries.hand_ins_of_goals([goal.id], today).get(goal.id)
    nodes = queries.stand_goal(goal, milestones, history, hand_ins, today)
    waiting = [node.name for node in nodes if node.is_waiting]
    if waiting:
        raise DomainError(_("节点“%(nodes)s”已提交、还没有验收，不能销号。", nodes="”“".join(waiting)))
    open_nodes = [node.name for node in nodes if not node.is_completed]
    if open_nodes:
        raise DomainError(_("节点“%(nodes)s”还没有完成，不能销号。", nodes="”“".join(open_nodes)))


def _next_number(year: int) -> str:
    """Return the next number of the year, with the year's row locked until the commit: no gap, no double."""
    db.session.execute(
        select(PlanYear.year).where(PlanYear.year == year).with_for_update(key_share=True)
    ).one()
    head = f"销号〔{year}〕"
    given = db.session.scalar(
        select(func.count()).where(LedgerEntry.write_off_number.startswith(head, autoescape=True))
    )
    return f"{head}{(given or 0) + 1}号"


def _move(
    actor: Actor,
    command: policy.Command,
    entry: LedgerEntry,
    reason: str,
    *,
    review_on: date | None = None,
    **facts: object,
) -> None:
    before = entry.state
    entry.state = command.target
    _append(actor, entry, command.target, reason, review_on)
    record(
        actor,
        "ledger.moved",
        f"ledger_entry:{entry.id}",
        before=before,
        after=command.target,
        reason=reason,
        review_on=review_on,
        **facts,
    )
    events.tell(events.Event.GOAL_CHANGED, entry.goal_id)


def _append(
    actor: Actor, entry: LedgerEntry, state: LedgerState, reason: str, review_on: date | None = None
) -> None:
    entry.changes.append(
        LedgerChange(
            state=state,
            changed_on=clock.today(),
            reason=reason,
            review_on=review_on,
            person_id=actor.person_id,
            recorded_at=clock.now(),
        )
    )
    db.session.flush()
