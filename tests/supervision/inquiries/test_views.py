"""The pages of inquiries."""

import pytest

from fivestep_web.supervision.inquiries.rules import InquiryState, Move
from tests.factories.inquiries import asked, stored, take
from tests.factories.queue import queued
from tests.web import get, post

pytestmark = pytest.mark.one_database


def test_a_leader_asks_the_head_answers_and_the_leader_closes(county, login):
    goal_id = county.entry().goal_id
    leader = login(county.leader)
    assert "指导性意见" in get(leader, f"/goals/{goal_id}/inquiries/new").text
    made = post(leader, f"/goals/{goal_id}/inquiries", {"kind": "question", "text": "为什么落后"})
    assert made.status_code == 303
    address = made.headers["Location"].partition("?")[0]
    head = login(county.head)
    assert "签收" in get(head, address).text
    revision = {"revision": "1"}
    assert post(head, f"{address}/acknowledge", revision).status_code == 303
    assert post(head, f"{address}/answer", {"revision": "1", "text": "迟了"}).status_code == 409
    assert post(head, f"{address}/answer", {"revision": "2", "text": "已说明"}).status_code == 303
    assert "为什么落后" in get(login(county.leader), "/inquiries").text
    assert post(login(county.leader), f"{address}/close", {"revision": "3", "text": ""}).status_code == 303
    assert "办结" in get(login(county.office), "/inquiries?state=closed").text


def test_what_was_typed_stays_in_a_refused_form(county, login):
    goal_id = county.entry().goal_id
    page = post(login(county.leader), f"/goals/{goal_id}/inquiries", {"kind": "opinion", "text": ""})
    assert page.status_code == 422
    assert "请写明要质询的事项" in page.text
    inquiry = asked(county, goal_id=goal_id)
    take(Move.ANSWER, inquiry, county.head)
    sent = {"revision": "2", "text": "逐村落实", "due_on": "2026-01-01"}
    refused = post(login(county.leader), f"/inquiries/{inquiry.id}/guide", sent)
    assert refused.status_code == 422
    assert "逐村落实" in refused.text
    assert stored(inquiry).state is InquiryState.ANSWERED


def test_who_may_not_gets_no_form_and_another_number_is_not_found(county, login):
    inquiry = asked(county)
    assert get(login(county.head), f"/goals/{inquiry.goal_id}/inquiries/new").status_code == 403
    assert get(login(county.head), "/inquiries/999999").status_code == 404
    assert post(login(county.office), f"/inquiries/{inquiry.id}/urge", {}).status_code == 303
    assert "已催办1次" in get(login(county.head), f"/inquiries/{inquiry.id}").text


def test_reading_is_noted_and_the_paper_is_asked_for(county, login):
    inquiry = asked(county)
    assert post(login(county.head), f"/inquiries/{inquiry.id}/read", {}).status_code == 303
    assert "已阅 04-30" in get(login(county.leader), f"/inquiries/{inquiry.id}").text
    assert post(login(county.office), f"/inquiries/{inquiry.id}/paper", {}).status_code == 303
    assert queued()


def test_the_page_of_an_entry_leads_to_a_new_inquiry_for_who_may(county, login):
    entry = county.entry()
    link = f"/goals/{entry.goal_id}/inquiries/new"
    assert link in get(login(county.leader), f"/ledger/entries/{entry.id}").text
    assert link not in get(login(county.head), f"/ledger/entries/{entry.id}").text
