"""Feedback without a database: dates, states, words, turns (R3.10)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.supervision.feedback import rules
from fivestep_web.supervision.feedback.rules import FeedbackState, Figures, Punctuality, Saying, SetOffset

CALENDAR = WorkCalendar(known_exceptions(), known_years())
BASE = datetime(2026, 7, 1, tzinfo=UTC)
LAST_WORKDAYS = ["01-30", "02-28", "03-31", "04-30", "05-29", "06-30",
                 "07-31", "08-31", "09-30", "10-30", "11-30", "12-31"]  # fmt: skip


def test_feedback_is_due_on_the_last_working_day_of_each_month():
    assert [f"{rules.due_day(2026, month, 0, CALENDAR):%m-%d}" for month in rules.MONTHS] == LAST_WORKDAYS


@given(month=st.sampled_from(list(rules.MONTHS)), offset=st.integers(rules.EARLIEST, rules.LATEST))
def test_a_date_is_a_working_day_and_opens_in_its_month_before_it(month, offset):
    due = rules.due_day(2026, month, offset, CALENDAR)
    opens = rules.opens_on(2026, month, due, CALENDAR)
    assert CALENDAR.is_workday(due)
    assert date(2026, month, 1) <= opens < due
    assert CALENDAR.workdays_between(opens, due) <= rules.OPENS_BEFORE


def test_a_setting_holds_for_months_that_begin_after_it():
    history = [SetOffset(date(2026, 3, 15), -2), SetOffset(date(2026, 5, 1), 3)]
    assert [rules.offset_of(2026, month, history) for month in (3, 4, 5, 6)] == [0, -2, -2, 3]


@pytest.mark.parametrize(
    ("offset", "words"), [(0, "当月最后一个工作日"), (-2, "当月倒数第3个工作日"), (2, "次月第2个工作日")]
)
def test_a_setting_reads_as_an_office_says_it(offset, words):
    assert rules.offset_label(offset) == words


@pytest.mark.parametrize(
    ("sent", "today", "found"),
    [
        (date(2026, 6, 30), date(2026, 7, 9), Punctuality.ON_TIME),
        (date(2026, 7, 1), date(2026, 7, 9), Punctuality.LATE),
        (None, date(2026, 6, 30), Punctuality.PENDING),
        (None, date(2026, 7, 1), Punctuality.MISSING),
    ],
)
def test_the_last_day_itself_is_in_time(sent, today, found):
    assert rules.punctuality(date(2026, 6, 30), sent, today) is found


def test_the_figures_are_put_into_words():
    day = date(2026, 6, 30)
    assert "没有到期目标" in rules.sentence(Figures(), day)
    text = rules.sentence(Figures(3, 2, 1, 1, ("走访", "培训")), day)
    assert text == (
        "截至6月30日，到期目标3项，已完成2项，完成率66.7%；滞后1项，逾期1项。滞后或逾期的有：走访、培训。"
    )
    many = rules.sentence(Figures(12, 0, 0, 12, tuple(f"事{n}" for n in range(12))), day)
    assert many.endswith("等12项。")
    assert Figures.from_json(Figures(3, 2, 1, 1, ("走访",)).as_json()) == Figures(3, 2, 1, 1, ("走访",))


@given(sayings=st.lists(st.sampled_from(Saying), max_size=12))
def test_whoever_speaks_the_state_says_whose_turn_it_is(sayings):
    state, said = FeedbackState.SENT, []
    for minute, saying in enumerate(sayings, 1):
        target = rules.after(state, saying)
        assert target is not FeedbackState.OPEN
        if target is not None:
            state = target
            said.append((saying, BASE + timedelta(minutes=minute)))
    turns = list(rules.turns(BASE, said))
    assert all(first.until <= second.since for first, second in pairwise(turns))
    running = [turn for turn in turns if turn.until is None]
    assert running == turns[-1:] if state is not FeedbackState.ANSWERED else running == []
    if running:
        assert running[0].is_leaders == (state is FeedbackState.SENT)


def test_nothing_is_said_before_it_is_sent():
    assert [rules.after(FeedbackState.OPEN, saying) for saying in Saying] == [None] * 3
