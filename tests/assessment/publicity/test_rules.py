"""Periods, deadlines and who may decide, by themselves (domain.md 5.8, N3, N8)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.publicity.rules import (
    OUTCOMES,
    Deadlines,
    ObjectionKind,
    ObjectionState,
    Parties,
    bar,
    can_end,
    last_day,
    sends_back,
    time_left,
)
from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years

CALENDAR = WorkCalendar(known_exceptions(), known_years())
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
PEOPLE = st.integers(1, 6)
MAYBE = st.none() | PEOPLE


def test_the_example_of_national_day_ends_on_the_saturday_that_is_worked():
    assert last_day(CALENDAR, date(2026, 9, 28), 5) == date(2026, 10, 10)


@given(DAYS, st.integers(5, 30))
def test_a_period_holds_as_many_whole_working_days_after_posting_and_ends_on_one(posted_on, workdays):
    ends_on = last_day(CALENDAR, posted_on, workdays)
    after = [posted_on + timedelta(days=n) for n in range(1, (ends_on - posted_on).days + 1)]
    assert sum(map(CALENDAR.is_workday, after)) == workdays
    assert CALENDAR.is_workday(ends_on)


@given(DAYS, st.integers(-40, 40), st.integers(0, 3))
def test_nothing_ends_before_its_last_day_is_over_or_while_an_objection_is_open(ends_on, days, open_count):
    today = ends_on + timedelta(days=days)
    assert can_end(today, ends_on, open_count) is (days > 0 and open_count == 0)


@given(DAYS, st.integers(1, 90), st.integers(0, 30))
def test_a_deadline_is_near_from_the_days_of_reminding_on_and_stays_so(day, days, remind):
    found = Deadlines(decide=days, remind=remind)
    due_on = found.decide_by(day)
    assert (due_on - day).days == days
    assert not found.is_near(due_on - timedelta(days=remind + 1), due_on)
    assert all(found.is_near(due_on + timedelta(days=late), due_on) for late in (-remind, 0, 3))


def test_the_deadlines_are_those_of_the_national_rule():
    day = date(2027, 1, 31)
    found = Deadlines()
    assert found.ask_by(day) == date(2027, 3, 2)
    assert found.decide_by(day) == date(2027, 3, 2)
    assert found.appeal_by(day) == date(2027, 2, 15)


@pytest.mark.parametrize(("days", "said"), [(3, "余3天"), (0, "今天到期"), (-2, "已逾期2天")])
def test_the_time_left_is_said_as_an_office_says_it(days, said):
    assert time_left(date(2027, 1, 5), date(2027, 1, 5) + timedelta(days=days)) == said


PARTIES = st.builds(
    Parties,
    preparers=st.sets(PEOPLE),
    receiver=MAYBE,
    objector=MAYBE,
    person=MAYBE,
    unit_id=st.none() | st.integers(10, 12),
)


@given(PEOPLE, st.none() | st.integers(10, 12), PARTIES)
def test_who_may_answer_has_had_no_part_at_all(me, my_unit, parties):
    has_part = (
        me in parties.preparers
        or me in {parties.receiver, parties.objector, parties.person}
        or (parties.unit_id is not None and my_unit == parties.unit_id)
    )
    assert bool(bar(me, my_unit, parties)) is has_part


def test_nobody_without_a_person_answers():
    assert bar(None, None, Parties((), None, None, None, None))


@given(st.sampled_from(ObjectionKind), st.sampled_from(OUTCOMES), st.booleans())
def test_only_an_upheld_objection_to_publicized_results_sends_them_back(kind, outcome, is_publicized):
    expected = is_publicized and outcome is ObjectionState.UPHELD and kind is not ObjectionKind.REVIEW
    assert sends_back(kind, outcome, is_publicized=is_publicized) is expected
