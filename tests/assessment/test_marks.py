"""What SQL sums up of the marks is what a plain loop over every line in Decimal and Fraction finds."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from fivestep_web.assessment.group_results import Marks, result_of
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.queries import marks_of_year, survey_answers
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.county import county, load

RULES = Settings()
FEWEST_TO_TRIM = 5
FINEST = Decimal("99.999999999999999")
WIDE = st.decimals(0, 100, allow_nan=False, places=15)
LINES = st.lists(
    st.tuples(
        st.sampled_from(Group),
        st.integers(0, 1),
        st.one_of(st.none(), st.decimals(0, 100, places=1), WIDE),
    ),
    max_size=40,
)


def store(units, lines):
    database.session.execute(delete(RatingTally))
    for (group, place, score), count in Counter(lines).items():
        database.session.add(
            RatingTally(year=2026, rater_group=group, unit_id=units[place], score=score, count=count)
        )
    database.session.flush()


def loop_over(lines, group, place):
    """The mean by domain 7.3, one line after the other."""
    scores = sorted(
        Fraction(score)
        for found, unit, score in lines
        if (found, unit) == (group, place) and score is not None
    )
    valid = len(scores)
    if group in RULES.trimmed_groups and valid >= FEWEST_TO_TRIM:
        scores = scores[1:-1]
    total = Fraction(0)
    for score in scores:
        total += score
    return valid, total / len(scores) if valid >= RULES.min_valid_lines else None


@pytest.fixture
def units(db):
    del db
    load(county(2) | {"评价": [["评价组", "评价人", "被评单位编码", "分值"]]})
    rows = database.session.query(Unit.id).where(Unit.code.in_(["K01", "K02"])).order_by(Unit.code)
    return [unit_id for (unit_id,) in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
@example(lines=[(Group.LEADER_EVALUATION, 0, FINEST)] * 6 + [(Group.LEADER_EVALUATION, 0, Decimal(100))] * 3)
@example(lines=[(Group.PEER_EVALUATION, 1, Decimal("0.1"))] * 3 + [(Group.PEER_EVALUATION, 1, None)] * 2)
def test_sums_of_the_database_give_the_result_of_every_line(units, lines):
    store(units, lines)
    found = marks_of_year(2026)
    for place, unit_id in enumerate(units):
        for group in Group:
            given_marks = found.get((unit_id, group), Marks())
            result = result_of(group, given_marks, RULES)
            assert (result.valid, result.result) == loop_over(lines, group, place)
            of_unit = [line for line in lines if line[:2] == (group, place)]
            assert result.ballots == len(of_unit)


def test_a_million_lines_of_the_finest_score_do_not_overflow(units):
    database.session.add(
        RatingTally(
            year=2026,
            rater_group=Group.SOCIAL_SURVEY,
            unit_id=units[0],
            score=FINEST,
            count=1_000_000,
        )
    )
    database.session.flush()
    marks = marks_of_year(2026)[units[0], Group.SOCIAL_SURVEY]
    assert result_of(Group.SOCIAL_SURVEY, marks, RULES).result == Fraction(FINEST)


def test_a_score_finer_than_any_door_lets_in_is_refused_not_rounded(units):
    row = RatingTally(year=2026, rater_group=Group.SOCIAL_SURVEY, unit_id=units[0], count=1)
    row.score = Decimal("80.0000000000000001")
    database.session.add(row)
    with pytest.raises(Exception, match="more than 15 decimals"):
        database.session.flush()


def test_the_survey_is_answers_only_while_nothing_else_was_given(units):
    points = [Decimal(100), Decimal(80), Decimal(0)]
    survey = Group.SOCIAL_SURVEY
    assert survey_answers(2026, points) is None
    store(units, [(survey, 0, Decimal(100)), (survey, 0, Decimal(100)), (survey, 1, None)])
    assert survey_answers(2026, points) == {units[0]: {Decimal(100): 2}}
    store(units, [(survey, 0, Decimal(100)), (survey, 1, Decimal("80.5"))])
    assert survey_answers(2026, points) is None
