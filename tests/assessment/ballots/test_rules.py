"""Every row of domain.md 7.2 that concerns one ballot, and counts that no order of ballots changes."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.ballots.rules import (
    ABSTENTIONS,
    INVALID,
    Form,
    MarkError,
    Tally,
    judge,
    label_of,
    read_mark,
    seal_root,
)
from fivestep_web.assessment.score_settings import Settings

SETTINGS = Settings()
UNITS = range(1, 9)
SCORE_MARKS = st.sampled_from(["100", "92.5", "60", "0", ABSTENTIONS[Form.SCORES], INVALID])
BALLOTS = st.lists(st.dictionaries(st.sampled_from(UNITS), SCORE_MARKS), max_size=12)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("92.5", "92.5"), (" ９２ ", "92"), ("100.0", "100"), ("0", "0"), ("-0", "0"), ("", None),
     ("  ", None), ("abstained", "abstained")],
)  # fmt: skip
def test_a_score_has_one_spelling(text, mark):
    assert read_mark(Form.SCORES, text) == mark


@pytest.mark.parametrize("text", ["101", "-1", "92.55", "优秀", "NaN", "Infinity", "1e3", "invalid"])
def test_a_score_out_of_range_or_a_text_is_no_mark(text):
    with pytest.raises(MarkError, match="0到100"):
        read_mark(Form.SCORES, text)


@pytest.mark.parametrize("text", ["92", "great", "satisfied", "invalid"])
def test_a_grade_is_one_of_those_offered(text):
    assert read_mark(Form.GRADES, "excellent") == "excellent"
    with pytest.raises(MarkError, match="所列选项"):
        read_mark(Form.GRADES, text)


def test_marks_are_told_in_words():
    assert label_of(Form.SATISFACTION, "unknown") == "不了解"
    assert label_of(Form.SCORES, "abstained") == "弃权"
    assert label_of(Form.GRADES, "good") == "良好"
    assert label_of(Form.SCORES, "92.5") == "92.5"
    assert label_of(Form.GRADES, INVALID) == "无效"


def test_a_blank_ballot_is_returned_and_invalid():
    judged = judge(UNITS, {})
    assert (judged.is_blank, judged.is_valid) == (True, False)


def test_an_invalid_line_leaves_the_rest_of_the_ballot_standing():
    judged = judge([1, 2, 3], {1: INVALID, 2: "90", 3: "80"})
    assert judged.is_valid
    assert dict(judged.lines) == {1: INVALID, 2: "90", 3: "80"}


def test_abstentions_make_a_valid_ballot():
    judged = judge([1, 2], {1: "abstained", 2: "abstained"})
    assert (judged.is_valid, judged.is_blank) == (True, False)


@pytest.mark.parametrize(("marked", "is_valid"), [(3, False), (4, True), (5, True)])
def test_more_than_half_missing_makes_the_whole_ballot_invalid(marked, is_valid):
    judged = judge(UNITS, dict.fromkeys(list(UNITS)[:marked], "90"))
    assert judged.is_valid is is_valid
    assert bool(judged.lines) is is_valid
    assert not judged.is_blank


def test_the_own_unit_counts_for_nothing():
    judged = judge([2, 3], {1: "100", 2: "80", 3: "80"})
    assert dict(judged.lines) == {2: "80", 3: "80"}
    assert not judge([2, 3, 4], {1: "100", 2: "80"}).is_valid


def count(ballots, form=Form.SCORES):
    tally = Tally()
    for marks in ballots:
        tally.take(form, judge(UNITS, marks), SETTINGS)
    return tally


@given(BALLOTS, st.randoms())
def test_no_order_of_ballots_changes_the_count(ballots, random):
    shuffled = list(ballots)
    random.shuffle(shuffled)
    one, other = count(ballots), count(shuffled)
    assert (one.returned, one.blank, one.valid, one.flat, one.bands) == (
        other.returned, other.blank, other.valid, other.flat, other.bands,
    )  # fmt: skip
    assert Counter(one.lines) == Counter(other.lines)
    assert one.returned == len(ballots) == one.valid + one.invalid
    assert one.blank <= one.invalid


def test_a_ballot_of_highest_marks_only_is_noted_and_counts():
    tally = count([dict.fromkeys(UNITS, "100"), dict.fromkeys(UNITS, "95") | {1: "100"}])
    assert (tally.valid, tally.flat) == (2, 1)
    assert tally.bands == {90: 2}


LINES = st.lists(st.tuples(st.text(max_size=4), st.integers(0, 9), st.text(max_size=4)), max_size=8)
NUMBERS = st.lists(st.text(max_size=4), max_size=8)


@given(LINES, NUMBERS, st.randoms())
def test_the_root_does_not_depend_on_the_order(lines, numbers, random):
    mixed, other = list(lines), list(numbers)
    random.shuffle(mixed)
    random.shuffle(other)
    assert seal_root(mixed, other) == seal_root(lines, numbers)


@given(LINES, NUMBERS, st.data())
def test_the_root_changes_with_every_line_and_number(lines, numbers, data):
    root = seal_root(lines, numbers)
    assert seal_root([*lines, ("new", 1, "90")], numbers) != root
    assert seal_root(lines, [*numbers, "new"]) != root
    if lines:
        place = data.draw(st.integers(0, len(lines) - 1))
        identifier, unit, mark = lines[place]
        altered = [*lines[:place], (identifier, unit, f"{mark}x"), *lines[place + 1 :]]
        assert seal_root(altered, numbers) != root
        assert seal_root(lines[:place] + lines[place + 1 :], numbers) != root
