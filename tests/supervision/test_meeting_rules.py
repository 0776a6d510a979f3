"""When meetings are held, what their states allow, what minutes lack."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.supervision.meetings import minutes, rules
from fivestep_web.supervision.meetings.rules import (
    Decided,
    MeetingKind,
    MeetingState,
    Move,
    Outcome,
    ResolutionMove,
    ResolutionState,
    Standing,
)

CALENDAR = WorkCalendar(known_exceptions(), known_years())
SINCE = date(2026, 1, 30)


@pytest.mark.parametrize(
    ("quarter", "due"),
    [(1, date(2026, 4, 15)), (2, date(2026, 7, 14)), (3, date(2026, 10, 20)), (4, date(2027, 2, 28))],
)
def test_quarterly_meetings_are_held_within_ten_working_days(quarter, due):
    assert rules.due_on(MeetingKind.DISPATCH, 2026, quarter, CALENDAR) == due


@given(year=st.integers(2024, 2027), month=st.integers(1, 12))
def test_a_joint_consultation_is_proposed_on_a_working_day_of_its_month(year, month):
    day = rules.proposed_on(MeetingKind.JOINT, year, month, CALENDAR)
    assert CALENDAR.is_workday(day)
    assert (day.year, day.month) == (year, month)
    in_third_week = [date(year, month, number) for number in range(15, 22)]
    if any(CALENDAR.is_workday(one) for one in in_third_week):
        assert day in in_third_week


@pytest.mark.parametrize(
    ("held_on", "today", "since", "found"),
    [
        (date(2026, 7, 16), date(2026, 7, 20), SINCE, Standing.HELD),
        (date(2026, 8, 3), date(2026, 8, 3), SINCE, Standing.LATE),
        (None, date(2026, 7, 31), SINCE, Standing.PLANNED),
        (None, date(2026, 8, 1), SINCE, Standing.MISSED),
        (None, date(2026, 8, 1), date(2026, 8, 1), Standing.NOT_DUE),
        (None, date(2026, 8, 1), None, Standing.NOT_DUE),
    ],
)
def test_a_month_is_held_late_missed_or_to_come(held_on, today, since, found):
    due = rules.due_on(MeetingKind.JOINT, 2026, 7, CALENDAR)
    assert rules.standing(held_on, due, today, since) is found


@given(
    today=st.dates(date(2025, 12, 1), date(2027, 3, 1)),
    since=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    period=st.integers(1, 4),
    kind=st.sampled_from([MeetingKind.JOINT, MeetingKind.DISPATCH, MeetingKind.REVIEW]),
)
def test_what_is_due_once_stays_due(today, since, period, kind):
    if rules.is_due(kind, 2026, period, today, since):
        assert rules.is_due(kind, 2026, period, today + timedelta(days=1), since)
        assert today >= rules.period_begin(kind, 2026, period)


@given(
    kind=st.sampled_from(MeetingKind),
    moves=st.lists(st.sampled_from(Move), max_size=8),
)
def test_no_path_leaves_a_closed_or_cancelled_meeting_and_none_skips_the_notice(kind, moves):
    state, seen = MeetingState.DRAFT, [MeetingState.DRAFT]
    for move in moves:
        target = rules.after(kind, state, move)
        if state in {MeetingState.CLOSED, MeetingState.CANCELLED}:
            assert target is None
        if target is not None:
            state = target
            seen.append(state)
    if MeetingState.CLOSED in seen:
        assert seen == [MeetingState.DRAFT, MeetingState.OPEN, MeetingState.RUNNING, MeetingState.CLOSED]
    if MeetingState.CANCELLED in seen:
        assert kind is MeetingKind.SPECIAL


@given(moves=st.lists(st.sampled_from(ResolutionMove), max_size=8))
def test_what_was_decided_is_confirmed_only_after_a_report(moves):
    state, last = ResolutionState.OPEN, None
    for move in moves:
        target = rules.resolution_after(state, move)
        if target is ResolutionState.CONFIRMED:
            assert (state, last) == (ResolutionState.REPORTED, ResolutionMove.REPORT)
        if state is ResolutionState.CONFIRMED:
            assert target is None
        if target is not None:
            state, last = target, move


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (Decided(None, "", has_owner=False, has_date=False, open_reason=""), "还没有结果"),
        (
            Decided(Outcome.RESOLVED, " ", has_owner=False, has_date=False, open_reason=""),
            "缺内容、责任人、时限",
        ),
        (Decided(Outcome.RESOLVED, "拨付", has_owner=True, has_date=False, open_reason=""), "缺时限"),
        (Decided(Outcome.CORRECTIVE, "整改", has_owner=False, has_date=True, open_reason=""), "缺责任人"),
        (
            Decided(Outcome.KEPT_OPEN, "", has_owner=False, has_date=False, open_reason=" "),
            "没有写明暂不解决的理由",
        ),
        (Decided(Outcome.KEPT_OPEN, "", has_owner=False, has_date=False, open_reason="待核定"), ""),
        (Decided(Outcome.RESOLVED, "拨付", has_owner=True, has_date=True, open_reason=""), ""),
        (
            Decided(
                Outcome.RESOLVED,
                "拨付",
                has_owner=True,
                has_date=True,
                open_reason="",
                is_before_meeting=True,
            ),
            "的时限早于开会日期",
        ),
    ],
)
def test_an_item_is_complete_with_matter_owner_and_date_or_with_a_reason(item, fault):
    assert rules.item_fault(item) == fault


def test_of_many_faults_the_first_are_told_and_how_many_more():
    found = [(number, f"第{number}项还没有结果。") for number in range(1, 10)]
    assert minutes.told(found[:6]) == found[:6]
    assert minutes.told(found)[5:] == [found[5], (7, "另有3处要补齐，议程里逐项标明。")]


def test_key_goals_come_first_and_red_before_yellow():
    items = [(False, "red"), (True, ""), (False, "yellow"), (True, "red"), (False, "")]
    order = sorted(
        items, key=lambda one: rules.agenda_key(is_key=one[0], colour=one[1], place=0, code="", name="")
    )
    assert order == [(True, "red"), (True, ""), (False, "red"), (False, "yellow"), (False, "")]


def test_meetings_and_minutes_have_their_names():
    assert rules.name_of(MeetingKind.JOINT, 11) == "11月联合会商"
    assert rules.name_of(MeetingKind.SPECIAL, 2) == "第2次临时会商"
    assert rules.name_of(MeetingKind.DISPATCH, 3) == "第三季度调度会"
    assert rules.minutes_title(MeetingKind.JOINT, 2026, 12, 11) == "2026年第11次组织工作联合会商纪要"
    assert rules.minutes_title(MeetingKind.DISPATCH, 2026, 3, 1) == "2026年第三季度组织工作调度会纪要"
