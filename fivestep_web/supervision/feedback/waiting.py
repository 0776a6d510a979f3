"""The feedback that waits for the actor: to send, to explain, to answer (R3.10)."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.supervision.feedback import page
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FeedbackState
from fivestep_web.supervision.limits import queries as limits
from fivestep_web.supervision.limits.seats import is_charged

UNITS_TURN = (FeedbackState.OPEN, FeedbackState.QUESTIONED)


def _waits(actor: Actor, year: int) -> ColumnElement[bool] | None:
    """Return the condition "this feedback waits for the actor", None for who neither sends nor answers."""
    conditions = []
    if actor.may(Permission.FEEDBACK_SEND) and actor.unit_id is not None:
        own = Feedback.unit_id == actor.unit_id
        conditions.append(and_(own, Feedback.state.in_(UNITS_TURN)))
    if actor.may(Permission.FEEDBACK_ANSWER):
        charged = is_charged(actor, Feedback.unit_id, Feedback.sent_by_id)
        conditions.append(and_(Feedback.state == FeedbackState.SENT, charged))
    return and_(Feedback.year == year, or_(*conditions)) if conditions else None


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return a subquery that counts what waits, none for whom nothing can wait."""
    condition = _waits(actor, year)
    if condition is None:
        return []
    return [select(func.count(Feedback.id)).where(condition).scalar_subquery()]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, the earliest due first; what is late says so."""
    condition = _waits(actor, year)
    if condition is None:
        return []
    rows = db.session.execute(
        select(Feedback, UnitPeriod.name)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Feedback.unit_id, UnitPeriod.valid_to.is_(None)))
        .where(condition)
        .order_by(Feedback.due_on, Feedback.id)
    ).all()
    history = limits.history_of(year) if rows else []
    return [_item(feedback, unit, history) for feedback, unit in rows]


def _item(feedback: Feedback, unit: str, history: Any) -> WaitingItem:
    return WaitingItem(
        str(_("%(unit)s%(month)s月信息反馈", unit=unit, month=feedback.month)),
        _note(feedback, history),
        "feedback.feedback_show",
        {"feedback_id": feedback.id},
    )


def _note(feedback: Feedback, history: Any) -> str:
    if feedback.state is FeedbackState.OPEN:
        days = (feedback.due_on - clock.today()).days
        late = _("待报送，逾期%(days)s天", days=-days)
        return str(_("待报送，余%(days)s天", days=days) if days >= 0 else late)
    turn = page.turn_of(feedback, history)
    word = feedback.state.label
    if turn is not None and turn.is_late:
        return str(_("%(word)s，超时限%(late)s个工作日", word=word, late=turn.late))
    return word
