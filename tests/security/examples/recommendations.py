"""Examples of recommendations: drawn up, edited, ordered, described, sent on to the province."""

from datetime import date

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.extensions import db
from tests.assessment.commendations import people
from tests.assessment.cycles.plans import YEAR, bring_to, make_cast
from tests.assessment.publicity.people import make_troupe
from tests.assessment.recommendations import drafts
from tests.security.example import Example

YEAR_ONLY = {"year": YEAR}
FACTS = {
    "honour": "2026年度全市先进",
    "form": "report",
    "recipient": "中共青河市委组织部",
    "basis": "《关于推荐先进个人的通知》",
    "way": "公示栏",
    "signatory": "林某甲",
    "contact": "谭某甲",
    "telephone": "0000-12380",
}


def _cast():
    troupe = make_troupe(make_cast())
    people.give_heads(troupe.member)
    bring_to(troupe.cast, CycleState.CONFIRMED)
    return troupe.cast


def _new():
    cast = _cast()
    drafts.commend(cast)
    return cast


def recommendation_create():
    cast = _new()
    return Example(cast.hr, YEAR_ONLY, FACTS | {"rows": [str(row_id) for row_id in drafts.free()]})


def _of(make=drafts.ready, data=None, **more):
    cast = _cast()
    recommendation_id = make(cast)
    return Example(cast.hr, {**YEAR_ONLY, "recommendation_id": recommendation_id, **more}, data or {})


def _sent_early(cast):
    """Have a recommendation that went to the city before the day the form gives."""
    recommendation_id = drafts.sent(cast)
    drafts.stored(recommendation_id).sent_on = date(2026, 1, 19)
    db.session.commit()
    return recommendation_id


def _with_items(data, make=drafts.ready, *, in_address=False):
    """Return the example with the form that *data* makes of the recommendation's lines."""
    example = _of(make)
    items = [item.id for item in drafts.stored(example.values["recommendation_id"]).items]
    example.data = data(items)
    if in_address:
        example.values["item_id"] = items[0]
    return example


SAID = {
    "sex": "女",
    "birth_month": "1988.11",
    "political_status": "中共党员",
    "main_deeds": "目标全部按期完成",
    "deeds": "该同志作风扎实。",
}
UNSAFE = {
    "recommendations.recommendation_create": recommendation_create,
    "recommendations.recommendation_update": lambda: _of(data=FACTS),
    "recommendations.item_describe": lambda: _with_items(lambda _items: SAID, in_address=True),
    "recommendations.order_change": lambda: _with_items(
        lambda items: {"item": items[1], "place": "1", "reason": "承担全市试点"}
    ),
    "recommendations.item_withdraw": lambda: _with_items(
        lambda items: {"item_id": items[0], "reason": "本人申请"}
    ),
    "recommendations.opinion_add": lambda: _of(
        data={"organ": "县公安局", "given_on": "2026-01-20", "opinion": "同意推荐"}
    ),
    "recommendations.province_note": lambda: _with_items(
        lambda items: {"items": items, "told_on": "2026-01-20", "reference": "青河组字〔2027〕3号"},
        _sent_early,
    ),
    "recommendations.document_request": _of,
}
PAGES = {
    "recommendations.recommendation_index": lambda: Example(_new().office, YEAR_ONLY),
    "recommendations.recommendation_new": lambda: Example(_new().hr, YEAR_ONLY),
    "recommendations.recommendation_show": _of,
    "recommendations.recommendation_edit": _of,
    "recommendations.item_edit": lambda: _with_items(lambda _items: {}, in_address=True),
}
