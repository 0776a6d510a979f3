"""A county whose units owe feedback, on a day when June's is open."""

from collections.abc import Callable
from datetime import date, datetime, time

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.core import settings
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.supervision.feedback import queries, services
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import Saying
from fivestep_web.supervision.feedback.services import Words
from tests.factories.ledger import County, actor_of, make_county
from tests.remembered import remembered

OPENED_ON = date(2026, 6, 23)  # five working days before 30 June
WORDS = Words("本月各项工作按计划推进。", "无", "建议尽早部署下半年工作。")


def play(day: date, hour: int = 9) -> None:
    """Make a moment of *day* the business moment."""
    settings.put("rehearsal_date", datetime.combine(day, time(hour)).isoformat())
    db.session.commit()


def make_feedback(day: date = OPENED_ON) -> County:
    """Return a county with one goal in the ledger and every feedback open that is due to be on *day*."""
    play(day)
    return _open_county(day)


@remembered
def _open_county(day: date) -> County:
    county = make_county()
    county.entry(deadline=date(2026, 6, 12), name="走访全覆盖")
    with unit_of_work():
        services.open_due(day)
    return county


def feedback_of(county: County, month: int = 6) -> Feedback:
    """Return a month's feedback of the county's section as it is stored now."""
    db.session.rollback()
    query = select(Feedback).where(Feedback.unit_id == county.unit.id, Feedback.month == month)
    return db.session.scalars(query).one()


def within(user: User, feedback_id: int, command: Callable[..., object], *values: object) -> None:
    """Run a service on a locked feedback, as a view does."""
    actor = actor_of(user)
    with unit_of_work():
        command(actor, queries.get_feedback(actor, feedback_id, lock=True), *values)


def send(county: County, month: int = 6) -> int:
    """Send the section's feedback; return its id."""
    feedback_id = feedback_of(county, month).id
    within(county.head, feedback_id, services.send, WORDS)
    return feedback_id


def say(user: User, feedback_id: int, saying: Saying, text: str = "已阅，按计划推进。") -> None:
    """Say something in the thread of a feedback."""
    within(user, feedback_id, services.say, saying, text)
