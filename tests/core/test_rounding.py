"""Rounding happens once, half up, on exact values."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.rounding import percent, plain, round_half_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("89.705"), "89.71"),
        (Decimal("59.995"), "60.00"),
        (Decimal("59.99499"), "59.99"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (60, "60.00"),
        (Decimal("-0.004"), "0.00"),
        (Decimal("-1.005"), "-1.01"),
    ],
)
def test_halves_go_up_and_the_places_are_always_printed(value, expected):
    assert str(round_half_up(value)) == expected


def test_places_can_be_none_or_four():
    assert str(round_half_up(Decimal("2.5"), 0)) == "3"
    assert str(round_half_up(Fraction(1, 8), 4)) == "0.1250"


@given(
    value=st.decimals(-10_000, 10_000, places=6, allow_nan=False),
    places=st.integers(0, 5),
)
def test_rounding_agrees_with_the_decimal_module(value, places):
    expected = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert round_half_up(value, places) == expected


def test_sentences_show_no_needless_zeros():
    assert plain(Decimal("270.00")) == "270"
    assert plain(Decimal("31.50")) == "31.5"
    assert plain(100) == "100"
    assert plain(Decimal(0)) == "0"
    assert plain(Fraction(1, 3)) == "0.3333"
    assert percent(Decimal("0.375")) == "37.5%"
    assert percent(Fraction(2, 3)) == "66.67%"
