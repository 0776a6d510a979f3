"""States, dates and bars of an admonition (domain.md 5.7, N9): every path, not only the usual one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.admonitions.rules import (
    DECISIONS,
    ENDED,
    IN_EFFECT,
    LINE,
    OPEN,
    TOLD,
    TRANSITIONS,
    AdmonitionState,
    Source,
    Standing,
    Step,
    after,
    bar,
    effect_until,
    follow_up_fault,
    number_text,
    path_of,
    span_fault,
)

S = AdmonitionState
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
STATES = st.sampled_from(S)


def walk(steps):
    """Return the states passed through, what 5.7 does not list being refused."""
    states = [S.CANDIDATE]
    for step in steps:
        following = after(states[-1], step)
        if following is not None:
            states.append(following)
    return states


@given(st.lists(st.sampled_from(Step), max_size=60))
def test_no_path_leaves_an_end_or_skips_a_state_or_comes_back(steps):
    states = walk(steps)
    assert len(set(states)) == len(states)
    assert not any(state in ENDED for state in states[:-1])
    line = [state for state in states if state in LINE]
    assert line == list(LINE[: len(line)])


@given(st.permutations(list(Step) * 2))
def test_nothing_is_lifted_without_approval_talk_and_follow_up(steps):
    states = walk(steps)
    if S.LIFTED in states:
        assert states == list(LINE)
    if S.NOTIFIED in states:
        assert states[states.index(S.NOTIFIED) - 1] is S.APPROVED


def test_every_state_is_reached_and_open_or_ended():
    reached = {S.CANDIDATE} | {following for _before, following in TRANSITIONS.values()}
    assert reached == set(S) == set(OPEN) | ENDED
    assert not set(OPEN) & ENDED
    assert all(TRANSITIONS[step][0] is S.PROPOSED for step in DECISIONS)
    assert all(state.label for state in S)
    assert all(source.label for source in Source)


@given(STATES)
def test_the_line_shown_ends_with_the_state_or_runs_through_it(state):
    shown = path_of(state)
    assert state in shown
    assert len(set(shown)) == len(shown)
    if state not in LINE:
        assert shown[-1] is state
        assert S.LIFTED not in shown


@pytest.mark.parametrize(
    ("talked", "until"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 12, 28), date(2027, 6, 28)),
        (date(2026, 3, 31), date(2026, 9, 30)),
    ],
)
def test_the_effect_lasts_six_calendar_months_clamped_to_the_month(talked, until):
    assert effect_until(talked) == until


@given(DAYS, DAYS)
def test_the_effect_is_half_a_year_and_never_ends_earlier_for_a_later_talk(one, other):
    assert 181 <= (effect_until(one) - one).days <= 184
    if one <= other:
        assert effect_until(one) <= effect_until(other)


@given(DAYS, st.integers(-400, 400), st.integers(-400, 400))
def test_a_follow_up_is_held_in_time_exactly_from_the_end_of_the_effect_until_today(talked, visit, today):
    due = effect_until(talked)
    visited_on, now = due + timedelta(days=visit), due + timedelta(days=today)
    assert (follow_up_fault(talked, visited_on, now) == "") == (due <= visited_on <= now)


@given(DAYS, DAYS, DAYS)
def test_a_day_is_accepted_exactly_between_both_ends(day, first, last):
    assert (span_fault(day, first, last, "日期") == "") == (first <= day <= last)


@given(STATES, DAYS, st.integers(-400, 400), st.integers(-2, 2))
def test_who_was_approved_is_barred_to_the_last_day_of_the_effect_and_in_the_years_concerned(
    state, talked, offset, years
):
    standing = Standing(state, talked.year, talked)
    day, asked = talked + timedelta(days=offset), talked.year + years
    expected = state in IN_EFFECT and (day <= effect_until(talked) or asked == talked.year)
    assert (bar(standing, asked, day) is not None) == expected


@given(STATES, DAYS, st.integers(2000, 2090))
def test_before_the_talk_only_an_approval_bars(state, day, year):
    assert (bar(Standing(state, year, None), year, day) is not None) == (state in IN_EFFECT)


def test_candidates_and_the_declined_are_not_barred_nor_told():
    free = {S.CANDIDATE, S.PROPOSED, S.DECLINED, S.DOWNGRADED}
    assert free == set(S) - set(IN_EFFECT)
    assert set(TOLD) == set(IN_EFFECT) - {S.APPROVED}


def test_the_reason_names_the_days_of_the_effect():
    standing = Standing(S.RECTIFYING, 2026, date(2026, 8, 31))
    assert bar(standing, 2026, date(2027, 2, 28)) == "诫勉影响期内（2026-08-31至2027-02-28）"
    assert bar(standing, 2026, date(2027, 3, 1)) == "2026-08-31诫勉谈话，取消2026年度评优资格"
    assert bar(standing, 2027, date(2027, 3, 1)) is None


def test_the_year_of_the_talk_is_barred_beside_the_year_it_is_about():
    standing = Standing(S.LIFTED, 2026, date(2027, 1, 11))
    later = date(2027, 12, 20)
    assert bar(standing, 2026, later)
    assert bar(standing, 2027, later)
    assert bar(standing, 2028, later) is None


def test_a_number_is_written_as_documents_write_it():
    assert number_text(2026, 1) == "诫勉〔2026〕1号"
