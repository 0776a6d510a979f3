"""Bulletins and reviews handed in for review, as hand-overs with a time limit (R3.9)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.models import PaperColumns
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.extensions import db
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat


def steps_of_year(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the papers that wait for review or were reviewed; a returned one keeps no day of its return."""
    bulletins = select(MonthlyBulletin).where(MonthlyBulletin.year == year)
    for bulletin in db.session.scalars(_handed_in(bulletins, MonthlyBulletin, open_only=open_only)):
        label = str(_("%(month)s月通报", month=bulletin.month))
        values = {"year": year, "month": bulletin.month}
        yield _step(bulletin, f"bulletin:{bulletin.id}", label, "bulletins.bulletin_show", values)
    reviews = select(QuarterlyReview).where(QuarterlyReview.year == year)
    for review in db.session.scalars(_handed_in(reviews, QuarterlyReview, open_only=open_only)):
        label = str(_("%(quarter)s季度点评", quarter=review.quarter))
        values = {"year": year, "quarter": review.quarter}
        yield _step(review, f"review:{review.id}", label, "reviews.review_show", values)


def _handed_in(query: Select[Any], table: type[PaperColumns], *, open_only: bool) -> Select[Any]:
    is_waiting = table.state == PaperState.SUBMITTED
    counted = is_waiting if open_only else or_(is_waiting, table.reviewed_at.is_not(None))
    return query.where(table.submitted_at.is_not(None), counted)


def _step(paper: PaperColumns, matter: str, label: str, endpoint: str, values: Mapping[str, int]) -> Step:
    """Return the review of a paper: the executive deputy's, the minister's where nobody else is left."""
    if paper.submitted_at is None:
        raise LookupError(matter)
    return Step(
        matter=matter,
        label=label,
        endpoint=endpoint,
        values=values,
        unit_id=None,
        seat=Seat.DEPUTY,
        since=paper.submitted_at,
        until=paper.reviewed_at,
        asked_by_id=paper.submitted_by_id,
    )
