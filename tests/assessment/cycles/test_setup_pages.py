"""The pages on which a plan is drawn up: sums, presets, rosters, and ways of scoring tried out."""

import pytest

from fivestep_web.assessment.cycles import presets, queries
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.cycles.scoring_form import STEP_FIELDS, STEP_ROWS, typed_rule
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.cycles.plans import (
    CYCLE,
    YEAR,
    begin,
    bring_to,
    make_goal,
    revision,
    typed_rules,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory
from tests.web import get, post

pytestmark = pytest.mark.one_database


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
    right = typed_rules(social_weight="15", mass_weight="35", min_valid_rate="1／2")
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
        ({"trims_peers": "y", "min_lines_to_trim": "4"}, "至少应为5"),
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


@pytest.mark.parametrize("count", [7, 10, 11])
def test_no_step_of_a_rule_is_lost_by_editing_it(count):
    steps = ",".join(f"{number * 10}:{number}" for number in range(1, count + 1))
    if count > STEP_ROWS:
        with pytest.raises(DomainError, match="有11档，页面最多填10档"):
            typed_rule(("分档", f"档={steps}"))
    else:
        typed = typed_rule(("分档", f"档={steps}"))
        assert [typed[points] for _start, points in STEP_FIELDS[:count]] == [
            str(number) for number in range(1, count + 1)
        ]


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
