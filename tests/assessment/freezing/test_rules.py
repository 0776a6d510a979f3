"""What differs between two results is named by unit and figure."""

import copy

from fivestep_web.assessment.freezing.rules import changes
from fivestep_web.assessment.score_settings import Group


def unit(code, name):
    return {
        "code": code,
        "name": name,
        "category": "科室",
        "groups": {group.value: {"ballots": 6, "valid": 5, "result": "90.00"} for group in Group},
        "evaluation_score": "90.00",
        "completion_score": None,
        "daily_score": None,
        "bonus": "0.00",
        "deduction": "0.00",
        "vetoed": False,
        "total": "90.00",
        "rank": 1,
        "problems": [],
    }


def content():
    exact = {group.value: "90" for group in Group} | {"total": "90"}
    return {
        "result": {
            "year": 2026,
            "rule_version": "1-abc",
            "weights": {"social_survey": "0.20"},
            "shares": {"evaluation": "0.9", "completion": "0.1", "daily": "0"},
            "units": [unit("K01", "第1科"), unit("K02", "第2科")],
        },
        "exact": {"K01": exact, "K02": dict(exact)},
    }


def changed(alter):
    now = copy.deepcopy(content())
    alter(now["result"], {each["code"]: each for each in now["result"]["units"]}, now["exact"])
    return changes(content(), now)


def test_an_equal_result_has_no_changes():
    assert changes(content(), content()) == []


def test_each_figure_is_named_with_what_it_was_and_is():
    def alter(_result, units, _exact):
        units["K02"]["total"], units["K02"]["rank"] = "89.50", 2
        units["K02"]["groups"]["leader_evaluation"]["result"] = "88.33"
        units["K02"]["groups"]["leader_evaluation"]["valid"] = 6
        units["K02"]["completion_score"] = "96.00"
        units["K02"]["vetoed"] = True

    parts = (
        "总分由90.00变为89.50",
        "位次由1变为2",
        "完成情况由无变为96.00",
        "一票否决",
        "领导评价结果由90.00变为88.33",
        "领导评价有效数由5变为6",
    )
    assert changed(alter) == [f"第2科：{'、'.join(parts)}"]


def test_a_difference_behind_the_last_printed_digit_is_found():
    def alter(_result, _units, exact):
        exact["K01"]["peer_evaluation"], exact["K01"]["total"] = "9000001/100000", "900000001/10000000"

    assert changed(alter) == ["第1科：科室互评结果（舍入以前）、总分（舍入以前）"]


def test_a_part_without_a_share_may_go_on_changing():
    def alter(_result, units, _exact):
        units["K01"]["daily_score"] = "88.00"

    assert changed(alter) == []


def test_units_that_came_or_went_and_other_rules_are_named():
    def alter(result, units, _exact):
        result["rule_version"] = "2-def"
        result["weights"] = {"social_survey": "0.25"}
        result["units"] = [units["K01"], unit("K03", "第3科")]

    assert changed(alter) == [
        "规则版本由1-abc变为2-def",
        "四组权重",
        "第2科：不再参评",
        "第3科：原来没有参评",
    ]


def test_what_no_label_covers_is_a_change_all_the_same():
    assert changed(lambda result, _units, _exact: result.update(year=2027)) == ["结果的内容"]
