"""Order a correction, report on it, verify it or send it back (R3.13)."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.reach import get_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import ENDED
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import policy, queries, rules
from fivestep_web.supervision.correctives.models import CorrectiveOrder, CorrectiveStep
from fivestep_web.supervision.correctives.rules import Move, OrderState, Origin, StepKind
from fivestep_web.supervision.evaluations import queries as evaluations


def order(
    actor: Actor,
    *,
    goal_id: int,
    what: str,
    person_id: int,
    due_on: date,
    origin: str,
    reason: str,
    evaluation_id: int | None = None,
) -> CorrectiveOrder:
    """Order a correction of a goal in the ledger; *reason* is the deviation found, *origin* one of Origin.

    Raises NotFound for a goal not seen, NotAllowed, Conflict for a goal out of the ledger, FieldError for
    an empty text, a person who has nothing to do with the goal and a day that is past.
    """
    goal, found_in = get_goal(actor, goal_id), Origin(origin)
    if not policy.may_order(actor, goal, found_in):
        raise NotAllowed(_("纠偏措施由主管领导下达；调度会定的，由办公室登记。"))
    _require_entry(goal)
    _require_evaluation(actor, goal, found_in, evaluation_id)
    today = clock.today()
    if due_on < today:
        raise FieldError("due_on", _("完成时限不能早于今天（%(today)s），请改为今天或以后。", today=today))
    if found_in is not Origin.MEETING:
        _check_carrier(goal, person_id)
    return _place(
        actor, goal, found_in, what=what, reason=reason, person_id=person_id, due_on=due_on,
        ordered_on=today, evaluation_id=evaluation_id,
    )  # fmt: skip


def order_by_meeting(
    actor: Actor,
    *,
    goal_id: int,
    what: str,
    person_id: int,
    due_on: date,
    source: str,
    reason: str,
    ordered_on: date,
) -> CorrectiveOrder:
    """Put on record what a meeting ordered on its day; the caller asked who may write what it decided.

    *source* names the meeting ("meeting:3"). Raises NotFound for a goal not seen, Conflict for one out of
    the ledger, FieldError for an empty text or a day before the meeting.
    """
    goal = get_goal(actor, goal_id)
    _require_entry(goal)
    if due_on < ordered_on:
        raise FieldError("due_on", _("完成时限不能早于开会日期%(day)s。", day=ordered_on))
    return _place(
        actor, goal, Origin.MEETING, what=what, reason=reason, person_id=person_id, due_on=due_on,
        ordered_on=ordered_on, source=source,
    )  # fmt: skip


def _place(
    actor: Actor, goal: Goal, origin: Origin, *, what: str, reason: str, **facts: Any
) -> CorrectiveOrder:
    if not what.strip():
        raise FieldError("what", _("请写明要采取的纠偏措施。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明发现的偏差。"))
    made = CorrectiveOrder(goal_id=goal.id, origin=origin, what=what.strip(), reason=reason.strip(), **facts)
    db.session.add(made)
    db.session.flush()
    _note(actor, made, StepKind.ORDERED, made.what)
    record(
        actor, "corrective.ordered", f"corrective:{made.id}",
        goal_id=goal.id, text=made.what, person_id=made.person_id, deadline=made.due_on, basis=origin.label,
        reason=made.reason,
    )  # fmt: skip
    return made


def _require_entry(goal: Goal) -> None:
    state = db.session.scalar(select(LedgerEntry.state).where(LedgerEntry.goal_id == goal.id))
    if state is None:
        raise Conflict(_("这项目标还没有建账，不能下达纠偏措施。"))
    if state in ENDED:
        raise Conflict(_("台账现在是“%(state)s”，不用再纠偏；发现问题的，先重新挂账。", state=state.label))


def _require_evaluation(actor: Actor, goal: Goal, origin: Origin, evaluation_id: int | None) -> None:
    if (origin is Origin.STAGE_EVALUATION) != (evaluation_id is not None):
        raise DomainError(_("来源是阶段评估的，请从那项评估的页面下达。"))
    if evaluation_id is None:
        return
    evaluation = evaluations.get_evaluation(actor, evaluation_id)
    if evaluation.milestone.goal_id != goal.id:
        raise DomainError(_("这项阶段评估不是这个目标的，请从那项评估的页面下达。"))


def _check_carrier(goal: Goal, person_id: int) -> None:
    """Refuse who has nothing to do with the goal; a meeting may name whoever it wants."""
    if person_id not in {carrier for carrier, _name in queries.carriers(goal)}:
        raise FieldError("person_id", _("责任人应是这项目标的责任人、协办人或责任单位的同志，请重新选择。"))


def report(actor: Actor, found: CorrectiveOrder, *, text: str) -> None:
    """Report what was done; the order then waits for somebody else's verification."""
    if not policy.may_report(actor, found):
        raise NotAllowed(_("落实情况由责任人或本单位负责人报告。"))
    state = _next(found, Move.REPORT)
    if not text.strip():
        raise FieldError("text", _("请写明落实情况。"))
    found.state, found.reported_by_id = state, actor.person_id
    db.session.flush()
    _note(actor, found, StepKind.REPORTED, text)
    record(actor, "corrective.reported", f"corrective:{found.id}", text=text.strip())


def verify(actor: Actor, found: CorrectiveOrder, *, note: str) -> None:
    """Confirm that the deviation is put right, which ends the order."""
    _require_verifier(actor, found)
    found.state, found.verified_by_id = _next(found, Move.VERIFY), actor.person_id
    db.session.flush()
    _note(actor, found, StepKind.VERIFIED, note)
    record(actor, "corrective.verified", f"corrective:{found.id}", note=note.strip())


def send_back(actor: Actor, found: CorrectiveOrder, *, reason: str) -> None:
    """Have it put right once more, with the reason; its day stays as it was."""
    _require_verifier(actor, found)
    state = _next(found, Move.SEND_BACK)
    if not reason.strip():
        raise FieldError("reason", _("请写明退回的理由。"))
    found.state = state
    db.session.flush()
    _note(actor, found, StepKind.SENT_BACK, reason)
    record(actor, "corrective.sent_back", f"corrective:{found.id}", reason=reason.strip())


def _require_verifier(actor: Actor, found: CorrectiveOrder) -> None:
    if not policy.may_verify(actor, found):
        raise NotAllowed(_("落实情况由主管领导或办公室核实，责任人和报告人不能核实。"))


def _next(found: CorrectiveOrder, move: Move) -> OrderState:
    state = rules.after(found.state, move)
    if state is None:
        raise Conflict(_("这项纠偏措施现在是“%(state)s”，请刷新后查看。", state=found.state.label))
    return state


def _note(actor: Actor, found: CorrectiveOrder, kind: StepKind, text: str) -> None:
    db.session.add(
        CorrectiveStep(
            order_id=found.id,
            kind=kind,
            person_id=actor.person_id,
            text=text.strip(),
            happened_at=clock.now(),
        )
    )
    db.session.flush()
    db.session.expire(found, ["steps"])
