"""Hand a phase in, accept it, send it back; nobody accepts what they handed in (domain.md 5.3)."""

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.acceptance import gate, moves, policy, queries, rules
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.acceptance.rules import Outcome
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.execution.evidence import services as evidence
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Milestone
from fivestep_web.responsibility.rules import MILESTONE_STATE_LABELS, MilestoneState

S = MilestoneState


def submit(actor: Actor, milestone: Milestone, *, note: str, answer: str = "") -> MilestoneSubmission:
    """Hand a locked phase in with the files chosen for it; once accepted it is completed on this day.

    Of one sent back, *answer* says what was done about the reason. Raises NotAllowed for another's goal,
    Conflict for a phase or goal that takes nothing now, FieldError for what is missing.
    """
    goal = milestone.goal
    if actor.person_id is None or not policy.may_hand_in(actor, goal):
        raise NotAllowed(_("这个阶段不由您提交，请由责任人、协办人或本单位提交。"))
    gate.check_open(goal)
    _check_turn(milestone)
    before = queries.latest_submission(milestone.id)
    _answer(actor, milestone, before, answer.strip())
    if milestone.state in rules.STARTABLE:
        moves.start(actor, milestone)
    made = MilestoneSubmission(
        milestone_id=milestone.id,
        number=before.number + 1 if before else 1,
        note=_given("note", note, _("请写明完成情况。")),
        submitted_by_id=actor.person_id,
        submitted_on=clock.today(),
        submitted_at=clock.now(),
        outcome=None,
    )
    db.session.add(made)
    db.session.flush()
    if not evidence.attach_to_submission(milestone.id, made.id) and not _has_files(milestone):
        raise FieldError("files", _("提交验收须有佐证材料，请选择照片或文件。"))
    milestone.state, milestone.submitted_on = S.SUBMITTED, made.submitted_on
    db.session.flush()
    files = [file.id for file in evidence_queries.of_submissions([made.id]).get(made.id, [])]
    record(actor, "milestone.submitted", f"milestone:{milestone.id}", files=files, **{ROW: facts_of(made)})
    events.tell(events.Event.GOAL_CHANGED, milestone.goal_id)
    return made


def _check_turn(milestone: Milestone) -> None:
    """Raise Conflict unless the phase may be handed in now: by its state, after a report, in its turn."""
    if milestone.state not in rules.CAN_HAND_IN:
        state = MILESTONE_STATE_LABELS[milestone.state]
        raise Conflict(_("这个阶段现在是“%(state)s”，不能提交验收，请刷新后查看。", state=state))
    reported = select(ProgressEvent.id).where(ProgressEvent.goal_id == milestone.goal_id).limit(1)
    if db.session.scalar(reported) is None:
        raise Conflict(_("这项目标还没有汇报过进展，请先汇报进展，再提交验收。"))
    earlier = [
        phase for phase in moves.locked_phases(milestone.goal_id) if phase.sequence < milestone.sequence
    ]
    waiting = [phase.name for phase in earlier if moves.must_be_handed_in(phase)]
    if waiting:
        raise Conflict(_("前面的阶段“%(phases)s”还没有提交验收，请先提交。", phases="”“".join(waiting)))


def _answer(actor: Actor, milestone: Milestone, before: MilestoneSubmission | None, answer: str) -> None:
    if milestone.state is not S.SENT_BACK or before is None:
        return
    before.answer = _given("answer", answer, _("上次被退回，请逐条写明整改情况。"))
    db.session.flush()
    record(actor, "milestone.answered", f"milestone:{milestone.id}", **{ROW: facts_of(before)})


def _has_files(milestone: Milestone) -> bool:
    return bool(evidence_queries.of_phases(milestone.goal_id).get(milestone.id))


def _given(field: str, text: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise FieldError(field, message)
    return text


def accept(actor: Actor, milestone: Milestone, *, note: str = "") -> None:
    """Confirm a locked phase; it is completed on the day it was handed in."""
    submission = _decidable(actor, milestone)
    _decide(actor, milestone, submission, Outcome.ACCEPTED, note.strip())
    milestone.state = S.COMPLETED
    db.session.flush()
    events.tell(events.Event.PHASE_COMPLETED, milestone.id)
    record(actor, "milestone.accepted", f"milestone:{milestone.id}", **{ROW: facts_of(submission)})
    events.tell(events.Event.GOAL_CHANGED, milestone.goal_id)


def send_back(actor: Actor, milestone: Milestone, *, reason: str) -> None:
    """Return a locked phase to its owner with the reason, to be answered before it is handed in again."""
    submission = _decidable(actor, milestone)
    reason = _given("reason", reason, _("请写明退回的理由，便于责任人整改。"))
    _decide(actor, milestone, submission, Outcome.SENT_BACK, reason)
    milestone.state, milestone.submitted_on = S.SENT_BACK, None
    db.session.flush()
    record(actor, "milestone.sent_back", f"milestone:{milestone.id}", **{ROW: facts_of(submission)})
    events.tell(events.Event.GOAL_CHANGED, milestone.goal_id)


def _decidable(actor: Actor, milestone: Milestone) -> MilestoneSubmission:
    """Return what waits for acceptance; raises NotAllowed and Conflict."""
    submission = queries.latest_submission(milestone.id)
    if not policy.may_accept(actor, milestone.goal):
        raise NotAllowed(_("阶段由主管领导验收，个人任务由单位负责人验收；本人负责的由上一级验收。"))
    if submission is None or submission.outcome is not None:
        state = MILESTONE_STATE_LABELS[milestone.state]
        raise Conflict(_("这个阶段现在是“%(state)s”，没有待验收的内容，请刷新后查看。", state=state))
    if submission.submitted_by_id == actor.person_id:
        raise NotAllowed(_("本人提交的阶段，不能由本人验收。"))
    return submission


def _decide(
    actor: Actor, milestone: Milestone, submission: MilestoneSubmission, outcome: Outcome, reason: str
) -> None:
    gate.check_open(milestone.goal)
    submission.outcome, submission.reason = outcome, reason
    submission.decided_by_id = actor.person_id
    submission.decided_on, submission.decided_at = clock.today(), clock.now()
    db.session.flush()
