"""Examples of commendations: drawn up, added, nominated, decided, removed; terms, ties and the meeting."""

from datetime import date, time

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.commendations.year_services import Plan, plan_meeting
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.commendations import people
from tests.assessment.cycles.plans import YEAR, actor_of, bring_to, make_cast
from tests.assessment.publicity.people import make_troupe
from tests.security.example import Example

YEAR_ONLY = {"year": YEAR}
MEETING = {
    "met_on": "2027-01-29",
    "starts_at": "09:00",
    "place": "县委一楼会议室",
    "presider": "常务副部长何某甲",
    "invited": "部机关全体\n各乡镇党委书记",
    "agenda": "总结全年工作\n宣读表彰决定\n先进代表发言",
    "speakers": "第3科",
}


def _confirmed(state=None):
    troupe = make_troupe(make_cast())
    people.give_heads(troupe.member)
    bring_to(troupe.cast, CycleState.CONFIRMED)
    if state:
        people.bring_to(troupe.cast, state)
    return troupe.cast


def _rows(cast, of, user):
    return Example(user, YEAR_ONLY, {"rows": [str(row_id) for row_id in people.ids(of)]})


def commendation_nominate():
    cast = _confirmed(CommendationState.CANDIDATE)
    return _rows(cast, CommendationState.CANDIDATE, cast.hr)


def commendation_decide():
    cast = _confirmed()
    people.bring_to(cast, CommendationState.PUBLICIZING)
    people.end_periods()
    example = _rows(cast, CommendationState.PUBLICIZING, cast.minister)
    example.data["note"] = "部务会议研究决定"
    return example


def commendation_add():
    cast = _confirmed()
    unit = people.unit_id("K01")
    return Example(cast.hr, YEAR_ONLY, {"who": f"{unit}:", "reason": "工作突出"})


def commendation_remove():
    cast = _confirmed(CommendationState.NOMINATED)
    row = people.rows()[0]
    return Example(cast.hr, {**YEAR_ONLY, "row_id": row.id}, {"reason": "本人申请"})


def tie_decide():
    cast = people.tied_cast()
    pool = Pool.CIVIL_SERVANT.value
    form = {
        f"{pool}-chosen": [str(people.person_id("丁某甲"))],
        f"{pool}-met_on": "2026-01-05",
        f"{pool}-reason": "承担任务更重",
    }
    return Example(cast.office, {**YEAR_ONLY, "pool": pool}, form)


def _planned(state=None):
    cast = _confirmed(state)
    plan = Plan(date(2026, 1, 5), time(9), "会议室", "部长", "全体", "宣读表彰决定", "无")
    with unit_of_work():
        plan_meeting(actor_of(cast.office), YEAR, plan)
    return cast


def meeting_hold():
    cast = _planned(CommendationState.ISSUED)
    return Example(cast.office, YEAR_ONLY, {"attended": "80", "notes": "按议程进行"})


UNSAFE = {
    "commendations.commendation_draw": lambda: Example(_confirmed().office, YEAR_ONLY),
    "commendations.commendation_nominate": commendation_nominate,
    "commendations.commendation_decide": commendation_decide,
    "commendations.commendation_add": commendation_add,
    "commendations.commendation_remove": commendation_remove,
    "commendations.document_request": lambda: Example(
        _confirmed(CommendationState.NOMINATED).office, YEAR_ONLY
    ),
    "commendations.terms_update": lambda: Example(make_cast().office, YEAR_ONLY, {"unit_seats": "3"}),
    "commendations.tie_decide": tie_decide,
    "commendations.meeting_plan": lambda: Example(make_cast().office, YEAR_ONLY, MEETING),
    "commendations.meeting_hold": meeting_hold,
}


def commendation_show():
    cast = _confirmed(CommendationState.PUBLICIZING)
    return Example(cast.minister, {**YEAR_ONLY, "row_id": people.rows()[0].id})


PAGES = {
    "commendations.hub_show": lambda: Example(_planned(CommendationState.NOMINATED).deputy, YEAR_ONLY),
    "commendations.commendation_index": lambda: Example(
        _confirmed(CommendationState.NOMINATED).office, YEAR_ONLY
    ),
    "commendations.commendation_new": lambda: Example(_confirmed().office, YEAR_ONLY),
    "commendations.commendation_show": commendation_show,
    "commendations.terms_edit": lambda: Example(make_cast().minister, YEAR_ONLY),
    "commendations.tie_index": lambda: Example(people.tied_cast().office, YEAR_ONLY),
    "commendations.meeting_show": lambda: Example(_planned().office, YEAR_ONLY),
    "commendations.meeting_edit": lambda: Example(_planned().office, YEAR_ONLY),
    "commendations.promotion_index": lambda: Example(_confirmed().hr, YEAR_ONLY),
}
