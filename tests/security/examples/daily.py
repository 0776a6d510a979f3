"""Examples of daily assessment: bulletins, points, reviews, achievements, self-reports."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from fivestep_web.assessment.daily.achievements import services as achievement_services
from fivestep_web.assessment.daily.achievements.rules import AchievementKind, Level
from fivestep_web.assessment.daily.bulletins import services
from fivestep_web.assessment.daily.points import services as points_services
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsKind
from fivestep_web.assessment.daily.reviews import queries as review_queries
from fivestep_web.assessment.daily.reviews import services as review_services
from fivestep_web.assessment.daily.reviews.rules import Parts
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from tests.factories.accounts import user_with_role
from tests.factories.daily import Daily, found, make_daily
from tests.security.example import Example

JULY = {"year": 2026, "month": 7}
HELD = Parts(held_on="2026-07-10", place="三楼会议室", chair="部长", leaders=["部长"])


def _county() -> Daily:
    daily = make_daily()
    daily.goal(due=date(2026, 7, 31))
    return daily


def _drafted(*steps: str) -> Daily:
    """Return a county whose July bulletin was drafted and taken these steps."""
    daily = _county()
    with unit_of_work():
        bulletin = services.draft(daily.office, 2026, 7)
        if "submit" in steps:
            services.submit(daily.office, bulletin)
        if "pass" in steps:
            services.pass_on(daily.leader, bulletin)
    db.session.commit()
    return daily


def bulletin_draft():
    daily = _county()
    return Example(daily.clerk, JULY)


def bulletin_update():
    daily = _drafted()
    return Example(daily.clerk, JULY, {"revision": _revision(), "requirements": "抓紧整改。"})


def _revision() -> str:
    return str(found(2026, 7).revision)


def _step(user: str, *steps: str, **data: str):
    def build() -> Example:
        daily = _drafted(*steps)
        return Example(getattr(daily, user), JULY, {"revision": _revision(), **data})

    return build


def bulletin_page():
    return Example(_drafted("submit").reviewer, JULY)


def bulletin_edit():
    return Example(_drafted().clerk, JULY)


def _points(daily: Daily) -> MonthlyPoints:
    """Enter points for the section's July, whose bulletin is drafted."""
    entry = points_services.Entry(
        7, daily.county.unit.id, PointsKind.PLUS, Decimal(2), "经验推广", "青组发〔2026〕3号"
    )
    with unit_of_work():
        points = points_services.enter(daily.office, 2026, entry)
    db.session.commit()
    return points


def points_create():
    daily = _drafted()
    data = {"month": "7", "unit_id": str(daily.county.unit.id), "kind": "plus", "points": "2"}
    return Example(daily.clerk, {"year": 2026}, data | {"reason": "经验推广", "basis": "通知"})


def _points_step(user: str, **data: str):
    def build() -> Example:
        daily = _drafted()
        points = _points(daily)
        values = {"year": 2026, "points_id": points.id}
        return Example(getattr(daily, user), values, {"revision": str(points.revision), **data})

    return build


SECOND = {"year": 2026, "quarter": 2}


def _reviewing(*steps: str) -> Daily:
    """Return a county whose second quarter's review was opened and taken these steps."""
    daily = _county()
    kept = {daily.county.unit.id}
    for unit in db.session.scalars(select(Unit)):
        unit.is_assessed = unit.id in kept
    db.session.commit()
    with unit_of_work():
        review = review_services.draft(daily.office, 2026, 2)
        said = {"affirmed": "责任到人", "shortcomings": "无", "grade": None}
        review_services.remark(daily.leader, review, daily.county.unit.id, **said)
        review_services.edit(daily.office, review, HELD)
        if "submit" in steps:
            review_services.submit(daily.office, review)
        if "pass" in steps:
            review_services.pass_on(daily.leader, review)
    db.session.commit()
    return daily


def review_draft():
    return Example(_county().clerk, SECOND)


def _review_step(user: str, *steps: str, **data: str):
    def build() -> Example:
        daily = _reviewing(*steps)
        return Example(getattr(daily, user), SECOND, {"revision": _review_revision(), **data})

    return build


def review_order():
    daily = _reviewing()
    goal = daily.county.entry().goal
    said = {"reason": "记录不全", "what": "补齐走访记录", "due_on": "2026-12-31", "person_id": ""}
    return Example(daily.clerk, SECOND, {"goal_id": str(goal.id), **said})


def _review_revision() -> str:
    review = review_queries.find_review(2026, 2)
    return str(review.revision) if review else ""


def report_update():
    daily = _reviewing()
    values = {**SECOND, "code": daily.county.unit.code}
    stranger = user_with_role(Role.SHD)
    return Example(daily.county.head, values, {"report": "到期1项，完成1项。"}, stranger=stranger)


def remark_update():
    daily = _reviewing()
    values = {**SECOND, "code": daily.county.unit.code}
    return Example(daily.reviewer, values, {"affirmed": "责任到人", "shortcomings": "无", "grade": ""})


def review_unit():
    daily = _reviewing()
    return Example(
        daily.county.head, {**SECOND, "code": daily.county.unit.code}, stranger=user_with_role(Role.SHD)
    )


def _registered() -> tuple[Daily, int]:
    """Return a county with an achievement of the section."""
    daily = _county()
    entry = achievement_services.Entry(
        daily.county.unit.id, daily.county.topic.id, AchievementKind.AWARD, Level.CITY,
        date(2026, 7, 1), "先进集体", "市委组织部", "奖牌照片",
    )  # fmt: skip
    with unit_of_work():
        achievement_id = achievement_services.register(daily.office, 2026, entry).id
    db.session.commit()
    return daily, achievement_id


def achievement_create():
    daily = _county()
    data = {"unit_id": str(daily.county.unit.id), "topic_id": str(daily.county.topic.id)}
    data |= {"kind": "award", "level": "city", "happened_on": "2026-07-01", "title": "先进集体"}
    return Example(
        daily.county.member, {"year": 2026}, data | {"giver": "市委组织部", "evidence": "奖牌照片"}
    )


def achievement_withdraw():
    daily, achievement_id = _registered()
    values = {"year": 2026, "achievement_id": achievement_id}
    return Example(daily.county.member, values, {"reason": "重复"}, stranger=user_with_role(Role.SHD))


def _own_report(daily: Daily, **data: str) -> Example:
    values = {"year": 2026, "code": daily.county.unit.code}
    return Example(daily.county.head, values, data, stranger=user_with_role(Role.SHD))


def missing_report_update():
    daily = _county()
    return Example(daily.clerk, {"year": 2026, "code": daily.county.unit.code}, {"reason": "年中新设"})


UNSAFE = {
    "achievements.achievement_create": achievement_create,
    "achievements.achievement_withdraw": achievement_withdraw,
    "achievements.self_report_update": lambda: _own_report(
        _county(), visible="无", latent="无", revision="0"
    ),
    "achievements.missing_report_update": missing_report_update,
    "reviews.review_draft": review_draft,
    "reviews.review_update": _review_step("clerk", place="三楼会议室"),
    "reviews.rating_update": _review_step("clerk"),
    "review_orders.order_create": review_order,
    "reviews.report_update": report_update,
    "reviews.remark_update": remark_update,
    "reviews.review_refresh": _review_step("clerk"),
    "reviews.review_submit": _review_step("clerk"),
    "reviews.review_pass": _review_step("reviewer", "submit"),
    "reviews.review_return": _review_step("reviewer", "submit", reason="点评太简单"),
    "reviews.review_reopen": _review_step("clerk", "submit", "pass", reason="更正名称"),
    "points.points_create": points_create,
    "points.points_approve": _points_step("reviewer"),
    "points.points_refuse": _points_step("reviewer", reason="依据不足"),
    "points.points_withdraw": _points_step("clerk"),
    "bulletins.bulletin_draft": bulletin_draft,
    "bulletins.bulletin_update": bulletin_update,
    "bulletins.bulletin_refresh": _step("clerk"),
    "bulletins.bulletin_submit": _step("clerk"),
    "bulletins.bulletin_pass": _step("reviewer", "submit"),
    "bulletins.bulletin_return": _step("reviewer", "submit", reason="补充要求"),
    "bulletins.bulletin_reopen": _step("clerk", "submit", "pass", reason="数字有误"),
}
PAGES = {
    "achievements.achievement_index": lambda: Example(_registered()[0].clerk, {"year": 2026}),
    "achievements.achievement_new": lambda: Example(_county().clerk, {"year": 2026}),
    "achievements.self_report_index": lambda: Example(_county().clerk, {"year": 2026}),
    "achievements.self_report_show": lambda: _own_report(_county()),
    "reviews.review_index": lambda: Example(_county().clerk, {"year": 2026}),
    "reviews.review_show": lambda: Example(_reviewing().clerk, SECOND),
    "review_orders.order_new": lambda: Example(_reviewing().clerk, SECOND),
    "reviews.review_edit": lambda: Example(_reviewing().clerk, SECOND),
    "reviews.rating_edit": lambda: Example(_reviewing().clerk, SECOND),
    "reviews.review_unit": review_unit,
    "points.daily_show": lambda: Example(_county().clerk, {"year": 2026}),
    "points.points_new": lambda: Example(_county().clerk, {"year": 2026}),
    "bulletins.bulletin_index": lambda: Example(_county().clerk, {"year": 2026}),
    "bulletins.bulletin_show": bulletin_page,
    "bulletins.bulletin_edit": bulletin_edit,
}
