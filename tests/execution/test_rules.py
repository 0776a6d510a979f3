"""Back-scheduling, progress due and completion (domain 8.1, R3.5; interfaces, annual workbook)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.execution.rules import (
    Milestone,
    Phase,
    PlanTooLongError,
    ProgressPoint,
    ScheduledPhase,
    ScheduleError,
    WeightedPhase,
    back_schedule,
    completion_on,
    milestone_reached_on,
    phases_of_milestones,
    progress_due,
    split_workdays,
)

CALENDAR = WorkCalendar(known_exceptions(), known_years())
PHASES = [
    Phase("调研摸底", 20),
    Phase("制定方案", 10),
    Phase("试点先行", 25),
    Phase("全面推开", 35),
    Phase("总结验收", 10),
]
JUNE_30 = date(2026, 6, 30)
QUARTERS = [
    Milestone(1, "一季度", date(2026, 3, 31), Decimal("0.25")),
    Milestone(2, "二季度", date(2026, 6, 30), Decimal("0.50")),
    Milestone(3, "三季度", date(2026, 9, 30), Decimal("0.75")),
    Milestone(4, "四季度", date(2026, 12, 31), Decimal(1)),
]


def entry(month, day, done, completed=None):
    return ProgressPoint(date(2026, month, day), Decimal(done), completed_on=completed)


def test_the_published_vector_is_laid_out_backwards_from_the_deadline():
    plan = back_schedule(PHASES, deadline=JUNE_30, plan_start=date(2026, 1, 30), calendar=CALENDAR)
    assert [(p.name, p.workdays, p.start_on, p.end_on) for p in plan] == [
        ("调研摸底", 20, date(2026, 1, 30), date(2026, 3, 4)),
        ("制定方案", 10, date(2026, 3, 5), date(2026, 3, 18)),
        ("试点先行", 25, date(2026, 3, 19), date(2026, 4, 23)),
        ("全面推开", 35, date(2026, 4, 24), date(2026, 6, 15)),
        ("总结验收", 10, date(2026, 6, 16), date(2026, 6, 30)),
    ]


def test_the_progress_due_of_the_published_vector_is_41_percent():
    plan = back_schedule(PHASES, deadline=JUNE_30, plan_start=date(2026, 1, 30), calendar=CALENDAR)
    weights = [15, 10, 25, 35, 15]
    phases = [
        WeightedPhase(p.start_on, p.end_on, Decimal(weight)) for p, weight in zip(plan, weights, strict=True)
    ]
    assert progress_due(phases, date(2026, 4, 10), CALENDAR) == 41


def test_a_plan_too_long_says_by_how_many_working_days():
    with pytest.raises(PlanTooLongError, match="超出3个工作日") as refusal:
        back_schedule(PHASES, deadline=JUNE_30, plan_start=date(2026, 2, 4), calendar=CALENDAR)
    assert refusal.value.excess == 3


def test_a_deadline_on_a_day_off_ends_the_plan_the_working_day_before():
    plan = back_schedule(
        [Phase("收尾", 1)],
        deadline=date(2026, 5, 3),
        plan_start=date(2026, 1, 4),
        calendar=CALENDAR,
    )
    assert plan == [ScheduledPhase("收尾", 1, date(2026, 4, 30), date(2026, 4, 30))]


def test_a_phase_without_a_working_day_is_refused():
    with pytest.raises(ScheduleError, match="“试点”的工作日数为0"):
        back_schedule([Phase("试点", 0)], deadline=JUNE_30, plan_start=date(2026, 1, 4), calendar=CALENDAR)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    deadline=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_phases_follow_one_another_without_gap_and_keep_their_lengths(lengths, deadline):
    plan = back_schedule(
        [Phase(str(i), n) for i, n in enumerate(lengths)],
        deadline=deadline,
        plan_start=date(2024, 1, 1),
        calendar=CALENDAR,
    )
    assert plan[-1].end_on <= deadline
    for phase in plan:
        assert CALENDAR.is_workday(phase.start_on)
        before = phase.start_on - timedelta(days=1)
        assert CALENDAR.workdays_between(before, phase.end_on) == phase.workdays
    for earlier, later in pairwise(plan):
        assert CALENDAR.workdays_between(earlier.end_on, later.start_on) == 1


def test_shares_of_the_span_become_whole_working_days():
    assert split_workdays(100, [Decimal(20), Decimal(10), Decimal(25), Decimal(35), Decimal(10)]) == [
        20,
        10,
        25,
        35,
        10,
    ]
    assert split_workdays(10, [Decimal(1), Decimal(1), Decimal(1)]) == [4, 3, 3]


def test_shares_that_leave_a_phase_empty_are_refused():
    with pytest.raises(ScheduleError, match="只有2个工作日"):
        split_workdays(2, [Decimal(1), Decimal(1), Decimal(1)])
    with pytest.raises(ScheduleError, match="大于0"):
        split_workdays(5, [Decimal(1), Decimal(0)])


def test_cumulative_shares_become_phases_from_one_node_to_the_next():
    phases = phases_of_milestones(QUARTERS, start_on=date(2026, 1, 4), due_on=date(2026, 12, 31))
    assert [(p.start_on, p.end_on, p.weight) for p in phases] == [
        (date(2026, 1, 4), date(2026, 3, 31), Decimal("0.25")),
        (date(2026, 4, 1), date(2026, 6, 30), Decimal("0.25")),
        (date(2026, 7, 1), date(2026, 9, 30), Decimal("0.25")),
        (date(2026, 10, 1), date(2026, 12, 31), Decimal("0.25")),
    ]


def test_what_the_last_node_leaves_open_is_due_by_the_deadline():
    phases = phases_of_milestones(QUARTERS[:2], start_on=date(2026, 1, 4), due_on=date(2026, 7, 31))
    assert (phases[-1].end_on, phases[-1].weight) == (date(2026, 7, 31), Decimal("0.50"))
    assert progress_due(phases, date(2026, 7, 31), CALENDAR) == 1


def test_nodes_without_shares_say_nothing_about_progress():
    nodes = [Milestone(1, "动员", date(2026, 3, 31), None)]
    assert phases_of_milestones(nodes, start_on=date(2026, 1, 4), due_on=JUNE_30) == []
    assert progress_due([], JUNE_30, CALENDAR) == 0


def test_progress_due_grows_by_working_days_only():
    phases = phases_of_milestones(QUARTERS, start_on=date(2026, 1, 4), due_on=date(2026, 12, 31))
    assert progress_due(phases, date(2026, 1, 3), CALENDAR) == 0
    assert progress_due(phases, date(2026, 2, 14), CALENDAR) == progress_due(
        phases, date(2026, 2, 23), CALENDAR
    )
    assert progress_due(phases, date(2026, 1, 30), CALENDAR) == Fraction(1, 4) * Fraction(21, 59)


@given(
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ends=st.lists(st.dates(date(2026, 1, 5), date(2026, 12, 31)), min_size=1, max_size=5),
    shares=st.lists(st.decimals(0, 1, places=2), min_size=5, max_size=5),
)
def test_progress_due_never_falls_and_ends_at_the_whole(day, ends, shares):
    nodes = [Milestone(i, "节点", end, shares[i]) for i, end in enumerate(ends)]
    phases = phases_of_milestones(nodes, start_on=date(2026, 1, 4), due_on=date(2026, 12, 31))
    today = progress_due(phases, day, CALENDAR)
    assert 0 <= today <= progress_due(phases, day + timedelta(days=1), CALENDAR) <= 1
    assert progress_due(phases, date(2026, 12, 31), CALENDAR) == 1


def test_completion_is_the_latest_entry_up_to_the_day():
    done = date(2026, 9, 4)
    points = [entry(9, 4, 3, done), entry(3, 28, 1), entry(6, 28, 2)]
    assert completion_on(points, date(2026, 6, 30)).done == 2
    assert completion_on(points, date(2026, 6, 30)).completed_on is None
    assert completion_on(points, date(2026, 9, 4)).completed_on == done
    assert completion_on(points, date(2026, 9, 4)).reported_on == date(2026, 9, 4)


def test_no_entry_means_nothing_done():
    standing = completion_on([entry(6, 28, 2)], date(2026, 6, 27))
    assert (standing.done, standing.not_applicable) == (0, False)
    assert (standing.completed_on, standing.reported_on) == (None, None)


def test_a_later_entry_without_completion_date_reopens_the_goal():
    points = [entry(6, 1, 2, date(2026, 6, 1)), entry(6, 20, 1)]
    assert completion_on(points, JUNE_30).completed_on is None


def test_an_entry_can_say_that_the_goal_does_not_apply():
    standing = completion_on([ProgressPoint(date(2026, 3, 1), None, not_applicable=True)], JUNE_30)
    assert standing.not_applicable
    assert standing.done == 0


def reached(milestone, points, *, counts_incidents=False, day=date(2026, 12, 31)):
    return milestone_reached_on(
        milestone, points, target=Decimal(8), counts_incidents=counts_incidents, day=day
    )


def test_a_milestone_is_reached_by_the_first_entry_with_its_share_of_the_target():
    points = [entry(9, 1, 6), entry(5, 6, 4), entry(4, 1, 3), entry(6, 1, 3)]
    assert reached(QUARTERS[1], points) == date(2026, 5, 6)
    assert reached(QUARTERS[3], points) is None


def test_a_milestone_not_reached_by_the_day_asked_for_is_open():
    points = [entry(5, 6, 4)]
    assert reached(QUARTERS[1], points, day=date(2026, 5, 5)) is None
    assert reached(QUARTERS[1], points, day=date(2026, 5, 6)) == date(2026, 5, 6)


def test_goals_counting_incidents_reach_their_milestones_on_completion():
    points = [entry(3, 1, 8), entry(11, 26, 9, date(2026, 11, 25))]
    assert reached(QUARTERS[0], points, counts_incidents=True) == date(2026, 11, 25)
    assert reached(QUARTERS[0], points, counts_incidents=True, day=date(2026, 11, 1)) is None


def test_milestones_without_a_share_are_reached_on_completion():
    node = Milestone(1, "动员", date(2026, 3, 31), None)
    assert reached(node, [entry(3, 1, 8)]) is None
    assert reached(node, [entry(3, 1, 8, date(2026, 2, 27))]) == date(2026, 2, 27)


def test_an_entry_of_a_goal_that_does_not_apply_reaches_nothing():
    assert reached(QUARTERS[0], [ProgressPoint(date(2026, 3, 1), None, not_applicable=True)]) is None


def test_a_phase_without_a_working_day_is_due_whole_on_its_last_day():
    phases = [
        WeightedPhase(date(2026, 5, 1), date(2026, 5, 3), Decimal("0.4")),
        WeightedPhase(date(2026, 5, 4), date(2026, 5, 8), Decimal("0.6")),
    ]
    assert progress_due(phases, date(2026, 5, 2), CALENDAR) == 0
    assert progress_due(phases, date(2026, 5, 3), CALENDAR) == Fraction("0.4")


def test_a_phase_of_a_plan_counts_from_its_own_begin():
    ends = [("2026-01-30", "2026-03-04", "0.15"), ("2026-03-05", "2026-03-18", "0.25")]
    ends += [("2026-03-19", "2026-04-23", "0.5"), ("2026-04-24", "2026-06-15", "0.85")]
    nodes = [
        Milestone(place, "", date.fromisoformat(end), Decimal(share), date.fromisoformat(start))
        for place, (start, end, share) in enumerate(ends, 1)
    ]
    phases = phases_of_milestones(nodes, start_on=date(2026, 1, 5), due_on=date(2026, 6, 30))
    assert progress_due(phases, date(2026, 1, 29), CALENDAR) == 0
    assert progress_due(phases, date(2026, 4, 10), CALENDAR) == Fraction(41, 100)
