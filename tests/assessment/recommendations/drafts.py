"""A recommendation of two commended people, as far as wanted."""

from datetime import date

import time_machine

from fivestep_web.assessment.commendations import drawing
from fivestep_web.assessment.recommendations import queries, services
from fivestep_web.assessment.recommendations.models import Recommendation
from fivestep_web.assessment.recommendations.rules import PaperForm
from fivestep_web.assessment.recommendations.services import Description, Facts
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tests.assessment.commendations import people
from tests.assessment.commendations.people import ISSUE_DAY, S, person_id, unit_id
from tests.assessment.cycles.plans import CONFIRM_DAY, YEAR, Cast, actor_of

FACTS = Facts(
    "2026年度全市组织工作先进个人", PaperForm.REQUEST, "中共青河市委组织部", "《关于推荐先进个人的通知》", "",
    "县委组织部公示栏", "林某甲", "谭某甲", "0000-12380",
)  # fmt: skip
SAID = Description("男", "1985.06", "中共党员", "整顿后进村按期完成", "该同志坚持原则，作风扎实。", "")


def commend(cast: Cast) -> None:
    """Have the head and a member commended."""
    with time_machine.travel(CONFIRM_DAY, tick=True), unit_of_work():
        key = (unit_id("K03"), person_id("甲某0"))
        drawing.add(actor_of(cast.hr), YEAR, key, reason="驻村工作突出")
    people.bring_to(cast, S.ISSUED)


def free() -> list[int]:
    return [row.id for row in queries.list_free(YEAR)]


def create(cast: Cast) -> int:
    """Draw up a recommendation of everybody; return its id."""
    with unit_of_work():
        return services.create(actor_of(cast.hr), YEAR, FACTS, free()).id


def stored(recommendation_id: int) -> Recommendation:
    db.session.expire_all()
    return queries.get_recommendation(YEAR, recommendation_id)


def describe_all(cast: Cast, recommendation_id: int) -> None:
    for item in stored(recommendation_id).items:
        with unit_of_work():
            found = queries.get_recommendation(YEAR, recommendation_id, lock=True)
            services.describe(actor_of(cast.hr), found, item.id, SAID)


def with_opinion(cast: Cast, recommendation_id: int) -> None:
    with unit_of_work():
        found = queries.get_recommendation(YEAR, recommendation_id, lock=True)
        services.add_opinion(
            actor_of(cast.hr), found, organ="县纪委监委机关", given_on=date(2026, 1, 20), opinion="同意推荐"
        )


def ready(cast: Cast) -> int:
    """Have a recommendation that lacks nothing."""
    commend(cast)
    recommendation_id = create(cast)
    describe_all(cast, recommendation_id)
    with_opinion(cast, recommendation_id)
    return recommendation_id


def sent(cast: Cast) -> int:
    """Have a recommendation that went to the city."""
    recommendation_id = ready(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        people.issue(cast, people.DocumentKind.RECOMMENDATION_LIST)
    return recommendation_id
