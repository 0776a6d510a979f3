from datetime import date

import pytest

from fivestep_web.ledger.rules import Signal
from fivestep_web.supervision.wall.rules import Look, Span, group_goals, look_of, weeks_of, within
from tests.supervision.wall.goals import TODAY, goal, phase


def test_leaders_stand_in_their_order_and_key_goals_first_within_a_unit():
    goals = [
        goal(1, leader_id=None, leader=""),
        goal(2, leader_id=8, leader="苏某甲"),
        goal(3),
        goal(4, unit_id=2),
        goal(5, is_key=True),
    ]
    groups = group_goals(goals, {8: "常务副部长", 7: "副部长"})
    assert [(group.leader, group.title) for group in groups] == [
        ("苏某甲", "常务副部长"),
        ("谭某甲", "副部长"),
        ("未明确", ""),
    ]
    assert [item.goal_id for item in groups[1].goals] == [5, 3, 4]
    assert groups[1].tally[Look.GREEN] == 3


@pytest.mark.parametrize(
    ("signal", "looks"),
    [
        (Signal.YELLOW, [Look.DONE, Look.YELLOW, Look.COMING]),
        (Signal.RED_OVERDUE, [Look.DONE, Look.RED, Look.COMING]),
        (Signal.DONE, [Look.DONE, Look.DONE, Look.DONE]),
        (Signal.NONE, [Look.DONE, Look.GREY, Look.COMING]),
        (None, [Look.DONE, Look.GREY, Look.COMING]),
    ],
)
def test_the_running_phase_has_the_colour_of_the_goal(signal, looks):
    drawn = goal(signal=signal)
    assert [look_of(drawn, each, TODAY) for each in drawn.phases] == looks


def test_a_goal_outside_the_ledger_says_so():
    assert goal(signal=None).word == "未建账"


def test_the_weeks_follow_the_goals_and_hold_no_empty_month():
    goals = [goal(1, phase(date(2026, 3, 4), date(2026, 5, 6)))]
    assert weeks_of(Span.AUTO, goals, 2026, TODAY) == (date(2026, 3, 2), date(2026, 5, 10))


def test_an_original_date_later_than_the_present_one_is_within_the_weeks():
    moved = goal(1, phase(date(2026, 3, 4), date(2026, 5, 6), original_end_on=date(2026, 6, 1)))
    assert weeks_of(Span.AUTO, [moved], 2026, TODAY)[1] == date(2026, 6, 7)


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (Span.QUARTER_3, (date(2026, 6, 29), date(2026, 10, 4))),
        (Span.NEAR, (date(2026, 5, 11), date(2026, 8, 16))),
        (Span.AUTO, (date(2025, 12, 29), date(2027, 1, 3))),
    ],
)
def test_a_span_is_whole_weeks(span, days):
    assert weeks_of(span, [], 2026, TODAY) == days


def test_what_lies_outside_the_weeks_is_not_drawn():
    early, late = goal(1), goal(2, phase(date(2026, 10, 1), date(2026, 11, 1)))
    assert within([early, late], date(2026, 10, 1), date(2026, 12, 31)) == [late]
