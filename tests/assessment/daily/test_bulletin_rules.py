"""The bulletin's states, due day and words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.daily.bulletins import rules
from fivestep_web.assessment.daily.bulletins.rules import Consultation, Figures, Parts, UnitFigures
from fivestep_web.assessment.daily.rules import MONTHS, Move, PaperState, after, bulletin_due, month_end
from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years

CALENDAR = WorkCalendar(known_exceptions(), known_years())
DUE_2026 = ("02-06", "03-06", "04-08", "05-11", "06-05", "07-07", "08-07", "09-07", "10-13", "11-06", "12-07")


@pytest.mark.parametrize(("month", "due"), list(enumerate(DUE_2026, 1)))
def test_a_bulletin_is_due_on_the_fifth_working_day_of_the_next_month(month, due):
    assert bulletin_due(2026, month, CALENDAR) == date.fromisoformat(f"2026-{due}")


@given(moves=st.lists(st.sampled_from(list(Move)), max_size=30))
def test_no_path_leads_to_reviewed_without_handing_in_before(moves):
    state, path = PaperState.DRAFT, []
    for move in moves:
        if (reached := after(state, move)) is not None:
            state = reached
            path.append(move)
    if state is PaperState.REVIEWED:
        assert path[-2:] == [Move.SUBMIT, Move.REVIEW]
    assert state.is_open == (state in {PaperState.DRAFT, PaperState.RETURNED})


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("87.5", "85.2", "提高2.3个百分点"),
        ("85.2", "87.5", "下降2.3个百分点"),
        ("50.0", "50.0", "没有变化"),
    ],
)
def test_the_change_is_between_the_printed_rates(now, before, words):
    assert rules.change_text(Decimal(now), Decimal(before)) == words


def test_without_a_rate_on_either_side_there_is_no_change():
    assert rules.change_text(None, Decimal(50)) is None
    assert rules.change_text(Decimal(50), None) is None


@given(due=st.integers(0, 500), done=st.integers(0, 500))
def test_a_rate_lies_between_nothing_and_all_and_is_none_where_nothing_is_due(due, done):
    printed = rules.printed_rate(min(due, done), due)
    assert (printed is None) == (due == 0)
    assert printed is None or 0 <= printed <= 100


NAME = st.text(st.characters(categories=["Lo"]), min_size=1, max_size=8)
COUNT = st.integers(0, 99)
UNIT = st.builds(UnitFigures, COUNT, NAME, NAME, NAME, COUNT, COUNT, COUNT, COUNT, COUNT, NAME)


@given(
    figures=st.builds(
        Figures,
        st.lists(UNIT, max_size=5).map(tuple),
        COUNT,
        COUNT,
        st.lists(st.builds(rules.KeyTopic, COUNT, NAME, NAME), max_size=3).map(tuple),
        st.lists(st.builds(rules.LateGoal, COUNT, NAME, NAME, COUNT, NAME), max_size=3).map(tuple),
    ),
    parts=st.builds(
        Parts,
        st.dictionaries(COUNT, NAME),
        st.lists(st.tuples(NAME, NAME)),
        st.dictionaries(COUNT, NAME),
        NAME,
        st.none() | st.builds(Consultation, st.dates().map(date.isoformat), COUNT, COUNT),
        COUNT,
        COUNT,
    ),
)
def test_what_is_stored_comes_back_as_it_was(figures, parts):
    assert Figures.from_json(figures.as_json()) == figures
    assert Parts.from_json(parts.as_json()) == parts


def test_praised_units_are_read_line_by_line_with_either_colon():
    found, faults = rules.read_praised("组织科：到期5项\n\n 城关镇: 全部按期 ", ["组织科", "城关镇"])
    assert found == [("组织科", "到期5项"), ("城关镇", "全部按期")]
    assert faults == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("组织科", "应写作“单位：事实”"),
        ("组织科：", "应写作“单位：事实”"),
        ("财务科：好", "不是本期通报里的单位"),
        ("组织科：好\n组织科：很好", "写了两行"),
    ],
)
def test_a_line_that_names_no_unit_or_no_fact_is_refused_with_the_reason(line, words):
    _found, faults = rules.read_praised(line, ["组织科"])
    assert len(faults) == 1
    assert words in faults[0]


@given(year=st.integers(2000, 2100), month=st.sampled_from(MONTHS))
def test_the_cut_off_is_the_last_day_of_its_month(year, month):
    day = month_end(year, month)
    assert (day.year, day.month) == (year, month)
    assert date.fromordinal(day.toordinal() + 1).day == 1
