"""Counting back from the deadline, with other goals before and after (domain.md 8.1, R3.4, R3.5)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.execution.planning.cuts import cuts_for
from fivestep_web.execution.planning.reasons import Known, why_end, why_first, why_start, why_too_long
from fivestep_web.execution.planning.rules import (
    LimitKind,
    Neighbour,
    PlannedPhase,
    Window,
    by_shares,
    find_circle,
    latest_first,
    lay_out,
)
from fivestep_web.execution.rules import Phase, ScheduleError, back_schedule

CALENDAR = WorkCalendar(known_exceptions(), known_years())
KNOWN = Known(CALENDAR, {date(2026, 2, 15) + timedelta(days=i): "春节" for i in range(9)})
DEADLINE = date(2026, 6, 30)
VECTOR = [
    ("调研摸底", 20, 15, "2026-01-30", "2026-03-04"),
    ("制定方案", 10, 10, "2026-03-05", "2026-03-18"),
    ("试点先行", 25, 25, "2026-03-19", "2026-04-23"),
    ("全面推开", 35, 35, "2026-04-24", "2026-06-15"),
    ("总结验收", 10, 15, "2026-06-16", "2026-06-30"),
]
PHASES = [PlannedPhase(name, days, Decimal(weight)) for name, days, weight, _start, _end in VECTOR]
YEAR = Window(date(2026, 1, 1), DEADLINE)


def plain(*lengths):
    return [PlannedPhase(f"阶段{place}", length) for place, length in enumerate(lengths, 1)]


def spans(layout):
    return [(phase.start_on.isoformat(), phase.end_on.isoformat()) for phase in layout.phases]


def test_the_vector_of_the_domain_to_the_day():
    layout = lay_out(PHASES, YEAR, CALENDAR)
    assert spans(layout) == [row[3:] for row in VECTOR]
    assert [phase.cumulative for phase in layout.phases] == [15, 25, 50, 85, 100]
    assert layout.must_start_by == date(2026, 1, 30)
    assert (layout.slack, layout.excess) == (20, 0)


def test_an_end_says_what_follows_and_the_whole_chain():
    sentence = why_end(lay_out(PHASES, YEAR, CALENDAR), 1, KNOWN)
    assert sentence == (
        "第2阶段“制定方案”最迟3月18日（星期三）结束：第3阶段“试点先行”3月19日（星期四）开始；依次往后，"
        "第3阶段3月19日至4月23日，第4阶段4月24日至6月15日，第5阶段6月16日至30日，完成时限6月30日。"
    )


def test_a_start_names_the_days_that_were_skipped_and_those_made_up():
    assert why_start(lay_out(PHASES, YEAR, CALENDAR), 0, KNOWN) == (
        "第1阶段“调研摸底”最迟1月30日（星期五）开始：3月4日（星期三）前要结束，需20个工作日，从结束之日往前数，"
        "其间2月15日至23日春节放假9天、周末5天不计，2月14日、2月28日调休上班计入。"
    )


def test_the_last_end_names_the_deadline_and_a_deadline_on_a_day_off_stays_on_record():
    layout = lay_out(plain(5), replace(YEAR, deadline=date(2026, 6, 20)), CALENDAR)
    (phase,) = layout.phases
    assert (phase.end_on, phase.due_on) == (date(2026, 6, 18), date(2026, 6, 20))
    assert "完成时限是6月20日（星期六），当天休息，往前最近的工作日是6月18日" in why_end(layout, 0, KNOWN)


def test_dates_of_a_year_without_its_holidays_say_so():
    layout = lay_out(plain(5), Window(date(2031, 1, 1), date(2031, 6, 30)), CALENDAR)
    assert why_end(layout, 0, KNOWN).endswith("2031年节假日安排未发布，暂按周一至周五推算。")


def test_a_phase_may_have_a_day_of_its_own_to_keep_and_those_after_it_have_more_slack():
    phases = [replace(PHASES[0], finish_by=date(2026, 2, 28)), *PHASES[1:]]
    layout = lay_out(phases, YEAR, CALENDAR)
    assert layout.phases[0].limit is LimitKind.FINISH_BY
    assert layout.phases[0].end_on == date(2026, 2, 28)
    assert [phase.slack for phase in layout.phases] == [17, 20, 20, 20, 20]


def test_a_goal_ends_before_the_one_that_waits_for_it_begins():
    awaited = replace(YEAR, awaited_by=[Neighbour("全县推广", date(2026, 5, 6))])
    layout = lay_out(plain(3), awaited, CALENDAR)
    assert layout.phases[0].end_on == date(2026, 4, 30)
    assert "目标“全县推广”5月6日（星期三）开始，要等本目标办完" in why_end(layout, 0, KNOWN)


def test_a_goal_begins_after_the_one_it_waits_for():
    waiting = replace(YEAR, waits_for=[Neighbour("摸清底数", date(2026, 4, 30))])
    layout = lay_out(plain(50), waiting, CALENDAR)
    assert layout.first_on == date(2026, 5, 6)
    assert layout.excess == 10
    assert "要等目标“摸清底数”4月30日（星期四）办完" in why_first(layout)
    assert "超出10个工作日" in why_too_long(layout)


def test_what_is_no_plan_is_refused_with_a_sentence():
    for phases, words in [
        ([], "还没有阶段"),
        (plain(0), "应在1至260之间"),
        (plain(*[1] * 21), "最多20个"),
        ([PHASES[0], PlannedPhase("无权重", 3)], "全部填写"),
        (PHASES[:-1], "现在合计85"),
    ]:
        with pytest.raises(ScheduleError, match=words):
            lay_out(phases, YEAR, CALENDAR)


def test_phases_by_shares_fill_the_span():
    phases = by_shares([(PHASES[0], Decimal(1)), (PHASES[1], Decimal(3))], YEAR, CALENDAR)
    assert sum(phase.workdays for phase in phases) == YEAR.span(CALENDAR) == 120
    assert [phase.workdays for phase in phases] == [30, 90]


def test_a_plan_that_is_too_long_offers_different_cuts_and_none_moves_the_deadline():
    window = Window(date(2026, 2, 24), DEADLINE)
    layout = lay_out(PHASES, window, CALENDAR)
    assert layout.excess == 12
    found = cuts_for(layout, CALENDAR)
    assert [[phase.workdays for phase in cut.phases] for cut in found] == [
        [20, 10, 25, 23, 10],
        [17, 9, 22, 31, 9],
        [18, 8, 22, 32, 8],
        [20, 10, 19, 29, 10],
        [20, 10, 25, 28, 5],
        [10, 25, 35, 10],
        [20, 10, 25, 35, 10],
    ]
    assert found[0].text == "缩短最长的阶段，共减少12个工作日：第4阶段由35个改为23个"
    assert found[-1].start_on == layout.must_start_by


def test_a_goal_waited_for_may_be_what_has_to_end_sooner():
    waiting = replace(
        YEAR, not_before=YEAR.start_on, waits_for=[Neighbour("摸清底数", date(2026, 4, 30), slack=15)]
    )
    found = cuts_for(lay_out(plain(50), waiting, CALENDAR), CALENDAR)
    assert [cut.elsewhere.day for cut in found if cut.elsewhere] == [date(2026, 4, 16)]


def test_where_signed_ends_leave_no_room_cuts_may_release_them():
    phases = [replace(PHASES[0], workdays=40, finish_by=date(2026, 3, 4)), *PHASES[1:]]
    layout = lay_out(phases, replace(YEAR, start_on=date(2026, 1, 5)), CALENDAR)
    assert layout.excess == 1
    phases = [replace(PHASES[0], workdays=38, finish_by=date(2026, 2, 6)), *PHASES[1:]]
    layout = lay_out(phases, replace(YEAR, start_on=date(2026, 1, 5)), CALENDAR)
    assert layout.excess == 13
    assert "2025年12月" in why_start(layout, 0, KNOWN)
    found = cuts_for(layout, CALENDAR)
    assert [phase.workdays for phase in found[0].phases] == [25, 10, 25, 35, 10]
    assert found[-1].text.startswith("放宽中间阶段")
    assert found[-1].phases[0].finish_by is None


def test_a_circle_is_told_as_a_chain():
    waits = {3: {2}, 2: {1}}
    assert find_circle(waits, 1, 3) == [1, 3, 2, 1]
    assert find_circle(waits, 3, 1) is None
    assert latest_first(waits, [1, 2, 3]) == [3, 2, 1]
    with pytest.raises(ScheduleError, match="成了环"):
        latest_first({1: {2}, 2: {1}}, [1, 2])


LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=6)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(lengths=LENGTHS, deadline=DAYS, start=DAYS)
def test_a_plan_that_fits_is_what_back_scheduling_says_and_starts_as_late_as_can_be(lengths, deadline, start):
    assume(start <= deadline)
    window = Window(start, deadline)
    layout = lay_out(plain(*lengths), window, CALENDAR)
    for phase, before in zip(layout.phases[1:], layout.phases, strict=False):
        assert before.end_on < phase.start_on
    for phase in layout.phases:
        assert (
            CALENDAR.workdays_between(phase.start_on - timedelta(days=1), phase.end_on) == phase.plan.workdays
        )
        assert CALENDAR.is_workday(phase.start_on)
    later = CALENDAR.add_workdays(layout.must_start_by, 1)
    assert CALENDAR.is_workday(layout.must_start_by)
    assert lay_out(plain(*lengths), replace(window, start_on=later), CALENDAR).excess == 1
    if layout.is_feasible:
        named = [Phase(f"阶段{place}", length) for place, length in enumerate(lengths, 1)]
        old = back_schedule(named, deadline=deadline, plan_start=start, calendar=CALENDAR)
        assert spans(layout) == spans_of(old)


def spans_of(phases):
    return [(phase.start_on.isoformat(), phase.end_on.isoformat()) for phase in phases]


@given(
    lengths=st.lists(st.integers(5, 40), min_size=3, max_size=6),
    deadline=st.dates(date(2026, 3, 1), date(2026, 12, 31)),
    excess=st.integers(1, 10),
)
def test_three_cuts_at_least_are_offered_and_each_fits(lengths, deadline, excess):
    start = CALENDAR.add_workdays(
        lay_out(plain(*lengths), Window(deadline, deadline), CALENDAR).must_start_by, excess
    )
    assume(start <= deadline)
    window = Window(start, deadline)
    layout = lay_out(plain(*lengths), window, CALENDAR)
    assert layout.excess == excess
    found = cuts_for(layout, CALENDAR)
    by_two = sum(sorted(lengths)[-2:]) - 2  # what the two longest can give
    assert len(found) >= (3 if excess <= by_two else 2)
    for cut in found:
        again = lay_out(cut.phases, replace(window, start_on=cut.start_on), CALENDAR)
        assert again.is_feasible
        assert again.window.deadline == deadline


@given(shares=st.lists(st.integers(1, 100), min_size=1, max_size=5), deadline=DAYS)
def test_shares_fill_the_span_without_slack(shares, deadline):
    window = Window(date(2026, 1, 1), deadline)
    assume(window.span(CALENDAR) >= 100)
    phases = by_shares(list(zip(plain(*shares), map(Decimal, shares), strict=True)), window, CALENDAR)
    layout = lay_out(phases, window, CALENDAR)
    assert (layout.slack, layout.excess) == (0, 0)
    assert layout.must_start_by == layout.first_on


@given(
    lengths=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=2, max_size=4),
    edges=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=5),
)
def test_counted_back_together_no_goal_ends_after_one_that_waits_for_it_begins(lengths, edges):
    goals = range(len(lengths))
    waits: dict[int, set[int]] = {goal: set() for goal in goals}
    for goal, before in edges:
        if goal < len(lengths) and before < goal:
            waits[goal].add(before)
    laid = {}
    for goal in latest_first(waits, goals):
        after = [Neighbour(str(other), laid[other].must_start_by) for other in laid if goal in waits[other]]
        laid[goal] = lay_out(plain(*lengths[goal]), replace(YEAR, awaited_by=after), CALENDAR)
    for goal, befores in waits.items():
        for before in befores:
            assert laid[before].phases[-1].end_on < laid[goal].must_start_by
