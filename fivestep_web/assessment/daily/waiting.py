"""What waits for the actor's decision: papers handed in, points and adjustments entered by others."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal, or_, select, union_all

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.models import PaperColumns
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsState
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.assessment.models import Adjustment, AdjustmentState
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db

NO_REASON = literal("")


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A thing to decide on; *endpoint* and *values* make its address."""

    label: str
    note: str
    endpoint: str
    values: dict[str, Any]


def decides(actor: Actor) -> bool:
    """Tell whether the actor reviews papers and approves points at all."""
    return actor.may_all(Permission.BULLETIN_ISSUE) and actor.may_all(Permission.DAILY_POINTS_APPROVE)


def _is_handed_in(table: type[PaperColumns], actor: Actor) -> ColumnElement[bool]:
    by_another = or_(table.submitted_by_id.is_(None), table.submitted_by_id != actor.person_id)
    return and_(table.state == PaperState.SUBMITTED, by_another)


def _is_entered(actor: Actor) -> ColumnElement[bool]:
    return and_(MonthlyPoints.state == PointsState.ENTERED, MonthlyPoints.entered_by_id != actor.person_id)


def _is_proposed(actor: Actor) -> ColumnElement[bool]:
    return and_(Adjustment.state == AdjustmentState.PROPOSED, Adjustment.proposed_by_id != actor.person_id)


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who decides on nothing here."""
    if not decides(actor):
        return []
    return [
        select(func.count(table.id)).where(table.year == year, condition).scalar_subquery()
        for table, condition in (
            (MonthlyBulletin, _is_handed_in(MonthlyBulletin, actor)),
            (QuarterlyReview, _is_handed_in(QuarterlyReview, actor)),
            (MonthlyPoints, _is_entered(actor)),
            (Adjustment, _is_proposed(actor)),
        )
    ]


def list_waiting(actor: Actor, year: int) -> list[WaitingPaper]:
    """Return what waits for the actor, papers before points."""
    if not decides(actor):
        return []
    kinds = (
        select(literal(kind), number, reason).where(table.year == year, condition)
        for kind, table, number, reason, condition in (
            (0, MonthlyBulletin, MonthlyBulletin.month, NO_REASON, _is_handed_in(MonthlyBulletin, actor)),
            (1, QuarterlyReview, QuarterlyReview.quarter, NO_REASON, _is_handed_in(QuarterlyReview, actor)),
            (2, MonthlyPoints, literal(0), NO_REASON, _is_entered(actor)),
            (3, Adjustment, literal(0), Adjustment.reason, _is_proposed(actor)),
        )
    )
    rows: list[Any] = sorted(tuple(row) for row in db.session.execute(union_all(*kinds)))
    return [_paper(year, kind, number, reason) for kind, number, reason in rows]


def _paper(year: int, kind: int, number: int, reason: str) -> WaitingPaper:
    if kind == 0:
        label = str(_("%(year)s年%(month)s月通报", year=year, month=number))
        values = {"year": year, "month": number}
        return WaitingPaper(label, str(_("送审")), "bulletins.bulletin_show", values)
    if kind == 1:
        label = str(_("%(year)s年%(quarter)s季度点评", year=year, quarter=number))
        values = {"year": year, "quarter": number}
        return WaitingPaper(label, str(_("送审")), "reviews.review_show", values)
    if kind == 2:  # noqa: PLR2004 - as list_waiting numbers them
        return WaitingPaper(str(_("月度加减分")), str(_("待批准")), "points.daily_show", {"year": year})
    return WaitingPaper(
        str(_("考核加减分：%(reason)s", reason=reason)),
        str(_("待登记部务会议决定")),
        "adjustments.adjustment_index",
        {"year": year},
    )
