"""The states of 5.5: what leads where, when it is overdue, when it goes to the minister."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.supervision.inquiries import rules
from fivestep_web.supervision.inquiries.rules import InquiryKind, InquiryState, Move

CALENDAR = WorkCalendar(known_exceptions(), known_years())
S = InquiryState
ALLOWED = {
    (S.RAISED, Move.ACKNOWLEDGE): S.ACKNOWLEDGED,
    (S.RAISED, Move.ANSWER): S.ANSWERED,
    (S.ACKNOWLEDGED, Move.ANSWER): S.ANSWERED,
    (S.ANSWERED, Move.ASK_AGAIN): S.RAISED,
    (S.ANSWERED, Move.GUIDE): S.GUIDED,
    (S.ANSWERED, Move.CLOSE): S.CLOSED,
    (S.GUIDED, Move.ACKNOWLEDGE): S.RECTIFYING,
    (S.GUIDED, Move.RECTIFY): S.RECTIFIED,
    (S.RECTIFYING, Move.RECTIFY): S.RECTIFIED,
    (S.RECTIFIED, Move.GUIDE): S.GUIDED,
    (S.RECTIFIED, Move.CLOSE): S.CLOSED,
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("move", list(Move))
def test_every_move_from_every_state_is_as_the_domain_says(state, move):
    assert rules.after(state, move) == ALLOWED.get((state, move))


@given(st.sampled_from(InquiryKind), st.lists(st.sampled_from(Move), max_size=30))
def test_whatever_is_done_somebody_has_it_until_it_is_closed_for_good(kind, moves):
    state = rules.first_state(kind)
    for move in moves:
        was, state = state, rules.after(state, move) or state
        assert (was is S.CLOSED) <= (state is S.CLOSED)
        assert state is S.CLOSED or state.is_with_unit != (state in rules.WITH_LEADER)


def test_it_goes_to_the_minister_when_another_three_working_days_have_passed():
    assert rules.escalates_on(date(2026, 5, 8), CALENDAR) == date(2026, 5, 13)  # 9 May is a workday


def test_only_what_the_unit_owes_is_overdue():
    due, after = date(2026, 5, 8), date(2026, 5, 9)
    assert rules.is_overdue(S.RAISED, due, after)
    assert not rules.is_overdue(S.RAISED, due, due)
    assert not rules.is_overdue(S.ANSWERED, due, after)
