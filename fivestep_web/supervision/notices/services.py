"""Answer a notice, judge the answer, decide on a talk, note that it was opened (domain.md 8.3)."""

from datetime import date

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.notices import policy, rules
from fivestep_web.supervision.notices.models import (
    DailyDigest,
    NoticeAnswer,
    NoticeTalk,
    SupervisionNotice,
    Verdict,
)
from fivestep_web.supervision.notices.rules import Colour, Move, NoticeState, TalkOutcome
from fivestep_web.supervision.signals.queries import colour_now
from fivestep_web.supervision.signals.rules import is_better


def answer(actor: Actor, notice: SupervisionNotice, *, text: str, plan: str = "") -> NoticeAnswer:
    """Answer what the notice asks for: a confirmation, reason and plan, or a report.

    The notice must be loaded with lock=True. Raises NotAllowed for who neither owns the goal nor heads the
    unit, FieldError for what is missing, Conflict when nothing is to be answered.
    """
    if not policy.can_answer(actor, notice):
        raise NotAllowed(_("督办单由责任人或单位负责人答复。"))
    better = is_better(notice.colour, colour_now(notice.goal_id))
    state = rules.after(notice.state, Move.ANSWER, notice.colour, is_better=better)
    if state is None:
        raise _moved_on(notice)
    if not text.strip():
        raise FieldError("text", _("请填写答复内容。"))
    if notice.colour is Colour.YELLOW and not plan.strip():
        raise FieldError("plan", _("请填写补进度计划，写明措施、责任人和完成时间。"))
    today = clock.today()
    given = NoticeAnswer(
        person_id=actor.person_id,
        text=text.strip(),
        plan=plan.strip(),
        answered_on=today,
        answered_at=clock.now(),
    )
    notice.answers.append(given)
    note_opened(actor, notice)
    notice.answered_on = notice.answered_on or today
    _move(notice, state)
    record(actor, "notice.answered", f"notice:{notice.id}", number=notice.name, after=state.label)
    return given


def accept(actor: Actor, notice: SupervisionNotice, *, note: str = "") -> None:
    """Accept the answer and close the notice."""
    _judge(actor, notice, Move.ACCEPT, Verdict.ACCEPTED, note)
    record(actor, "notice.accepted", f"notice:{notice.id}", number=notice.name, note=note.strip() or None)


def send_back(actor: Actor, notice: SupervisionNotice, *, reason: str) -> None:
    """Return the answer with the reason; a new limit runs from today."""
    if not reason.strip():
        raise FieldError("reason", _("请写明退回的理由，便于重新答复。"))
    _judge(actor, notice, Move.RETURN, Verdict.RETURNED, reason)
    notice.reply_by = notice.limit_on = rules.reply_by(notice.colour, clock.today(), get_calendar())
    db.session.flush()
    record(actor, "notice.returned", f"notice:{notice.id}", number=notice.name, reason=reason.strip())


def _judge(actor: Actor, notice: SupervisionNotice, move: Move, verdict: Verdict, note: str) -> None:
    if not policy.can_judge(actor, notice):
        raise NotAllowed(_("答复由主管领导审核，答复人不能审核自己的答复。"))
    state = rules.after(notice.state, move, notice.colour)
    if state is None:
        raise _moved_on(notice)
    last = notice.answers[-1]
    last.verdict, last.verdict_note = verdict, note.strip()
    last.verdict_by_id, last.verdict_at = actor.person_id, clock.now()
    _move(notice, state)


def _move(notice: SupervisionNotice, state: NoticeState) -> None:
    notice.state = state
    if state is NoticeState.CLOSED:
        notice.closed_on = clock.today()
    db.session.flush()


def _moved_on(notice: SupervisionNotice) -> Conflict:
    return Conflict(_("督办单现在是“%(state)s”，请刷新后查看再办。", state=notice.state.label))


def decide_talk(
    actor: Actor, notice: SupervisionNotice, *, outcome: TalkOutcome, held_on: date | None, note: str
) -> None:
    """Record that the talk was held, or why there is none; once."""
    if not policy.can_decide_talk(actor):
        raise NotAllowed(_("约谈由部长决定。"))
    talk: NoticeTalk | None = notice.talk
    if talk is None or talk.outcome is not None:
        raise Conflict(_("这件督办单现在没有待决定的约谈，请刷新后查看。"))
    if not note.strip():
        raise FieldError("note", _("请写明约谈情况，或不约谈的理由。"))
    if outcome is TalkOutcome.HELD:
        _check_held(talk, held_on)
    talk.outcome, talk.note = outcome, note.strip()
    talk.held_on = held_on if outcome is TalkOutcome.HELD else None
    talk.decided_by_id, talk.decided_at = actor.person_id, clock.now()
    db.session.flush()
    record(
        actor, "notice.talk_decided", f"notice:{notice.id}",
        number=notice.name, outcome=outcome.label, date=talk.held_on, note=talk.note,
    )  # fmt: skip


def _check_held(talk: NoticeTalk, held_on: date | None) -> None:
    if held_on is None:
        raise FieldError("held_on", _("请填写约谈日期。"))
    if held_on > clock.today():
        raise FieldError("held_on", _("约谈日期不能晚于今天，请改为今天或之前。"))
    if held_on < talk.notice.issued_on:
        raise FieldError("held_on", _("约谈日期不能早于督办单发出的日期，请核对。"))


def note_opened(actor: Actor, notice: SupervisionNotice) -> None:
    """Note when a recipient opened the notice first (签收); later openings change nothing."""
    for row in notice.recipients:
        if row.person_id == actor.person_id and row.opened_at is None:
            row.opened_at = clock.now()
            db.session.flush()
            record(actor, "notice.opened", f"notice:{notice.id}", number=notice.name)


def note_digest_opened(actor: Actor, digest: DailyDigest) -> None:
    """Note when the person opened the own digest first; nobody else's reading counts."""
    if digest.person_id != actor.person_id:
        raise DomainError(_("只能标记本人的提醒。"))
    if digest.opened_at is None:
        digest.opened_at = clock.now()
        db.session.flush()
        record(actor, "digest.opened", f"digest:{digest.id}")
