"""The pages of publicity and objections: who sees what, what is refused and kept, what waits today."""

from datetime import date, timedelta

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState
from fivestep_web.core.permissions import Role
from tests.assessment.cycles.plans import (
    TALLY_DAY,
    TERMS,
    YEAR,
    planned,
    state,
)
from tests.assessment.publicity.people import (
    answer,
    file,
    matter_of,
    receive,
    received,
    results,
    stored,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory
from tests.web import get, post

HOME = f"/assessment/{YEAR}"
PUBLICITIES, OBJECTIONS, GATE = f"{HOME}/publicities", f"{HOME}/objections", f"{HOME}/gate"
TYPED = {name: getattr(TERMS, name) for name in ("workdays", "basis", "receiver", "address", "telephone")}
ANSWER = {"outcome": "dismissed", "answer": "计票无误", "reason": "与计票表一致"}
pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("posting_day")]


@pytest.mark.parametrize("role", Role)
def test_posted_lists_are_for_all_but_the_administrator_and_the_gate_for_few(troupe, login, role):
    client = login(user_with_role(role))
    is_staff = role is not Role.ADM
    for address in (PUBLICITIES, f"{PUBLICITIES}/{results().id}", OBJECTIONS, f"{OBJECTIONS}/new"):
        assert get(client, address).status_code == (200 if is_staff else 403)
    few = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}
    assert get(client, GATE).status_code == (200 if role in few else 403)


def test_a_publicity_is_prepared_by_its_form_and_what_was_typed_is_kept(cast, login):
    planned(cast)
    client, page = login(cast.office), f"{PUBLICITIES}/results/edit"
    refused = post(client, page, TYPED | {"workdays": "4", "receiver": ""})
    assert refused.status_code == 422
    assert "公示期应为5到30个工作日" in refused.text
    assert TERMS.address in refused.text
    answer_page = post(client, page, TYPED)
    assert (answer_page.status_code, answer_page.location) == (303, f"{PUBLICITIES}/{results().id}")
    assert TERMS.receiver in get(client, page).text
    assert get(client, f"{PUBLICITIES}/unknown/edit").status_code == 404


def test_a_stopped_publicity_says_so(troupe, login):
    answer(troupe.handler, received(troupe), ObjectionState.UPHELD)
    shown = get(login(troupe.member), f"{PUBLICITIES}/{results().id}").text
    assert PublicityState.STOPPED.label in shown
    assert "须重新审核后再次公示" in shown
    assert "提出异议" not in shown


def test_a_full_period_with_an_open_objection_says_why_it_does_not_end(troupe, login):
    received(troupe)
    with time_machine.travel(TALLY_DAY + timedelta(days=10), tick=True):
        shown = get(login(troupe.member), f"{PUBLICITIES}/{results().id}").text
    assert "还有1件异议没有答复，答复后才结束" in shown


def test_an_objection_is_filed_and_followed_to_its_outcome(troupe, login):
    client = login(troupe.member)
    form = {"matter": matter_of(troupe.member, ObjectionKind.PUBLICITY, "第3科"), "contact": "内线8012"}
    refused = post(client, OBJECTIONS, form)
    assert refused.status_code == 422
    assert "请写明事实和理由" in refused.text
    assert "内线8012" in refused.text
    filed = post(client, OBJECTIONS, form | {"facts": "份数不符"})
    assert filed.status_code == 303
    objection_id = int(filed.location.rpartition("/")[2])
    receive(troupe.receiver, objection_id)
    assert "余30天" in get(client, filed.location).text
    answer(troupe.handler, objection_id)
    shown = get(client, filed.location).text
    assert "经核查，计票无误。" in shown
    assert "答复：不成立" in shown


def test_a_member_cannot_enter_an_objection_for_others(troupe, login):
    form = {
        "matter": matter_of(troupe.member, ObjectionKind.PUBLICITY, "第3科"),
        "contact": "电话",
        "facts": "事实",
        "objector": "他人",
        "filed_on": "2026-01-01",
    }
    filed = post(login(troupe.member), OBJECTIONS, form)
    found = stored(int(filed.location.rpartition("/")[2]))
    assert (found.objector, found.filed_on) == ("丁某甲", date(2027, 1, 5))


def test_who_received_it_is_told_why_another_answers(troupe, login):
    objection_id = received(troupe)
    shown = get(login(troupe.receiver), f"{OBJECTIONS}/{objection_id}").text
    assert "须由另一名办理人答复" in shown
    assert 'name="outcome"' not in shown
    refused = post(login(troupe.receiver), f"{OBJECTIONS}/{objection_id}/answer", ANSWER | {"revision": "2"})
    assert refused.status_code == 403
    assert stored(objection_id).answers == []


def test_an_answer_to_what_was_answered_meanwhile_is_refused(troupe, login):
    objection_id = received(troupe)
    form = ANSWER | {"revision": str(stored(objection_id).revision)}
    client, address = login(troupe.handler), f"{OBJECTIONS}/{objection_id}/answer"
    assert post(client, address, form | {"reason": ""}).status_code == 422
    assert post(client, address, form).status_code == 303
    assert post(client, address, form | {"outcome": "upheld"}).status_code == 409
    assert state() is CycleState.PUBLICIZING


def test_others_do_not_find_it(troupe, login):
    objection_id = file(troupe.member)
    assert get(login(user_with_role(Role.SHD)), f"{OBJECTIONS}/{objection_id}").status_code == 404


def test_the_deadlines_are_edited_by_the_minister(troupe, login):
    client = login(troupe.cast.minister)
    page = f"{OBJECTIONS}/deadlines"
    assert post(client, page, {"ask": "0", "decide": "30", "appeal": "15", "remind": "5"}).status_code == 422
    assert post(client, page, {"ask": "30", "decide": "20", "appeal": "15", "remind": "5"}).status_code == 303
    assert "受理之日起20天内答复" in get(client, OBJECTIONS).text


def test_the_today_page_tells_everybody_of_a_publicity_and_handlers_of_their_turn(troupe, login):
    def today_of(user):
        return get(login(user), "/").text

    assert "2026年度考核结果正在公示，到1月12日为止。" in today_of(troupe.member)
    objection_id = file(troupe.member)
    assert "关于第3科的公示异议等您受理。" in today_of(troupe.receiver)
    assert "您提出的公示异议待受理。" in today_of(troupe.member)
    receive(troupe.receiver, objection_id)
    assert "等您" not in today_of(troupe.receiver).replace("等您办理的事", "")
    assert "关于第3科的公示异议等您答复，余30天。" in today_of(troupe.handler)
    with time_machine.travel(TALLY_DAY + timedelta(days=26), tick=True):
        shown = today_of(troupe.handler)
    assert "等您答复，余4天。" in shown
    assert "alert-warning" in shown


def test_pages_cost_the_same_however_many_objections_there_are(troupe, login, count_queries):
    client = login(troupe.handler)
    counts = []
    for _round in range(2):
        for _objection in range(3):
            received(troupe)
        costs = []
        for address in ("/", OBJECTIONS, PUBLICITIES, f"{PUBLICITIES}/{results().id}"):
            get(client, address)
            count_queries.statements.clear()
            assert get(client, address).status_code == 200
            costs.append(len(count_queries))
        counts.append(costs)
    assert counts[0] == counts[1]


def test_the_year_switch_leads_to_the_same_list_of_the_other_year(troupe, login):
    PlanYearFactory(year=2027)
    client = login(troupe.member)
    for page, target in ((PUBLICITIES, "publicities"), (f"{OBJECTIONS}/new", "objections")):
        led = get(client, f"{page}?year=2027")
        assert (led.status_code, led.location) == (303, f"/assessment/2027/{target}")
