"""The pages of a cycle: what they say, who may use them, what is kept of a refused form."""

import re

import pytest
import time_machine

from fivestep_web.assessment.cycles import queries, setup
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import (
    CLOSES_AT,
    CUT_OFF,
    CYCLE,
    TALLY_DAY,
    YEAR,
    actor_of,
    begin,
    bring_to,
    fill_rosters,
    make_goal,
    move,
    planned,
    rate_all,
    state,
    typed_rules,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.web import get, post

pytestmark = pytest.mark.one_database

READERS = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}


def step(target, **fields):
    return {"target": target.value, "revision": str(queries.get_cycle(YEAR).revision), **fields}


@pytest.mark.parametrize("role", Role)
def test_only_those_who_prepare_or_approve_see_a_plan(cast, login, role):
    begin(cast)
    client = login(user_with_role(role))
    for address in (CYCLE, f"{CYCLE}/rosters", f"{CYCLE}/versions/1"):
        assert get(client, address).status_code == (200 if role in READERS else 403)
    may_edit = 200 if role in READERS - {Role.MIN} else 403
    for page in ("rules", "units", "scoring", "rosters/proposals"):
        assert get(client, f"{CYCLE}/{page}").status_code == may_edit


def test_a_year_without_a_plan_says_who_makes_one(cast, login):
    assert "方案由办公室、人事或常务副部长制定" in get(login(cast.minister), CYCLE).text
    assert "制定方案" in get(login(cast.office), CYCLE).text
    assert f'href="{CYCLE}"' in get(login(cast.minister), f"/assessment/{YEAR}").text
    assert get(login(cast.office), "/assessment/2031/cycle").status_code == 404
    assert get(login(cast.office), f"{CYCLE}/rules").status_code == 404


def test_the_year_switch_leads_to_the_cycle_of_the_other_year(cast, login):
    PlanYearFactory(year=2027)
    begin(cast)
    answer = get(login(cast.office), f"{CYCLE}/rules?year=2027")
    assert (answer.status_code, answer.location) == (303, "/assessment/2027/cycle")


def test_a_plan_is_begun_with_what_was_typed(cast, login):
    client = login(cast.office)
    form = {"name": " 年度考核 ", "cut_off_date": "2026-10-01", "basis": "default"}
    refused = post(client, CYCLE, form)
    assert refused.status_code == 422
    assert "截止日应在2026-12-01至2027-03-31之间" in refused.text
    assert post(client, CYCLE, form | {"cut_off_date": "2026-12-31"}).location == CYCLE
    assert "年度考核" in get(client, CYCLE).text


def test_each_thing_missing_is_told_with_the_page_that_cures_it(cast, login):
    begin(cast)
    shown = get(login(cast.office), CYCLE).text
    assert "还差2项" in shown
    assert "科室还没有评价名单，四组都要有。" in shown
    assert f'href="{CYCLE}/rosters/edit"' in shown
    assert get(login(cast.office), f"{CYCLE}/rosters/edit").location == f"{CYCLE}/rosters/proposals"
    for_minister = get(login(cast.minister), CYCLE).text
    assert "科室还没有评价名单" in for_minister
    assert "rosters/edit" not in for_minister


def test_the_minister_opens_a_plan_that_lacks_nothing(cast, login):
    planned(cast)
    assert "批准启动" not in button_of(get(login(cast.office), CYCLE).text)
    client = login(cast.minister)
    assert "批准启动" in button_of(get(client, CYCLE).text)
    form = step(CycleState.OPEN)
    assert post(client, f"{CYCLE}/move", form).location == CYCLE
    assert state() is CycleState.OPEN
    assert post(client, f"{CYCLE}/move", form).status_code == 409


def button_of(page):
    """Return what stands in the place of the one primary action."""
    _before, found, rest = page.partition('<div class="page-action">')
    return rest.partition("</summary>")[0] if found else ""


def test_a_stale_page_moves_nothing(cast, login):
    planned(cast)
    stale = step(CycleState.OPEN) | {"revision": "99"}
    assert post(login(cast.minister), f"{CYCLE}/move", stale).status_code == 409
    assert post(login(cast.minister), f"{CYCLE}/move", {"target": "nowhere"}).status_code == 409
    assert state() is CycleState.CONFIGURING


def test_a_vote_without_a_time_shows_the_sheet_again_with_the_reason(cast, login):
    bring_to(cast, CycleState.SELF_REPORTING)
    client = login(cast.office)
    refused = post(client, f"{CYCLE}/move", step(CycleState.VOTING))
    assert refused.status_code == 422
    assert "请填写评价截止时间。" in refused.text
    past = step(CycleState.VOTING, closes_at="2026-12-01T08:00")
    assert "截止时间应晚于现在。" in post(client, f"{CYCLE}/move", past).text
    good = step(CycleState.VOTING, closes_at="2026-12-30T18:00")
    assert post(client, f"{CYCLE}/move", good).status_code == 303
    assert queries.get_cycle(YEAR).voting_closes_at == CLOSES_AT
    assert "评价截止时间 2026-12-30 18:00" in get(client, CYCLE).text
    assert post(client, f"{CYCLE}/closing", {"closes_at": ""}).status_code == 422
    assert post(client, f"{CYCLE}/closing", {"closes_at": "2026-12-31T12:00"}).status_code == 303
    assert "2026-12-31 12:00" in get(client, CYCLE).text


def test_two_counters_confirm_one_after_the_other(cast, login):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    with time_machine.travel(TALLY_DAY, tick=True):
        first = login(cast.hr)
        post(first, f"{CYCLE}/move", step(CycleState.TALLIED))
        assert "等另一名计票人确认" in get(first, CYCLE).text
        assert "任某甲已确认汇总" in get(first, CYCLE).text
        second = login(cast.office)
        post(second, f"{CYCLE}/move", step(CycleState.TALLIED))
    assert state() is CycleState.TALLIED


def test_nobody_votes_again_where_every_group_has_its_results(cast, login):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    assert "重新评价" not in get(login(cast.office), CYCLE).text


def test_a_group_without_a_result_is_offered_to_vote_again(cast, login):
    bring_to(cast, CycleState.VOTING_CLOSED)
    client = login(cast.office)
    shown = get(client, CYCLE).text
    assert "社会调查（科室）有4个单位没有结果" in shown
    assert "重新评价" in shown
    form = step(CycleState.VOTING, closes_at="2026-12-30T18:00", reason="发码有误")
    assert "请选择重新评价的组。" in post(client, f"{CYCLE}/move", form).text
    assert post(client, f"{CYCLE}/move", form | {"groups": "social_survey"}).status_code == 422
    untimed = post(client, f"{CYCLE}/move", form | {"groups": "social_survey 科室", "closes_at": ""})
    assert (untimed.status_code, untimed.text.count(" checked")) == (422, 1)
    assert re.search(r'checked[^>]* value="social_survey 科室"', untimed.text)
    assert post(client, f"{CYCLE}/move", form | {"groups": "social_survey 科室"}).status_code == 303
    assert "发码有误" in get(client, CYCLE).text


def test_the_minister_decides_on_the_page_to_do_without_a_group(cast, login):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.SOCIAL_SURVEY, Series.SECTIONS))
    assert "决定不计没有结果的评价组" not in get(login(cast.office), CYCLE).text
    client = login(cast.minister)
    assert "决定不计没有结果的评价组" in get(client, CYCLE).text
    form = {"place": "social_survey 科室", "reason": ""}
    assert "请写明不计这一组的理由。" in post(client, f"{CYCLE}/groups", form).text
    assert post(client, f"{CYCLE}/groups", form | {"place": "peer_evaluation 科室"}).status_code == 422
    assert post(client, f"{CYCLE}/groups", form | {"reason": "收回不足"}).status_code == 303
    shown = get(client, CYCLE).text
    assert "社会调查（科室）：收回不足" in shown
    assert "社会调查（科室）有" not in shown


def test_the_whole_way_is_shown_on_the_page(cast, login):
    bring_to(cast, CycleState.FILED)
    shown = get(login(cast.hr), CYCLE).text
    assert "本年度考核已归档" in shown
    assert "部务会议审核同意" in shown
    assert shown.count('class="step-item') == len(CycleState)


def test_frozen_rules_are_changed_approved_and_compared(cast, login):
    bring_to(cast, CycleState.VOTING)
    office, minister = login(cast.office), cast.minister
    assert "修改已锁定的规则" in get(office, CYCLE).text
    assert post(office, f"{CYCLE}/changes", {"reason": ""}).status_code == 422
    assert post(office, f"{CYCLE}/changes", {"reason": "会议决定"}).location == f"{CYCLE}/rules"
    assert "还没有改动" in get(office, f"{CYCLE}/versions/2").text
    changed = typed_rules(social_weight="25", mass_weight="25")
    assert post(office, f"{CYCLE}/rules", changed).location == f"{CYCLE}/versions/2"
    shown = get(office, f"{CYCLE}/versions/2").text
    assert "撤回变更" in shown
    assert "批准变更" not in shown
    shown = get(login(minister), f"{CYCLE}/versions/2").text
    assert "社会调查权重" in shown
    assert "批准变更" in shown
    assert "第2版规则等待部长批准" in get(login(minister), CYCLE).text
    assert post(login(minister), f"{CYCLE}/changes/approve").status_code == 303
    assert "现行" in get(login(minister), f"{CYCLE}/versions/2").text
    assert get(login(minister), f"{CYCLE}/versions/9").status_code == 404
    database.session.expire_all()
    assert queries.get_cycle(YEAR).rule_version == 2


def test_an_upheld_objection_is_taken_back_with_its_reason(cast, login):
    bring_to(cast, CycleState.PUBLICIZING)
    client = login(cast.minister)
    shown = get(client, CYCLE).text
    assert "期满后才能确定结果" in shown
    assert "退回审核" in shown
    refused = post(client, f"{CYCLE}/move", step(CycleState.REVIEWED))
    assert "请写明审核意见" in refused.text
    assert post(client, f"{CYCLE}/move", step(CycleState.REVIEWED, reason="异议成立")).status_code == 303


def test_a_step_of_another_is_not_offered(cast, login):
    bring_to(cast, CycleState.OPEN)
    shown = get(login(cast.hr), CYCLE).text
    assert "条件已具备，等办公室办理。" in shown
    assert "/move" not in button_of(shown)
    assert post(login(cast.hr), f"{CYCLE}/move", step(CycleState.SELF_REPORTING)).status_code == 403


def test_more_units_and_rosters_cost_no_more_statements(cast, login, count_queries):
    planned(cast)
    client = login(cast.office)
    pages = (CYCLE, f"{CYCLE}/rosters", f"{CYCLE}/rosters/proposals", f"{CYCLE}/scoring", f"{CYCLE}/units")
    get(client, CYCLE)
    few = [count_of(client, page, count_queries) for page in pages]
    for number in range(10, 20):
        UnitFactory(code=f"K{number}", name=f"第{number}科")
        make_goal(cast, f"N{number}")
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        everyone = {series: list(units) for series, units in queries.unit_choices().items()}
        assert len(everyone[Series.SECTIONS]) > 10
        setup.set_units(
            actor_of(cast.office), cycle, name=cycle.name, cut_off_date=CUT_OFF, unit_ids=everyone
        )
    fill_rosters(cast)
    assert [count_of(client, page, count_queries) for page in pages] == few
    assert max(few) <= 25


def count_of(client, page, count_queries):
    database.session.commit()
    count_queries.statements.clear()
    assert client.get(page).status_code == 200
    return len(count_queries)


def test_the_plan_moves_on_by_itself_where_the_page_says_so(cast, login):
    bring_to(cast, CycleState.TALLIED)
    with time_machine.travel(TALLY_DAY, tick=True):
        move(cast, CycleState.REVIEWED)
    assert "下一步：开始公示（部长）" in get(login(cast.office), CYCLE).text
