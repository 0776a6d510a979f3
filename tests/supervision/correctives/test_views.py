"""The pages of corrective orders: from the goal to the verification."""

import pytest
from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.rules import OrderState, Origin
from tests.factories.accounts import user_with_role
from tests.factories.supervision import assessed, ordered
from tests.web import get, post

pytestmark = pytest.mark.one_database


def fields_of(county, **changed):
    fields = {"origin": "leader", "reason": "进度落后", "what": "增派人手", "due_on": "2026-10-30"}
    return fields | {"person_id": str(county.member.person_id), "evaluation_id": ""} | changed


def revision(order):
    return {"revision": str(database.session.get(CorrectiveOrder, order.id).revision)}


def test_an_order_goes_through_its_pages(county, login):
    goal_id = county.entry().goal_id
    assert "下达" in get(login(county.leader), f"/goals/{goal_id}/correctives/new").text
    made = post(login(county.leader), f"/goals/{goal_id}/correctives", fields_of(county))
    url = made.headers["Location"]
    assert made.status_code == 303
    order = database.session.scalars(select(CorrectiveOrder)).one()
    assert "报告落实情况" in get(login(county.member), url).text
    told = {**revision(order), "text": "已增派2人"}
    assert post(login(county.member), f"{url}/report", told).status_code == 303
    assert "核实通过" in get(login(county.leader), url).text
    assert post(login(county.leader), f"{url}/verify", revision(order) | {"note": "属实"}).status_code == 303
    page = get(login(county.member), url).text
    assert "属实" in page
    assert database.session.get(CorrectiveOrder, order.id).state is OrderState.VERIFIED


def test_what_was_typed_stays_when_something_is_missing(county, login):
    goal_id = county.entry().goal_id
    page = post(login(county.leader), f"/goals/{goal_id}/correctives", fields_of(county, due_on="2026-10-01"))
    assert page.status_code == 422
    assert "完成时限不能早于今天" in page.text
    assert "增派人手" in page.text


def test_an_order_out_of_an_evaluation_says_so(county, login):
    evaluation = assessed(county)
    goal_id = evaluation.milestone.goal_id
    url = f"/goals/{goal_id}/correctives"
    assert (
        "阶段“中期”的评估发现" in get(login(county.leader), f"{url}/new?evaluation_id={evaluation.id}").text
    )
    data = fields_of(county, origin="stage_evaluation", evaluation_id=str(evaluation.id))
    assert post(login(county.leader), url, data).status_code == 303
    assert database.session.scalars(select(CorrectiveOrder)).one().origin is Origin.STAGE_EVALUATION
    assert "增派人手" in get(login(county.leader), f"/evaluations/{evaluation.id}").text


def test_a_leader_of_another_unit_orders_nothing_here(county, login):
    entry = county.entry()
    other = user_with_role(Role.DEP)
    assert get(login(other), f"/goals/{entry.goal_id}/correctives/new").status_code == 403
    assert "correctives/new" not in get(login(other), f"/ledger/entries/{entry.id}").text
    assert "correctives/new" in get(login(county.leader), f"/ledger/entries/{entry.id}").text


def test_a_return_without_a_reason_is_shown_again(county, login):
    order = ordered(county)
    url = f"/correctives/{order.id}"
    post(login(county.member), f"{url}/report", {**revision(order), "text": "已增派2人"})
    page = post(login(county.leader), f"{url}/send-back", {**revision(order), "reason": ""})
    assert page.status_code == 422
    assert "请写明退回的理由" in page.text


def test_hidden_and_absent_look_the_same(county, login):
    order = ordered(county)
    stranger = login(user_with_role(Role.TSC))
    assert [get(stranger, f"/correctives/{one}").status_code for one in (order.id, 999_999)] == [404, 404]


@pytest.mark.parametrize(
    "query", ["", "?state=open&origin=leader", "?state=overdue", "?state=reported", "?state=x&origin=x"]
)
def test_the_list_is_filtered(county, login, query):
    ordered(county)
    page = get(login(county.member), f"/correctives{query}")
    assert page.status_code == 200
    is_shown = query in {"", "?state=open&origin=leader", "?state=x&origin=x"}
    assert ("增派人手" in page.text) is is_shown


def test_an_empty_list_says_why(county, login):
    assert "还没有纠偏措施" in get(login(county.member), "/correctives").text
