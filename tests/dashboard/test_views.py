import html
import re

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.extensions import db as database

pytestmark = pytest.mark.one_database


def user(name):
    return database.session.scalars(select(User).where(User.username == name)).one()


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("P0001", ["待我签", "红黄项", "没有完成标准的目标"]),  # minister
        ("P0003", ["待我验收", "红黄项"]),  # leader in charge
        ("P0007", ["待我验收", "本月没有汇报的目标"]),  # office
        ("P0043", ["待我报", "红黄项"]),  # township party secretary
        ("P0084", ["今天没有等您办理的事", "查看台账"]),  # organizer with nothing to do: one way on
        ("admin", ["今天没有等您办理的事", "去管理"]),
    ],
)
def test_each_role_sees_the_work_that_waits(demo, login, username, expected):
    page = login(user(username)).get("/").text
    for text in expected:
        assert text in page


def test_every_line_opens_a_form_that_answers(demo, login):
    client = login(user("P0043"))
    page = client.get("/").text
    address = page.split('<ul class="list-group worklist"')[1].split('href="')[1].split('"')[0]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("username", ["P0001", "P0003", "P0007", "P0043", "P0045"])
def test_red_and_yellow_lead_to_the_ledger_of_just_these(demo, login, username):
    client = login(user(username))
    page = client.get("/").text
    count = int(re.search(r"<h2>红黄项 ([0-9]+)</h2>", page)[1])
    address = html.unescape(re.search(r'href="(/ledger\?[^"]*signal=red_yellow[^"]*)"', page)[1])
    assert f"共 <b>{count}</b>" in client.get(address).text


def test_only_leaders_and_the_office_see_the_three_figures(demo, login):
    assert "没有责任人的目标" not in login(user("P0043")).get("/").text


def test_the_page_needs_the_same_statements_however_much_waits(demo, login, count_queries):
    client = login(user("P0001"))
    client.get("/")
    count_queries.statements.clear()
    client.get("/")
    assert len(count_queries) <= 41


def test_an_empty_instance_says_what_to_do(client, login):
    from fivestep_web.core.permissions import Role
    from tests.factories.accounts import UserFactory
    from tests.factories.org import person_with_role

    clerk = UserFactory(person=person_with_role(Role.OFC))
    page = login(clerk).get("/").text
    assert "导入年度工作簿" in page


def test_nobody_unknown_gets_in(client):
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("username", ["P0001", "P0003", "P0015", "P0043", "P0052"])
def test_the_figure_beside_what_waits_is_what_the_page_lists(demo, login, username):
    page = login(user(username)).get("/").text
    listed = re.findall(r"<h2>(?!红黄项|超时限未办)[^<]+ ([0-9]+)</h2>", page)
    badge = re.search(r'id="shell-waiting".*?>([0-9]+)</span>', page, re.DOTALL)[1]
    assert int(badge) == sum(map(int, listed)) > 0
