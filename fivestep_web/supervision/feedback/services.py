"""Open feedback by the clock, save, send, answer and ask back, set its date (R3.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.core.workdays import last_day_of_month
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.feedback import figures, policy, queries, rules
from fivestep_web.supervision.feedback.models import (
    Feedback,
    FeedbackDraft,
    FeedbackMessage,
    FeedbackSchedule,
)
from fivestep_web.supervision.feedback.rules import MONTHS, FeedbackState, Figures, Saying


@dataclass(frozen=True, slots=True)
class Words:
    """What the unit writes: completion, problems, opinions and suggestions."""

    completion: str
    problems: str
    suggestions: str

    def as_dict(self) -> Mapping[str, str]:
        """Return the texts by the names of their fields, without blanks around them."""
        return {
            "completion": self.completion.strip(),
            "problems": self.problems.strip(),
            "suggestions": self.suggestions.strip(),
        }


def open_due(today: date) -> int:
    """Open every feedback of this plan year and the last that is due to be open; return how many.

    Each is opened once, with the same date however late this runs; running it again opens nothing.
    """
    years = db.session.scalars(
        select(PlanYear.year)
        .where(PlanYear.year.in_((today.year - 1, today.year)))
        .order_by(PlanYear.year)
        .with_for_update(key_share=True)
    ).all()
    return sum(_open_year(year, today) for year in years)


def _open_year(year: int, today: date) -> int:
    began = queries.ledger_began(year)
    if began is None:
        return 0
    history, known, units = queries.history_of(year), queries.opened(year), queries.reporting_units()
    calendar, made = get_calendar(), 0
    for month in MONTHS:
        due_on = rules.due_day(year, month, rules.offset_of(year, month, history), calendar)
        last = last_day_of_month(year, month)
        if began > last or rules.opens_on(year, month, due_on, calendar) > today:
            continue
        new = [unit for unit, since in units if since <= last and (month, unit) not in known]
        db.session.add_all(Feedback(year=year, month=month, unit_id=unit, due_on=due_on) for unit in new)
        if new:
            db.session.flush()
            record(SYSTEM, "feedback.opened", f"year:{year}", month=month, count=len(new), deadline=due_on)
        made += len(new)
    return made


def figures_day(feedback: Feedback) -> date:
    """Return the day the figures of a feedback are taken on: the month's last, today before that."""
    return min(last_day_of_month(feedback.year, feedback.month), clock.today())


def current_figures(feedback: Feedback) -> Figures:
    """Return the unit's figures as the ledger has them for the month."""
    day = figures_day(feedback)
    return figures.of_units(feedback.year, day, feedback.unit_id).get(feedback.unit_id, Figures())


def save_draft(actor: Actor, feedback: Feedback, words: Words) -> FeedbackDraft:
    """Keep what is typed so far, complete or not; the log tells that a draft was begun, not each letter."""
    _must_send(actor, feedback)
    draft = queries.find_draft(feedback.id)
    is_new = draft is None
    if draft is None:
        draft = FeedbackDraft(feedback_id=feedback.id)
        db.session.add(draft)
    draft.completion, draft.problems = words.completion, words.problems
    draft.suggestions = words.suggestions
    draft.saved_by_id, draft.saved_at = actor.person_id or 0, clock.now()
    db.session.flush()
    if is_new:
        record(actor, "feedback.drafted", f"feedback:{feedback.id}", month=feedback.month)
    return draft


def _must_send(actor: Actor, feedback: Feedback) -> None:
    if not policy.may_send(actor, feedback.unit_id):
        raise NotAllowed(_("信息反馈由本单位负责人填写、报送。"))
    if feedback.state is not FeedbackState.OPEN:
        raise Conflict(_("这份反馈已经报送，不能再改；需要补充的，等领导追问时说明。"))


def send(actor: Actor, feedback: Feedback, words: Words) -> None:
    """Send the feedback to the leader in charge with the ledger's figures of the day.

    Raises NotAllowed for who does not head the unit, Conflict once it is sent, FieldError for an empty part.
    """
    _must_send(actor, feedback)
    texts = words.as_dict()
    for name, message in (
        ("completion", _("请填写本月工作目标完成情况。")),
        ("problems", _("请填写存在的问题，没有的写“无”。")),
        ("suggestions", _("请填写意见建议，没有的写“无”。")),
    ):
        if not texts[name]:
            raise FieldError(name, message)
    feedback.completion, feedback.problems = texts["completion"], texts["problems"]
    feedback.suggestions = texts["suggestions"]
    feedback.figures = current_figures(feedback).as_json()
    feedback.figures_on = figures_day(feedback)
    feedback.leader_id = queries.unit_of(feedback).leader_id
    feedback.state, feedback.sent_by_id = FeedbackState.SENT, actor.person_id
    feedback.sent_at = feedback.turn_at = clock.now()
    draft = queries.find_draft(feedback.id)
    if draft is not None:
        db.session.delete(draft)
    db.session.flush()
    record(
        actor, "feedback.sent", f"feedback:{feedback.id}",
        month=feedback.month, unit=feedback.unit_id, leader_id=feedback.leader_id,
    )  # fmt: skip


def say(actor: Actor, feedback: Feedback, saying: Saying, text: str) -> None:
    """Answer a feedback, ask its unit back, or reply to that, in its thread.

    Raises NotAllowed for who is not on that side, Conflict when it is not their turn, FieldError for no text.
    """
    state = _state_after(actor, feedback, saying)
    if not text.strip():
        raise FieldError("text", _("请填写%(act)s的内容。", act=saying.label))
    now = clock.now()
    db.session.add(
        FeedbackMessage(
            feedback_id=feedback.id,
            kind=saying,
            text=text.strip(),
            author_id=actor.person_id or 0,
            position=actor.position or actor.name,
            said_at=now,
        )
    )
    feedback.state, feedback.turn_at = state, now
    db.session.flush()
    record(
        actor, "feedback.said", f"feedback:{feedback.id}",
        month=feedback.month, unit=feedback.unit_id, kind=saying.label,
    )  # fmt: skip


def _state_after(actor: Actor, feedback: Feedback, saying: Saying) -> FeedbackState:
    """Return the state once *saying* is said; NotAllowed on the wrong side, Conflict out of turn."""
    if saying is Saying.REPLY:
        if not policy.may_send(actor, feedback.unit_id):
            raise NotAllowed(_("补充说明由报送单位的负责人填写。"))
    elif not policy.may_answer(actor, feedback):
        raise NotAllowed(_("反馈由主管领导答复，报送人不能答复自己报送的。"))
    state = rules.after(feedback.state, saying)
    if state is None or actor.person_id is None:
        raise Conflict(
            _(
                "这份反馈现在是“%(state)s”，不能%(act)s，请刷新后查看。",
                state=feedback.state.label,
                act=saying.label,
            )
        )
    return state


def set_schedule(actor: Actor, plan_year: PlanYear, offset: int, *, seen: int) -> None:
    """Set until when feedback is due, for the months that begin from tomorrow on; *plan_year* is locked.

    *seen* is the last setting the actor was shown. Raises Conflict when another was made since.
    """
    if not policy.can_set(actor):
        raise NotAllowed(_("报送期限由常务副部长或办公室设定。"))
    if not rules.EARLIEST <= offset <= rules.LATEST:
        raise FieldError("workday_offset", _("请从列出的期限中选择。"))
    if queries.last_set(plan_year.year) != seen:
        raise Conflict(_("报送期限在您打开之后有变化，没有保存。请刷新后查看再改。"))
    before = next((one.offset for one in reversed(queries.history_of(plan_year.year))), 0)
    if offset == before:
        raise DomainError(_("报送期限没有改动。"))
    db.session.add(
        FeedbackSchedule(
            year=plan_year.year, workday_offset=offset, set_by_id=actor.person_id, set_at=clock.now()
        )
    )
    db.session.flush()
    record(
        actor, "feedback.schedule_set", f"year:{plan_year.year}",
        before=rules.offset_label(before), after=rules.offset_label(offset),
    )  # fmt: skip
