"""The pages of tokens: drawn up in 管理, collected in 账号, shown once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.documents.api import services
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory
from tests.factories.tokens import collected, drawn_up
from tests.web import get, post

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def plan_year(db):
    return PlanYearFactory(year=2026)


def fields(owner, **changes):
    day = services.today() + timedelta(days=30)
    return {
        "name": "人事管理系统",
        "owner_id": owner.id,
        "acts": ["list", "fetch"],
        "kinds": ["responsibility_letter"],
        "year": "2026",
        "unit_id": "",
        "expires_on": day.isoformat(),
    } | changes


def test_an_administrator_draws_up_and_the_owner_collects_once(login):
    owner = user_with_role(Role.HRO)
    administrator = login(user_with_role(Role.ADM))
    page = get(administrator, "/admin/tokens/new").text
    assert "诫勉谈话名单" not in page
    assert post(administrator, "/admin/tokens", fields(owner)).status_code == 303
    page = get(administrator, "/admin/tokens").text
    assert "待领取" in page
    assert "/collect" not in page
    token = database.session.scalars(select(ApiToken)).one()
    own = login(owner)
    sheet = post(own, f"/account/tokens/{token.id}/collect")
    assert sheet.status_code == 200
    assert f"fst_{token.prefix}_" in sheet.text
    assert post(own, f"/account/tokens/{token.id}/collect").status_code == 409
    again = get(own, "/account/tokens").text
    assert f"fst_{token.prefix}" in again
    assert f"fst_{token.prefix}_" not in again
    assert "curl" in again


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": " "}, "请输入名称"),
        ({"acts": []}, "请至少选择一项用途"),
        ({"kinds": []}, "请至少选择一种文档"),
        ({"kinds": ["admonition_record"]}, "请改正以下内容"),
        ({"expires_on": "2099-01-01"}, "最长一年"),
    ],
)
def test_what_cannot_be_is_said_in_the_form_with_what_was_typed(login, changes, reason):
    owner = user_with_role(Role.HRO)
    answer = post(login(user_with_role(Role.ADM)), "/admin/tokens", fields(owner, **changes))
    assert answer.status_code == 422
    assert reason in answer.text
    (field,) = changes
    assert f'id="{field}-error"' in answer.text


def test_a_foreign_token_is_not_found_and_not_listed(login):
    token, _spelled = collected(user_with_role(Role.HRO))
    stranger = login(user_with_role(Role.OFC))
    assert token.prefix not in get(stranger, "/account/tokens").text
    assert post(stranger, f"/account/tokens/{token.id}/collect").status_code == 404
    assert post(stranger, f"/account/tokens/{token.id}/revoke").status_code == 404
    assert post(stranger, f"/admin/tokens/{token.id}/revoke").status_code == 403


def test_the_list_of_tokens_costs_the_same_however_many_there_are(login, count_queries):
    client = login(user_with_role(Role.ADM))
    costs = []
    for _round in range(2):
        for _number in range(3):
            drawn_up(user_with_role(Role.HRO))
        database.session.commit()
        count_queries.statements.clear()
        assert get(client, "/admin/tokens").status_code == 200
        costs.append(len(count_queries))
    assert costs[1] <= costs[0]
