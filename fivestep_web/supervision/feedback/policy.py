"""Who sends feedback, who answers it, who sets its date (R3.10)."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FeedbackState, Saying, after


def may_send(actor: Actor, unit_id: int) -> bool:
    """The head of the unit sends."""
    return actor.person_id is not None and actor.may_for(Permission.FEEDBACK_SEND, unit_id=unit_id)


def can_send(actor: Actor, feedback: Feedback) -> bool:
    """Say whether the actor may write and send it now."""
    return feedback.state is FeedbackState.OPEN and may_send(actor, feedback.unit_id)


def may_answer(actor: Actor, feedback: Feedback) -> bool:
    """The leader in charge answers, or a higher one; never who sent it."""
    return (
        actor.person_id is not None
        and actor.person_id != feedback.sent_by_id
        and actor.may_for(Permission.FEEDBACK_ANSWER, unit_id=feedback.unit_id)
    )


def can_say(actor: Actor, feedback: Feedback) -> frozenset[Saying]:
    """Return what the actor may say in the thread now."""
    sides = {
        Saying.ANSWER: may_answer(actor, feedback),
        Saying.QUESTION: may_answer(actor, feedback),
        Saying.REPLY: may_send(actor, feedback.unit_id),
    }
    return frozenset(
        saying for saying, is_allowed in sides.items() if is_allowed and after(feedback.state, saying)
    )


def can_set(actor: Actor) -> bool:
    """The executive deputy minister or the office sets the date, as the time limits (R3.9)."""
    return actor.may_all(Permission.LIMIT_SET)
