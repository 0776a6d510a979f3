"""Step 1 课题: the list and a topic's page."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, requires
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.topics import queries
from fivestep_web.topics.rules import STATE_LABELS, TIER_LABELS

blueprint = Blueprint("topics", __name__)


@blueprint.get("/topics")
@requires(Permission.TOPIC_READ)
def topic_index() -> ResponseReturnValue:
    year = find_selected_year()
    filters: dict[str, Any] = {
        "category": request.args.get("category", ""),
        "tier": request.args.get("tier", ""),
        "unit_id": request.args.get("unit_id", type=int),
        "keyword": request.args.get("keyword", "").strip()[:100],
    }
    topics = queries.list_topics(year, **filters) if year else []
    return htmx.render(
        "topics/topic_index.html",
        "topics/_topic_rows.html",
        topics=topics,
        filters=filters,
        categories=[(row.code, row.name) for row in queries.list_categories()],
        tiers=list(TIER_LABELS.items()),
        units=unit_choices(),
    )


@blueprint.get("/topics/<int:topic_id>")
@requires(Permission.TOPIC_READ)
def topic_show(topic_id: int) -> ResponseReturnValue:
    topic = queries.get_topic(topic_id)
    return render_template(
        "topics/topic_show.html", topic=topic, tier=TIER_LABELS[topic.tier], state=STATE_LABELS[topic.state]
    )
