"""Ledger transitions (domain 5.4) and the signal table (domain 8.2), row by row."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.ledger.rules import (
    TRANSITIONS,
    EntryFacts,
    Guard,
    LedgerState,
    MilestoneStanding,
    Mover,
    Signal,
    find_transition,
    is_submitted,
    last_full_month,
    signal,
)

CALENDAR = WorkCalendar(known_exceptions(), known_years())
S = LedgerState
TODAY = date(2026, 7, 15)
RUNNING = EntryFacts(
    state=S.IN_PROGRESS,
    start_on=date(2026, 1, 4),
    due_on=date(2026, 12, 31),
    completed_on=None,
    report_dates=[date(2026, 6, 28)],
)


def shown(facts, day=TODAY):
    return signal(facts, day, CALENDAR)


def node(due_on, reached_on=None, name="试点先行"):
    return MilestoneStanding(name, due_on, reached_on)


def test_the_permitted_moves_are_exactly_those_of_the_table():
    moves = {(t.source, t.target) for t in TRANSITIONS}
    settled = {(s, S.SETTLED) for s in S if s not in {S.CANCELLED, S.SETTLED}}
    assert moves == settled | {
        (S.NOT_STARTED, S.IN_PROGRESS),
        (S.NOT_STARTED, S.SUSPENDED),
        (S.NOT_STARTED, S.CANCELLED),
        (S.IN_PROGRESS, S.WRITE_OFF_REQUESTED),
        (S.IN_PROGRESS, S.SUSPENDED),
        (S.IN_PROGRESS, S.CANCELLED),
        (S.WRITE_OFF_REQUESTED, S.CLOSED),
        (S.WRITE_OFF_REQUESTED, S.IN_PROGRESS),
        (S.CLOSED, S.REOPENED),
        (S.REOPENED, S.WRITE_OFF_REQUESTED),
        (S.SUSPENDED, S.IN_PROGRESS),
        (S.SUSPENDED, S.CANCELLED),
    }
    assert len(moves) == len(TRANSITIONS)


@pytest.mark.parametrize(
    ("source", "target", "by", "guard"),
    [
        (S.IN_PROGRESS, S.WRITE_OFF_REQUESTED, Mover.OWNER, Guard.MILESTONES_COMPLETED),
        (S.REOPENED, S.WRITE_OFF_REQUESTED, Mover.OWNER, Guard.ACCEPTANCE_TICKED),
        (S.WRITE_OFF_REQUESTED, S.CLOSED, Mover.LEADER_IN_CHARGE, Guard.EVIDENCE_CHECKED_BY_OFFICE),
        (S.WRITE_OFF_REQUESTED, S.CLOSED, Mover.LEADER_IN_CHARGE, Guard.WRITE_OFF_NUMBER),
        (S.CLOSED, S.REOPENED, Mover.OFFICE, Guard.FINDING_RECORDED),
        (S.IN_PROGRESS, S.SUSPENDED, Mover.LEADER_IN_CHARGE, Guard.REVIEW_DATE),
        (S.SUSPENDED, S.CANCELLED, Mover.MINISTER, Guard.CHANGE_ORDER),
        (S.CLOSED, S.SETTLED, Mover.CYCLE, Guard.RESULT_CONFIRMED),
    ],
)
def test_each_move_names_who_makes_it_and_what_must_hold(source, target, by, guard):
    move = find_transition(source, target)
    assert by in move.by
    assert guard in move.guards


def test_the_owner_cannot_write_off_the_own_goal():
    assert Mover.OWNER not in find_transition(S.WRITE_OFF_REQUESTED, S.CLOSED).by


def test_a_cancelled_entry_moves_nowhere():
    assert [find_transition(S.CANCELLED, target) for target in S] == [None] * len(S)


def test_every_state_has_its_chinese_name():
    assert [s.label for s in S] == [
        "未启动", "推进中", "申请销号", "已销号", "重新挂账", "暂缓", "撤账", "交账",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "word", "colour", "shape"),
    [
        (Signal.RED_OVERDUE, "逾期", "red", "▲"),
        (Signal.RED_LAGGING, "严重滞后", "red", "▲"),
        (Signal.YELLOW, "滞后", "yellow", "◆"),
        (Signal.BLUE, "临期", "blue", "●"),
        (Signal.GREY_SUSPENDED, "暂缓", "grey", "□"),
        (Signal.GREY_NOT_STARTED, "未到启动时间", "grey", "□"),
        (Signal.GREEN, "正常", "green", "■"),
        (Signal.DONE, "已销号", "done", "√"),
    ],
)
def test_a_colour_never_stands_without_word_and_shape(name, word, colour, shape):
    assert (name.word, name.colour, name.shape) == (word, colour, shape)
    assert name.colour_label


def test_row_1_written_off_and_settled_entries_are_done_whatever_the_day():
    for state in (S.CLOSED, S.SETTLED):
        facts = replace(RUNNING, state=state)
        assert shown(facts, date(2027, 3, 1)).signal is Signal.DONE


def test_row_2_a_cancelled_entry_shows_nothing():
    assert shown(replace(RUNNING, state=S.CANCELLED), date(2027, 3, 1)).signal is Signal.NONE


def test_row_3_a_suspended_entry_is_grey_even_past_its_deadline():
    assert shown(replace(RUNNING, state=S.SUSPENDED), date(2027, 3, 1)).signal is Signal.GREY_SUSPENDED


def test_row_4_the_deadline_lasts_until_its_day_is_over():
    facts = replace(RUNNING, due_on=date(2026, 7, 14))
    assert shown(facts, date(2026, 7, 14)).signal is Signal.BLUE
    overdue = shown(facts, date(2026, 7, 15))
    assert overdue.signal is Signal.RED_OVERDUE
    assert overdue.reason == "完成时限2026-07-14已过1个工作日，尚未报完成。"


def test_row_4_a_deadline_on_friday_is_red_on_saturday():
    facts = replace(RUNNING, due_on=date(2026, 7, 10))
    assert shown(facts, date(2026, 7, 11)).signal is Signal.RED_OVERDUE


def test_row_4_spares_a_goal_whose_write_off_is_requested_or_that_is_completed():
    past = replace(RUNNING, due_on=date(2026, 6, 30))
    assert shown(replace(past, state=S.WRITE_OFF_REQUESTED)).signal is Signal.GREEN
    completed = shown(replace(past, completed_on=date(2026, 7, 10)))
    assert completed.signal is Signal.GREEN
    assert completed.reason == "2026-07-10已完成，待销号。"


def test_row_4_a_completion_dated_later_does_not_count_yet():
    past = replace(RUNNING, due_on=date(2026, 6, 30), completed_on=date(2026, 7, 16))
    assert shown(past, date(2026, 7, 15)).signal is Signal.RED_OVERDUE
    assert shown(past, date(2026, 7, 16)).signal is Signal.GREEN


def test_row_4_a_reopened_entry_needs_a_new_request():
    past = replace(RUNNING, state=S.REOPENED, due_on=date(2026, 6, 30), completed_on=date(2026, 6, 20))
    assert not is_submitted(past, TODAY)
    assert shown(past).signal is Signal.RED_OVERDUE


@pytest.mark.parametrize(
    ("late", "expected"),
    [(0, Signal.GREEN), (1, Signal.YELLOW), (7, Signal.YELLOW), (8, Signal.RED_LAGGING)],
)
def test_rows_5_and_6_count_the_working_days_a_milestone_is_late(late, expected):
    due_on = CALENDAR.add_workdays(TODAY, -late)
    done_today = TODAY if late == 0 else None
    result = shown(replace(RUNNING, milestones=[node(due_on, done_today)]))
    assert result.signal is expected
    assert late == 0 or f"“试点先行”已晚{late}个工作日" in result.reason


def test_rows_5_and_6_a_milestone_due_on_friday_is_not_late_at_the_weekend():
    facts = replace(RUNNING, milestones=[node(date(2026, 7, 10))])
    assert shown(facts, date(2026, 7, 12)).signal is Signal.GREEN
    assert shown(facts, date(2026, 7, 13)).signal is Signal.YELLOW


def test_rows_5_and_6_a_milestone_reached_late_is_late_no_longer():
    facts = replace(RUNNING, milestones=[node(date(2026, 6, 1), date(2026, 7, 14))])
    assert shown(facts, date(2026, 7, 13)).signal is Signal.RED_LAGGING
    assert shown(facts, date(2026, 7, 14)).signal is Signal.GREEN


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("0.2500", Signal.RED_LAGGING),
        ("0.2501", Signal.YELLOW),
        ("0.4000", Signal.YELLOW),
        ("0.4001", Signal.GREEN),
        ("0.9000", Signal.GREEN),
    ],
)
def test_rows_5_and_6_measure_progress_against_the_progress_due(done, expected):
    facts = replace(RUNNING, due_share=Fraction(1, 2), done_share=Fraction(done))
    assert shown(facts).signal is expected


def test_the_reason_gives_both_progress_figures():
    facts = replace(RUNNING, due_share=Fraction(41, 100), done_share=Fraction(1, 8))
    assert shown(facts).reason == "序时进度应达41%，实际12.5%，落后28.5个百分点。"


def test_progress_without_a_plan_in_figures_is_not_judged():
    assert shown(replace(RUNNING, due_share=None, done_share=Fraction(0))).signal is Signal.GREEN


def test_row_6_asks_for_a_report_in_the_last_full_month():
    facts = replace(RUNNING, report_dates=[date(2026, 5, 31), date(2026, 7, 1)])
    silent = shown(facts)
    assert silent.signal is Signal.YELLOW
    assert silent.reason == "2026年6月没有填报进展。"
    for reported in (date(2026, 6, 1), date(2026, 6, 30)):
        assert shown(replace(facts, report_dates=[reported])).signal is Signal.GREEN


def test_row_6_asks_no_report_of_a_goal_that_ran_only_part_of_the_month():
    silent = replace(RUNNING, report_dates=[])
    assert shown(replace(silent, start_on=date(2026, 6, 1))).signal is Signal.YELLOW
    assert shown(replace(silent, start_on=date(2026, 6, 2))).signal is Signal.GREEN


def test_row_6_asks_no_report_of_a_completed_goal():
    silent = replace(RUNNING, report_dates=[], completed_on=date(2026, 4, 30))
    assert shown(silent).signal is Signal.GREEN


def test_the_month_in_progress_is_not_yet_a_full_one():
    assert last_full_month(date(2026, 6, 30)) == (date(2026, 5, 1), date(2026, 5, 31))
    assert last_full_month(date(2026, 7, 1)) == (date(2026, 6, 1), date(2026, 6, 30))
    assert last_full_month(date(2027, 1, 5)) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("left", "expected"), [(0, Signal.BLUE), (5, Signal.BLUE), (6, Signal.GREEN)])
def test_row_7_is_blue_within_five_working_days_of_the_next_milestone(left, expected):
    due_on = CALENDAR.add_workdays(TODAY, left)
    result = shown(replace(RUNNING, milestones=[node(due_on)]))
    assert result.signal is expected
    assert left == 6 or result.reason == f"节点“试点先行”{due_on}到期，还有{left}个工作日。"


def test_row_7_passes_over_milestones_reached_early():
    soon = node(TODAY + timedelta(days=1), TODAY)
    assert shown(replace(RUNNING, milestones=[soon])).signal is Signal.GREEN


def test_row_7_counts_the_final_deadline_as_the_last_milestone():
    result = shown(replace(RUNNING, due_on=date(2026, 7, 17)))
    assert (result.signal, result.reason) == (Signal.BLUE, "完成时限2026-07-17到期，还有2个工作日。")


def test_row_8_is_grey_before_the_planned_start():
    facts = replace(RUNNING, state=S.NOT_STARTED, start_on=date(2026, 7, 16), report_dates=[])
    assert shown(facts).signal is Signal.GREY_NOT_STARTED
    assert shown(facts, date(2026, 7, 16)).signal is Signal.GREEN


def test_row_9_is_green_otherwise():
    assert shown(RUNNING).reason == "各项节点按期，完成时限2026-12-31。"


def test_first_match_wins_over_every_later_row():
    bad = replace(
        RUNNING,
        due_on=date(2026, 7, 14),
        milestones=[node(date(2026, 3, 1)), node(date(2026, 7, 16))],
        due_share=Fraction(1),
        done_share=Fraction(0),
        report_dates=[],
    )
    assert shown(bad).signal is Signal.RED_OVERDUE
    assert shown(replace(bad, due_on=date(2026, 7, 20))).signal is Signal.RED_LAGGING
    mild = replace(
        bad, due_on=date(2026, 7, 20), milestones=[node(date(2026, 7, 14))], done_share=Fraction(1)
    )
    assert shown(mild).signal is Signal.YELLOW


def test_goals_counting_incidents_answer_only_for_their_final_deadline():
    facts = replace(
        RUNNING,
        counts_incidents=True,
        milestones=[node(date(2026, 3, 31)), node(TODAY + timedelta(days=1))],
        due_share=Fraction(1, 2),
        done_share=Fraction(0),
    )
    assert shown(facts).signal is Signal.GREEN
    assert shown(facts, date(2027, 1, 1)).signal is Signal.RED_OVERDUE


def test_a_goal_that_does_not_apply_is_never_overdue():
    facts = replace(RUNNING, not_applicable=True, due_on=date(2026, 3, 31))
    assert shown(facts).signal is Signal.NONE
    assert shown(replace(facts, state=S.CLOSED)).signal is Signal.DONE


MOMENTS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
FACTS = st.builds(
    EntryFacts,
    state=st.sampled_from(S),
    start_on=MOMENTS,
    due_on=MOMENTS,
    completed_on=st.none() | MOMENTS,
    milestones=st.lists(
        st.builds(MilestoneStanding, st.just("节点"), MOMENTS, st.none() | MOMENTS), max_size=3
    ),
    done_share=st.none() | st.fractions(0, 2),
    due_share=st.none() | st.fractions(0, 1),
    report_dates=st.lists(MOMENTS, max_size=2),
    counts_incidents=st.booleans(),
)


def slow_late(facts, day):
    """The largest lateness over all open milestones, each counted day by day."""
    worst = 0
    for item in () if facts.counts_incidents else facts.milestones:
        if item.reached_on is None or item.reached_on > day:
            late, moment = 0, item.due_on
            while moment < day:
                moment += timedelta(days=1)
                late += CALENDAR.is_workday(moment)
            worst = max(worst, late)
    return worst


@given(facts=FACTS, day=MOMENTS)
def test_red_and_yellow_agree_with_a_plain_reading_of_the_table(facts, day):
    open_states = {S.NOT_STARTED, S.IN_PROGRESS, S.REOPENED}
    completed = facts.completed_on is not None and facts.completed_on <= day
    owed = facts.state in open_states and (facts.state is S.REOPENED or not completed)
    measured = not facts.counts_incidents and None not in (facts.due_share, facts.done_share)
    behind = 100 * (facts.due_share - facts.done_share) if measured else 0
    late = slow_late(facts, day)
    month = {(d.year, d.month) for d in facts.report_dates}
    last = date(day.year, day.month, 1) - timedelta(days=1)
    silent = (last.year, last.month) not in month and facts.start_on <= last.replace(day=1)

    result = shown(facts, day).signal
    overdue = owed and day > facts.due_on
    severe = owed and not overdue and (late > 7 or behind >= 25)
    mild = owed and not overdue and not severe and (late >= 1 or behind >= 10 or silent)
    assert (result is Signal.RED_OVERDUE) == overdue
    assert (result is Signal.RED_LAGGING) == severe
    assert (result is Signal.YELLOW) == mild
