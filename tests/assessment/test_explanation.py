"""Why a unit has its score: the lines of the page add up to the printed total."""

from fractions import Fraction

import pytest

from fivestep_web.assessment.explanation import explain
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core.rounding import round_half_up
from tests.assessment.county import D, county, goal, load, mean

MARKS = (61, 80, 83, 88, 97)


def shown(text):
    return Fraction(text.replace("−", "-").replace("+", ""))


@pytest.fixture
def why(db):
    sheets = county(1, marks=MARKS, settings=[("评价占比", "80%"), ("完成情况占比", "20%")])
    sheets["目标"].append(goal("N1", "K01", parameters="逾期每天扣=0.5", target=7))
    sheets["进展"].append(["N1", D(2026, 11, 2), 5, D(2026, 11, 2)])
    sheets["加减分"] += [["K01", "加分", 2, "交流", "简报"], ["K01", "扣分", 1.5, "迟报", None]]
    load(sheets)
    score = score_year(2026)
    return explain(score, score.units[0])


def test_the_parts_add_up_to_the_total(why):
    exact = sum(shown(line.amount) for line in why.total_lines)
    assert abs(exact - shown(why.exact_total)) < Fraction(1, 1000)
    assert str(round_half_up(exact, 2)) == why.total
    labels = [line.label for line in why.total_lines]
    assert labels == ["四组评价占80%", "完成情况占20%", "加分", "扣分"]
    assert [line.amount for line in why.total_lines[2:]] == ["+2", "−1.5"]


def test_the_groups_add_up_to_the_evaluation(why):
    brought = sum(shown(group.brought) for group in why.groups)
    assert abs(brought - why.unit.evaluation.score) < Fraction(1, 1000)
    assert [group.weight for group in why.groups] == ["20%", "30%", "30%", "20%"]
    assert shown(why.groups[0].result) == round_half_up(mean(MARKS), 2)


def test_the_steps_of_a_goal_add_up_to_its_points(why):
    for line in why.goals:
        assert abs(sum(shown(step.amount) for step in line.steps) - shown(line.points)) < Fraction(1, 1000)
    points = sum(shown(line.points) for line in why.goals)
    bases = sum(shown(line.base) for line in why.goals)
    assert str(round_half_up(100 * points / bases, 2)) == why.completion
    assert "基本分合计20" in why.completion_sum


def test_a_trimmed_group_tells_how_many_and_never_which(why):
    texts = [f"{group.trimmed}{group.result}{group.brought}" for group in why.groups]
    assert [group.trimmed for group in why.groups] == ["无", "无", "最高、最低各1个", "最高、最低各1个"]
    assert not any("61" in text or "97" in text for text in texts)


def test_each_adjustment_has_its_reason_and_basis(why):
    assert [line.label for line in why.adjustments] == ["加分：交流（依据：简报）", "扣分：迟报（依据：无）"]


def test_the_rules_in_force_are_named(why):
    text = "".join(why.rules)
    assert "总分＝四组评价×80%＋完成情况×20%＋加分－扣分" in text
    assert "截至2026年12月31日" in text
    assert "领导评价、科室互评在5张以上时去掉一个最高分和一个最低分" in text
