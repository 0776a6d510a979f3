"""The pages of the monthly bulletins: who sees them, what they say, how they answer what is typed."""

from datetime import date

import pytest

from fivestep_web.assessment.daily.bulletins import services
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from tests.factories.accounts import user_with_role
from tests.factories.daily import found, issued, make_daily
from tests.web import get, post

pytestmark = pytest.mark.one_database

READERS = {Role.MIN, Role.EXD, Role.DEP, Role.OFC, Role.HRO}
INDEX = "/assessment/2026/bulletins"
JULY = f"{INDEX}/7"


@pytest.fixture
def daily(db):
    made = make_daily()
    made.goal(due=date(2026, 7, 15), name="走访全覆盖")
    return made


@pytest.fixture
def drafted(daily):
    with unit_of_work():
        services.draft(daily.office, 2026, 7)
    return daily


def text(answer):
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("role", list(Role))
def test_drafts_are_for_those_who_prepare_review_and_lead(drafted, login, role):
    client = login(user_with_role(role))
    for address in (INDEX, JULY):
        assert get(client, address).status_code == (200 if role in READERS else 403)


def test_the_index_shows_twelve_months_and_until_when_each_is_to_be_issued(drafted, login):
    page = text(get(login(drafted.clerk), INDEX))
    for words in ("08-07", "逾期3天", "未到月底", "2027-01-07", "起草"):
        assert words in page
    assert page.count("<tr") == 13


def test_the_office_drafts_a_month_the_clock_missed(daily, login):
    client = login(daily.clerk)
    answer = post(client, f"{JULY}/draft")
    assert (answer.status_code, answer.location) == (303, JULY)
    assert found(2026, 7).state is PaperState.DRAFT
    assert post(client, f"{JULY}/draft").status_code == 409
    assert post(client, f"{INDEX}/9/draft").status_code == 409
    assert post(client, f"{INDEX}/13/draft").status_code == 404


def test_a_month_without_a_bulletin_and_a_year_without_a_plan_are_not_there(daily, login):
    client = login(daily.clerk)
    for address in (f"{INDEX}/3", f"{INDEX}/13", "/assessment/2031/bulletins", f"{INDEX}/3/edit"):
        assert get(client, address).status_code == 404


def test_the_page_shows_the_figures_and_the_goals_that_are_late(drafted, login):
    page = text(get(login(drafted.clerk), JULY))
    for words in (
        "到期目标1项，已完成0项",
        "走访全覆盖",
        "尚未说明",
        "送审",
        "修改文字",
        "2026年7月31日的台账",
    ):
        assert words in page


def test_what_is_typed_is_kept_with_the_reason_why_it_was_refused(drafted, login):
    client = login(drafted.clerk)
    sent = {"revision": found(2026, 7).revision, "praised_units": "财务科：好", "requirements": "抓紧整改。"}
    answer = post(client, f"{JULY}/edit", sent)
    assert answer.status_code == 422
    for words in ("不是本期通报里的单位", "财务科：好", "抓紧整改。"):
        assert words in text(answer)
    sent |= {"praised_units": "", "notices_sent": "1", "notices_answered": "2"}
    answer = post(client, f"{JULY}/edit", sent)
    assert answer.status_code == 422
    assert "不能多于发出的" in text(answer)


def test_a_page_shown_before_somebody_elses_change_takes_no_step(drafted, login):
    client = login(drafted.clerk)
    shown = found(2026, 7).revision
    assert post(client, f"{JULY}/edit", {"revision": shown, "requirements": "抓紧整改。"}).status_code == 303
    assert post(client, f"{JULY}/submit", {"revision": shown}).status_code == 409
    assert found(2026, 7).state is PaperState.DRAFT


def test_buttons_are_for_who_may_take_the_step(drafted, login):
    revision = {"revision": found(2026, 7).revision}
    assert "确认送审" not in text(get(login(drafted.reviewer), JULY))
    assert post(login(drafted.clerk), f"{JULY}/submit", revision).status_code == 303
    page = text(get(login(drafted.clerk), JULY))
    assert "确认审核通过" not in page
    assert get(login(drafted.clerk), f"{JULY}/edit").status_code == 409
    page = text(get(login(drafted.reviewer), JULY))
    assert "确认审核通过" in page
    assert "确认退回" in page
    assert post(login(drafted.clerk), f"{JULY}/pass", revision).status_code == 403


def test_a_return_without_a_reason_is_asked_for_one(drafted, login):
    assert (
        post(login(drafted.clerk), f"{JULY}/submit", {"revision": found(2026, 7).revision}).status_code == 303
    )
    answer = post(login(drafted.reviewer), f"{JULY}/return", {"revision": found(2026, 7).revision})
    assert answer.status_code == 422
    assert "请写明理由" in text(answer)


def test_an_issued_bulletin_shows_its_number_and_leads_to_the_document(daily, login):
    document_id = issued(daily, 7)
    client = login(daily.clerk)
    page = text(get(client, INDEX))
    assert "青组通〔2026〕1号" in page
    assert f"/documents/{document_id}" in page
    assert "看公文" in text(get(client, JULY))


def test_the_year_switch_leads_to_the_list_of_the_other_year(drafted, login):
    answer = get(login(drafted.clerk), f"{JULY}?year=2026")
    assert answer.status_code == 200


def test_step_five_leads_a_leader_in_charge_to_the_bulletins(drafted, login):
    answer = get(login(drafted.county.leader), "/assessment")
    assert (answer.status_code, answer.location) == (303, INDEX)
