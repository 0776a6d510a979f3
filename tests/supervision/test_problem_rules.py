"""Problems end solved or withdrawn; the time they took is counted in working days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.supervision.problems import rules
from fivestep_web.supervision.problems.rules import Move, ProblemState

CALENDAR = WorkCalendar(known_exceptions(), known_years())


@given(st.lists(st.sampled_from(Move), max_size=5))
def test_what_is_ended_stays_so(moves):
    state = ProblemState.OPEN
    for number, move in enumerate(moves):
        target = rules.after(state, move)
        assert (target is None) == (number > 0)
        state = target or state


def test_the_time_is_counted_in_working_days():
    assert rules.days_taken(date(2026, 4, 30), date(2026, 5, 8), CALENDAR) == 3  # 1–5 May are free
    assert rules.days_taken(date(2026, 7, 1), date(2026, 7, 1), CALENDAR) == 0
    assert rules.time_text(0) == "当日"


@pytest.mark.parametrize(
    ("days", "shown"), [([], ""), ([3], "3"), ([1, 2], "1.5"), ([1, 3], "2"), ([0, 4, 9], "4")]
)
def test_the_median_is_written_as_a_clerk_would(days, shown):
    assert rules.middle(days) == shown
