"""Saved views: kept, opened, ordered, renamed and removed by their owner alone."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.saved import services
from fivestep_web.documents.saved.models import SavedView
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.tokens import acting
from tests.web import get, post

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("db")]
ADDRESS = "/documents/views?year=2026"
LETTERS = {"kind": "responsibility_letter", "state": "issued"}


@pytest.fixture(autouse=True)
def plan_year(db):
    return PlanYearFactory(year=2026)


@pytest.fixture
def owner():
    return user_with_role(Role.OFC)


@pytest.fixture
def office(login, owner):
    return login(owner)


def saved(user, *names):
    """Keep a view of each name; return their ids."""
    with unit_of_work():
        return [services.save(acting(user), name, {"kind": "task_book"}).id for name in names]


def names(user):
    rows = select(SavedView.name).where(SavedView.user_id == user.id).order_by(SavedView.position)
    return list(database.session.scalars(rows))


def test_the_filter_of_the_page_is_kept_and_opened_in_the_year_then_chosen(office):
    unit = UnitFactory(name="干部科")
    page = get(office, f"/documents/views/new?year=2026&kind=responsibility_letter&unit_id={unit.id}").text
    assert "目标责任书 · 干部科" in page
    answer = post(office, ADDRESS, LETTERS | {"unit_id": unit.id, "person": "王", "name": "干部科已印发"})
    assert answer.status_code == 303
    view = database.session.scalars(select(SavedView)).one()
    assert view.arguments == {
        "kind": "responsibility_letter",
        "unit_id": unit.id,
        "person": "王",
        "state": "issued",
    }
    PlanYearFactory(year=2025)
    page = get(office, "/documents?year=2025").text
    assert "干部科已印发" in page
    (address,) = re.findall(r'href="(/documents\?[^"]*)"[^>]*>干部科已印发', page)
    assert parse_qs(unescape(address).partition("?")[2]) == {
        "year": ["2025"],
        "kind": ["responsibility_letter"],
        "unit_id": [str(unit.id)],
        "person": ["王"],
        "state": ["issued"],
    }


def test_no_filter_no_name_a_taken_name_and_too_many_are_refused(office, owner):
    assert post(office, ADDRESS, {"name": "空"}).status_code == 422
    assert get(office, "/documents/views/new?year=2026").location == "/documents"
    assert post(office, ADDRESS, LETTERS | {"name": " "}).status_code == 422
    saved(owner, "甲")
    taken = post(office, ADDRESS, LETTERS | {"name": "甲"})
    assert (taken.status_code, "已有名称为“甲”" in taken.text) == (422, True)
    assert post(office, ADDRESS, LETTERS | {"name": "长" * 31}).status_code == 422
    saved(owner, *(f"第{number}个" for number in range(2, services.MOST + 1)))
    assert "最多保存" in post(office, ADDRESS, LETTERS | {"name": "再来一个"}).text
    assert len(names(owner)) == services.MOST


def test_views_are_moved_renamed_and_removed(office, owner):
    first, second, third = saved(owner, "甲", "乙", "丙")
    assert post(office, f"/documents/views/{third}/up").status_code == 303
    assert names(owner) == ["甲", "丙", "乙"]
    assert post(office, f"/documents/views/{first}/up").status_code == 422
    taken = post(office, f"/documents/views/{second}/rename", {"name": "丙"})
    assert (taken.status_code, "已有名称为“丙”" in taken.text) == (422, True)
    post(office, f"/documents/views/{second}/rename", {"name": "丁"})
    post(office, f"/documents/views/{first}/remove")
    assert names(owner) == ["丙", "丁"]
    page = get(office, "/documents/views").text
    assert page.index("丙") < page.index("丁")


def test_the_views_of_another_are_neither_shown_nor_found(office, owner, login):
    (view_id,) = saved(owner, "我的筛选")
    stranger = login(user_with_role(Role.HRO))
    assert "我的筛选" not in get(stranger, "/documents").text
    assert "我的筛选" not in get(stranger, "/documents/views").text
    for verb in ("rename", "up", "remove"):
        assert post(stranger, f"/documents/views/{view_id}/{verb}", {"name": "x"}).status_code == 404
    assert names(owner) == ["我的筛选"]


def test_two_people_may_use_one_name(owner):
    other = user_with_role(Role.HRO)
    saved(owner, "待编号")
    saved(other, "待编号")
    assert names(owner) == names(other) == ["待编号"]


def test_many_views_cost_what_one_costs(office, owner, count_queries):
    costs = []
    for name in ("甲", "乙", "丙"):
        saved(owner, name)
        database.session.commit()
        count_queries.statements.clear()
        assert get(office, "/documents/views").status_code == 200
        costs.append(len(count_queries))
    assert costs[2] <= costs[1]
