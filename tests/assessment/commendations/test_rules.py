"""The states of a commendation (5.8): none is skipped, whatever people try in whatever order."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.candidates import DecidedTie, PersonStanding, Pool, UnitStanding
from fivestep_web.assessment.candidates import commendation_candidates as candidates
from fivestep_web.assessment.commendations.rules import (
    LINE,
    TRANSITIONS,
    CommendationState,
    CommendationStep,
    Facts,
    after,
    fault,
    seats_fault,
)
from fivestep_web.assessment.score_settings import Settings

S, T = CommendationState, CommendationStep
FACTS = st.builds(Facts, st.booleans(), st.booleans(), st.booleans(), st.booleans())
CLEAR = Facts(is_publicity_over=True)


@given(st.lists(st.tuples(st.sampled_from(T), FACTS), max_size=40))
def test_nothing_is_issued_without_a_publicity_that_ended_and_a_decision(tries):
    state, way = S.CANDIDATE, [(S.CANDIDATE, CLEAR)]
    for step, facts in tries:
        if not fault(step, state, facts):
            state = after(step, state)
            way.append((state, facts))
    reached = [each for each, _facts in way]
    assert reached == list(dict.fromkeys(reached)), "no state is entered twice"
    if S.ISSUED in reached:
        assert reached[:5] == list(LINE)
        decided = dict(way)[S.DECIDED]
        assert decided.is_publicity_over
        assert not decided.has_open_objection
        assert not decided.has_upheld_objection
        assert not any(facts.is_barred for each, facts in way if each is not S.REMOVED)
    if S.REMOVED in reached:
        assert reached[-1] is S.REMOVED
        assert S.ISSUED not in reached


@given(st.sampled_from(T), st.sampled_from(S), FACTS)
def test_only_the_steps_of_the_line_and_its_branch_lead_on(step, state, facts):
    following = after(step, state)
    if following is None:
        assert fault(step, state, facts).startswith(f"现在是“{state.label}”")
    elif step is T.REMOVE:
        assert fault(step, state, facts) == ""


def test_the_steps_are_those_of_the_reference():
    ways = {(before.value, to.value) for moves in TRANSITIONS.values() for before, to in moves.items()}
    assert ways == {
        ("candidate", "nominated"),
        ("nominated", "publicizing"),
        ("publicizing", "decided"),
        ("decided", "issued"),
        ("issued", "recommended_to_city"),
        ("recommended_to_city", "recommended_to_province"),
        *((state, "removed") for state in ("candidate", "nominated", "publicizing", "decided")),
    }


def test_a_decision_says_what_it_waits_for():
    def said(**facts):
        return fault(T.DECIDE, S.PUBLICIZING, Facts(**facts))

    over = {"is_publicity_over": True}
    assert said() == "公示期未满"
    assert said(**over) == ""
    assert said(**over, has_open_objection=True) == "异议没有答复"
    assert said(**over, has_upheld_objection=True) == "异议成立"
    assert said(**over, is_barred=True) == "不符合条件"


@given(FACTS)
def test_nothing_is_issued_while_somebody_objects_or_was_right_to(facts):
    said = fault(T.ISSUE, S.DECIDED, facts)
    assert bool(said) == (facts.is_barred or facts.has_open_objection or facts.has_upheld_objection)


@given(st.integers(0, 50), st.integers(0, 60))
def test_a_quota_is_refused_with_its_count(seats, taken):
    said = seats_fault("先进单位", seats, taken)
    assert bool(said) == (taken > seats)
    if said:
        assert said == f"先进单位名额{seats}个，提名后共{taken}个，超出{taken - seats}个"
    assert seats_fault("先进单位", None, taken) == ""


def _listed(ties):
    units = [UnitStanding("K01", None, Decimal(80), 1, vetoed=False)]
    people = [PersonStanding(name, "K01", Pool.CIVIL_SERVANT, Decimal(95)) for name in "甲乙丙"]
    rows = candidates(units, people, {Pool.CIVIL_SERVANT: 10}, Settings(), ties=ties)
    return {row.person: (row.undecided, row.reason) for row in rows}


def test_a_decision_on_a_tie_gives_the_seats_and_is_named_as_the_reason():
    assert {undecided for undecided, _reason in _listed(()).values()} == {True}
    everybody = frozenset("甲乙丙")
    tie = DecidedTie(everybody, frozenset("甲丙"), "2027年1月15日部务会议决定：承担任务更重")
    decided = _listed((tie,))
    assert set(decided) == {"甲", "丙"}
    assert decided["甲"] == (False, f"个人实绩95分，不低于90分（优秀）；与他人完全并列，{tie.text}")
    later = DecidedTie(everybody, frozenset("甲乙"), "复议")
    assert set(_listed((tie, later))) == {"甲", "乙"}, "the latest decision holds"


def test_a_decision_on_others_or_on_other_seats_decides_nothing():
    others = DecidedTie(frozenset("甲乙"), frozenset("甲"), "")
    fewer = DecidedTie(frozenset("甲乙丙"), frozenset("甲"), "")
    assert all(undecided for undecided, _reason in _listed((others, fewer)).values())
