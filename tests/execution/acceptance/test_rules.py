from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.execution.acceptance.rules import (
    TRANSITIONS,
    HandIn,
    Outcome,
    days_late,
    is_overdue,
    may_move,
    reached,
    state_on,
)
from fivestep_web.execution.rules import Milestone, ProgressPoint
from fivestep_web.responsibility.rules import MilestoneState

S = MilestoneState
CALENDAR = WorkCalendar(known_exceptions(), known_years())
DUE, DAY = date(2026, 6, 30), date(2026, 7, 3)
POINTS = [ProgressPoint(date(2026, 6, 1), Decimal(5))]
STATES = st.sampled_from(list(S))


def node(*, needs_acceptance: bool) -> Milestone:
    return Milestone(1, "中期", DUE, Decimal("0.5"), needs_acceptance=needs_acceptance)


def stand(hand_in, *, needs_acceptance=False):
    return reached(
        node(needs_acceptance=needs_acceptance),
        hand_in,
        POINTS,
        target=Decimal(10),
        counts_incidents=False,
        day=DAY,
    )


def test_a_node_without_a_deliverable_is_reached_by_progress():
    assert stand(None).on == date(2026, 6, 1)


def test_a_node_with_a_deliverable_is_not_reached_by_progress():
    assert stand(None, needs_acceptance=True).on is None


@pytest.mark.parametrize("needs_acceptance", [True, False])
@pytest.mark.parametrize(
    ("outcome", "on", "is_waiting"),
    [(None, DUE, True), (Outcome.ACCEPTED, DUE, False), (Outcome.SENT_BACK, None, False)],
)
def test_what_was_handed_in_counts_from_its_day_unless_sent_back(outcome, on, is_waiting, needs_acceptance):
    found = stand(HandIn(DUE, outcome), needs_acceptance=needs_acceptance)
    assert (found.on, found.is_waiting) == (on, is_waiting)


@given(STATES, STATES)
def test_only_listed_moves_are_possible(source, target):
    assert may_move(source, target) == ((source, target) in TRANSITIONS)


@given(STATES)
def test_nothing_leaves_a_completed_phase(target):
    assert not may_move(S.COMPLETED, target)


@given(st.sampled_from([S.SUBMITTED, S.SENT_BACK, S.COMPLETED]))
def test_only_what_was_handed_in_is_accepted_or_sent_back(target):
    assert all(source is S.SUBMITTED for source, to in TRANSITIONS if to is target is not S.SUBMITTED)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), STATES)
def test_a_phase_is_late_exactly_when_its_end_has_passed_and_it_is_not_handed_in(day, state):
    late = days_late(DUE, state, day, CALENDAR)
    assert is_overdue(DUE, state, day) == (day > DUE and state not in {S.SUBMITTED, S.COMPLETED})
    assert late >= 0
    assert not late or is_overdue(DUE, state, day)


def test_lateness_is_counted_in_working_days():
    assert days_late(DUE, S.IN_PROGRESS, date(2026, 7, 6), CALENDAR) == 4


@pytest.mark.parametrize(
    ("stored", "hand_in", "is_reached", "shown"),
    [
        (S.SUBMITTED, HandIn(DUE, None), True, S.SUBMITTED),
        (S.COMPLETED, HandIn(DUE, None), True, S.SUBMITTED),
        (S.COMPLETED, None, False, S.IN_PROGRESS),
        (S.PLANNED, None, True, S.COMPLETED),
        (S.RESCHEDULED, None, False, S.RESCHEDULED),
    ],
)
def test_an_earlier_day_shows_what_was_known_then(stored, hand_in, is_reached, shown):
    assert state_on(stored, hand_in, is_reached=is_reached) is shown
