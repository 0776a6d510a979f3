"""Units, the calendar and the years as pages."""

from dataclasses import fields

import pytest

from fivestep_web.assessment.score_settings import Settings
from fivestep_web.assessment.settings_store import read_settings
from fivestep_web.core.permissions import Role
from fivestep_web.org import queries
from fivestep_web.org.year_settings import SETTINGS, in_force
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.web import get, post

pytestmark = pytest.mark.one_database

UNIT = {"code": "T01", "name": "城关镇", "kind": "township", "from_day": "2026-01-01", "is_assessed": "y"}


@pytest.fixture
def admin(login, db):
    return login(user_with_role(Role.ADM, unit=UnitFactory(name="机关")))


def test_an_empty_list_says_who_fills_it(login, db):
    client = login(user_with_role(Role.ADM))
    assert "还没有年度" in get(client, "/admin/years").text


def test_a_unit_is_made_listed_and_renamed(admin):
    assert post(admin, "/admin/units", UNIT).location == "/admin/units"
    (unit,) = (unit for unit in queries.list_units() if unit.code == "T01")
    assert "城关镇" in get(admin, "/admin/units").text
    change = UNIT | {"name": "城关街道", "from_day": "2026-02-01", "revision": unit.revision}
    assert post(admin, f"/admin/units/{unit.id}", change).status_code == 303
    page = get(admin, f"/admin/units/{unit.id}").text
    assert "城关街道" in page
    assert "2026年1月31日" in page
    assert post(admin, f"/admin/units/{unit.id}", change).status_code == 409


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "请输入单位名称"),
        ({"name": "机关"}, "已有名为“机关”的单位"),
        ({"from_day": "2999-01-01"}, "日期不能晚于今天"),
        ({"from_day": "今天"}, "日期"),
        ({"kind": "empire"}, "类别"),
        ({"kind": ""}, "请选择类别"),
        ({"head_id": "999999"}, "负责人"),
    ],
)
def test_a_unit_that_cannot_be_made_keeps_what_was_typed(admin, change, message):
    response = post(admin, "/admin/units", UNIT | change)
    assert response.status_code == 422
    assert message in response.text
    assert 'value="T01"' in response.text


def test_the_office_enters_a_year_and_takes_a_day_back(login, db):
    client = login(user_with_role(Role.OFC))
    assert "节假日安排未发布" in get(client, "/admin/calendar?calendar_year=2031").text
    response = post(client, "/admin/calendar", {"days": "2031-01-01 休 元旦"})
    assert response.location == "/admin/calendar?calendar_year=2031"
    page = get(client, response.location).text
    assert "没有国庆节" in page
    assert "元旦" in page
    assert post(client, "/admin/calendar/remove", {"day": "2031-01-01"}).status_code == 303
    assert post(client, "/admin/calendar/remove", {"day": "2031-01-01"}).status_code == 404
    assert post(client, "/admin/calendar/remove", {"day": "元旦"}).status_code == 404


def test_a_list_that_cannot_be_read_stays_in_the_form(login, db):
    client = login(user_with_role(Role.OFC))
    response = post(client, "/admin/calendar", {"days": "2031-01-01 休\n2031-01-02 歇"})
    assert response.status_code == 422
    assert "第 2 行" in response.text
    assert "2031-01-02 歇" in response.text
    assert queries.list_days(2031) == []


@pytest.mark.parametrize("year", ["0", "-5", "99999999999", "x", "1999"])
def test_any_year_in_the_address_shows_a_calendar(login, db, year):
    client = login(user_with_role(Role.OFC))
    assert get(client, f"/admin/calendar?calendar_year={year}").status_code == 200


def test_2026_has_the_working_days_of_the_notice(login, db):
    page = get(login(user_with_role(Role.OFC)), "/admin/calendar?calendar_year=2026").text
    assert "2026年，248个工作日" in page
    assert "02-28" in page


def test_the_minister_opens_step_two_with_a_reason_and_the_administrator_only_looks(login, db):
    PlanYearFactory(year=2026)
    client = login(user_with_role(Role.ADM))
    page = get(client, "/admin/years/2026").text
    assert "未开启" in page
    assert "提前开启的理由" not in page
    assert post(client, "/admin/years/2026/step-two", {"reason": "理由"}).status_code == 403
    client = login(user_with_role(Role.MIN))
    assert "提前开启的理由" in get(client, "/admin/years/2026").text
    assert post(client, "/admin/years/2026/step-two", {"reason": " "}).status_code == 422
    reason = {"reason": "要点已经部务会议研究"}
    assert post(client, "/admin/years/2026/step-two", reason).status_code == 303
    assert "要点已经部务会议研究" in get(client, "/admin/years/2026").text
    assert post(client, "/admin/years/2026/step-two", reason).status_code == 409
    assert get(client, "/admin/years/2031").status_code == 404


def test_the_settings_shown_are_those_that_score():
    defaults = read_settings({}, 2026)
    spelled = {name: default for name, _label, default, _kind, _meaning in SETTINGS}
    again = read_settings(spelled, 2026)
    assert [getattr(again, item.name) for item in fields(Settings)] == [
        getattr(defaults, item.name) for item in fields(Settings)
    ]
    lines = {line.label: line for line in in_force({"social_weight": "0.25"})}
    assert (lines["社会调查权重"].value, lines["社会调查权重"].is_default) == ("25%", False)
    assert (lines["评价占比"].value, lines["评价占比"].is_default) == ("100%", True)


def test_the_page_leads_each_role_to_its_own_matters(login, db):
    page = get(login(user_with_role(Role.OFC)), "/admin/").text
    assert "工作日历" in page
    assert "操作日志" not in page
    assert get(login(user_with_role(Role.STF)), "/admin/").status_code == 403
