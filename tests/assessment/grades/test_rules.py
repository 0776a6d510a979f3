"""What bars allow, the order of the procedure, what follows from a grade."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.grades.rules import (
    DISCIPLINE,
    GRADED,
    BarKind,
    Grade,
    Period,
    Remarks,
    Step,
    allowed_under,
    commendation_bar,
    concerns,
    consequences,
    counting,
    label,
    missing_steps,
    order_fault,
    years_in_a_row,
)

KINDS = st.lists(st.sampled_from(BarKind), max_size=4)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
STRICTNESS = list(Remarks)
NOT_EXCELLENT = GRADED - {Grade.EXCELLENT}


@pytest.mark.parametrize(
    ("kind", "grades", "remarks"),
    [
        (BarKind.PROBATION, {Grade.UNGRADED}, Remarks.REQUIRED),
        (BarKind.LEAVE, {Grade.UNGRADED}, Remarks.OPTIONAL),
        (BarKind.INVESTIGATION, {Grade.UNGRADED}, Remarks.FORBIDDEN),
        (BarKind.WARNING, NOT_EXCELLENT, Remarks.OPTIONAL),
        (BarKind.PARTY_WARNING, NOT_EXCELLENT, Remarks.OPTIONAL),
        (BarKind.SERIOUS_ON_DUTY, {Grade.INCOMPETENT}, Remarks.OPTIONAL),
        (BarKind.SERIOUS_OTHER, {Grade.UNGRADED}, Remarks.REQUIRED),
        (BarKind.TRANSFERRED, GRADED, Remarks.OPTIONAL),
        (BarKind.AWAY, {Grade.UNGRADED}, Remarks.FORBIDDEN),
    ],
)
def test_each_bar_allows_what_n5_and_n11_say(kind, grades, remarks):
    allowed = allowed_under([kind])
    assert (allowed.grades, allowed.remarks) == (grades, remarks)


def test_nobody_without_a_bar_goes_without_a_grade():
    assert allowed_under([]).grades == GRADED


@given(KINDS)
def test_some_grade_is_always_allowed(kinds):
    assert allowed_under(kinds).grades


@given(KINDS.flatmap(lambda kinds: st.tuples(st.just(kinds), st.permutations(kinds))))
def test_the_order_of_bars_does_not_matter(both):
    kinds, shuffled = both
    assert allowed_under(kinds) == allowed_under(shuffled)


@given(KINDS, st.sampled_from(BarKind))
def test_another_bar_never_opens_a_grade_and_never_eases_the_remarks(kinds, another):
    before, after = allowed_under(kinds), allowed_under([*kinds, another])
    assert after.grades - {Grade.UNGRADED} <= before.grades
    assert STRICTNESS.index(after.remarks) >= STRICTNESS.index(before.remarks)


@given(KINDS)
def test_who_is_disciplined_is_never_excellent(kinds):
    assert Grade.EXCELLENT not in allowed_under([*kinds, BarKind.WARNING]).grades


@given(st.sampled_from(sorted(DISCIPLINE)), DAYS, st.integers(0, 400), DAYS)
def test_discipline_counts_in_the_year_it_was_imposed_and_in_no_other(kind, starts_on, length, day):
    period = Period(kind, starts_on, starts_on + timedelta(days=length))
    assert [year for year in range(2020, 2032) if concerns(period, year, day)] == [starts_on.year]


@given(st.sampled_from(BarKind), DAYS, st.none() | st.integers(0, 400), DAYS)
def test_only_discipline_and_investigations_bar_a_commendation(kind, starts_on, length, day):
    period = Period(kind, starts_on, None if length is None else starts_on + timedelta(days=length))
    reason = commendation_bar(period, day.year, day)
    if kind not in DISCIPLINE | {BarKind.INVESTIGATION}:
        assert reason is None
    elif period.holds_on(day):
        assert reason


def test_a_warning_of_the_year_bars_its_commendation_after_its_effect_has_ended():
    period = Period(BarKind.WARNING, date(2026, 3, 1), date(2026, 8, 31))
    assert "取消2026年度评优资格" in (commendation_bar(period, 2026, date(2027, 1, 15)) or "")
    assert commendation_bar(period, 2027, date(2027, 1, 15)) is None


def test_probation_counts_where_it_lasts_until_the_end_of_the_year():
    day = date(2027, 1, 10)
    assert concerns(Period(BarKind.PROBATION, date(2026, 7, 1), date(2027, 6, 30)), 2026, day)
    assert not concerns(Period(BarKind.PROBATION, date(2025, 7, 1), date(2026, 6, 30)), 2026, day)


def test_an_investigation_counts_until_the_case_is_closed():
    open_case = Period(BarKind.INVESTIGATION, date(2027, 1, 4), None)
    closed = Period(BarKind.INVESTIGATION, date(2026, 10, 8), date(2027, 1, 8))
    assert concerns(open_case, 2026, date(2027, 1, 10))
    assert concerns(closed, 2026, date(2027, 1, 8))
    assert not concerns(closed, 2026, date(2027, 1, 9))


def test_a_leave_counts_in_the_years_it_touches():
    leave = Period(BarKind.LEAVE, date(2026, 3, 1), date(2026, 11, 30))
    assert [year for year in (2025, 2026, 2027) if concerns(leave, year, date(2027, 1, 1))] == [2026]


@pytest.mark.parametrize("kind", [BarKind.LEAVE, BarKind.AWAY])
def test_absences_count_where_they_are_more_than_half_of_the_year_together(kind):
    one_day_in = Period(kind, date(2025, 3, 1), date(2026, 1, 1))
    half = Period(kind, date(2026, 1, 1), date(2026, 7, 1))  # 182 of 365 days
    later = Period(kind, date(2026, 10, 1), date(2026, 10, 1))
    day = date(2027, 1, 10)
    assert counting([one_day_in], 2026, day) == []
    assert counting([one_day_in], 2025, day) == [one_day_in]
    assert counting([half, one_day_in], 2026, day) == []
    assert counting([half, later], 2026, day) == [half, later]
    assert counting([Period(kind, date(2026, 7, 2), None)], 2026, day)
    warning = Period(BarKind.WARNING, date(2026, 5, 1), date(2026, 11, 1))
    assert counting([warning, later], 2026, day) == [warning]


def test_institution_staff_hear_nothing_of_ranks_of_civil_servants():
    told = {grade: consequences(grade, Pool.INSTITUTION_STAFF) for grade in Grade}
    assert not any("职级" in text for texts in told.values() for text in texts)
    assert any("诫勉" in text for text in told[Grade.BASIC])


def test_the_words_of_a_grade_follow_the_establishment():
    assert label(Grade.COMPETENT, Pool.CIVIL_SERVANT) == "称职"
    assert label(Grade.COMPETENT, Pool.INSTITUTION_STAFF) == "合格"
    assert label(Grade.INCOMPETENT, Pool.INSTITUTION_STAFF) == "不合格"
    assert label(Grade.EXCELLENT, Pool.INSTITUTION_STAFF) == "优秀"


def test_steps_follow_each_other():
    days = {Step.REPORT: date(2026, 12, 20), Step.REVIEW: date(2026, 12, 19)}
    fault = order_fault(days)
    assert fault is not None
    assert fault[0] is Step.REVIEW
    assert order_fault({**days, Step.REVIEW: date(2026, 12, 20)}) is None
    assert missing_steps([Step.REPORT]) == [Step.APPRAISAL, Step.INQUIRY, Step.REVIEW]


def test_three_excellent_years_running_are_worth_a_merit():
    row = years_in_a_row(2026, {2026, 2025, 2024, 2022})
    assert row == 3
    assert any("三等功" in text for text in consequences(Grade.EXCELLENT, Pool.CIVIL_SERVANT, row))
    assert not any("三等功" in text for text in consequences(Grade.EXCELLENT, Pool.CIVIL_SERVANT, 2))


@pytest.mark.parametrize("pool", Pool)
@pytest.mark.parametrize("grade", Grade)
def test_every_grade_has_its_consequences(grade, pool):
    assert consequences(grade, pool)
