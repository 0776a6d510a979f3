from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fivestep_web.responsibility.rules import (
    AFTER_SIGNING,
    KIND_LABELS,
    NEXT_STEP,
    NUMBER_LETTERS,
    STATE_LABELS,
    TRANSITIONS,
    UPPER_KIND,
    LetterKind,
    LetterState,
    SheetError,
    SigningStep,
    late_days,
    may_become,
    sheet_weights,
    weights,
)

CLOSED = {LetterState.SUPERSEDED, LetterState.ARCHIVED, LetterState.VOID}
POINTS = st.decimals(min_value=0, max_value=10_000, places=6)
CENT = Decimal("0.01")
LAST_DAY = date(2026, 1, 30)


@given(st.lists(POINTS, min_size=1, max_size=60))
def test_weights_total_exactly_100_or_nothing(points):
    total = sum(weights(points))
    assert total == (100 if any(points) else 0)


@given(st.lists(POINTS, min_size=1, max_size=60))
def test_each_weight_is_within_a_cent_of_its_share_and_has_two_places(points):
    whole = sum(points)
    for item, share in zip(points, weights(points), strict=True):
        assert share == share.quantize(CENT)
        assert whole == 0 or abs(share - 100 * item / whole) < CENT


@given(st.lists(POINTS, min_size=2, max_size=30))
def test_more_points_never_weigh_less(points):
    pairs = sorted(zip(points, weights(points), strict=True))
    assert all(low[1] <= high[1] for low, high in pairwise(pairs) if low[0] < high[0])


def test_the_largest_remainders_get_the_missing_cents_ties_the_first():
    assert weights([Decimal(1)] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert weights([Decimal(1), Decimal(2), Decimal(3)]) == [
        Decimal("16.67"),
        Decimal("33.33"),
        Decimal("50.00"),
    ]
    assert weights([]) == []


@given(st.lists(POINTS, min_size=1, max_size=30))
def test_a_sheet_without_typed_weights_has_its_points_made_into_shares(points):
    assert sheet_weights(points, [False] * len(points)) == weights(points)


@given(st.lists(POINTS, min_size=1, max_size=30), st.integers(0, 29))
def test_a_sheet_with_one_typed_weight_totals_100_as_typed_or_is_refused(points, which):
    typed = [index == which % len(points) for index in range(len(points))]
    if sum(points) == 100:
        assert sheet_weights(points, typed) == points
    else:
        with pytest.raises(SheetError, match="请在目标表中调整到合计100"):
            sheet_weights(points, typed)
    closed = [*points, 100 - sum(points)]
    assert sheet_weights(closed, [*typed, True]) == closed


def test_what_a_sheet_lacks_or_has_too_much_is_said():
    with pytest.raises(SheetError, match=r"合计95\.5，还差4\.5"):
        sheet_weights([Decimal("95.5")], [True])
    with pytest.raises(SheetError, match="合计130，多出30"):
        sheet_weights([Decimal(100), Decimal(30)], [True, False])


def test_the_states_lead_where_the_table_says():
    table = {
        "draft": {"issued", "void"},
        "issued": {"accepted", "objected", "void"},
        "objected": {"draft"},
        "accepted": {"in_force", "void"},
        "in_force": {"superseded", "settled"},
        "superseded": set(),
        "settled": {"archived"},
        "archived": set(),
        "void": set(),
    }
    assert {state.value: {item.value for item in TRANSITIONS[state]} for state in LetterState} == table


class LetterMachine(RuleBasedStateMachine):
    """Walk any way the table allows."""

    def __init__(self):
        super().__init__()
        self.state = LetterState.DRAFT
        self.signed = []
        self.was_closed = False

    @rule(wanted=st.sampled_from(list(LetterState)))
    def move(self, wanted):
        if not may_become(self.state, wanted):
            return
        assert not self.was_closed, "no path leaves a closed state"
        step = NEXT_STEP.get(self.state)
        if step and AFTER_SIGNING[step] is wanted:
            self.signed.append(step)
        if wanted is LetterState.DRAFT:
            self.signed = []
        self.state = wanted
        self.was_closed = wanted in CLOSED

    @invariant()
    def both_sides_signed_in_order_before_anything_is_in_force(self):
        if self.state in {LetterState.IN_FORCE, LetterState.SETTLED, LetterState.ARCHIVED}:
            assert self.signed == [SigningStep.RESPONSIBLE, SigningStep.ISSUING]
        if self.state in {LetterState.DRAFT, LetterState.ISSUED, LetterState.OBJECTED}:
            assert self.signed == []


TestLetterMachine = LetterMachine.TestCase


@pytest.mark.parametrize(
    ("state", "in_force_on", "today", "days"),
    [
        (LetterState.ISSUED, None, LAST_DAY, 0),
        (LetterState.ISSUED, None, LAST_DAY + timedelta(1), 1),
        (LetterState.DRAFT, None, LAST_DAY + timedelta(1), 1),
        (LetterState.ACCEPTED, None, LAST_DAY + timedelta(30), 30),
        (LetterState.VOID, None, date(2026, 12, 1), 0),
        (LetterState.IN_FORCE, LAST_DAY, date(2026, 12, 1), 0),
        (LetterState.IN_FORCE, LAST_DAY + timedelta(1), date(2026, 12, 1), 1),
        (LetterState.SETTLED, LAST_DAY + timedelta(1), date(2027, 1, 5), 1),
    ],
)
def test_late_is_whatever_was_not_signed_in_the_window(state, in_force_on, today, days):
    assert late_days(state, in_force_on, signing_ends=LAST_DAY, today=today) == days


def test_every_kind_and_state_has_its_word_and_each_personal_kind_its_upper_one():
    assert set(KIND_LABELS) == set(NUMBER_LETTERS) == set(LetterKind)
    assert set(STATE_LABELS) == set(LetterState)
    assert sorted(NUMBER_LETTERS.values()) == ["B", "D", "K", "Z"]
    assert set(UPPER_KIND).isdisjoint(UPPER_KIND.values())
