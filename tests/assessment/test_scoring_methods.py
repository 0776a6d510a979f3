"""Reading 计分方式 and 计分参数 (interfaces, "how a goal earns points")."""

from decimal import Decimal

import pytest

from fivestep_web.assessment.scoring_methods import (
    Method,
    NotApplicable,
    ScoringError,
    ScoringRule,
    Step,
    parse_rule,
)


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("", Method.PROPORTIONAL),
        ("  ", Method.PROPORTIONAL),
        ("按比例", Method.PROPORTIONAL),
        ("完成得满分", Method.ALL_OR_NOTHING),
        (" 人工评定　", Method.ASSESSOR),
    ],
)
def test_methods_are_read_by_their_names_and_empty_is_proportional(text, method):
    assert parse_rule(text, "") == ScoringRule(method=method)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("超额每个加=0.5", "bonus_per_unit", Decimal("0.5")),
        ("不足每个扣=2", "shortfall_per_unit", Decimal(2)),
        ("未完成扣=2", "incomplete", Decimal(2)),
        ("逾期每天扣=0.5", "late_per_day", Decimal("0.5")),
        ("加分上限=3", "bonus_cap", Decimal(3)),
        ("扣分上限=5", "deduction_cap", Decimal(5)),
        ("不涉及=满分", "not_applicable", NotApplicable.FULL),
        ("不涉及=不计", "not_applicable", NotApplicable.LEFT_OUT),
    ],
)
def test_every_parameter_is_read(text, field, value):
    assert getattr(parse_rule("按比例", text), field) == value


def test_what_each_incident_costs_is_read():
    assert parse_rule("逐例扣分", "每例扣=2").per_incident == 2


def test_steps_are_read_in_order():
    assert parse_rule("分档", "档=50:10,200:20").steps == (
        Step(Decimal(50), Decimal(10)),
        Step(Decimal(200), Decimal(20)),
    )


def test_a_parameter_not_given_is_none_and_not_applicable_goals_are_left_out():
    assert parse_rule("", "") == ScoringRule(
        Method.PROPORTIONAL, (), None, None, None, None, None, None, None, NotApplicable.LEFT_OUT
    )


@pytest.mark.parametrize(
    "text",
    [
        "超额每个加=0.5;加分上限=3",
        "超额每个加=0.5；加分上限=3",
        "　超额每个加 ＝ ０．５　；　加分上限＝３；",
        ";;加分上限=3;超额每个加=.5",
    ],
)
def test_full_width_punctuation_digits_and_spaces_are_read_alike(text):
    rule = parse_rule("按比例", text)
    assert (rule.bonus_per_unit, rule.bonus_cap) == (Decimal("0.5"), Decimal(3))


def test_steps_may_use_full_width_punctuation():
    assert parse_rule("分档", "档＝50：10，200：20") == parse_rule("分档", "档=50:10,200:20")


@pytest.mark.parametrize(
    ("method", "text", "message"),
    [
        ("按比列", "", "没有“按比列”，请从按比例、完成得满分、分档、逐例扣分、人工评定中选一个"),
        ("按比例", "超额每个加", "“超额每个加”应写成“名称=值”"),
        ("按比例", "超额每个加=", "应写成“名称=值”"),
        ("按比例", "=3", "应写成“名称=值”"),
        ("按比例", "超额加=3", "没有“超额加”这个名称"),
        ("按比例", "加分上限=3；加分上限=4", "“加分上限”写了两次"),
        ("按比例", "逾期每天扣=-1", "“-1”应为不小于0的数"),
        ("按比例", "逾期每天扣=2%", "“2%”应为不小于0的数，不带百分号"),
        ("按比例", "逾期每天扣=两分", "“两分”应为不小于0的数"),
        ("按比例", "逾期每天扣=1e3", "“1e3”应为不小于0的数"),
        ("按比例", "不涉及=一半", "“不涉及=一半”的值应为满分或不计"),
        ("分档", "", "须写明各档"),
        ("分档", "档=50", "“50”应写成“起点:得分”"),
        ("分档", "档=50:10,50:20", "起点应从小到大，50不大于50"),
        ("分档", "档=200:10,50:20", "起点应从小到大，50不大于200"),
        ("分档", "档=50:10,x:20", "“x”应为不小于0的数"),
        ("逐例扣分", "", "须写明每例扣几分"),
        ("按比例", "每例扣=2", "“每例扣”只用于计分方式“逐例扣分”，现为“按比例”"),
        ("完成得满分", "档=5:1", "“档”只用于计分方式“分档”，现为“完成得满分”"),
        ("按比例", "不足每个扣=1；未完成扣=1", "“不足每个扣”与“未完成扣”不能同用"),
    ],
)
def test_every_error_is_a_sentence_quoting_what_was_typed(method, text, message):
    with pytest.raises(ScoringError) as refusal:
        parse_rule(method, text)
    assert message in str(refusal.value)
    assert str(refusal.value).endswith("。")


@pytest.mark.parametrize("method", ["逐例扣分", "人工评定"])
@pytest.mark.parametrize("name", ["不足每个扣", "未完成扣", "超额每个加"])
def test_rules_about_units_above_or_below_do_not_fit_incidents_and_assessors(method, name):
    with pytest.raises(ScoringError, match=f"“{name}”不能与计分方式“{method}”同用"):
        parse_rule(method, f"{name}=1;每例扣=1" if method == "逐例扣分" else f"{name}=1")
