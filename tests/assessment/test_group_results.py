"""Group results, validity and satisfaction (domain 7.2, 7.3, examples E1–E4 and E7)."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.group_results import (
    Marks,
    Validity,
    VoteCount,
    check_validity,
    grade_histogram,
    is_ballot_valid,
    result_of,
    satisfaction_histogram,
    satisfaction_of,
)
from fivestep_web.assessment.score_settings import Grade, Group, Satisfaction, Settings
from fivestep_web.core.rounding import round_half_up

SETTINGS = Settings()
E1_ANSWERS = {
    Satisfaction.SATISFIED: 120,
    Satisfaction.BASICALLY_SATISFIED: 40,
    Satisfaction.DISSATISFIED: 8,
    Satisfaction.UNKNOWN: 8,
}


def given_scores(*scores, abstentions=0):
    return Marks.of(Counter(Decimal(score) for score in scores), abstentions)


def test_e1_social_survey_scores_90_4761904762_and_95_24_percent_are_satisfied():
    vote = VoteCount(issued=200, returned=182, valid=176)
    assert check_validity(vote, SETTINGS) == (Validity.VALID, None)
    histogram, unknown = satisfaction_histogram(E1_ANSWERS, SETTINGS)
    result = result_of(Group.SOCIAL_SURVEY, Marks.of(histogram, unknown), SETTINGS)
    assert (result.ballots, result.valid) == (176, 168)
    assert result.result == Fraction(15200, 168)
    assert str(round_half_up(result.result, 10)) == "90.4761904762"
    figures = satisfaction_of(E1_ANSWERS, SETTINGS)
    assert (figures.rated, figures.score) == (168, result.result)
    assert str(round_half_up(figures.rate * 100)) == "95.24"


def test_e2_mass_evaluation_scores_89_3103448276():
    vote = VoteCount(issued=63, returned=60, valid=58)
    assert check_validity(vote, SETTINGS) == (Validity.VALID, None)
    counts = {Grade.EXCELLENT: 36, Grade.GOOD: 16, Grade.FAIR: 5, Grade.POOR: 1}
    histogram, abstained = grade_histogram(counts, SETTINGS)
    result = result_of(Group.MASS_EVALUATION, Marks.of(histogram, abstained), SETTINGS)
    assert str(round_half_up(result.result, 10)) == "89.3103448276"


def test_e3_leaders_lose_one_highest_and_one_lowest_score():
    result = result_of(Group.LEADER_EVALUATION, given_scores(96, 93, 92, 90, 88, 78), SETTINGS)
    assert result.result == Fraction("90.75")
    assert result.trimmed == 2


def test_e3_with_four_scores_nothing_is_dropped():
    result = result_of(Group.LEADER_EVALUATION, given_scores(96, 93, 92, 90), SETTINGS)
    assert result.result == Fraction("92.75")
    assert result.trimmed == 0


def test_e4_peers_score_88_6666666667_trimmed_and_85_875_untrimmed():
    peers = given_scores(95, 92, 90, 90, 88, 87, 85, 60)
    result = result_of(Group.PEER_EVALUATION, peers, SETTINGS)
    assert str(round_half_up(result.result, 10)) == "88.6666666667"
    plain = result_of(Group.PEER_EVALUATION, peers, replace(SETTINGS, trimmed_groups=frozenset()))
    assert plain.result == Fraction("85.875")


def test_e7_more_ballots_returned_than_issued_make_the_group_void():
    validity, why = check_validity(VoteCount(issued=200, returned=203, valid=203), SETTINGS)
    assert validity is Validity.VOID
    assert why == "收回203张，多于发出的200张，本组无效，须重新投票"


@pytest.mark.parametrize(
    ("valid", "expected"), [(42, Validity.VALID), (41, Validity.INSUFFICIENT), (0, Validity.INSUFFICIENT)]
)
def test_two_thirds_of_the_issued_codes_must_be_valid(valid, expected):
    assert check_validity(VoteCount(issued=63, returned=60, valid=valid), SETTINGS)[0] is expected


def test_a_group_short_of_ballots_says_how_short():
    _, why = check_validity(VoteCount(issued=63, returned=60, valid=41), SETTINGS)
    assert why == "有效票41张，不足发出63张的66.67%，本组票数不足"


def test_imported_scores_have_no_number_issued_and_stand():
    assert check_validity(VoteCount(None, 3, 3), SETTINGS) == (Validity.VALID, None)


@pytest.mark.parametrize(
    ("offered", "usable", "expected"), [(9, 0, False), (9, 4, False), (9, 5, True), (8, 4, True)]
)
def test_a_ballot_with_more_than_half_of_its_lines_missing_is_invalid(offered, usable, expected):
    assert is_ballot_valid(offered, usable) is expected


def test_tied_extremes_are_dropped_once_each():
    result = result_of(Group.LEADER_EVALUATION, given_scores(90, 90, 90, 80, 80), SETTINGS)
    assert result.result == Fraction(260, 3)


def test_survey_and_mass_evaluation_are_never_trimmed():
    scores = given_scores(100, 100, 100, 100, 0)
    for group in (Group.SOCIAL_SURVEY, Group.MASS_EVALUATION):
        assert result_of(group, scores, SETTINGS).result == 80


def test_fewer_valid_lines_than_the_minimum_give_no_result_and_say_so():
    result = result_of(Group.SOCIAL_SURVEY, given_scores(90, 80, abstentions=4), SETTINGS)
    assert (result.ballots, result.valid, result.result) == (6, 2, None)
    assert result.problem == "社会调查有效票2张，少于3张，没有结果"
    assert result_of(Group.SOCIAL_SURVEY, given_scores(90, 80, 70), SETTINGS).result == 80


def test_a_survey_of_people_who_know_nothing_has_no_satisfaction():
    assert satisfaction_of({Satisfaction.UNKNOWN: 5}, SETTINGS) is None


SCORES = st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=40)


@given(scores=SCORES, group=st.sampled_from(Group), order=st.randoms())
def test_a_result_agrees_with_the_sorted_list_in_any_order(scores, group, order):
    kept = sorted(Fraction(score) for score in scores)
    if group in {Group.LEADER_EVALUATION, Group.PEER_EVALUATION} and len(kept) >= 5:
        kept = kept[1:-1]
    order.shuffle(scores)
    result = result_of(group, Marks.of(Counter(scores)), SETTINGS)
    assert result.result == sum(kept) / len(kept)
    assert min(scores) <= result.result <= max(scores)
    assert result.valid == len(scores)
