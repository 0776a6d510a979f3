"""Propose additions, deductions and vetoes, enter what the department meeting decided, take them back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.adjustments import policy, queries, rules
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Entry:
    """What is proposed: points above 0 and at most 100 with two decimals, none for a veto."""

    unit_id: int
    kind: AdjustmentKind
    points: Decimal | None
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the meeting of a day decided; *note* is why it refused."""

    meeting_on: date
    is_approved: bool
    note: str = ""


def propose(actor: Actor, cycle: AssessmentCycle, entry: Entry) -> Adjustment:
    """Store what waits for the department meeting.

    Raises NotAllowed, Conflict once the results are reviewed, FieldError for what was typed.
    """
    if not policy.may_propose(actor):
        raise NotAllowed(_("加减分由办公室、人事提出。"))
    _demand_open(cycle)
    _check(cycle, entry)
    adjustment = Adjustment(
        year=cycle.year,
        unit_id=entry.unit_id,
        kind=entry.kind,
        points=entry.points,
        reason=entry.reason.strip(),
        basis=entry.basis.strip(),
        state=AdjustmentState.PROPOSED,
        proposed_by_id=actor.person_id,
        proposed_at=clock.now(),
    )
    db.session.add(adjustment)
    facts = _facts(adjustment)
    audit.record(actor, "adjustment.proposed", f"adjustment:{adjustment.id}", **facts)
    return adjustment


def _demand_open(cycle: AssessmentCycle) -> None:
    if not policy.is_open(cycle):
        raise Conflict(_("考核结果已经审核，加减分不能再改；公示结果退回审核以后才能再提。"))


def _check(cycle: AssessmentCycle, entry: Entry) -> None:
    if not queries.is_assessed(cycle, entry.unit_id):
        raise FieldError("unit_id", _("这个单位不参加本年度考核。"))
    if entry.kind is AdjustmentKind.VETO:
        if entry.points is not None:
            raise FieldError("points", _("一票否决不改总分，不填分值。"))
    elif entry.points is None:
        raise FieldError("points", _("请填写分值。"))
    elif fault := rules.points_fault(entry.points):
        raise FieldError("points", fault)
    for name in ("reason", "basis"):
        if not getattr(entry, name).strip():
            raise FieldError(name, _("事由和依据文件都要填写。"))
    if queries.is_standing(cycle.year, entry.unit_id, entry.kind, entry.reason.strip()):
        raise FieldError("reason", _("这个单位已有同类、同一事由的加减分，请勿重复提出。"))


def decide(actor: Actor, cycle: AssessmentCycle, adjustment: Adjustment, decision: Decision) -> None:
    """Enter what the department meeting decided: approved ones count in the total from now on.

    Imported ones count already; the meeting may refuse them until the review.
    """
    if not policy.may_decide(actor, adjustment):
        raise NotAllowed(_("部务会议的决定由部长、常务副部长登记，提出人不能登记自己提出的。"))
    _demand_open(cycle)
    if decision.is_approved or not policy.is_revocable(adjustment):
        _demand_waiting(adjustment)
    if decision.meeting_on > clock.today():
        raise FieldError("meeting_on", _("会议日期不能晚于今天。"))
    if not decision.is_approved and not decision.note.strip():
        raise FieldError("note", _("请写明不予批准的理由。"))
    adjustment.state = AdjustmentState.APPROVED if decision.is_approved else AdjustmentState.REFUSED
    adjustment.meeting_on, adjustment.note = decision.meeting_on, decision.note.strip()
    adjustment.decided_by_id, adjustment.decided_at = actor.person_id, clock.now()
    facts = _facts(adjustment)
    audit.record(actor, "adjustment.decided", f"adjustment:{adjustment.id}", **facts)


def _demand_waiting(adjustment: Adjustment) -> None:
    if adjustment.state is not AdjustmentState.PROPOSED:
        raise Conflict(_("这项加减分现在是“%(state)s”，请刷新后查看。", state=adjustment.state.label))


def withdraw(actor: Actor, adjustment: Adjustment) -> None:
    """Take back the own proposal before it is decided on; it stays in the log."""
    if actor.person_id != adjustment.proposed_by_id:
        raise NotAllowed(_("加减分由提出人撤回。"))
    _demand_waiting(adjustment)
    adjustment.state = AdjustmentState.WITHDRAWN
    facts = _facts(adjustment)
    audit.record(actor, "adjustment.withdrawn", f"adjustment:{adjustment.id}", **facts)


def _facts(adjustment: Adjustment) -> dict[str, Any]:
    """Return what the log keeps of it once it is flushed: the whole row."""
    db.session.flush()
    return {
        "kind": adjustment.kind.label,
        "state": adjustment.state.label,
        ROW: facts_of(adjustment, without=("revision",)),
    }
