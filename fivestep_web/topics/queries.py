"""Reads of topics."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from fivestep_web.core.errors import NotFound
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import STATE_LABELS, TIER_LABELS, Tier, TopicState


@dataclass(frozen=True)
class TopicRow:
    """One line of the list."""

    id: int
    code: str
    name: str
    category: str
    tier: str
    lead_unit: str
    leader: str
    state: str


def list_topics(
    year: int, *, category: str = "", tier: str = "", unit_id: int | None = None, keyword: str = ""
) -> Sequence[TopicRow]:
    """Return the year's topics by category, then code (R1.3: the built-in order, added ones after)."""
    leader = aliased(Person)
    query = (
        select(
            Topic.id,
            Topic.code,
            Topic.name,
            TopicCategory.name,
            Topic.tier,
            UnitPeriod.name,
            leader.name,
            Topic.state,
        )
        .join(TopicCategory, TopicCategory.id == Topic.category_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Topic.lead_unit_id) & UnitPeriod.valid_to.is_(None))
        .join(leader, leader.id == Topic.leader_id)
        .where(Topic.year == year)
        .order_by(TopicCategory.position, Topic.code)
    )
    if category:
        query = query.where(TopicCategory.code == category)
    if tier in set(Tier):
        query = query.where(Topic.tier == Tier(tier))
    if unit_id:
        query = query.where(Topic.lead_unit_id == unit_id)
    if keyword:
        query = query.where(func.lower(Topic.name).contains(keyword.lower(), autoescape=True))
    return [
        TopicRow(*row[:4], TIER_LABELS[row[4]], *row[5:7], STATE_LABELS[TopicState(row[7])])
        for row in db.session.execute(query)
    ]


def list_categories() -> Sequence[TopicCategory]:
    """Return the categories in their order."""
    return db.session.scalars(select(TopicCategory).order_by(TopicCategory.position)).all()


def get_topic(topic_id: int) -> Topic:
    """Return a topic with its category, lead unit and leader."""
    topic = db.session.scalar(
        select(Topic)
        .where(Topic.id == topic_id)
        .options(joinedload(Topic.category), joinedload(Topic.lead_unit), joinedload(Topic.leader))
    )
    if topic is None:
        raise NotFound(_("课题不存在"))
    return topic
