from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.coverage.rules import (
    STAGES,
    LoadMark,
    Share,
    Stage,
    best_stage,
    compare,
    percentage,
)
from fivestep_web.responsibility.rules import LetterState


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


WEIGHTS = st.decimals(min_value=0, max_value=100, places=2)
CARRIED = st.builds(Share, st.integers(0, 9), WEIGHTS)
PASSED_ON = st.builds(Share, st.integers(1, 9), st.just(Decimal(0)), st.just(True))  # noqa: FBT003 - a field
UNITS = st.lists(CARRIED | PASSED_ON, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("weight", "mark"),
    [
        ("20", LoadMark.LITTLE),
        ("20.20", LoadMark.USUAL),
        ("59.79", LoadMark.USUAL),
        ("60", LoadMark.MUCH),
    ],
)
def test_a_load_is_measured_against_the_average_of_the_unit(weight, mark):
    own = Decimal(weight)
    others = [Share(1, (120 - own) / 2)] * 2  # three people and an average of 40
    assert compare([Share(1, own), *others])[0].mark is mark


def test_who_carries_all_is_marked_beside_who_carries_nothing():
    assert [(load.mark, load.ratio) for load in compare([Share(3, Decimal(100)), Share()])] == [
        (LoadMark.MUCH, Decimal("2.00")),
        (LoadMark.NONE, Decimal("0.00")),
    ]


def test_the_size_of_the_unit_does_not_matter_where_all_carry_alike():
    for size in (1, 3, 9):
        loads = compare([Share(1, Decimal(100) / size)] * size)
        assert {load.mark for load in loads} == {LoadMark.USUAL}


@given(UNITS, st.lists(PASSED_ON, max_size=3))
def test_a_head_who_passed_everything_on_changes_nothing_for_the_others(unit, heads):
    assert compare([*unit, *heads])[: len(unit)] == compare(unit)
    assert {load.mark for load in compare(heads)} <= {LoadMark.PASSED_ON}


@given(UNITS)
def test_comparing_keeps_the_figures_and_never_divides_by_nothing(unit):
    loads = compare(unit)
    assert [load.share for load in loads] == unit
    is_empty = sum(share.weight for share in unit) == 0
    assert all((load.ratio is None) is (is_empty or load.share.is_passed_on) for load in loads)
    assert all((load.mark is LoadMark.NONE) is (load.share.goals == 0) for load in loads)


@given(UNITS)
def test_what_is_much_weighs_more_than_what_is_usual_and_that_more_than_little(unit):
    by_mark = {
        mark: [load.share.weight for load in compare(unit) if load.mark is mark]
        for mark in (LoadMark.LITTLE, LoadMark.USUAL, LoadMark.MUCH)
    }
    heaviest = [max(weights) for weights in by_mark.values() if weights]
    lightest = [min(weights) for weights in by_mark.values() if weights]
    assert all(below < above for below, above in zip(heaviest, lightest[1:], strict=False))


def test_every_living_state_has_a_stage_and_the_furthest_counts():
    gone = {LetterState.VOID, LetterState.SUPERSEDED}
    assert set(STAGES) == set(LetterState) - gone
    assert best_stage([Stage.DRAFT, Stage.IN_FORCE, Stage.OBJECTED]) is Stage.IN_FORCE
    assert best_stage([]) is Stage.NOT_DRAFTED
