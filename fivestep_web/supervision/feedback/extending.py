"""How the date of a feedback is extended (延期申请)."""

from datetime import date
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.feedback import queries
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FeedbackState

KIND: Final = "feedback"


def find(actor: Actor, feedback_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return a feedback as a thing with a date; it hangs on no goal, so no signed deadline bounds it."""
    found = queries.get_feedback(actor, feedback_id, lock=lock)
    unit = queries.unit_of(found)
    return Item(
        id=found.id,
        label=str(_("%(unit)s%(month)s月信息反馈", unit=unit.name, month=found.month)),
        year=found.year,
        unit_id=found.unit_id,
        due_on=found.due_on,
        is_open=found.state is FeedbackState.OPEN,
        endpoint="feedback.feedback_show",
        values={"feedback_id": found.id},
    )


def move(feedback_id: int, due_on: date) -> None:
    """Write the new date of a feedback that is locked."""
    db.session.get_one(Feedback, feedback_id).due_on = due_on
    db.session.flush()
