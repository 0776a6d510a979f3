"""What keeps a cycle from moving on, in sentences."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.cycles.guards import (
    Plan,
    RosterLine,
    fewest_lines,
    named,
    plan_gaps,
    tally_gaps,
    total_gaps,
)
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.score_settings import Group

UNITS = {
    Series.SECTIONS: {1: "组织科", 2: "干部科", 3: "研究室", 4: "办公室"},
    Series.TOWNSHIPS: {11: "城关镇", 12: "南桥镇", 13: "北屯镇", 14: "柳林镇"},
}
CATEGORIES = (
    (Group.SOCIAL_SURVEY, "群众", 20),
    (Group.MASS_EVALUATION, "人大代表", 10),
    (Group.LEADER_EVALUATION, "部领导", 5),
)


def whole():
    lines = [
        RosterLine(group, series, name, None, count) for series in Series for group, name, count in CATEGORIES
    ]
    lines += [
        RosterLine(Group.PEER_EVALUATION, series, name, unit_id, 1)
        for series, units in UNITS.items()
        for unit_id, name in units.items()
    ]
    return Plan(settings_problem=None, min_valid_lines=3, rule_problems=(), units=UNITS, rosters=lines)


def sentences(plan):
    return [gap.sentence for gap in plan_gaps(plan)]


def without(group, series, plan=None):
    plan = plan or whole()
    kept = [line for line in plan.rosters if (line.group, line.series) != (group, series)]
    return replace(plan, rosters=kept)


def test_a_whole_plan_lacks_nothing():
    assert plan_gaps(whole()) == []


@pytest.mark.parametrize("series", Series)
@pytest.mark.parametrize("group", Group)
def test_every_group_of_every_series_needs_a_roster(group, series):
    (gap,) = plan_gaps(without(group, series))
    assert gap.sentence == f"{group.label}（{series.value}）还没有评价名单。"
    assert gap.endpoint == "cycles.roster_edit"


@pytest.mark.parametrize("series", Series)
def test_a_series_without_units_says_only_that(series):
    plan = replace(whole(), units={**UNITS, series: {}})
    assert sentences(plan) == [f"{series.value}还没有参评单位。"]


def test_rules_that_contradict_themselves_and_goals_that_cannot_be_read_are_told():
    plan = replace(whole(), settings_problem="四项权重之和为95%。", rule_problems=["目标M1：没有“甲”。"])
    gaps = plan_gaps(plan)
    assert [gap.endpoint for gap in gaps] == ["cycles.rules_edit", "cycles.scoring_edit"]
    assert gaps[0].sentence == "计分规则有误：四项权重之和为95%。"


def test_every_unit_of_a_series_rates_its_peers_and_nobody_else_does():
    plan = whole()
    fewer = [line for line in plan.rosters if line.unit_id not in {1, 2}]
    assert sentences(replace(plan, rosters=fewer)) == ["科室互评（科室）的名单还缺组织科、干部科。"]
    strange = RosterLine(Group.PEER_EVALUATION, Series.SECTIONS, "党校", 99, 1)
    more = replace(plan, rosters=[*plan.rosters, strange])
    assert sentences(more) == ["科室互评（科室）的名单里党校不是本类别的参评单位，请删去。"]


def test_codes_that_can_never_give_a_result_are_told_before_opening():
    three = {key: UNITS[Series.SECTIONS][key] for key in (1, 2, 3)}
    lines = [line for line in whole().rosters if line.unit_id != 4]
    plan = replace(whole(), units={**UNITS, Series.SECTIONS: three}, rosters=lines)
    (sentence,) = sentences(plan)
    assert sentence.startswith("科室互评（科室）的评价码不够：有的单位最多收到2张评价，少于单组最少有效票3张")


def test_the_own_township_gets_no_line_of_its_voters():
    voters = [RosterLine(Group.MASS_EVALUATION, Series.TOWNSHIPS, "城关镇组织干事", 11, 2)]
    assert fewest_lines(voters, 11) == 0
    assert fewest_lines(voters, 12) == 2


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2, 3]), st.integers(1, 50)), max_size=20))
def test_a_unit_gets_a_line_of_every_code_but_its_own(given_codes):
    lines = [
        RosterLine(Group.PEER_EVALUATION, Series.SECTIONS, str(place), unit_id, count)
        for place, (unit_id, count) in enumerate(given_codes)
    ]
    every = sum(line.code_count for line in lines)
    for unit in (1, 2, 3):
        own = sum(line.code_count for line in lines if line.unit_id == unit)
        assert fewest_lines(lines, unit) == every - own


def test_many_names_are_counted():
    assert named(["甲", "乙"]) == "甲、乙"
    assert named(list("甲乙丙丁戊己")) == "甲、乙、丙、丁、戊等6个单位"


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(-400, 400))
def test_the_tally_waits_for_the_end_of_the_cut_off_date(cut_off, days):
    gaps = tally_gaps(cut_off + timedelta(days=days), cut_off, {})
    assert bool(gaps) == (days <= 0)


def test_a_group_without_a_result_blocks_the_tally():
    missing = {(Group.SOCIAL_SURVEY, Series.SECTIONS): 3}
    (gap,) = tally_gaps(date(2027, 1, 1), date(2026, 12, 31), missing)
    assert gap.sentence == "社会调查（科室）有3个单位没有结果，须由这一组重新评价，或由部长决定不计这一组。"


def test_units_without_a_total_are_named_with_their_reasons():
    (gap,) = total_gaps({"K01": ("组织科", ["领导评价没有结果", "有1个目标待人工评定"])})
    assert gap.sentence == "组织科还没有总分：领导评价没有结果；有1个目标待人工评定。"
    assert (gap.endpoint, gap.values) == ("assessment.unit_show", {"code": "K01"})
