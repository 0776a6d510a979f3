"""The pages of stage evaluations: who sees what, one way through them, what is refused."""

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.rules import BUILT_IN, EvaluationState
from tests.factories.accounts import user_with_role
from tests.factories.supervision import assess, assessed, opened
from tests.web import get, post

pytestmark = pytest.mark.one_database


def rated(evaluation, rating="good", evidence="台账有记录"):
    fields = {"revision": str(database.session.get(StageEvaluation, evaluation.id).revision)}
    for key, *_rest in BUILT_IN:
        fields |= {f"rating_{key}": rating, f"evidence_{key}": evidence}
    return fields


def test_an_evaluation_goes_through_its_pages(county, login):
    evaluation = opened(county)
    url = f"/evaluations/{evaluation.id}"
    assert "提交自评" in get(login(county.head), url).text
    assert post(login(county.head), f"{url}/assess", rated(evaluation)).status_code == 303
    page = get(login(county.leader), url).text
    assert "完成评估" in page
    assert "台账有记录" in page
    assert post(login(county.leader), f"{url}/conclude", rated(evaluation, "fair")).status_code == 303
    listed = get(login(county.office), "/evaluations").text
    assert "工作运行一般、工作业绩一般、群众反映一般" in listed
    assert database.session.get(StageEvaluation, evaluation.id).state is EvaluationState.EVALUATED


def test_what_was_typed_stays_when_a_dimension_is_left_out(county, login):
    evaluation = opened(county)
    fields = rated(evaluation, evidence="只写了依据")
    del fields["rating_opinion"]
    page = post(login(county.head), f"/evaluations/{evaluation.id}/assess", fields)
    assert page.status_code == 422
    assert "请给“群众反映”评等次" in page.text
    assert "只写了依据" in page.text


def test_a_return_needs_its_reason_and_shows_it(county, login):
    evaluation = assessed(county)
    url = f"/evaluations/{evaluation.id}"
    fields = {"revision": str(evaluation.revision), "reason": ""}
    page = post(login(county.leader), f"{url}/return", fields)
    assert page.status_code == 422
    assert "请写明退回的理由" in page.text
    fields["reason"] = "依据不足"
    assert post(login(county.leader), f"{url}/return", fields).status_code == 303
    assert "依据不足" in get(login(county.head), url).text


def test_the_leader_goes_on_to_the_next(county, login):
    first, second = assessed(county), opened(county)
    assess(second.id, county.head)
    assert (
        f'href="/evaluations/{second.id}" data-hotkey="n"'
        in get(login(county.leader), f"/evaluations/{first.id}").text
    )


@pytest.mark.parametrize(
    "query", ["", "?state=late", "?state=awaiting_unit&quarter=3", "?state=x&quarter=9&page=-1"]
)
def test_the_list_is_filtered(county, login, query):
    opened(county)
    assert get(login(county.member), f"/evaluations{query}").status_code == 200


def test_an_empty_list_says_why(county, login):
    assert "系统自动发起评估" in get(login(county.member), "/evaluations").text
    assert "没有符合条件的阶段评估" in get(login(county.member), "/evaluations?state=evaluated").text


def test_hidden_and_absent_look_the_same(county, login):
    evaluation = opened(county)
    stranger = login(user_with_role(Role.TSC))
    assert [get(stranger, f"/evaluations/{one}").status_code for one in (evaluation.id, 999_999)] == [
        404,
        404,
    ]


def test_the_office_sets_the_standard(county, login):
    office = login(county.office)
    url = "/evaluations/2026/standard"
    assert "增加维度" in get(office, url).text
    added = {"name": "创新", "standard": "有新办法"}
    assert post(office, "/evaluations/2026/dimensions", added).status_code == 303
    assert post(office, "/evaluations/2026/dimensions", added).status_code == 422
    limits = {"unit_workdays": "31", "leader_workdays": "5", "revision": "0"}
    assert post(office, "/evaluations/2026/limits", limits).status_code == 422
    assert post(office, "/evaluations/2026/limits", limits | {"unit_workdays": "4"}).status_code == 303
    evaluation = opened(county)
    assert "创新" in get(login(county.head), f"/evaluations/{evaluation.id}").text
    assert get(login(county.leader), url).status_code == 403
