"""Corrective orders of a quarter's review, followed in step 3 until verified (R3.13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.reviews import queries
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.assessment.daily.reviews.rules import Order, Parts
from fivestep_web.core import clock
from fivestep_web.core.errors import FieldError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import ENDED
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import queries as correctives
from fivestep_web.supervision.correctives import services
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.meetings.queries import find_held
from fivestep_web.supervision.meetings.rules import MeetingKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put right; without *person_id* whoever carries the goal does it."""

    goal_id: int
    reason: str
    what: str
    due_on: date
    person_id: int | None = None


def _source(review: QuarterlyReview) -> str:
    return f"meeting:review-{review.id}"


def list_orders(review: QuarterlyReview) -> Sequence[CorrectiveOrder]:
    """Return what was ordered in the review and at the review meeting of its quarter."""
    meeting = find_held(review.year, MeetingKind.REVIEW, review.quarter)
    return correctives.of_sources([_source(review), *([f"meeting:{meeting.id}"] if meeting else [])])


def printed(review: QuarterlyReview) -> Sequence[Order]:
    """Return the orders as C08 prints them: once handed in, as they were then."""
    stored = Parts.from_json(review.parts).orders
    if not review.state.is_open:
        return stored
    return [
        Order(order.goal.unit.name, order.what, order.person.name, order.due_on.isoformat())
        for order in list_orders(review)
    ] or stored


def list_goals(review: QuarterlyReview) -> Sequence[Goal]:
    """Return the goals in the ledger of the units reviewed."""
    units = [unit.unit_id for unit in queries.units_of(review)]
    return db.session.scalars(
        select(Goal)
        .join(LedgerEntry, LedgerEntry.goal_id == Goal.id)
        .where(Goal.year == review.year, Goal.unit_id.in_(units), LedgerEntry.state.not_in(ENDED))
        .options(joinedload(Goal.unit).joinedload(Unit.current))
        .order_by(Goal.unit_id, Goal.code)
    ).all()


def place(actor: Actor, review: QuarterlyReview, wanted: Wanted) -> CorrectiveOrder:
    """Put on record what the review ordered, as of the day of its meeting.

    Raises NotAllowed, Conflict once the review is handed in, FieldError for a goal of no unit reviewed.
    """
    moves.require_open(actor, review)
    goal = next((goal for goal in list_goals(review) if goal.id == wanted.goal_id), None)
    if goal is None:
        raise FieldError("goal_id", _("请选择参加点评的单位在台账里的目标。"))
    held_on = Parts.from_json(review.parts).held_on
    return services.order_by_meeting(
        actor,
        goal_id=goal.id,
        what=wanted.what,
        person_id=wanted.person_id or goal.person_id,
        due_on=wanted.due_on,
        source=_source(review),
        reason=wanted.reason,
        ordered_on=date.fromisoformat(held_on) if held_on else clock.today(),
    )
