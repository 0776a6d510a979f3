"""What is counted from cut and shuffled lines is what plain counting of whole ballots gives (7.2, 7.3)."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.ballots.rules import FORMS, INVALID, Form, Tally, judge, points_of
from fivestep_web.assessment.group_results import Marks, result_of
from fivestep_web.assessment.score_settings import Group, Settings

SETTINGS = Settings()
UNITS = tuple(range(1, 7))
TRIMMED = {Group.LEADER_EVALUATION, Group.PEER_EVALUATION}
WORTH = {
    Form.SATISFACTION: {"satisfied": 100, "basically_satisfied": 80, "dissatisfied": 0},
    Form.GRADES: {"excellent": 100, "good": 80, "fair": 60, "poor": 0},
    Form.SCORES: {"100": 100, "92.5": Fraction(185, 2), "60.1": Fraction(601, 10), "7": 7, "0": 0},
}
ABSTAINING = {Form.SATISFACTION: "unknown", Form.GRADES: "abstained", Form.SCORES: "abstained"}


def ballots_of(form):
    """Whole ballots: the voter's unit, if any, and what stands at which unit, the own one too."""
    marks = st.sampled_from([*WORTH[form], ABSTAINING[form], INVALID])
    ballot = st.dictionaries(st.sampled_from(UNITS), marks)
    return st.lists(st.tuples(st.none() | st.sampled_from(UNITS), ballot), max_size=14)


VOTES = st.sampled_from(Group).flatmap(lambda group: st.tuples(st.just(group), ballots_of(FORMS[group])))


def plain_count(group, ballots):
    """Count whole ballots one after another with pencil and paper: results and abstentions by unit."""
    form = FORMS[group]
    given_scores = {unit: [] for unit in UNITS}
    abstentions = dict.fromkeys(UNITS, 0)
    for own, marks in ballots:
        asked = [unit for unit in UNITS if unit != own]
        good = [unit for unit in asked if marks.get(unit) not in (None, INVALID)]
        if 2 * len(good) < len(asked):
            continue
        for unit in good:
            if marks[unit] == ABSTAINING[form]:
                abstentions[unit] += 1
            else:
                given_scores[unit].append(Fraction(WORTH[form][marks[unit]]))
    results = {}
    for unit, scores in given_scores.items():
        kept = sorted(scores)
        if group in TRIMMED and len(kept) >= 5:
            kept = kept[1:-1]
        results[unit] = sum(kept) / len(kept) if len(scores) >= 3 else None
    return results, abstentions, {unit: sorted(scores) for unit, scores in given_scores.items()}


def sealed_count(group, ballots, random):
    """Count as the product does: ballots in any order, cut into lines, these in any order, by histogram."""
    form, tally = FORMS[group], Tally()
    mixed = list(ballots)
    random.shuffle(mixed)
    for own, marks in mixed:
        tally.take(form, judge([unit for unit in UNITS if unit != own], marks), SETTINGS)
    lines = list(tally.lines)
    random.shuffle(lines)
    found = {unit: Counter() for unit in UNITS}
    for unit, mark in lines:
        if mark != INVALID:
            found[unit][points_of(form, mark, SETTINGS)] += 1
    results, abstentions = {}, {}
    for unit, scores in found.items():
        abstentions[unit] = scores.pop(None, 0)
        results[unit] = result_of(group, Marks.of(scores, abstentions[unit]), SETTINGS).result
    return results, abstentions


@given(VOTES, st.randoms())
def test_sealed_lines_in_any_order_give_what_counting_whole_ballots_gives(vote, random):
    group, ballots = vote
    results, abstentions, given_scores = plain_count(group, ballots)
    assert sealed_count(group, ballots, random) == (results, abstentions)
    for unit, result in results.items():
        if result is not None:
            assert 0 <= given_scores[unit][0] <= result <= given_scores[unit][-1] <= 100


@given(VOTES, st.randoms(), st.permutations(UNITS))
def test_renaming_the_units_renames_the_results_and_changes_none(vote, random, names):
    group, ballots = vote
    named = dict(zip(UNITS, names, strict=True))
    renamed = [
        (named.get(own), {named[unit]: mark for unit, mark in marks.items()}) for own, marks in ballots
    ]
    results, _abstentions = sealed_count(group, ballots, random)
    others, _abstentions = sealed_count(group, renamed, random)
    assert {named[unit]: result for unit, result in results.items()} == others
