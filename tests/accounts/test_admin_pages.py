"""People, roles and accounts as the administrator handles them."""

import re
import sqlite3
from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fivestep_web.accounts import queries
from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import verify_password
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person
from tests.factories.accounts import UserFactory, user_with_role
from tests.factories.org import PersonFactory, UnitFactory, person_with_role
from tests.web import get, post

pytestmark = pytest.mark.one_database

NEW = {"code": "G900", "name": "李某乙", "phone": "13800000000", "title": "科长", "from_day": "2026-01-01"}


@pytest.fixture
def admin(login, db):
    return login(user_with_role(Role.ADM, username="admin", name="管理甲"))


def test_a_new_comrade_gets_post_roles_and_account_at_once(admin):
    unit = UnitFactory(name="组织科")
    response = post(admin, "/admin/people", NEW | {"unit_id": unit.id, "roles": ["SHD", "PNL"]})
    assert (response.status_code, response.location) == (303, "/admin/people")
    person = database.session.scalars(select(Person).where(Person.code == "G900")).one()
    assert {held.role for held in person.holdings[0].roles} == {Role.SHD, Role.PNL}
    user = database.session.scalars(select(User).where(User.person_id == person.id)).one()
    assert (user.username, user.must_change_password, user.password_hash) == ("G900", True, "")
    listed = get(admin, f"/admin/people?unit_id={unit.id}").text
    assert "李某乙" in listed
    assert "科室负责人" in listed
    assert "管理甲" not in listed.split("<tbody")[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "请输入姓名"),
        ({"from_day": "2026-02-30"}, "日期"),
        ({"roles": []}, "请至少选择一个角色"),
        ({"roles": ["KING"]}, "角色"),
        ({"code": "TAKEN"}, "工号“TAKEN”已经存在"),
        ({"username": "admin"}, "登录名“admin”已经存在"),
        ({"unit_id": "999999"}, "单位"),
        ({"unit_id": ""}, "请选择单位"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_typed_is_lost(admin, change, message):
    PersonFactory(code="TAKEN")
    form = NEW | {"unit_id": UnitFactory().id, "roles": ["SHD"]} | change
    response = post(admin, "/admin/people", form)
    assert response.status_code == 422
    assert message in response.text
    assert 'value="13800000000"' in response.text
    assert 'value="科长"' in response.text
    database.session.commit()
    assert database.session.scalars(select(Person).where(Person.code == "G900")).all() == []


def test_unasked_fields_are_not_taken(admin):
    unit = UnitFactory()
    form = NEW | {
        "unit_id": unit.id,
        "roles": ["STF"],
        "is_first_administrator": "1",
        "id": "7",
        "revision": "9",
    }
    post(admin, "/admin/people", form)
    user = database.session.scalars(select(User).where(User.username == "G900")).one()
    assert not user.is_first_administrator
    assert user.person.revision == 1


def test_the_last_administrator_cannot_be_ended_disabled_or_stripped(admin):
    user = database.session.scalars(select(User).where(User.username == "admin")).one()
    holding = user.person.holdings[0].id
    for path, form in (
        (f"/admin/posts/{holding}/end", {"last_day": "2026-12-31"}),
        (f"/admin/posts/{holding}/roles", {"roles": ["STF"]}),
    ):
        response = post(admin, path, form)
        assert response.status_code == 422
        assert "最后一位管理员" in response.text
    assert post(admin, f"/admin/accounts/{user.id}/disable").status_code == 409
    assert get(admin, "/admin/").status_code == 200


def test_the_sheet_of_initial_passwords_is_shown_once_and_kept_nowhere(admin):
    person = person_with_role(Role.SHD, name="李某乙", title="科长", unit=UnitFactory(name="组织科"))
    user = UserFactory(person=person, must_change_password=True)
    used = UserFactory(password="春耕秋收各有其时")
    response = post(admin, "/admin/accounts/passwords", {"scope": "new"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    (row,) = re.findall(r"<tr>\s*<th[^>]*>李某乙.*?</tr>", response.text, re.DOTALL)
    password = re.search(r"<code>(\w+)</code>", row)[1]
    assert "组织科 科长" in row
    assert user.username in row
    assert used.username not in response.text
    database.session.refresh(user)
    assert verify_password(user.password_hash, password)
    everything = [get(admin, "/admin/accounts").text, get(admin, "/admin/audit").text]
    everything += database.session.scalars(select(AuditEntry.body))
    assert not any(password in text for text in everything)


def test_a_password_can_be_given_anew_to_chosen_accounts_only(admin):
    chosen, other = UserFactory(password="春耕秋收各有其时"), UserFactory(password="春耕秋收各有其时")
    before = other.password_hash
    response = post(admin, "/admin/accounts/passwords", {"accounts": [chosen.id, 999_999]})
    assert len(re.findall("<code>", response.text)) == 1
    database.session.expire_all()
    assert (chosen.must_change_password, other.must_change_password) == (True, False)
    assert other.password_hash == before


@pytest.mark.parametrize("form", [{}, {"accounts": ["999999"]}, {"accounts": ["x"]}])
def test_no_account_chosen_is_said(admin, form):
    response = post(admin, "/admin/accounts/passwords", form)
    assert response.status_code == 422
    assert "没有选中账号" in response.text


def test_accounts_are_found_by_unit_name_post_and_standing(admin):
    waiting = user_with_role(Role.SHD, name="何某丙")
    settled = user_with_role(Role.STF, password="春耕秋收各有其时")
    names = {waiting.username, settled.username}

    def found(**query):
        page = get(admin, f"/admin/accounts?{urlencode(query)}").text
        return {name for name in names if f"<td>{name}</td>" in page}

    assert found() == names
    assert found(keyword="何某") == {waiting.username}
    assert found(keyword=settled.username.upper()) == {settled.username}
    assert found(unit_id=waiting.person.holdings[0].position.unit_id) == {waiting.username}
    assert found(standing="no_password") == {waiting.username}
    assert found(keyword="查无此人") == set()


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(app, admin):
    user = user_with_role(Role.SHD)
    other = app.test_client()
    with other.session_transaction(base_url="http://127.0.0.1:8000") as stored:
        stored["_user_id"] = f"{user.id}.{user.session_version}"
        stored["user_id"] = user.id
    assert get(other, "/account").status_code == 200
    assert post(admin, f"/admin/accounts/{user.id}/disable").status_code == 303
    assert get(other, "/account").status_code == 401
    assert post(admin, f"/admin/accounts/{user.id}/disable").status_code == 409
    assert post(admin, f"/admin/accounts/{user.id}/enable").status_code == 303
    assert get(other, "/account").status_code == 401


def test_a_renamed_comrade_is_not_overwritten_by_a_stale_page(admin):
    person = PersonFactory(name="张某甲")
    seen = person.revision
    path = f"/admin/people/{person.id}"
    assert post(admin, path, {"name": "张某乙", "revision": seen}).status_code == 303
    assert post(admin, path, {"name": "张某丙", "revision": seen}).status_code == 409
    database.session.expire_all()
    assert person.name == "张某乙"


def test_roles_show_their_holders_and_those_nobody_holds(admin):
    person_with_role(Role.MIN, name="林某甲", title="部长")
    page = get(admin, "/admin/roles").text
    assert "林某甲" in page
    assert "还没有人担任" in page


def test_a_person_without_an_account_gets_one(admin):
    person = PersonFactory(code="G77")
    assert 'value="G77"' in get(admin, f"/admin/people/{person.id}").text
    path = f"/admin/people/{person.id}/account"
    assert "已经存在" in post(admin, path, {"username": "admin"}).text
    assert post(admin, path, {"username": "g77"}).status_code == 303
    assert "g77" in get(admin, f"/admin/people/{person.id}").text


def test_a_form_sent_again_gives_no_second_account(admin):
    person = PersonFactory(code="G77")
    path = f"/admin/people/{person.id}/account"
    assert post(admin, path, {"username": "g77"}).status_code == 303
    again = post(admin, path, {"username": "g77b"})
    assert again.status_code == 422
    assert "这位同志已有账号" in again.text
    names = database.session.scalars(select(User.username).where(User.person_id == person.id)).all()
    assert names == ["g77"]


def test_who_loses_a_race_for_a_sign_in_name_is_told_and_nothing_is_done(admin, monkeypatch):
    person = PersonFactory(code="G77")
    monkeypatch.setattr(queries, "find_user", lambda _username: None)  # the other's row came after the look
    answer = post(admin, f"/admin/people/{person.id}/account", {"username": "admin"})
    assert answer.status_code == 409
    assert "内容或状态已有变化" in answer.text
    assert database.session.scalar(select(User).where(User.person_id == person.id)) is None


def test_a_locked_or_full_database_asks_to_come_back_later(admin, monkeypatch):
    def refuse(_username):
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    person = PersonFactory(code="G77")
    monkeypatch.setattr(queries, "find_user", refuse)
    answer = post(admin, f"/admin/people/{person.id}/account", {"username": "g77"})
    assert answer.status_code == 503
    assert "系统正忙" in answer.text
    assert "database is locked" not in answer.text


def test_the_list_of_people_asks_the_database_a_fixed_number_of_times(admin, count_queries):
    def statements():
        count_queries.statements.clear()
        get(admin, "/admin/people")
        return len(count_queries)

    person_with_role(Role.STF)
    statements()
    few = statements()
    for _number in range(6):
        person_with_role(Role.STF)
    assert statements() == few


def test_the_account_page_lists_the_latest_tries(client, db):
    user_with_role(Role.SHD, username="zhang", password="春耕秋收各有其时")
    post(client, "/login", {"username": "zhang", "password": "x"})
    post(client, "/login", {"username": "zhang", "password": "春耕秋收各有其时"})
    page = get(client, "/account").text
    assert page.index("成功") < page.index("密码不对")
    assert "127.0.0.1" in page


def test_a_browser_may_send_one_role_alone(admin):
    person = person_with_role(Role.STF)
    for address in ("/admin/people/new", f"/admin/people/{person.id}"):
        boxes = re.findall(r'<input[^>]*name="roles"[^>]*>', get(admin, address).text)
        assert len(boxes) >= len(Role), address
        assert [box for box in boxes if " required" in box] == [], address


def test_a_post_without_a_role_is_refused_where_it_was_sent(admin):
    person = person_with_role(Role.STF)
    holding = person.holdings[0]
    page = post(admin, f"/admin/posts/{holding.id}/roles", {})
    assert page.status_code == 422
    assert f'href="#roles-{holding.id}-0"' in page.text
    assert f'id="roles-{holding.id}-0"' in page.text


def test_dates_of_posts_are_those_typed(admin):
    person, unit = PersonFactory(), UnitFactory()
    form = {"unit_id": unit.id, "title": "科员", "roles": ["STF"], "from_day": "2026-03-01"}
    assert post(admin, f"/admin/people/{person.id}/posts", form).status_code == 303
    assert post(admin, f"/admin/people/{person.id}/posts", form).status_code == 422
    holding = person.holdings[0]
    refused = post(admin, f"/admin/posts/{holding.id}/end", {"last_day": "2026-02-01"})
    assert refused.status_code == 422
    assert re.search(rf'<input[^>]*id="last_day-{holding.id}"[^>]*value="2026-02-01"', refused.text)
    assert post(admin, f"/admin/posts/{holding.id}/end", {"last_day": "2026-05-31"}).status_code == 303
    database.session.expire_all()
    assert (holding.valid_from, holding.valid_to) == (date(2026, 3, 1), date(2026, 5, 31))
