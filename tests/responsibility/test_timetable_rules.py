from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.responsibility.books.timetable_rules import (
    PhaseEnd,
    Week,
    last_workday,
    period,
    phases,
    week_of,
    week_span,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CALENDAR = WorkCalendar(known_exceptions(), known_years())


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2025, 12, 28), Week(2025, 52)),
        (date(2025, 12, 29), Week(2026, 1)),
        (date(2026, 1, 1), Week(2026, 1)),
        (date(2026, 6, 30), Week(2026, 27)),
        (date(2026, 12, 28), Week(2026, 53)),
        (date(2026, 12, 31), Week(2026, 53)),
        (date(2027, 1, 1), Week(2026, 53)),
        (date(2027, 1, 3), Week(2026, 53)),
        (date(2027, 1, 4), Week(2027, 1)),
        (date(2028, 1, 2), Week(2027, 52)),
        (date(2028, 1, 3), Week(2028, 1)),
    ],
)
def test_weeks_at_the_edges_of_years(day, week):
    assert week_of(day) == week


@given(DAYS)
def test_a_day_lies_within_its_week_and_weeks_run_from_monday(day):
    week = week_of(day)
    assert week.monday <= day <= week.sunday
    assert (week.monday.weekday(), week.sunday.weekday()) == (0, 6)
    assert week_of(week.sunday + timedelta(days=1)) > week
    assert day in week.days


@pytest.mark.parametrize(
    ("begin", "end", "shown"),
    [
        (date(2026, 1, 30), date(2026, 3, 4), "第5—10周"),
        (date(2026, 3, 2), date(2026, 3, 4), "第10周"),
        (None, date(2026, 3, 4), "第10周"),
        (date(2026, 3, 9), date(2026, 3, 4), "第10周"),
        (date(2026, 12, 16), date(2027, 1, 3), "第51—53周"),
        (date(2026, 12, 16), date(2027, 1, 4), "第51周—2027年第1周"),
        (date(2025, 12, 20), date(2026, 1, 9), "2025年第51周—第2周"),
    ],
)
def test_spans_of_weeks_name_the_year_where_it_is_not_the_plans(begin, end, shown):
    assert week_span(begin, end, 2026) == shown


def test_the_new_years_days_of_2027_are_named_with_the_week_year_in_the_plan_of_2027():
    assert week_span(date(2027, 1, 1), date(2027, 1, 8), 2027) == "2026年第53周—第1周"


@pytest.mark.parametrize(
    ("day", "closing"),
    [
        (date(2026, 3, 4), date(2026, 3, 6)),
        (date(2026, 2, 11), date(2026, 2, 14)),  # a Saturday worked in exchange
        (date(2026, 2, 18), None),  # the Spring Festival takes the whole week
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 1, 1), date(2026, 1, 4)),  # a Sunday worked in exchange
    ],
)
def test_the_last_working_day_of_a_week_follows_the_holidays(day, closing):
    assert last_workday(week_of(day), CALENDAR.is_workday) == closing


@given(DAYS)
def test_after_the_last_working_day_the_rest_of_the_week_is_off(day):
    week = week_of(day)
    closing = last_workday(week, CALENDAR.is_workday)
    rest = [each for each in week.days if closing is None or each > closing]
    assert not any(map(CALENDAR.is_workday, rest))
    assert closing is None or CALENDAR.is_workday(closing)


def test_phases_follow_one_another_and_end_with_the_deadline():
    ends = [
        PhaseEnd("试点", date(2026, 6, 30), None),
        PhaseEnd("摸底", date(2026, 3, 31), Decimal("0.25")),
    ]
    found = phases(date(2026, 1, 5), date(2026, 11, 30), ends, "全部验收")
    assert [(phase.name, phase.begin, phase.end, phase.mark) for phase in found] == [
        ("摸底", date(2026, 1, 5), date(2026, 3, 31), "累计完成目标的25%"),
        ("试点", date(2026, 4, 1), date(2026, 6, 30), "完成试点"),
        ("收尾", date(2026, 7, 1), date(2026, 11, 30), "全部验收"),
    ]


def test_a_goal_without_milestones_is_one_phase_marked_by_its_standard():
    (phase,) = phases(None, date(2026, 11, 30), [], "20 个后进村全部验收合格")
    assert (phase.name, phase.begin, phase.mark) == ("全程", None, "20 个后进村全部验收合格")


@given(
    start=st.none() | st.dates(date(2026, 1, 1), date(2026, 2, 1)),
    days=st.lists(st.dates(date(2026, 2, 2), date(2026, 12, 31)), unique=True, max_size=6),
)
def test_phases_cover_the_goal_without_gap_or_overlap(start, days):
    deadline = date(2026, 12, 31)
    found = phases(start, deadline, [PhaseEnd(str(day), day, None) for day in days], "")
    assert found[0].begin == start
    assert found[-1].end == deadline
    for before, after in pairwise(found):
        assert after.begin == before.end + timedelta(days=1)
        assert before.end < after.end


@pytest.mark.parametrize(
    ("begin", "end", "shown"),
    [
        (date(2026, 1, 30), date(2026, 3, 4), "1月30日—3月4日"),
        (None, date(2026, 3, 4), "至3月4日"),
        (date(2026, 12, 20), date(2027, 1, 8), "2026年12月20日—2027年1月8日"),
    ],
)
def test_periods_as_paper_has_them(begin, end, shown):
    assert period(begin, end) == shown
