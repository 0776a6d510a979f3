from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.coverage_rules import (
    STAGES,
    LoadMark,
    Stage,
    best_stage,
    load_of,
    median_points,
    percentage,
)
from fivestep_web.responsibility.rules import LetterState

POINTS = st.decimals(min_value=0, max_value=500, places=2)


@pytest.mark.parametrize(
    ("covered", "total", "shown"),
    [(0, 0, None), (0, 7, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (7, 7, "100.0"), (9999, 10000, "99.9")],
)
def test_coverage_as_a_percentage(covered, total, shown):
    assert percentage(covered, total) == (None if shown is None else Decimal(shown))


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_only_full_coverage_is_100(pair):
    covered, total = pair
    share = percentage(covered, total)
    assert 0 <= share <= 100
    assert (share == 100) is (covered == total)


@given(st.lists(POINTS, max_size=30))
def test_the_median_is_that_of_those_who_carry_something(points):
    carried = sorted(item for item in points if item > 0)
    middle = median_points(points)
    assert middle == median_points(carried)
    if carried:
        assert carried[0] <= middle <= carried[-1]
        assert sum(item <= middle for item in carried) * 2 >= len(carried)
    else:
        assert middle == 0


@pytest.mark.parametrize(
    ("points", "mark"),
    [
        ("20", LoadMark.LITTLE),
        ("20.01", LoadMark.USUAL),
        ("59.99", LoadMark.USUAL),
        ("60", LoadMark.MUCH),
    ],
)
def test_a_load_is_measured_against_the_median(points, mark):
    assert load_of(3, Decimal(points), Decimal(40)).mark is mark


@given(count=st.integers(1, 9), points=POINTS, middle=POINTS)
def test_a_load_never_divides_by_nothing_and_keeps_its_figures(count, points, middle):
    load = load_of(count, points, middle)
    assert (load.count, load.points) == (count, points)
    assert (load.ratio is None) is (middle == 0)


def test_who_carries_nothing_is_marked_as_such():
    assert load_of(0, Decimal(0), Decimal(40)).mark is LoadMark.NONE


def test_every_living_state_has_a_stage_and_the_furthest_counts():
    gone = {LetterState.VOID, LetterState.SUPERSEDED}
    assert set(STAGES) == set(LetterState) - gone
    assert best_stage([Stage.DRAFT, Stage.IN_FORCE, Stage.OBJECTED]) is Stage.IN_FORCE
    assert best_stage([]) is Stage.NOT_DRAFTED
