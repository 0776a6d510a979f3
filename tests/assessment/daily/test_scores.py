"""A unit's daily score: bounds, months that do not count, and no dependence on order."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.daily.rules import MONTHS
from fivestep_web.assessment.daily.scores import MonthScore, year_of

POINTS = st.decimals(0, 100, places=2)


@st.composite
def months(draw):
    """Twelve issued months in any order; some with nothing due."""
    made = []
    for month in draw(st.permutations(list(MONTHS))):
        due = draw(st.integers(0, 40))
        made.append(MonthScore(month, due, draw(st.integers(0, due)), draw(POINTS), draw(POINTS)))
    return made


def month(number, due=10, done=5, plus="0", minus="0"):
    return MonthScore(number, due, done, Decimal(plus), Decimal(minus))


@given(given_months=months())
def test_the_mean_lies_between_the_lowest_and_the_highest_month(given_months):
    daily = year_of(given_months)
    scores = [each.score for each in given_months if each.due]
    if not scores:
        assert daily.score is None
        return
    assert min(scores) <= daily.score <= max(scores)
    assert daily.score >= 0


@given(given_months=months(), seed=st.randoms())
def test_the_order_of_the_months_does_not_matter(given_months, seed):
    shuffled = list(given_months)
    seed.shuffle(shuffled)
    assert year_of(shuffled) == year_of(given_months)


@given(given_months=months())
def test_without_points_it_is_the_mean_of_the_rates_exactly(given_months):
    bare = [MonthScore(each.month, each.due, each.done) for each in given_months]
    rates = [Fraction(100 * each.done, each.due) for each in bare if each.due]
    assert year_of(bare).score == (sum(rates) / len(rates) if rates else None)


@given(given_months=months(), more=st.decimals("0.01", 50, places=2))
def test_plus_points_never_lower_and_minus_points_never_raise_it(given_months, more):
    daily = year_of(given_months)
    better = [MonthScore(m.month, m.due, m.done, m.plus + more, m.minus) for m in given_months]
    worse = [MonthScore(m.month, m.due, m.done, m.plus, m.minus + more) for m in given_months]
    if daily.score is not None:
        assert year_of(worse).score <= daily.score <= year_of(better).score


def test_a_third_is_kept_exactly_and_rounded_by_nobody_here():
    daily = year_of([month(number, 3, 1) for number in MONTHS])
    assert daily.score == Fraction(100, 3)


def test_points_move_a_month_and_none_falls_below_nothing():
    assert month(1, plus="2.5").score == Fraction("52.5")
    assert month(1, minus="2.5").score == Fraction("47.5")
    assert month(1, minus="80").score == 0
    assert month(1, 10, 10, plus="3").score == 103


def test_months_with_nothing_due_do_not_count_nor_do_their_points():
    daily = year_of([month(number, 0 if number < 7 else 10, 0 if number < 7 else 10) for number in MONTHS])
    assert daily.score == 100
    assert len(daily.counted) == 6


@pytest.mark.parametrize(
    ("given_months", "words"),
    [
        ([], "全年的月通报都还没有印发"),
        ([month(number) for number in MONTHS if number not in {3, 12}], "3月、12月的月通报还没有印发"),
        ([month(number, 0, 0) for number in MONTHS], "全年没有到期目标"),
    ],
)
def test_what_is_missing_is_named_and_leaves_no_score(given_months, words):
    daily = year_of(given_months)
    assert daily.score is None
    assert words in daily.problem


def test_the_months_so_far_have_a_mean_before_the_year_is_whole():
    daily = year_of([month(1, 10, 5), month(2, 10, 10)])
    assert (daily.score, daily.so_far) == (None, 75)
