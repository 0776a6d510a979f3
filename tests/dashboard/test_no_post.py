"""Somebody who is signed in and holds no post: no work to see, the account in reach."""

import pytest

from fivestep_web.core.permissions import Role
from tests.factories.accounts import UserFactory, user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.web import get, post

WHY = "您现在没有任职，看不到工作内容；有疑问请与办公室联系"


@pytest.fixture
def postless(login, db):
    PlanYearFactory(year=2026)
    return login(UserFactory())


@pytest.mark.parametrize("address", ["/", "/account", "/account/password"])
def test_today_and_the_account_open_without_a_post(postless, address):
    answer = get(postless, address)
    assert answer.status_code == 200
    assert (WHY in answer.text) is (address == "/")


def test_who_holds_no_post_still_goes_by_the_name(login, db):
    PlanYearFactory(year=2026)
    user = UserFactory()
    page = get(login(user), "/account").text
    assert f"<dt>姓名</dt><dd>{user.person.name}</dd>" in page


@pytest.mark.parametrize("address", ["/letters", "/account/key", "/ledger"])
def test_work_is_refused_with_the_reason(postless, address):
    answer = get(postless, address)
    assert answer.status_code == 403
    assert WHY in answer.text


def test_who_holds_no_post_can_sign_out(postless):
    assert post(postless, "/logout").status_code == 303


def test_who_has_a_post_is_told_nothing_of_it(login, db):
    PlanYearFactory(year=2026)
    assert WHY not in get(login(user_with_role(Role.STF)), "/").text


def test_a_post_without_a_role_sends_to_the_administrator(login, db):
    PlanYearFactory(year=2026)
    assert "您的职务还没有角色" in get(login(user_with_role(unit=UnitFactory())), "/").text
