"""The recommendation's document (C11) with its four attachments, and what keeps it from its number."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.commendations import standing
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState, Source
from fivestep_web.assessment.publicity import queries as publicity
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.notices import period
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionState
from fivestep_web.assessment.recommendations import queries
from fivestep_web.assessment.recommendations.models import Recommendation, RecommendationItem
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.responsibility.letters.payloads import common

KIND = DocumentKind.RECOMMENDATION_LIST
NONE = "—"
COMPARED = (
    *("title", "signatory", "basis", "meeting", "candidates", "opinions", "publicity"),
    *("contact", "telephone"),
)
DESCRIBED = ("sex", "birth_month", "political_status", "main_deeds", "deeds")


def requests(year: int) -> list[DocumentRequest]:
    """Return the request for each of the year's recommendations."""
    return [request(recommendation) for recommendation in queries.list_recommendations(year)]


def request(recommendation: Recommendation) -> DocumentRequest:
    """Return the request for one recommendation."""
    subject, year = f"recommendation:{recommendation.id}", recommendation.year
    title = f"关于推荐{recommendation.honour}候选对象的{recommendation.form.label}"
    head = letterhead(KIND, year) | {"main_recipients": recommendation.recipient}
    payload = {
        **common(year, title, f"recommendation-{recommendation.id}", is_draft=True),
        "letterhead": head,
        "signatory": recommendation.signatory,
        "honour": recommendation.honour,
        "basis": recommendation.basis,
        "assessment": f"{year}年度实绩考核结果",
        "meeting": recommendation.meeting or None,
        "candidates": [_candidate(item, place) for place, item in enumerate(recommendation.items, 1)],
        "opinions": [
            {
                "sequence": place,
                "organ": one.organ,
                "date": chinese_date(one.given_on),
                "opinion": one.opinion,
            }
            for place, one in enumerate(recommendation.opinions, 1)
        ],
        "publicity": _publicity(recommendation),
        "contact": recommendation.contact,
        "telephone": recommendation.telephone,
    }
    return DocumentRequest(KIND, subject, title, payload, unit_id=None, person_id=None, is_draft=True)


def _candidate(item: RecommendationItem, place: int) -> dict[str, Any]:
    row = item.commendation
    return {
        "sequence": place,
        "name": row.name,
        "sex": item.sex or NONE,
        "birth_month": item.birth_month or NONE,
        "political_status": item.political_status or NONE,
        "unit_and_position": row.post or NONE,
        "assessment": result_text(row),
        "main_deeds": item.main_deeds or NONE,
        "note": item.note,
        "deeds": item.deeds or NONE,
    }


def result_text(row: Commendation) -> str:
    """Return a person's result as the summary gives it."""
    if row.score is not None:
        return f"{row.printed_score}分"
    return row.reason.partition("；")[0] if row.source is Source.RULES else NONE


def _publicity(recommendation: Recommendation) -> dict[str, Any] | None:
    """Return each list those recommended stood on, with what came of all of them; None without one."""
    rows = [item.commendation for item in recommendation.items]
    ids = {row.publicity_id for row in rows}
    found = db.session.scalars(select(Publicity).where(Publicity.id.in_(ids)).order_by(Publicity.id)).all()
    if not found:
        return None
    people = {row.person_id for row in rows}
    about = [one for posted in found for one in publicity.list_about(posted)]
    mine = [one for one in about if one.unit_id is None and one.person_id in {*people, None}]
    names = {
        posted.id: "、".join(row.name for row in rows if row.publicity_id == posted.id) for posted in found
    }
    periods = [
        {"candidates": names[posted.id] if len(found) > 1 else None, **period(posted)} for posted in found
    ]
    return {"periods": periods, "way": recommendation.way, "objections": _outcomes(mine)}


def _outcomes(objections: Sequence[Objection]) -> str:
    """Say how many objections there were and what became of them."""
    if not objections:
        return str(_("未收到异议"))
    states = Counter(one.state for one in objections)
    counts = {
        _("经核查成立"): states[ObjectionState.UPHELD],
        _("经核查不成立"): states[ObjectionState.DISMISSED],
        _("正在核查"): sum(states[state] for state in OPEN),
    }
    parts = "、".join(f"{words}{count}件" for words, count in counts.items() if count)
    return str(_("收到异议%(count)s件，其中%(parts)s", count=len(objections), parts=parts))


def gate(document: GeneratedDocument) -> str:
    """Return why the document may not go out: somebody barred or not described, or no more the list."""
    recommendation = queries.get_recommendation(document.year, int(document.subject.partition(":")[2]))
    if recommendation.sent_on is not None:
        return str(_("这份推荐已经上报，不再编号、印发；另有推荐的，请另行拟写"))
    rows = [item.commendation for item in recommendation.items]
    facts = standing.facts_of(document.year, rows)
    open_rows = [row for row in rows if row.state is CommendationState.ISSUED]
    if any(facts[row.id].is_barred for row in open_rows):
        return str(_("名单中有不符合条件的对象，请撤下后重新生成"))
    missing = [item.commendation.name for item in recommendation.items if not is_described(item)]
    if missing:
        return str(_("%(names)s的情况和事迹还没有填全", names="、".join(missing)))
    made, current = document.payload, request(recommendation).payload
    if any(made[name] != current[name] for name in COMPARED) or (
        made["letterhead"]["main_recipients"] != recommendation.recipient
    ):
        return str(_("推荐内容已有变化，请重新生成后再批准编号、印发"))
    return ""


def is_described(item: RecommendationItem) -> bool:
    """Say whether all that the attachments ask for is there."""
    return all(getattr(item, name) for name in DESCRIBED)
