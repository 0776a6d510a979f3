"""An order is followed until somebody verified a report (R3.13)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.supervision.correctives import rules
from fivestep_web.supervision.correctives.rules import Move, OrderState

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(st.lists(st.sampled_from(Move), max_size=12))
def test_nothing_is_verified_without_a_report_before_and_nothing_leaves_it(moves):
    state, last = OrderState.ORDERED, None
    for move in moves:
        following = rules.after(state, move)
        if state is OrderState.VERIFIED:
            assert following is None
        if following is None:
            continue
        if following is OrderState.VERIFIED:
            assert last is Move.REPORT
        state, last = following, move


@given(st.sampled_from(OrderState), DAYS, DAYS)
def test_only_what_the_owner_has_in_hand_is_overdue(state, due_on, today):
    is_open = state in {OrderState.ORDERED, OrderState.SENT_BACK}
    assert rules.is_overdue(state, due_on, today) == (is_open and due_on < today)


@pytest.mark.parametrize(
    ("state", "ordered_on", "today", "is_carried"),
    [
        (OrderState.ORDERED, date(2026, 9, 30), date(2026, 10, 1), True),
        (OrderState.REPORTED, date(2025, 12, 31), date(2026, 1, 1), True),
        (OrderState.ORDERED, date(2026, 7, 1), date(2026, 9, 30), False),
        (OrderState.VERIFIED, date(2026, 3, 1), date(2026, 9, 30), False),
    ],
)
def test_what_is_open_carries_over_to_the_next_quarter(state, ordered_on, today, is_carried):
    assert rules.is_carried_over(state, ordered_on, today) is is_carried
