"""Time limits without a database: which holds, until when, and what hand-overs come to (R3.9)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.supervision.limits.page import month_label
from fivestep_web.supervision.limits.rules import (
    DEFAULTS,
    LimitKind,
    SetLimit,
    faults,
    figures,
    limit_at,
    timing,
)
from fivestep_web.supervision.limits.sources import parts_of

CALENDAR = WorkCalendar(known_exceptions(), known_years())
BASE = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STATES = [LedgerState.WRITE_OFF_REQUESTED, LedgerState.IN_PROGRESS, LedgerState.CLOSED]


def stand(since, until, workdays, today=date(2026, 12, 31)):
    return timing(since, until, workdays, today=today, calendar=CALENDAR)


def test_the_defaults_are_those_of_the_method():
    assert [DEFAULTS[kind] for kind in LimitKind] == [3, 5, 5, 3, 2]


def test_an_inquiry_over_the_holiday_is_due_on_its_third_working_day():
    found = stand(date(2026, 4, 30), None, 3, today=date(2026, 5, 8))
    assert (found.due_on, found.is_late, found.is_within) == (date(2026, 5, 8), False, None)
    late = stand(date(2026, 4, 30), None, 3, today=date(2026, 5, 9))  # a Saturday worked in exchange
    assert (late.is_late, late.late, late.is_within) == (True, 1, False)


def test_what_ends_on_the_day_off_after_its_last_day_is_late_by_no_working_day():
    found = stand(date(2026, 3, 2), date(2026, 3, 7), 4)  # due Friday the 6th, decided on Saturday
    assert (found.due_on, found.is_late, found.late) == (date(2026, 3, 6), True, 0)


def test_a_limit_holds_for_what_begins_after_it():
    history = [
        SetLimit(LimitKind.APPROVAL, BASE, 5),
        SetLimit(LimitKind.FEEDBACK, BASE, 1),
        SetLimit(LimitKind.APPROVAL, BASE + timedelta(days=10), 2),
    ]
    moments = [BASE - timedelta(seconds=1), BASE, BASE + timedelta(days=11)]
    assert [limit_at(history, LimitKind.APPROVAL, moment) for moment in moments] == [3, 5, 2]


@given(history=st.lists(st.tuples(st.sampled_from(LimitKind), st.integers(0, 99), st.integers(1, 60))))
def test_a_later_setting_never_changes_an_earlier_hand_over(history):
    rows = sorted((SetLimit(kind, BASE + timedelta(hours=at), days) for kind, at, days in history),
                  key=lambda row: row.set_at)  # fmt: skip
    for count in range(len(rows)):
        moment = rows[count].set_at - timedelta(minutes=1)
        known = [row for row in rows if row.set_at <= moment]
        for kind in LimitKind:
            assert limit_at(rows, kind, moment) == limit_at(known, kind, moment)


@given(since=DAYS, length=st.integers(0, 40), workdays=st.integers(1, 20))
def test_a_step_is_late_exactly_when_it_takes_more_than_its_limit_and_ends_past_its_day(
    since, length, workdays
):
    until = since + timedelta(days=length)
    found = stand(since, until, workdays)
    assert found.is_late == (until > found.due_on)
    assert found.spent == (workdays + found.late if found.is_late else found.spent) <= length
    assert CALENDAR.is_workday(found.due_on)


SAMPLES = st.lists(
    st.tuples(st.sampled_from("abc"), DAYS, st.none() | st.integers(0, 30), st.integers(1, 5)), max_size=12
)


@given(rows=SAMPLES, seed=st.randoms())
def test_figures_stay_in_their_bounds_whatever_the_order(rows, seed):
    samples = [
        (matter, stand(since, None if length is None else since + timedelta(days=length), workdays))
        for matter, since, length, workdays in rows
    ]
    found = figures(samples)
    spent = [one.spent for _matter, one in samples if not one.is_open]
    assert found.finished == len(spent)
    if spent:
        assert min(spent) <= found.middle <= max(spent) == found.longest
        assert 0 <= found.within <= 1
    assert found.matters <= found.steps
    seed.shuffle(samples)
    assert figures(samples) == found


def test_figures_of_a_handful_and_of_nothing():
    rows = [("a", date(2026, 3, 3)), ("a", date(2026, 3, 4)), ("b", date(2026, 3, 12))]
    found = figures((matter, stand(date(2026, 3, 2), until, 3)) for matter, until in rows)
    assert (found.steps, found.matters, found.per_matter) == (3, 2, Decimal("1.5"))
    assert (found.middle, found.longest, found.within_shown) == (Decimal(2), 8, "66.7%")
    empty = figures([])
    assert (empty.per_matter, empty.middle, empty.within_shown) == (0, None, "—")


@pytest.mark.parametrize("days", [0, 61])
def test_a_limit_out_of_range_is_named(days):
    assert "审批" in faults({LimitKind.APPROVAL: days})[LimitKind.APPROVAL]
    assert faults({LimitKind.APPROVAL: 60, LimitKind.FEEDBACK: 1}) == {}


def test_a_write_off_is_a_check_and_an_approval_each_with_its_own_time():
    moments = [BASE + timedelta(days=day) for day in range(5)]
    asked, checked, returned, again, closed = moments
    request, back, close = STATES
    changes = [
        (request, asked, 1), (request, checked, 2), (back, returned, 3),
        (request, again, 1), (close, closed, 3),
    ]  # fmt: skip
    found = list(parts_of(changes))
    assert [(part.is_check, part.since, part.until) for part in found] == [
        (True, asked, checked),
        (False, checked, returned),
        (True, again, closed),
    ]
    assert {part.asked_by_id for part in found} == {1}


@given(states=st.lists(st.sampled_from(STATES), max_size=12))
def test_parts_follow_each_other_and_only_the_last_may_be_open(states):
    changes = [(state, BASE + timedelta(days=day), 1) for day, state in enumerate(states)]
    parts = list(parts_of(changes))
    assert all(part.until is not None for part in parts[:-1])
    assert all(part.until is None or part.since < part.until for part in parts)
    assert all(first.until <= second.since for first, second in pairwise(parts))
    is_open = bool(parts) and parts[-1].until is None
    assert is_open == (bool(states) and states[-1] is STATES[0])


@pytest.mark.parametrize(("month", "label"), [(3, "3月"), (13, "次年1月"), (0, "年前")])
def test_a_hand_over_of_the_january_after_is_not_one_of_this_januarys(db, month, label):
    assert month_label(month) == label
