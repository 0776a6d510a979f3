"""The working-day calendar, checked against the tables of the domain reference (section 10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import (
    WorkCalendar,
    known_exceptions,
    known_years,
    last_day_of_month,
    months_after,
)

CALENDAR = WorkCalendar(known_exceptions(), known_years())
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def all_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def in_2026(month: int, first: int, last: int) -> list[date]:
    return all_days(date(2026, month, first), date(2026, month, last))


HOLIDAYS_2026 = [
    *in_2026(1, 1, 3),
    *in_2026(2, 15, 23),
    *in_2026(4, 4, 6),
    *in_2026(5, 1, 5),
    *in_2026(6, 19, 21),
    *in_2026(9, 25, 27),
    *in_2026(10, 1, 7),
]
WORKED_WEEKENDS_2026 = [date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]]


def test_2026_follows_the_state_council_notice_day_by_day():
    for day in all_days(date(2026, 1, 1), date(2026, 12, 31)):
        expected = day in WORKED_WEEKENDS_2026 or (day.weekday() < 5 and day not in HOLIDAYS_2026)
        assert CALENDAR.is_workday(day) is expected, day


def test_2026_has_248_working_days():
    assert CALENDAR.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@pytest.mark.parametrize(
    ("month", "workdays", "last", "bulletin_due"),
    [
        (1, 21, (1, 30), (2, 6)),
        (2, 16, (2, 28), (3, 6)),
        (3, 22, (3, 31), (4, 8)),
        (4, 21, (4, 30), (5, 11)),
        (5, 19, (5, 29), (6, 5)),
        (6, 21, (6, 30), (7, 7)),
        (7, 23, (7, 31), (8, 7)),
        (8, 21, (8, 31), (9, 7)),
        (9, 22, (9, 30), (10, 13)),
        (10, 18, (10, 30), (11, 6)),
        (11, 21, (11, 30), (12, 7)),
    ],
)
def test_months_of_2026_have_the_published_counts_last_days_and_bulletin_dates(
    month, workdays, last, bulletin_due
):
    end = last_day_of_month(2026, month)
    assert CALENDAR.workdays_between(date(2026, month, 1) - timedelta(days=1), end) == workdays
    assert CALENDAR.last_workday_of_month(2026, month) == date(2026, *last)
    assert CALENDAR.add_workdays(end, 5) == date(2026, *bulletin_due)


def test_december_2026_counts_but_its_bulletin_needs_a_year_not_yet_published():
    assert CALENDAR.workdays_between(date(2026, 11, 30), date(2026, 12, 31)) == 23
    assert CALENDAR.last_workday_of_month(2026, 12) == date(2026, 12, 31)
    assert CALENDAR.is_known(2026)
    assert not CALENDAR.is_known(2027)


@pytest.mark.parametrize(
    ("quarter_end", "opens"),
    [((3, 31), (3, 25)), ((6, 30), (6, 24)), ((9, 30), (9, 23)), ((12, 31), (12, 25))],
)
def test_the_quarter_end_report_window_is_the_last_five_working_days(quarter_end, opens):
    day_after = date(2026, *quarter_end) + timedelta(days=1)
    assert CALENDAR.add_workdays(day_after, -5) == date(2026, *opens)


@pytest.mark.parametrize(("quarter_end", "by"), [((3, 31), (4, 15)), ((6, 30), (7, 14)), ((9, 30), (10, 20))])
def test_review_meetings_fall_within_ten_working_days_after_the_quarter(quarter_end, by):
    assert CALENDAR.add_workdays(date(2026, *quarter_end), 10) == date(2026, *by)


def test_an_inquiry_raised_before_labour_day_is_due_three_working_days_later():
    assert CALENDAR.add_workdays(date(2026, 4, 30), 3) == date(2026, 5, 8)


def test_publicity_posted_before_national_day_ends_on_the_worked_saturday():
    assert CALENDAR.add_workdays(date(2026, 9, 28), 5) == date(2026, 10, 10)


def test_a_day_off_moves_to_the_neighbouring_working_days():
    assert CALENDAR.next_workday_on_or_before(date(2026, 5, 3)) == date(2026, 4, 30)
    assert CALENDAR.next_workday_on_or_after(date(2026, 5, 3)) == date(2026, 5, 6)
    assert CALENDAR.next_workday_on_or_before(date(2026, 5, 6)) == date(2026, 5, 6)
    assert CALENDAR.next_workday_on_or_after(date(2026, 5, 6)) == date(2026, 5, 6)


def test_a_year_without_data_is_monday_to_friday_but_for_a_single_day_that_is_listed():
    calendar = WorkCalendar({date(2027, 1, 1): False}, frozenset({2026}))
    assert not calendar.is_known(2027)
    assert not calendar.is_workday(date(2027, 1, 1))
    assert not calendar.is_workday(date(2027, 1, 2))
    assert calendar.is_workday(date(2027, 1, 4))


def test_the_office_can_enter_a_new_year():
    calendar = WorkCalendar({date(2027, 1, 1): False, date(2027, 1, 2): True}, frozenset({2027}))
    assert calendar.is_known(2027)
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_workday(date(2027, 1, 2))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_added_to_a_date_clamp_to_the_end_of_the_month(day, months, expected):
    assert months_after(day, months) == expected


@given(after=DAYS, upto=DAYS)
def test_counting_agrees_with_looking_at_every_day(after, upto):
    slow = sum(CALENDAR.is_workday(day) for day in all_days(after, upto) if day != after)
    assert CALENDAR.workdays_between(after, upto) == slow


@given(day=DAYS, n=st.integers(-300, 300))
def test_adding_agrees_with_walking_from_day_to_day(day, n):
    step = timedelta(days=1 if n > 0 else -1)
    walked, left = day, abs(n)
    while left:
        walked += step
        left -= CALENDAR.is_workday(walked)
    assert CALENDAR.add_workdays(day, n) == walked


@given(day=DAYS, n=st.integers(1, 300))
def test_the_nth_working_day_after_a_day_lies_n_working_days_away(day, n):
    assert CALENDAR.workdays_between(day, CALENDAR.add_workdays(day, n)) == n
