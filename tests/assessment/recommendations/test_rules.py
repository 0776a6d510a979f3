"""Order by result, its change with a reason, and the length of deeds (R5.17, N13)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.recommendations.rules import Result, by_result, deeds_fault, order_fault

SCORES = st.lists(st.one_of(st.none(), st.decimals(0, 100, places=2)), max_size=12)


@given(SCORES, st.randoms(use_true_random=False))
def test_nobody_stands_above_a_better_result(scores, random):
    results = [Result(place, score) for place, score in enumerate(scores)]
    random.shuffle(results)
    ordered = [scores[one] for one in by_result(results)]
    assert sorted(by_result(results)) == list(range(len(scores)))
    known = [score for score in ordered if score is not None]
    assert known == sorted(known, reverse=True)
    assert ordered[len(known) :] == [None] * (len(scores) - len(known))


def test_equals_keep_the_order_given():
    assert by_result([Result(2, Decimal(90)), Result(1, Decimal(90)), Result(3, None)]) == [2, 1, 3]


@given(st.permutations([1, 2, 3]), st.sampled_from(["", "  ", "本人承担全市试点"]))
def test_a_change_of_order_needs_its_reason(wanted, reason):
    said = order_fault([1, 2, 3], wanted, reason)
    if wanted == [1, 2, 3]:
        assert said == "顺序没有变化"
    else:
        assert bool(said) == (not reason.strip())


def test_an_order_of_other_people_is_refused():
    assert "请刷新" in order_fault([1, 2], [1, 3], "理由")


def test_three_hundred_characters_are_counted_as_typed():
    assert deeds_fault("好" * 299 + "。") == ""
    assert deeds_fault("好" * 300 + "。") == "简要事迹不超过300字，现有301字"
