"""The pages of plans: statuses, what is offered, one way through."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.execution.planning import listing
from fivestep_web.execution.planning.models import PlanPhase, SchedulePlan
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.planning.plans import DEADLINE, START, VECTOR, approve, draft, propose, save
from tests.factories.ledger import MilestoneFactory
from tests.web import get, post

pytestmark = pytest.mark.one_database


@pytest.fixture
def goal(county):
    return county.goal(starts_on=START, deadline=DEADLINE, name="示范点建设")


def typed(*lengths, **more):
    fields = {"basis": "workdays", "starts_on": START.isoformat(), "revision": ""}
    for place, (name, days, weight) in enumerate(VECTOR):
        fields[f"phases-{place}-name"] = name
        fields[f"phases-{place}-workdays"] = str(lengths[place] if lengths else days)
        fields[f"phases-{place}-weight"] = str(weight)
    return fields | more


def test_a_plan_is_calculated_saved_proposed_and_approved(county, goal, login):
    member, address = login(county.member), f"/goals/{goal.id}/plan"
    assert 'value="启动部署"' in get(member, address).text
    shown = post(member, f"{address}/calculate", typed(), htmx=True)
    assert shown.text.lstrip().startswith('<section id="plan-layout"')
    assert "第2阶段“制定方案”最迟3月18日（星期三）结束：第3阶段“试点先行”3月19日（星期四）开始" in shown.text
    assert "还没有保存" in post(member, f"{address}/calculate", typed()).text
    assert db.session.scalars(select(SchedulePlan)).all() == []
    assert post(member, address, typed()).status_code == 303
    plan = db.session.scalars(select(SchedulePlan)).one()
    assert "报批" in get(member, address).text
    assert post(member, f"{address}/propose", {"revision": plan.revision}).status_code == 303
    revision = db.session.scalars(select(SchedulePlan)).one().revision
    leader = login(county.leader)
    assert "批准计划" in get(leader, address).text
    refused = post(leader, f"{address}/return", {"revision": revision, "note": ""})
    assert refused.status_code == 422
    assert "请写明退回的理由" in refused.text
    assert post(leader, f"{address}/approve", {"revision": revision, "note": ""}).status_code == 303
    assert db.session.scalars(select(SchedulePlan.state)).one() is PlanState.APPROVED
    assert "01-30" in get(leader, f"/goals/{goal.id}").text


def test_what_does_not_fit_offers_cuts_that_one_click_takes(county, goal, login):
    client, address = login(county.member), f"/goals/{goal.id}/plan"
    long = typed(25, 10, 25, 35, 10)
    assert "缩短最长的阶段" not in post(client, f"{address}/calculate", long).text
    long = typed(45, 10, 25, 35, 10)
    page = post(client, f"{address}/calculate", long).text
    assert "排不下，超出6个工作日" in page
    assert "缩短最长的阶段，共减少6个工作日：第1阶段由45个改为39个" in page
    assert 'value="39"' in post(client, f"{address}/calculate", long | {"cut": "0"}).text
    assert post(client, address, long).status_code == 303
    assert "排不下，超出6个工作日" in get(client, "/schedule/plans?state=infeasible").text


def test_what_was_typed_stays_in_a_refused_form(county, goal, login):
    client = login(county.member)
    page = post(client, f"/goals/{goal.id}/plan", typed(**{"phases-0-weight": "1", "phases-1-name": "改过"}))
    assert page.status_code == 422
    assert "现在合计86" in page.text
    assert 'value="改过"' in page.text
    page = post(client, f"/goals/{goal.id}/plan", typed(starts_on="不知道"))
    assert page.status_code == 422
    assert 'value="制定方案"' in page.text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"phases-0-weight": "NaN"}, "请先改正"),
        ({"phases-0-share": "NaN", "basis": "shares"}, "请先改正"),
        ({"basis": "months"}, "请先改正"),
        ({"phases-0-finish_by": "0001-01-01"}, "不能早于2026年1月5日"),
    ],
)
def test_odd_input_is_refused_with_a_sentence(county, goal, login, more, sentence):
    client, address = login(county.member), f"/goals/{goal.id}/plan"
    refused = post(client, address, typed(**more))
    assert refused.status_code == 422
    assert sentence in refused.text
    assert sentence in post(client, f"{address}/calculate", typed(**more)).text


def test_the_list_puts_what_does_not_fit_first_and_key_goals_next(county, goal, login):
    other = county.goal(name="常规事项", deadline=DEADLINE)
    save(county.member, other, draft(60, 30, 25, 35, 10))
    save(county.member, goal)
    text = get(login(county.office), "/schedule/plans").text
    assert text.index("常规事项") < text.index("示范点建设")
    assert "余14个工作日" in text
    assert "没有符合条件的目标" in get(login(county.office), "/schedule/plans?state=approved").text


def test_a_long_list_is_paged_and_keeps_its_filter(county, login, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    for number in range(5):
        county.goal(name=f"事项{number}", starts_on=START, deadline=DEADLINE)
    save(county.member, db.session.scalars(select(Goal).where(Goal.name == "事项4")).one())
    client = login(county.office)
    page = get(client, "/schedule/plans?state=none").text
    assert "第 1 至 2 项，共 4 项" in page
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert following == "/schedule/plans?state=none&after=2"
    page = get(client, following).text
    assert [f"事项{number}" in page for number in range(5)] == [False, False, True, True, False]
    assert 'href="/schedule/plans?state=none"' in page
    assert "第 1 至 2 项" in get(client, "/schedule/plans?state=none&after=99").text


def test_who_may_only_read_gets_no_form_and_another_unit_nothing(county, goal, login):
    propose_by = county.member
    save(propose_by, goal)
    propose(propose_by, goal)
    page = get(login(county.minister), f"/goals/{goal.id}/plan")
    assert page.status_code == 200
    assert 'id="plan-form"' not in page.text
    assert get(login(county.office), "/goals/999999/plan").status_code == 404
    assert post(login(county.minister), f"/goals/{goal.id}/plan", typed()).status_code == 403


def test_a_goal_to_wait_for_is_added_and_taken_off(county, goal, login):
    first = county.goal(name="摸清底数", deadline=date(2026, 1, 9))
    client, address = login(county.head), f"/goals/{goal.id}/dependencies"
    refused = post(client, address, {"predecessor_id": first.id, "reason": ""})
    assert refused.status_code == 422
    assert "请写明为什么" in refused.text
    assert post(client, address, {"predecessor_id": first.id, "reason": "先摸底"}).status_code == 303
    page = get(client, f"/goals/{goal.id}/plan").text
    assert "先摸底" in page
    number = page.split(f"{address}/")[1].split("/")[0]
    assert post(client, f"{address}/{number}/remove").status_code == 303


def test_phases_there_are_begin_the_plan_and_key_goals_are_marked_on_the_goals_page(county, goal, login):
    MilestoneFactory(goal=goal, sequence=1, name="摸底", due_on=date(2026, 3, 31), share=None)
    assert 'value="摸底"' in get(login(county.member), f"/goals/{goal.id}/plan").text
    office = login(county.office)
    assert "重点" in get(office, f"/goals/{goal.id}").text
    assert post(office, f"/goals/{goal.id}/key", {"is_key": "1"}).status_code == 303
    assert db.session.get(Goal, goal.id).is_key
    assert "取消重点标注" in get(office, f"/goals/{goal.id}").text


def test_a_plan_under_way_shows_and_offers_what_is_still_ahead(county, goal, login):
    save(county.member, goal)
    propose(county.member, goal)
    approve(county.leader, goal)
    db.session.scalars(
        select(Milestone).where(Milestone.sequence == 1)
    ).one().state = MilestoneState.COMPLETED
    db.session.commit()
    client, address = login(county.member), f"/goals/{goal.id}/plan"
    page = get(client, address).text
    assert "已到期或已报验收，不再排" in page
    assert "2. 制定方案" in page
    assert "个数和名称不能变" not in page
    rest = {"basis": "workdays", "starts_on": "2026-03-05", "revision": ""}
    for place, (name, days, _weight) in enumerate(VECTOR[1:]):
        rest |= {f"phases-{place}-name": name, f"phases-{place}-workdays": str(days)}
    assert post(client, address, rest).status_code == 303
    propose(county.member, goal)
    approve(county.leader, goal)
    assert db.session.scalars(
        select(PlanPhase.sequence).join(SchedulePlan).where(SchedulePlan.number == 2)
    ).all() == [2, 3, 4, 5]


def test_the_timetable_marks_dates_in_a_year_without_a_published_calendar(county, login):
    goal = county.goal(starts_on=START, deadline=date(2027, 1, 20))
    MilestoneFactory(goal=goal, sequence=1, name="摸底", due_on=date(2026, 1, 30))
    client = login(county.member)
    assert "节假日安排未发布" not in get(client, "/schedule").text
    MilestoneFactory(goal=goal, sequence=2, name="总结", due_on=date(2027, 1, 20))
    assert "2027年节假日安排未发布" in get(client, "/schedule?from=2026-12-28").text
