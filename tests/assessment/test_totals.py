"""Totals, ranks, bands and personal figures (domain 7.4–7.9, examples E5–E8, E10, E12)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.score_settings import Band, Group, Settings
from fivestep_web.assessment.totals import (
    TotalParts,
    band_of,
    evaluate,
    personal_figure,
    rank,
    total_of,
)
from fivestep_web.core.rounding import round_half_up

SETTINGS = Settings()
SECTION = {
    Group.SOCIAL_SURVEY: Fraction(15200, 168),
    Group.MASS_EVALUATION: Fraction(5180, 58),
    Group.LEADER_EVALUATION: Fraction("90.75"),
    Group.PEER_EVALUATION: Fraction(532, 6),
}
EVALUATED = TotalParts(evaluation=Fraction("90.116"), completion=None, daily=None)
SHARED = replace(
    SETTINGS,
    evaluation_share=Decimal("0.6"),
    completion_share=Decimal("0.3"),
    daily_share=Decimal("0.1"),
)


def test_the_worked_example_totals_89_85_and_is_good():
    evaluation = evaluate(SECTION, SETTINGS)
    assert str(round_half_up(evaluation.score, 10)) == "89.8466748768"
    total = total_of(TotalParts(evaluation.score, None, None), SETTINGS)
    assert str(total.printed) == "89.85"
    assert band_of(total.printed, SETTINGS) is Band.GOOD


def test_e5_a_half_hundredth_goes_up():
    figures = ("92.40", "88.75", "91.00", "86.50")
    results = dict(zip(Group, map(Fraction, figures), strict=True))
    evaluation = evaluate(results, SETTINGS)
    assert evaluation.score == Fraction("89.705")
    assert str(total_of(TotalParts(evaluation.score, None, None), SETTINGS).printed) == "89.71"


def test_e6_without_the_survey_the_other_weights_are_divided_by_their_sum():
    left_out = frozenset({Group.SOCIAL_SURVEY})
    evaluation = evaluate({**SECTION, Group.SOCIAL_SURVEY: None}, SETTINGS, left_out=left_out)
    assert str(round_half_up(evaluation.score, 10)) == "89.6892959770"
    assert str(round_half_up(evaluation.score)) == "89.69"
    assert evaluation.note == "社会调查无效，按群众评价37.5%、领导评价37.5%、科室互评25%折算"


def test_e6_the_decision_holds_even_for_units_that_have_a_result():
    left_out = frozenset({Group.SOCIAL_SURVEY})
    with_result = evaluate(SECTION, SETTINGS, left_out=left_out)
    without = evaluate({**SECTION, Group.SOCIAL_SURVEY: None}, SETTINGS, left_out=left_out)
    assert with_result == without


def test_e7_a_void_group_without_a_decision_leaves_no_score_and_says_which():
    evaluation = evaluate({**SECTION, Group.SOCIAL_SURVEY: None}, SETTINGS)
    assert (evaluation.score, evaluation.problems) == (None, ("社会调查没有结果",))


def test_with_every_group_left_out_there_is_no_score():
    assert evaluate(SECTION, SETTINGS, left_out=frozenset(Group)).score is None


def test_e8_equal_totals_share_a_rank_and_the_next_is_skipped():
    totals = {"甲": "91.20", "乙": "89.85", "丙": "89.85", "丁": "88.10", "戊": None}
    places = rank({unit: None if total is None else Decimal(total) for unit, total in totals.items()})
    assert places == {"甲": 1, "乙": 2, "丙": 2, "丁": 4, "戊": None}


@pytest.mark.parametrize(
    ("exact", "band"),
    [
        ("90.00", Band.EXCELLENT),
        ("89.995", Band.EXCELLENT),
        ("89.9949", Band.GOOD),
        ("80.00", Band.GOOD),
        ("79.99", Band.FAIR),
        ("60.00", Band.FAIR),
        ("59.995", Band.FAIR),
        ("59.99", Band.POOR),
        ("0", Band.POOR),
    ],
)
def test_e10_bands_start_at_their_figure_and_use_the_rounded_total(exact, band):
    assert band_of(round_half_up(Decimal(exact)), SETTINGS) is band


def test_e12_the_personal_figure_is_half_unit_half_own_completion():
    assert str(personal_figure(Decimal("89.85"), Fraction(94), SETTINGS)) == "91.93"


def test_there_is_no_personal_figure_without_both_parts():
    assert personal_figure(None, Fraction(94), SETTINGS) is None
    assert personal_figure(Decimal("89.85"), None, SETTINGS) is None


def test_a_total_is_the_sum_of_its_shares_plus_bonus_minus_deduction():
    parts = TotalParts(Fraction(90), Fraction(80), Fraction(70), Decimal("2.5"), Decimal(1))
    total = total_of(parts, SHARED)
    assert total.exact == 54 + 24 + 7 + Fraction("2.5") - 1
    assert [(line.label, line.amount) for line in total.lines] == [
        ("四组评价占60%", 54),
        ("完成情况占30%", 24),
        ("日常考核占10%", 7),
        ("加分", Fraction(5, 2)),
        ("扣分", -1),
    ]


def test_a_part_whose_share_is_nought_is_not_needed():
    total = total_of(EVALUATED, SETTINGS)
    assert (str(total.printed), total.problems) == ("90.12", ())


def test_the_total_is_neither_capped_nor_kept_above_nought():
    assert total_of(replace(EVALUATED, bonus=Decimal(20)), SETTINGS).printed == Decimal("110.12")
    assert total_of(replace(EVALUATED, deduction=Decimal(100)), SETTINGS).printed == Decimal("-9.88")


def test_a_missing_part_leaves_no_total_and_every_reason():
    parts = TotalParts(
        None,
        None,
        None,
        evaluation_problems=("社会调查没有结果",),
        completion_problem="有1个目标待人工评定",
    )
    total = total_of(parts, SHARED)
    assert (total.exact, total.printed) == (None, None)
    assert total.problems == (
        "社会调查没有结果",
        "完成情况：有1个目标待人工评定",
        "日常考核没有得分",
    )


def test_places_printed_follow_the_settings():
    assert str(total_of(EVALUATED, replace(SETTINGS, decimals=1)).printed) == "90.1"


RESULTS = st.fixed_dictionaries({group: st.fractions(0, 100) for group in Group})


@given(results=RESULTS)
def test_the_evaluation_lies_between_its_lowest_and_highest_group(results):
    assert min(results.values()) <= evaluate(results, SETTINGS).score <= max(results.values())


@given(results=RESULTS, left_out=st.frozensets(st.sampled_from(Group), max_size=3))
def test_left_out_groups_divide_the_rest_by_its_sum(results, left_out):
    kept = [group for group in Group if group not in left_out]
    weights = [Fraction(SETTINGS.weights[group]) for group in kept]
    plain = sum(w * results[g] for w, g in zip(weights, kept, strict=True)) / sum(weights)
    evaluation = evaluate(results, SETTINGS, left_out=left_out)
    assert evaluation.score == plain
    assert sum(evaluation.weights.values()) == 1


@given(totals=st.dictionaries(st.text(max_size=3), st.none() | st.decimals(0, 3, places=1)))
def test_a_place_is_one_more_than_the_number_of_better_totals(totals):
    for unit, place in rank(totals).items():
        better = [
            t for t in totals.values() if t is not None and totals[unit] is not None and t > totals[unit]
        ]
        assert place == (None if totals[unit] is None else 1 + len(better))
