"""Whom notices go to, how they move and climb (domain.md 8.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.ledger.rules import Signal, SignalResult
from fivestep_web.supervision.notices import rules
from fivestep_web.supervision.notices.digest_rules import (
    OVERDUE_AT,
    REMIND_AT,
    days_left_to_tell,
    overdue_to,
    warned_on,
)
from fivestep_web.supervision.notices.rules import Capacity, Colour, Move, NoticeState, after
from fivestep_web.supervision.signals.rules import is_better, turned

CALENDAR = WorkCalendar(known_exceptions(), known_years())
PEOPLE = {
    Capacity.OWNER: 1,
    Capacity.UNIT_HEAD: 2,
    Capacity.LEADER_IN_CHARGE: 3,
    Capacity.EXECUTIVE_DEPUTY: 4,
    Capacity.MINISTER: 5,
}
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("colour", "people"), [(Colour.BLUE, [1, 2]), (Colour.YELLOW, [1, 2, 3]), (Colour.RED, [2, 3, 5])]
)
def test_a_notice_goes_to_whom_8_3_names(colour, people):
    assert list(rules.receivers(colour, PEOPLE)) == people


def test_who_owns_the_goal_and_heads_the_unit_gets_it_once():
    found = rules.receivers(Colour.YELLOW, PEOPLE | {Capacity.UNIT_HEAD: 1})
    assert found == {1: Capacity.OWNER, 3: Capacity.LEADER_IN_CHARGE}


def test_the_limit_counts_working_days_over_the_holiday():
    assert rules.reply_by(Colour.YELLOW, date(2026, 4, 30), CALENDAR) == date(2026, 5, 8)
    assert rules.reply_by(Colour.RED, date(2026, 9, 30), CALENDAR) == date(2026, 10, 13)


def test_a_notice_climbs_level_by_level_and_stops_at_the_top():
    first = rules.climb_to(Colour.YELLOW, 0, PEOPLE, [])
    second = rules.climb_to(Colour.YELLOW, 1, PEOPLE, [3])
    assert (first, second) == ((Capacity.LEADER_IN_CHARGE, 3), (Capacity.EXECUTIVE_DEPUTY, 4))
    assert rules.climb_to(Colour.YELLOW, 2, PEOPLE, [3, 4]) is None
    assert rules.climb_to(Colour.RED, 1, PEOPLE, [3]) == (Capacity.MINISTER, 5)
    assert rules.climb_to(Colour.BLUE, 1, PEOPLE, [3]) is None


def test_where_the_leader_in_charge_is_the_executive_deputy_it_climbs_to_the_minister():
    people = PEOPLE | {Capacity.LEADER_IN_CHARGE: 4}
    assert rules.climb_to(Colour.YELLOW, 0, people, []) == (Capacity.LEADER_IN_CHARGE, 4)
    assert rules.climb_to(Colour.YELLOW, 1, people, [4]) == (Capacity.MINISTER, 5)


@given(st.sampled_from(Colour), st.dictionaries(st.sampled_from(Capacity), st.integers(1, 4)))
def test_nobody_is_called_in_twice_however_posts_are_filled(colour, people):
    called, level = [], 0
    while goes_to := rules.climb_to(colour, level, people, called):
        called.append(goes_to[1])
        level += 1
    assert len(set(called)) == len(called) <= len(rules.LADDERS[colour])


def test_a_talk_is_offered_after_more_than_15_working_days():
    red_since = date(2026, 3, 2)
    fifteenth = CALENDAR.add_workdays(red_since, 15)
    assert not rules.talk_is_due(red_since, fifteenth, CALENDAR)
    assert rules.talk_is_due(red_since, CALENDAR.add_workdays(fifteenth, 1), CALENDAR)


class NoticeMachine(RuleBasedStateMachine):
    """A notice in the hands of people who press everything at every moment."""

    def __init__(self):
        super().__init__()
        self.state = NoticeState.ISSUED
        self.colour = Colour.YELLOW
        self.answers = self.judged = 0

    @precondition(lambda self: self.answers == 0)
    @rule(colour=st.sampled_from(Colour))
    def be_of(self, colour):
        self.colour = colour

    @rule(move=st.sampled_from(Move), is_better=st.booleans())
    def press(self, move, is_better):
        before, wanted = self.state, after(self.state, move, self.colour, is_better=is_better)
        if wanted is None:
            return
        self.answers += move is Move.ANSWER
        self.judged += move in {Move.ACCEPT, Move.RETURN}
        assert before is not NoticeState.CLOSED
        if move is Move.ANSWER:
            assert before.awaits_answer
            assert (wanted is NoticeState.CLOSED) == (self.colour is Colour.BLUE or is_better)
        else:
            assert before is NoticeState.ANSWERED
            assert self.colour is not Colour.BLUE
        self.state = wanted

    @invariant()
    def nothing_is_closed_or_judged_without_an_answer(self):
        assert self.state is NoticeState.ISSUED or self.answers
        assert self.judged <= self.answers


NoticeMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
test_a_notice_whatever_is_pressed = NoticeMachine.TestCase


def result(signal):
    return SignalResult(signal, "")


def test_only_another_colour_is_a_turn():
    found = {1: result(Signal.RED_OVERDUE), 2: result(Signal.YELLOW), 3: result(Signal.GREEN)}
    assert turned({1: "red", 2: "blue"}, found) == [2, 3]
    assert is_better("red", "yellow")
    assert is_better("blue", "green")
    assert not is_better("yellow", "red")
    assert not is_better("grey", "done")


@given(DAYS, st.integers(0, 30))
def test_a_node_is_reminded_of_15_7_3_working_days_before_and_on_the_day(due, early):
    last = warned_on(due, CALENDAR)
    day = CALENDAR.add_workdays(last, -early)
    told = days_left_to_tell(due, day, CALENDAR.add_workdays(day, -1), CALENDAR)
    assert told == (early if early in (*REMIND_AT, 0) else None)


def test_a_node_due_on_a_day_off_is_warned_of_on_the_working_day_before():
    assert days_left_to_tell(date(2026, 5, 3), date(2026, 4, 30), date(2026, 4, 29), CALENDAR) == 0


def test_reminders_that_fell_into_an_outage_are_made_up_once_with_what_is_left():
    due = date(2026, 6, 30)
    before, day = CALENDAR.add_workdays(due, -16), CALENDAR.add_workdays(due, -5)
    assert days_left_to_tell(due, day, before, CALENDAR) == 5
    assert days_left_to_tell(due, CALENDAR.add_workdays(due, -4), day, CALENDAR) is None
    assert days_left_to_tell(due, date(2026, 7, 2), day, CALENDAR) is None


@given(DAYS, st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_overdue_climbs_and_falls_silent_whenever_digests_are_made(due, steps):
    before, told = due, []
    for step in steps:
        day = CALENDAR.add_workdays(before, step)
        told.append(overdue_to(due, day, before, CALENDAR))
        before = day
    heard = [list(Capacity).index(capacity) for capacity in told if capacity]
    assert heard == sorted(heard)
    assert len(heard) <= len(OVERDUE_AT)
    assert overdue_to(due, CALENDAR.add_workdays(due, 60) + timedelta(1), before, CALENDAR) in {
        None, *(capacity for _step, capacity in OVERDUE_AT)
    }  # fmt: skip
