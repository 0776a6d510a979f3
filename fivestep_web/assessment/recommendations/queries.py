"""Reads of recommendations."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.recommendations.models import (
    Recommendation,
    RecommendationItem,
    RecommendationOrder,
)
from fivestep_web.core.errors import NotFound
from fivestep_web.extensions import db


def list_recommendations(year: int) -> Sequence[Recommendation]:
    """Return the year's recommendations with all that belongs to them."""
    return db.session.scalars(_whole().where(Recommendation.year == year).order_by(Recommendation.id)).all()


def get_recommendation(year: int, recommendation_id: int, *, lock: bool = False) -> Recommendation:
    """Return a recommendation with all that belongs to it."""
    query = _whole().where(Recommendation.year == year, Recommendation.id == recommendation_id)
    found = db.session.scalar(query.with_for_update(of=Recommendation) if lock else query)
    if found is None:
        raise NotFound(_("没有这份推荐。"))
    return found


def _whole() -> Select[Recommendation]:
    return select(Recommendation).options(
        selectinload(Recommendation.items)
        .joinedload(RecommendationItem.commendation)
        .selectinload(Commendation.moves),
        selectinload(Recommendation.opinions),
        selectinload(Recommendation.orders).joinedload(RecommendationOrder.by),
    )


def list_free(year: int) -> Sequence[Commendation]:
    """Return the commended people whom no recommendation names yet."""
    named = select(RecommendationItem.commendation_id)
    query = select(Commendation).where(
        Commendation.year == year,
        Commendation.person_id.is_not(None),
        Commendation.state == CommendationState.ISSUED,
        Commendation.id.not_in(named),
    )
    return db.session.scalars(query.options(selectinload(Commendation.moves)).order_by(Commendation.id)).all()


def get_item(recommendation: Recommendation, item_id: int) -> RecommendationItem:
    """Return a person's line; NotFound where it is not there."""
    found = next((item for item in recommendation.items if item.id == item_id), None)
    if found is None:
        raise NotFound(_("这份推荐里没有这个人。"))
    return found
