"""Points of goals and completion scores, against the tables and an independent slow reading of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.goal_points import GoalFacts, score_completion, score_goal
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.assessment.scoring_methods import (
    Method,
    NotApplicable,
    ScoringRule,
    Step,
    parse_rule,
)
from fivestep_web.core.rounding import round_half_up
from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years

CALENDAR = WorkCalendar(known_exceptions(), known_years())
SETTINGS = Settings()
DUE = date(2026, 6, 30)


def facts(base="10", target="100", done="100", *, completed=DUE, **more):
    return GoalFacts(Decimal(base), Decimal(target), DUE, Decimal(done), completed, **more)


def score(rule, goal):
    return score_goal(rule, goal, year=2026, settings=SETTINGS, calendar=CALENDAR)


def points(method, parameters, goal):
    return score(parse_rule(method, parameters), goal).points


@pytest.mark.parametrize(("done", "expected"), [("0", 0), ("45", Fraction(9, 2)), ("100", 10), ("180", 10)])
def test_proportional_is_base_times_done_over_target_at_most_the_base(done, expected):
    assert points("按比例", "", facts(done=done)) == expected


@pytest.mark.parametrize(("done", "expected"), [("99.9", 0), ("100", 10), ("101", 10)])
def test_all_or_nothing_pays_the_base_from_the_target_on(done, expected):
    assert points("完成得满分", "", facts(done=done)) == expected


@pytest.mark.parametrize(
    ("done", "expected"), [("49.9", 0), ("50", 10), ("199", 10), ("200", 20), ("900", 20)]
)
def test_steps_pay_the_highest_step_reached(done, expected):
    assert points("分档", "档=50:10,200:20", facts(base="20", done=done)) == expected


@pytest.mark.parametrize(("incidents", "expected"), [("0", 10), ("2", 6), ("5", 0), ("9", 0)])
def test_each_incident_is_deducted_but_not_below_nought(incidents, expected):
    assert points("逐例扣分", "每例扣=2", facts(done=incidents)) == expected


def test_the_assessor_gives_the_points():
    assert points("人工评定", "", facts(assessor_points=Decimal("7.5"))) == Fraction(15, 2)


def test_until_the_assessor_gives_points_there_are_none():
    assert points("人工评定", "", facts()) is None


@pytest.mark.parametrize(("done", "expected"), [("100", 10), ("101.9", "10.5"), ("104", 12), ("200", 13)])
def test_each_whole_unit_above_the_target_adds_up_to_the_cap(done, expected):
    assert points("按比例", "超额每个加=0.5；加分上限=3", facts(done=done)) == Fraction(expected)


def test_the_bonus_cap_is_the_base_unless_given():
    assert points("完成得满分", "超额每个加=1", facts(done="500")) == 20


@pytest.mark.parametrize(("done", "expected"), [("100", 10), ("98.5", 8), ("96", 2), ("3", 0)])
def test_each_whole_unit_below_the_target_is_taken_from_the_full_base(done, expected):
    assert points("按比例", "不足每个扣=2", facts(done=done, base="10")) == expected


@pytest.mark.parametrize(
    ("method", "done", "expected"),
    [
        ("按比例", "99", 8),
        ("按比例", "0", 8),
        ("按比例", "100", 10),
        ("完成得满分", "99", 8),
        ("分档", "99", 8),
        ("分档", "100", 4),
    ],
)
def test_not_completed_costs_a_fixed_amount_instead_of_the_rule(method, done, expected):
    text = "未完成扣=2" + ("；档=100:4" if method == "分档" else "")
    assert points(method, text, facts(done=done)) == expected


def test_a_fixed_amount_above_the_base_leaves_nothing():
    assert points("按比例", "未完成扣=12", facts(done="1")) == 0


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        (DUE, 10),
        (date(2026, 6, 1), 10),
        (date(2026, 7, 1), "9.5"),
        (date(2026, 7, 5), "7.5"),
        (date(2026, 9, 1), 0),
        (None, 0),
    ],
)
def test_each_calendar_day_late_is_deducted(completed, expected):
    assert points("按比例", "逾期每天扣=0.5", facts(completed=completed)) == Fraction(expected)


def test_late_days_of_an_open_goal_run_to_the_end_of_the_year():
    late = replace(facts(completed=None), due_on=date(2026, 12, 25))
    assert points("按比例", "逾期每天扣=0.5", late) == 7


def test_the_deduction_cap_holds_all_deductions_together():
    goal = facts(done="97", completed=date(2026, 7, 10))
    assert points("按比例", "不足每个扣=1；逾期每天扣=0.5", goal) == 2
    assert points("按比例", "不足每个扣=1；逾期每天扣=0.5；扣分上限=5", goal) == 5
    assert points("逐例扣分", "每例扣=2；扣分上限=5", facts(done="9")) == 5


def test_late_days_also_cost_incident_and_assessor_goals_when_they_say_so():
    late = facts(done="1", completed=date(2026, 7, 2), assessor_points=Decimal(9))
    assert points("逐例扣分", "每例扣=2；逾期每天扣=0.5", late) == 7
    assert points("人工评定", "逾期每天扣=0.5", late) == 8


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        (date(2026, 7, 1), "9.8"),
        (date(2026, 7, 4), "9.4"),
        (date(2026, 7, 14), 8),
        (date(2026, 12, 31), 8),
        (None, 8),
    ],
)
def test_the_general_late_rule_cuts_two_percent_a_working_day_up_to_twenty(completed, expected):
    assert points("按比例", "", facts(completed=completed)) == Fraction(expected)


@pytest.mark.parametrize("completed", [date(2026, 12, 1), None])
def test_the_general_late_rule_spares_incident_and_assessor_goals(completed):
    late = facts(done="0", completed=completed, assessor_points=Decimal(9))
    assert points("逐例扣分", "每例扣=2", late) == 10
    assert points("人工评定", "", late) == 9


def test_days_late_in_calendar_days_replace_the_general_rule():
    late = facts(completed=date(2026, 7, 1))
    assert points("按比例", "逾期每天扣=0", late) == 10


def test_a_goal_that_does_not_apply_earns_its_base_or_leaves_both_sums():
    goal = facts(done="0", completed=None, not_applicable=True)
    full = score(parse_rule("按比例", "不涉及=满分"), goal)
    out = score(parse_rule("人工评定", ""), goal)
    assert (full.points, full.counted) == (10, True)
    assert (out.points, out.counted) == (0, False)


def test_the_order_is_rule_late_cut_deductions_then_bonus():
    late = facts(done="104", completed=date(2026, 7, 7))
    assert points("按比例", "超额每个加=0.5", late) == 9 + 2
    short = facts(done="97", completed=date(2026, 7, 7))
    assert points("按比例", "不足每个扣=1", short) == 9 - 3
    wreck = facts(base="10", done="104", completed=None)
    assert points("按比例", "逾期每天扣=9；超额每个加=0.5", wreck) == 0 + 2


def test_every_step_says_what_it_counted():
    result = score(
        parse_rule("按比例", "不足每个扣=1；扣分上限=2"), facts(done="97", completed=date(2026, 7, 7))
    )
    assert [(step.label, step.amount) for step in result.steps] == [
        ("基本分10，不足部分另扣", 10),
        ("逾期5个工作日，扣减10%", -1),
        ("不足3个，每个扣1", -3),
        ("扣分合计以2为限", 1),
    ]


def test_e11_completion_is_94():
    goals = [
        score(ScoringRule(), facts("40", "20", "20")),
        score(ScoringRule(), facts("35", "300", "270")),
        score(ScoringRule(), facts("25", "1", "1", completed=date(2026, 7, 7))),
    ]
    assert [goal.points for goal in goals] == [40, Fraction("31.5"), Fraction("22.5")]
    completion = score_completion(goals, SETTINGS)
    assert completion.score == 94
    assert str(round_half_up(completion.score)) == "94.00"


def test_completion_is_relative_to_the_bases_and_capped():
    over = score(parse_rule("按比例", "超额每个加=1"), facts(done="150"))
    half = score(ScoringRule(), facts(base="30", done="50"))
    assert score_completion([over, half], SETTINGS).score == Fraction(100 * 35, 40)
    assert score_completion([over], SETTINGS).score == 100
    assert score_completion([over], replace(SETTINGS, completion_cap=Decimal(120))).score == 120


def test_completion_is_unknown_without_bases_and_says_why():
    assert score_completion([], SETTINGS).score is None
    out = score(ScoringRule(), facts(not_applicable=True))
    nothing = score_completion([out], SETTINGS)
    assert (nothing.score, nothing.problem) == (None, "没有计入完成情况的目标")
    assert score_completion([score(ScoringRule(), facts(base="0"))], SETTINGS).score is None


def test_completion_waits_for_the_assessor_and_says_for_how_many_goals():
    waiting = score(parse_rule("人工评定", ""), facts())
    completion = score_completion([waiting, score(ScoringRule(), facts())], SETTINGS)
    assert (completion.score, completion.problem) == (None, "有1个目标待人工评定")


AMOUNT = st.decimals(0, 12, places=1)
CAP = st.none() | st.decimals(0, 30, places=1)
MAYBE = st.none() | AMOUNT
COUNTING = st.builds(
    ScoringRule,
    method=st.sampled_from([Method.PROPORTIONAL, Method.ALL_OR_NOTHING, Method.STEPS]),
    steps=st.just((Step(Decimal(5), Decimal(3)), Step(Decimal(20), Decimal(8)))),
    bonus_per_unit=MAYBE,
    late_per_day=MAYBE,
    bonus_cap=CAP,
    deduction_cap=CAP,
    not_applicable=st.sampled_from(NotApplicable),
)
RULES = st.one_of(
    COUNTING,
    st.builds(replace, COUNTING, shortfall_per_unit=AMOUNT),
    st.builds(replace, COUNTING, incomplete=AMOUNT),
    st.builds(
        ScoringRule,
        method=st.just(Method.PER_INCIDENT),
        per_incident=AMOUNT,
        late_per_day=MAYBE,
        deduction_cap=CAP,
    ),
    st.builds(ScoringRule, method=st.just(Method.ASSESSOR), late_per_day=MAYBE, deduction_cap=CAP),
)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
GOALS = st.builds(
    GoalFacts,
    base=st.decimals(1, 20, places=1),
    target=st.decimals("0.5", 40, places=1),
    due_on=DAYS,
    done=st.decimals(0, 60, places=1),
    completed_on=st.none() | DAYS,
    not_applicable=st.booleans(),
    assessor_points=st.none() | st.decimals(0, 1, places=2),
)


def days_after(due, until):
    days = []
    while due < until:
        due += timedelta(days=1)
        days.append(due)
    return days


def slow_start(rule, goal):
    if rule.shortfall_per_unit is not None or rule.method is Method.PER_INCIDENT:
        return goal.base
    if rule.incomplete is not None and goal.done < goal.target:
        return Fraction(goal.base - rule.incomplete)
    return {
        Method.PROPORTIONAL: min(1, Fraction(goal.done) / Fraction(goal.target)) * Fraction(goal.base),
        Method.ALL_OR_NOTHING: goal.base if goal.done >= goal.target else 0,
        Method.STEPS: 8 if goal.done >= 20 else 3 if goal.done >= 5 else 0,
        Method.ASSESSOR: goal.assessor_points,
    }[rule.method]  # fmt: skip


def whole_units(low, high):
    count = 0
    while low + count + 1 <= high:
        count += 1
    return count


def slow_points(rule, goal):
    """The tables of the interface read once more, day by day and unit by unit."""
    if goal.not_applicable:
        return Fraction(goal.base if rule.not_applicable is NotApplicable.FULL else 0)
    start = slow_start(rule, goal)
    if start is None:
        return None
    late = days_after(goal.due_on, goal.completed_on or date(2026, 12, 31))
    earned = Fraction(start)
    if rule.late_per_day is None and rule.method not in {Method.PER_INCIDENT, Method.ASSESSOR}:
        worked = [day for day in late if CALENDAR.is_workday(day)]
        earned *= 1 - min(Fraction(20, 100), Fraction(2, 100) * len(worked))
    taken = Fraction(rule.late_per_day or 0) * len(late)
    taken += Fraction(rule.shortfall_per_unit or 0) * whole_units(goal.done, goal.target)
    taken += Fraction(rule.per_incident or 0) * Fraction(goal.done)
    taken = min(taken, Fraction(goal.base if rule.deduction_cap is None else rule.deduction_cap))
    extra = Fraction(rule.bonus_per_unit or 0) * whole_units(goal.target, goal.done)
    extra = min(extra, Fraction(goal.base if rule.bonus_cap is None else rule.bonus_cap))
    return max(Fraction(0), earned - taken) + extra


@given(rule=RULES, goal=GOALS)
def test_points_agree_with_a_slow_reading_of_the_tables(rule, goal):
    result = score(rule, goal)
    assert result.points == slow_points(rule, goal)
    if result.points is not None:
        assert sum(step.amount for step in result.steps) == result.points
        assert result.points >= 0


@given(goals=st.lists(st.tuples(RULES, GOALS), max_size=5), order=st.randoms())
def test_completion_agrees_with_the_plain_sums_in_any_order(goals, order):
    scores = [score(rule, goal) for rule, goal in goals]
    counted = [
        (slow_points(rule, goal), goal.base)
        for rule, goal in goals
        if not (goal.not_applicable and rule.not_applicable is NotApplicable.LEFT_OUT)
    ]
    expected = None
    if counted and None not in [earned for earned, _ in counted]:
        whole = sum(Fraction(base) for _, base in counted)
        expected = min(Fraction(100), sum(Fraction(100) * earned for earned, _ in counted) / whole)
    assert score_completion(scores, SETTINGS).score == expected
    order.shuffle(scores)
    assert score_completion(scores, SETTINGS).score == expected
