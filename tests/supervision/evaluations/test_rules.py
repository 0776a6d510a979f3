"""The unit first, then the leader; what ended when; what several ratings come to (R3.11, R3.12)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.responsibility.rules import MilestoneState
from fivestep_web.supervision.evaluations import rules
from fivestep_web.supervision.evaluations.rules import EvaluationState, Given, Move, Rating

CALENDAR = WorkCalendar(known_exceptions(), known_years())
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
NAMES = {"running": "工作运行", "results": "工作业绩"}


@given(st.lists(st.sampled_from(Move), max_size=12))
def test_no_path_reaches_the_end_without_the_unit_and_none_leaves_it(moves):
    state, rated = EvaluationState.AWAITING_UNIT, False
    for move in moves:
        following = rules.after(state, move)
        if state is EvaluationState.EVALUATED:
            assert following is None
        if following is None:
            continue
        if following is EvaluationState.EVALUATED:
            assert rated
        rated = move is Move.ASSESS
        state = following


@given(DAYS, st.sampled_from(MilestoneState), st.none() | DAYS, DAYS)
def test_a_phase_ends_with_its_day_or_earlier_when_completed_earlier(due_on, state, submitted_on, today):
    found = rules.ended_on(due_on, state, submitted_on, today)
    if found is None:
        assert today <= due_on
    else:
        assert found <= due_on
        is_early = state is MilestoneState.COMPLETED and submitted_on is not None and submitted_on < due_on
        assert found == (submitted_on if is_early else due_on)


def test_the_day_itself_still_belongs_to_the_phase():
    due = date(2026, 6, 30)
    assert rules.ended_on(due, MilestoneState.IN_PROGRESS, None, due) is None
    assert rules.ended_on(due, MilestoneState.IN_PROGRESS, None, due + timedelta(days=1)) == due


def test_the_limit_counts_working_days_over_the_holiday():
    assert rules.limit(date(2026, 9, 30), 5, CALENDAR) == date(2026, 10, 13)  # 10 October is worked


@pytest.mark.parametrize(
    ("phase", "evaluation", "word"),
    [
        (MilestoneState.COMPLETED, None, "待评估"),
        (MilestoneState.COMPLETED, EvaluationState.AWAITING_LEADER, "待评估"),
        (MilestoneState.COMPLETED, EvaluationState.EVALUATED, ""),
        (MilestoneState.IN_PROGRESS, None, ""),
    ],
)
def test_a_complete_phase_without_an_evaluation_says_so(phase, evaluation, word):
    assert rules.phase_word(phase, evaluation) == word


def test_a_rating_without_its_sentence_is_missing():
    some = {"running": Given(Rating.GOOD, "  "), "results": Given(Rating.FAIR, "抽查属实")}
    assert rules.missing(NAMES, some) == ["工作运行"]
    assert rules.missing(NAMES, {}) == ["工作运行", "工作业绩"]


@given(st.lists(st.sampled_from(Rating), min_size=1, max_size=9))
def test_together_is_the_most_frequent_and_the_lower_of_equals(ratings):
    found = rules.together(ratings)
    assert ratings.count(found) == max(ratings.count(one) for one in Rating)
    order = list(Rating)
    rivals = [one for one in Rating if ratings.count(one) == ratings.count(found)]
    assert order.index(found) == max(order.index(one) for one in rivals)
    assert rules.together(reversed(ratings)) is found


def test_nothing_together_is_nothing_and_the_sentence_stays_short():
    assert rules.together([]) is None
    assert rules.evidence_of(["摸底", "试点"]) == "本季度评估2个阶段：摸底、试点。"
    assert len(rules.evidence_of(["很长的阶段名称"] * 60)) <= rules.LONGEST_EVIDENCE


@pytest.mark.parametrize("quarter", range(1, 5))
def test_quarters_meet_without_a_gap(quarter):
    first, last = rules.quarter_days(2026, quarter)
    assert first.day == 1
    following = last + timedelta(days=1)
    assert following == (rules.quarter_days(2026, quarter + 1)[0] if quarter < 4 else date(2027, 1, 1))
