"""What the quarterly review (C08) is made from, and when it may take its number."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from fivestep_web.assessment.daily.bulletins.rules import Figures, paragraphs
from fivestep_web.assessment.daily.reviews import orders, queries
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark
from fivestep_web.assessment.daily.reviews.rules import QUARTER_NAMES, Order, Parts, StageRating, rating_label
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.documents.values import percentage
from fivestep_web.responsibility.letters.payloads import common

NOT_REPORTED: Final = "没有报送书面汇报"


def review_requests(year: int) -> list[DocumentRequest]:
    """Return the requests for the year's reviews that were handed in: none has a unit without a remark."""
    return [
        review_request(review)
        for review in queries.list_reviews(year).values()
        if review.state in {PaperState.SUBMITTED, PaperState.REVIEWED}
    ]


def title_of(year: int, quarter: int) -> str:
    """Return the title of C08."""
    return f"关于{year}年第{QUARTER_NAMES[quarter - 1]}季度重点工作进展点评情况的通报"


def review_request(review: QuarterlyReview) -> DocumentRequest:
    """Return the request for the review as it stands."""
    year, quarter = review.year, review.quarter
    title, parts = title_of(year, quarter), Parts.from_json(review.parts)
    remarks, reports = queries.list_remarks(review), queries.list_reports(review)
    units = queries.units_of(review)
    payload = {
        **common(year, title, f"quarterly-review-{year}-{quarter}", is_draft=True),
        "letterhead": letterhead(queries.KIND, year),
        "quarter": QUARTER_NAMES[quarter - 1],
        "meeting": _meeting(parts, len(units)),
        "standing": standing_of(review),
        "overview": paragraphs(parts.overview),
        "units": [
            {
                "unit": unit.name,
                "report": reports[unit.unit_id].report if unit.unit_id in reports else NOT_REPORTED,
                "remarks": [_remark(remark) for remark in remarks.get(unit.unit_id, [])],
            }
            for unit in units
        ],
        "stage_evaluations": _ratings(review),
        "corrective_orders": _orders(orders.printed(review), [unit.name for unit in units]),
        "next_quarter": paragraphs(parts.next_quarter),
    }
    return DocumentRequest(
        queries.KIND, queries.subject_of(quarter), title, payload, unit_id=None, person_id=None, is_draft=True
    )


def standing_of(review: QuarterlyReview) -> dict[str, Any]:
    """Return the figures of all units at the end of the quarter."""
    figures = Figures.from_json(review.figures)
    return {
        "due": figures.due,
        "done": figures.done,
        "rate": percentage(figures.done, figures.due),
        "lagging": sum(unit.lagging for unit in figures.units),
        "overdue": sum(unit.overdue for unit in figures.units),
    }


def _meeting(parts: Parts, unit_count: int) -> dict[str, Any] | None:
    if not parts.held_on:
        return None
    return {
        "date": chinese_date(date.fromisoformat(parts.held_on)),
        "place": parts.place,
        "chair": parts.chair,
        "leaders": list(parts.leaders),
        "unit_count": unit_count,
    }


def _remark(remark: UnitRemark) -> dict[str, str]:
    return {
        "leader": remark.position,
        "affirmed": remark.affirmed,
        "shortcomings": remark.shortcomings,
    }


def _ratings(review: QuarterlyReview) -> list[dict[str, str]]:
    found, ratings = [], queries.ratings_of(review)
    for topic in queries.list_topics(review.year):
        rating = ratings.get(topic.id, StageRating())
        found.append(
            {
                "topic": topic.name,
                "lead_unit": topic.lead_unit.name,
                "running": rating_label(rating.running),
                "results": rating_label(rating.results),
                "opinion": rating_label(rating.opinion),
            }
        )
    return found


def _orders(given: Sequence[Order], units: list[str]) -> list[dict[str, Any]]:
    known = sorted((order for order in given if order.unit in units), key=lambda one: units.index(one.unit))
    return [
        {
            "sequence": sequence,
            "unit": order.unit,
            "measure": order.measure,
            "owner": order.owner,
            "deadline": chinese_date(date.fromisoformat(order.deadline)),
        }
        for sequence, order in enumerate(known, 1)
    ]


def gate(document: GeneratedDocument) -> str:
    """Return why the review about a subject ("quarter:2") may not take its number yet."""
    quarter = document.subject.removeprefix("quarter:")
    review = queries.find_review(document.year, int(quarter)) if quarter.isdecimal() else None
    if review is None or review.state is PaperState.REVIEWED:
        return ""
    return str(_("这次季点评现在是“%(state)s”，审核通过后才能批准编号", state=review.state.label))
