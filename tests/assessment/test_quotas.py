"""Quotas and ties at their edge (domain 7.7, example E9)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.quotas import Standing, excellent_seats, select_within
from fivestep_web.assessment.score_settings import Settings

SETTINGS = Settings()
EQUAL = Standing(Decimal("92.00"), Fraction(90), Fraction(88), Fraction(95), 1)


@pytest.mark.parametrize(
    ("people", "approval_recorded", "seats"), [(27, False, 5), (27, True, 6), (9, False, 1), (9, True, 2)]
)
def test_e9_the_excellent_quota_is_within_the_rate_and_raised_only_with_approval(
    people, approval_recorded, seats
):
    assert excellent_seats(people, SETTINGS, approval_recorded=approval_recorded) == seats


def test_everybody_fits_when_seats_suffice():
    picked = select_within({"甲": EQUAL, "乙": EQUAL}, 2)
    assert (set(picked.chosen), picked.open_ties) == ({"甲", "乙"}, ())


def test_the_higher_score_comes_first_and_needs_no_further_reason():
    picked = select_within({"甲": EQUAL, "乙": replace(EQUAL, score=Decimal("92.01"))}, 1)
    assert (picked.chosen, picked.reasons) == (("乙",), {})


@pytest.mark.parametrize(
    ("better", "rule"),
    [
        ({"leader_result": Fraction(91)}, "领导评价结果"),
        ({"mass_result": Fraction(89)}, "群众评价结果"),
        ({"completion": Fraction(96)}, "指标完成率"),
        ({"overdue_goals": 0}, "逾期目标较少"),
    ],
)
def test_a_tie_at_the_edge_is_broken_in_order_and_the_reason_recorded(better, rule):
    picked = select_within({"甲": EQUAL, "乙": replace(EQUAL, **better)}, 1)
    assert picked.chosen == ("乙",)
    assert picked.reasons == {"乙": f"得分并列，按{rule}排在前"}


def test_leaders_count_before_everything_that_follows():
    mass = replace(EQUAL, mass_result=Fraction(99), completion=Fraction(100), overdue_goals=0)
    picked = select_within({"甲": mass, "乙": replace(EQUAL, leader_result=Fraction("90.01"))}, 1)
    assert picked.chosen == ("乙",)


def test_equals_in_everything_are_left_to_the_meeting():
    best = replace(EQUAL, score=Decimal(95))
    picked = select_within({"甲": EQUAL, "乙": best, "丙": EQUAL, "丁": EQUAL}, 2)
    assert picked.chosen == ("乙",)
    assert set(picked.open_ties) == {"甲", "丙", "丁"}
    assert picked.open_seats == 1


def test_without_seats_nobody_is_chosen():
    assert select_within({"甲": EQUAL}, 0).chosen == ()


def test_an_unknown_figure_counts_least():
    picked = select_within({"甲": replace(EQUAL, score=None), "乙": replace(EQUAL, score=Decimal(0))}, 1)
    assert picked.chosen == ("乙",)


STANDINGS = st.dictionaries(
    st.integers(),
    st.builds(
        Standing,
        st.decimals(90, 92, places=0),
        st.fractions(90, 91, max_denominator=2),
        overdue_goals=st.integers(0, 1),
    ),
    max_size=8,
)


@given(standings=STANDINGS, seats=st.integers(0, 8))
def test_nobody_left_out_stands_before_anybody_chosen_whatever_the_names(standings, seats):
    picked = select_within(standings, seats)
    rank = {
        key: (standing.score, standing.leader_result, -standing.overdue_goals)
        for key, standing in standings.items()
    }
    out = [rank[key] for key in standings if key not in picked.chosen]
    assert all(rank[key] > other for key in picked.chosen for other in out)
    assert len(picked.chosen) + picked.open_seats == min(seats, len(standings))
    assert not picked.open_seats or len(picked.open_ties) > picked.open_seats
    assert len({rank[key] for key in picked.open_ties}) <= 1
