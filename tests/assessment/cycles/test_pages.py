"""The pages of a cycle: what they say, who may use them, what is kept of a refused form."""

import pytest
import time_machine

from fivestep_web.assessment.cycles import presets, queries, rule_forms, setup
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import (
    CLOSES_AT,
    CUT_OFF,
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
)
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.web import get, post

CYCLE = f"/assessment/{YEAR}/cycle"
READERS = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}


def typed_rules(**changed):
    draft = queries.find_draft(queries.get_cycle(YEAR))
    typed = rule_forms.typed_values(draft.settings) | revision() | changed
    return {name: str(value) for name, value in typed.items() if value is not False}


def revision():
    """Return the revision a form of the plan carries as it is now."""
    database.session.expire_all()
    return {"revision": queries.find_draft(queries.get_cycle(YEAR)).revision}


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
    assert post(client, f"{CYCLE}/move", form | {"groups": "social_survey"}).status_code == 303
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


def test_sums_are_told_while_typing_and_refused_on_saving(cast, login):
    begin(cast)
    client = login(cast.office)
    typed = typed_rules(social_weight="15")
    live = client.get(f"{CYCLE}/rules", query_string=typed, headers={"HX-Request": "true"})
    assert live.status_code == 200
    assert "95%" in live.text
    assert "还差5%，应为100%" in live.text
    assert "<html" not in live.text
    whole = client.get(f"{CYCLE}/rules", query_string=typed)
    assert 'value="15"' in whole.text
    refused = post(client, f"{CYCLE}/rules", typed)
    assert refused.status_code == 422
    assert "之和为95%，应为100%" in refused.text
    assert 'value="15"' in refused.text
    right = typed_rules(social_weight="15", mass_weight="35", min_valid_rate="50%")
    assert post(client, f"{CYCLE}/rules", right).location == CYCLE
    assert queries.find_draft(queries.get_cycle(YEAR)).settings["min_valid_rate"] == "1/2"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"social_weight": ""}, "请填写社会调查权重。"),
        ({"social_weight": "NaN"}, "社会调查权重应为0到100之间的数"),
        ({"social_weight": "20.00001"}, "社会调查权重最多四位小数"),
        ({"min_valid_rate": "三分之二"}, "最低有效票比例应写成2/3或66.7%这样的比例"),
        ({"min_valid_rate": "2/0"}, "最低有效票比例应写成"),
        ({"excellent_quota": "21"}, "不得超过20%"),
        ({"good_from": "95"}, "应从高到低"),
        ({"decimals": "-1"}, "总分保留小数应为0到"),
        ({"trims_peers": "y", "min_lines_to_trim": "2"}, "至少应为3"),
    ],
)
def test_a_rule_that_makes_no_sense_is_told_at_once_and_not_saved(cast, login, changed, message):
    begin(cast)
    client = login(cast.hr)
    typed = typed_rules(**changed)
    assert message in client.get(f"{CYCLE}/rules", query_string=typed, headers={"HX-Request": "true"}).text
    refused = post(client, f"{CYCLE}/rules", typed)
    assert refused.status_code == 422
    assert message in refused.text


def test_an_edit_of_a_plan_somebody_else_has_edited_since_is_refused(cast, login):
    begin(cast)
    client = login(cast.office)
    read = typed_rules(social_weight="30", mass_weight="20")
    assert post(client, f"{CYCLE}/rules", read).status_code == 303
    assert post(client, f"{CYCLE}/rules", read | {"decimals": "1"}).status_code == 409
    assert queries.find_draft(queries.get_cycle(YEAR)).settings["decimals"] == "2"


def test_a_preset_fills_the_form_and_is_not_saved_by_looking(cast, login):
    begin(cast)
    client = login(cast.office)
    post(client, f"{CYCLE}/rules", typed_rules(social_weight="30", mass_weight="20"))
    assert 'name="social_weight" required type="number" value="20' in get(
        client, f"{CYCLE}/rules?preset=default"
    ).text.replace('step="any" ', "")
    assert queries.find_draft(queries.get_cycle(YEAR)).settings["social_weight"] == "0.3"


def test_last_years_plan_can_be_taken_over(cast, login):
    bring_to(cast, CycleState.OPEN)
    with unit_of_work():
        PlanYearFactory(year=2027)
    client = login(cast.office)
    assert "2026年度考核方案" in get(client, "/assessment/2027/cycle").text
    form = {"name": "2027年度实绩考核", "cut_off_date": "2027-12-31", "basis": "previous"}
    assert post(client, "/assessment/2027/cycle", form).status_code == 303
    draft = queries.find_draft(queries.get_cycle(2027))
    assert draft.settings == {
        **queries.get_version(queries.get_cycle(YEAR), 1).settings,
        "goal_rules": {},
    }


def test_the_proposed_rosters_follow_from_units_and_posts(cast, login):
    begin(cast)
    user_with_role(Role.ORG, unit=None)
    client = login(cast.office)
    shown = get(client, f"{CYCLE}/rosters/proposals").text
    assert "第1镇组织委员、组织干事" in shown
    assert "部领导" in shown
    lines = {
        (line.group.value, line.series.value, line.name): line for line in proposals(queries.get_cycle(YEAR))
    }
    assert lines["leader_evaluation", "科室", "部领导"].code_count == 2
    assert lines["peer_evaluation", "乡镇", "第2镇"].code_count == 1
    public = lines["social_survey", "科室", "群众"]
    assert public.code_count is None
    assert (
        post(client, f"{CYCLE}/rosters/proposals", revision() | {f"count_{public.key}": "-1"}).status_code
        == 422
    )
    assert (
        post(client, f"{CYCLE}/rosters/proposals", revision() | {f"count_{public.key}": "200"}).status_code
        == 303
    )
    (stored,) = queries.list_rosters(queries.get_cycle(YEAR))
    assert (stored.name, stored.code_count) == ("群众", 200)
    assert "群众的评价码数" in get(client, f"{CYCLE}/rosters").text
    assert post(client, f"{CYCLE}/rosters", revision() | {f"count_{stored.id}": "0"}).status_code == 303
    assert queries.list_rosters(queries.get_cycle(YEAR)) == []


def proposals(cycle):
    return presets.propose_rosters(queries.list_units(cycle), clock.today())


def test_a_line_of_the_rosters_is_refused_at_its_field(cast, login):
    begin(cast)
    client = login(cast.office)
    line = {"group": "peer_evaluation", "series": "科室", "name": "某科", "unit_id": "", "code_count": "1"}
    refused = post(client, f"{CYCLE}/rosters/add", line)
    assert refused.status_code == 422
    assert "科室互评的名单请选本单位" in refused.text
    other = line | {"group": "mass_evaluation", "name": "人大代表", "code_count": "20"}
    assert post(client, f"{CYCLE}/rosters/add", other).status_code == 303
    assert "已有“人大代表”" in post(client, f"{CYCLE}/rosters/add", other).text


def test_frozen_units_and_rosters_are_shown_and_not_edited(cast, login):
    bring_to(cast, CycleState.OPEN)
    client = login(cast.office)
    assert 'name="count_' not in get(client, f"{CYCLE}/rosters").text
    for page in ("units", "rules", "scoring", "rosters/proposals"):
        assert get(client, f"{CYCLE}/{page}").status_code == 409


def test_a_way_of_scoring_is_tried_out_before_it_is_saved(cast, login):
    begin(cast)
    client = login(cast.office)
    typed = {
        "method": "proportional", "not_applicable": "left_out", "bonus_per_unit": "0.5", "base": "10",
        "target": "100", "done": "110", "due_on": "2026-09-30", "completed_on": "2026-09-30",
    }  # fmt: skip
    live = client.get(f"{CYCLE}/scoring", query_string=typed, headers={"HX-Request": "true"}).text
    assert "这样计：15分" in live
    assert "超额10个，每个加0.5" in live
    assert "按比例；超额每个加=0.5" in live
    late = client.get(f"{CYCLE}/scoring", query_string=typed | {"completed_on": "", "done": "50"}).text
    assert "逾期" in late
    wrong = client.get(f"{CYCLE}/scoring", query_string=typed | {"per_incident": "2"}).text
    assert "“每例扣”只用于计分方式“逐例扣分”" in wrong
    for field in ("base", "done", "due_on"):
        assert "例子里的" in client.get(f"{CYCLE}/scoring", query_string=typed | {field: "甲"}).text
    refused = post(
        client, f"{CYCLE}/scoring", typed | revision() | {"shortfall_per_unit": "1", "incomplete": "2"}
    )
    assert refused.status_code == 422
    assert "不能同用" in refused.text
    assert post(client, f"{CYCLE}/scoring", typed | revision()).status_code == 303
    assert "按比例；超额每个加=0.5" in get(client, CYCLE).text


def test_a_goal_gets_a_rule_of_its_own_and_loses_it_again(cast, login):
    goal = make_goal(cast)
    begin(cast)
    client = login(cast.office)
    page = f"{CYCLE}/scoring/goals/{goal.id}"
    assert "不另定：按年度默认" in get(client, page).text
    typed = {
        "method": "steps", "not_applicable": "full", "from_0": "10", "points_0": "6", "from_1": "20",
        "points_1": "10", "base": "10", "target": "20", "done": "12", "due_on": "2026-11-30",
    }  # fmt: skip
    assert post(client, page, typed | revision()).location == f"{CYCLE}/scoring?unit_id={goal.unit_id}#goals"
    assert "分档；档=10:6,20:10；不涉及=满分" in get(client, f"{CYCLE}/scoring").text
    shown = get(client, page).text
    assert 'value="6"' in shown
    assert "达到20这一档" in shown
    assert post(client, page, typed | revision() | {"method": ""}).status_code == 303
    assert queries.find_draft(queries.get_cycle(YEAR)).settings["goal_rules"] == {}
    assert post(client, f"{CYCLE}/scoring/goals/999999", typed).status_code == 404


HOSTILE = ("9" * 400, "1e400", "-1", "NaN", "' OR 1=1 --", "\ud800", "2026-13-45", "½", "二", "1;加分上限=1")
TYPED = (
    *("unit_id", "preset", "method", "not_applicable", "base", "target", "done", "due_on", "completed_on"),
    *("bonus_per_unit", "from_0", "points_0", "social_weight", "min_valid_rate", "decimals", "revision"),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_in_an_address_breaks_a_page(cast, login, text):
    goal = make_goal(cast)
    begin(cast)
    client = login(cast.office)
    hostile = dict.fromkeys(TYPED, text.encode(errors="surrogatepass"))
    sound = {"method": "proportional", "base": "10", "target": "100", "done": "80", "due_on": "2026-09-30"}
    for page in ("rules", "scoring", f"scoring/goals/{goal.id}"):
        for query in (hostile, hostile | sound):
            assert client.get(f"{CYCLE}/{page}", query_string=query).status_code in {200, 400}


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
    assert button_of(shown) == ""
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
