"""Reads of quarterly reviews."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.daily.bulletins.rules import Figures, UnitFigures
from fivestep_web.assessment.daily.papers import Paper, papers_of
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark, UnitReport
from fivestep_web.assessment.daily.reviews.rules import QUARTERS, Parts, StageRating
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.supervision.evaluations.queries import TopicRatings, ratings_of_quarter
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import TopicState

KIND: Final = DocumentKind.QUARTERLY_REVIEW


def subject_of(quarter: int) -> str:
    """Return how the documents of a quarter's review name what they are about."""
    return f"quarter:{quarter}"


def list_reviews(year: int) -> dict[int, QuarterlyReview]:
    """Return the year's reviews by quarter."""
    query = select(QuarterlyReview).where(QuarterlyReview.year == year).order_by(QuarterlyReview.quarter)
    return {review.quarter: review for review in db.session.scalars(query)}


def find_review(year: int, quarter: int) -> QuarterlyReview | None:
    """Return the review of a quarter, if it was opened."""
    return db.session.scalar(
        select(QuarterlyReview).where(QuarterlyReview.year == year, QuarterlyReview.quarter == quarter)
    )


def get_review(
    actor: Actor, year: int, quarter: int, *, lock: bool = False, revision: int | None = None
) -> QuarterlyReview:
    """Return a quarter's review; NotFound before it is opened, Conflict when it changed since shown."""
    query = select(QuarterlyReview).where(QuarterlyReview.year == year, QuarterlyReview.quarter == quarter)
    if lock:
        query = query.with_for_update(of=QuarterlyReview).execution_options(populate_existing=True)
    else:
        query = query.options(
            joinedload(QuarterlyReview.submitted_by), joinedload(QuarterlyReview.reviewed_by)
        )
    is_quarter = quarter in QUARTERS and actor.may(Permission.DAILY_READ)
    review = db.session.scalar(query) if is_quarter else None
    if review is None:
        raise NotFound(_("没有这一季的点评，或还没有启动。"))
    if revision is not None and review.revision != revision:
        raise Conflict(_("这次点评在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return review


def units_of(review: QuarterlyReview) -> list[UnitFigures]:
    """Return the units of a review in the order of their table."""
    return list(Figures.from_json(review.figures).units)


def visible_units(actor: Actor, review: QuarterlyReview) -> list[UnitFigures]:
    """Return those of the units the actor may read: the own one only for who is limited to it."""
    reach = actor.units_for(Permission.DAILY_READ)
    return [unit for unit in units_of(review) if reach is None or unit.unit_id in reach]


def get_unit(actor: Actor, review: QuarterlyReview, code: str) -> UnitFigures:
    """Return a unit of the review; hidden and absent look the same."""
    unit = next((unit for unit in visible_units(actor, review) if unit.code == code), None)
    if unit is None:
        raise NotFound(_("这一季的点评里没有这个单位，或不在您的查看范围内。"))
    return unit


def list_remarks(review: QuarterlyReview) -> dict[int, list[UnitRemark]]:
    """Return the remarks by unit, in the order they were first made."""
    query = (
        select(UnitRemark)
        .where(UnitRemark.review_id == review.id)
        .options(joinedload(UnitRemark.leader))
        .order_by(UnitRemark.id)
    )
    found: dict[int, list[UnitRemark]] = {}
    for remark in db.session.scalars(query):
        found.setdefault(remark.unit_id, []).append(remark)
    return found


def list_reports(review: QuarterlyReview) -> dict[int, UnitReport]:
    """Return the units' reports by unit."""
    query = (
        select(UnitReport)
        .where(UnitReport.review_id == review.id)
        .options(joinedload(UnitReport.reported_by))
    )
    return {report.unit_id: report for report in db.session.scalars(query)}


def find_report(review_id: int, unit_id: int) -> UnitReport | None:
    """Return a unit's report, locked."""
    return db.session.scalar(
        select(UnitReport)
        .where(UnitReport.review_id == review_id, UnitReport.unit_id == unit_id)
        .with_for_update(of=UnitReport)
    )


def find_remark(review_id: int, unit_id: int, leader_id: int) -> UnitRemark | None:
    """Return a leader's own remark on a unit."""
    return db.session.scalar(
        select(UnitRemark).where(
            UnitRemark.review_id == review_id,
            UnitRemark.unit_id == unit_id,
            UnitRemark.leader_id == leader_id,
        )
    )


def list_topics(year: int) -> Sequence[Any]:
    """Return id, name and lead unit of the topics of the year that are worked on."""
    living = (TopicState.FINAL, TopicState.IN_FORCE, TopicState.CONCLUDED)
    return db.session.scalars(
        select(Topic)
        .where(Topic.year == year, Topic.state.in_(living))
        .options(joinedload(Topic.lead_unit).joinedload(Unit.current))
        .order_by(Topic.code)
    ).all()


def ratings_of(review: QuarterlyReview) -> dict[int, StageRating]:
    """Return the stage ratings by topic: what the quarter's evaluations come to, typed ones before them.

    Once handed in, the ratings it was handed in with (R3.12).
    """
    typed = dict(Parts.from_json(review.parts).ratings)
    if not review.state.is_open:
        return typed
    proposed = ratings_of_quarter(review.year, review.quarter)
    return {topic_id: _as_typed(found) for topic_id, found in proposed.items()} | typed


def _as_typed(found: TopicRatings) -> StageRating:
    running, results, opinion = (
        found.ratings[key].value if key in found.ratings else "" for key in ("running", "results", "opinion")
    )
    return StageRating(running, results, opinion, found.evidence)


def papers(actor: Actor, year: int) -> dict[str, Paper]:
    """Return the newest document of each review of the year by its subject."""
    return papers_of(actor, KIND, year)


def remarks_of_year(year: int) -> dict[str, dict[int, list[UnitRemark]]]:
    """Return the remarks of the year by unit code and quarter (R5.3)."""
    rows = db.session.execute(
        select(Unit.code, QuarterlyReview.quarter, UnitRemark)
        .join(QuarterlyReview, QuarterlyReview.id == UnitRemark.review_id)
        .join(Unit, Unit.id == UnitRemark.unit_id)
        .where(QuarterlyReview.year == year)
        .order_by(UnitRemark.id)
    )
    found: dict[str, dict[int, list[UnitRemark]]] = {}
    for code, quarter, remark in rows:
        found.setdefault(code, {}).setdefault(quarter, []).append(remark)
    return found
