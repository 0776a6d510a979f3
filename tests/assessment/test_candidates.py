"""Candidate lists with the rule behind each row (R5.15–R5.18, example E10)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from fivestep_web.assessment.candidates import (
    CandidateKind,
    PersonStanding,
    Pool,
    UnitStanding,
    admonition_candidates,
    commendation_candidates,
)
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.core.rounding import round_half_up

SETTINGS = Settings()
POOLS = {Pool.CIVIL_SERVANT: 27, Pool.INSTITUTION_STAFF: 9}
BEST = UnitStanding("K01", "P1", Decimal("91.20"), 1, vetoed=False, leader_result=Fraction(92))
GOOD = UnitStanding("K02", "P2", Decimal("89.85"), 2, vetoed=False, leader_result=Fraction(90))


def person(name, unit, figure, pool=Pool.CIVIL_SERVANT, **more):
    return PersonStanding(name, unit, pool, None if figure is None else Decimal(figure), **more)


def commended(units, people, pools=None, **more):
    return commendation_candidates(units, people, POOLS if pools is None else pools, SETTINGS, **more)


def names(rows):
    return [row.person for row in rows if row.kind is CandidateKind.ADVANCED_PERSON]


def test_an_excellent_unit_is_proposed_with_its_figures():
    rows = commended([GOOD, BEST], [])
    assert [(row.kind, row.unit, row.person) for row in rows] == [(CandidateKind.ADVANCED_UNIT, "K01", None)]
    assert rows[0].reason == "年度总分91.20分，不低于90分（优秀），位次第1"


def test_the_head_of_an_excellent_unit_is_proposed_whatever_the_own_figure():
    rows = commended([BEST], [person("P1", "K01", "85.00"), person("P3", "K01", "89.99")])
    assert names(rows) == ["P1"]
    assert rows[-1].reason == "所负责单位年度总分91.20分（优秀），个人实绩85.00分"


def test_a_head_without_own_tasks_is_proposed_for_the_unit():
    rows = commended([BEST], [person("P1", "K01", None)])
    assert rows[-1].reason == "所负责单位年度总分91.20分（优秀）"


def test_a_person_is_proposed_from_the_excellent_figure_on():
    rows = commended([GOOD], [person("P4", "K02", "90.00"), person("P5", "K02", "89.99")])
    assert names(rows) == ["P4"]
    assert rows[-1].reason == "个人实绩90.00分，不低于90分（优秀）"


def test_a_vetoed_unit_and_its_head_are_never_proposed():
    vetoed = replace(BEST, vetoed=True)
    rows = commended([vetoed], [person("P1", "K01", "99.00"), person("P3", "K01", "95.00")])
    assert [(row.kind, row.person) for row in rows] == [(CandidateKind.ADVANCED_PERSON, "P3")]


def test_a_unit_without_a_total_is_not_proposed():
    unscored = replace(BEST, total=None, rank=None)
    assert commended([unscored], [person("P1", "K01", None)]) == []


def test_each_pool_has_its_own_quota():
    people = [person(f"C{i}", "K02", f"{98 - i}") for i in range(8)]
    people += [person(f"S{i}", "K02", "99.00", Pool.INSTITUTION_STAFF, overdue_goals=i) for i in range(3)]
    assert names(commended([GOOD], people)) == ["C0", "C1", "C2", "C3", "C4", "S0"]
    approved = commended([GOOD], people, raised=Pool)
    assert names(approved) == ["C0", "C1", "C2", "C3", "C4", "C5", "S0", "S1"]


def test_people_assessed_elsewhere_take_no_seat():
    people = [person("X1", "K02", "91.00", None), person("X2", "K02", "92.00", None)]
    assert sorted(names(commended([GOOD], people, {}))) == ["X1", "X2"]


def test_a_tie_at_the_edge_is_broken_by_the_leaders_and_says_so():
    people = [
        person("P7", "K02", "95.00", Pool.INSTITUTION_STAFF),
        person("P8", "K01", "95.00", Pool.INSTITUTION_STAFF),
    ]
    rows = commended([GOOD, BEST], people)
    assert names(rows) == ["P8"]
    assert rows[-1].reason.endswith("；得分并列，按领导评价结果排在前")


def test_equals_in_everything_are_listed_as_undecided():
    people = [person(name, "K02", "95.00", Pool.INSTITUTION_STAFF) for name in ("P7", "P8")]
    rows = commended([GOOD], people)
    assert [(row.person, row.undecided) for row in rows] == [("P7", True), ("P8", True)]
    assert rows[0].reason.endswith("；与他人完全并列，2人争1个名额，由部务会议决定")


def test_people_of_units_outside_the_ranking_are_left_out():
    assert commended([GOOD], [person("P9", "Z99", "99.00")]) == []


@pytest.mark.parametrize(
    ("exact", "triggered"), [("60.00", False), ("59.995", False), ("59.99", True), ("58.20", True)]
)
def test_e10_a_total_strictly_below_the_threshold_is_a_trigger(exact, triggered):
    unit = replace(GOOD, total=round_half_up(Decimal(exact)))
    rows = admonition_candidates([unit], SETTINGS)
    assert [row.kind for row in rows] == [CandidateKind.POOR_RESULT] * triggered


def test_an_admonition_row_names_its_rule_and_the_head():
    (row,) = admonition_candidates([replace(GOOD, total=Decimal("58.20"))], SETTINGS)
    assert (row.unit, row.person) == ("K02", "P2")
    assert row.reason == "年度总分58.20分，低于60.00分（实绩考核较差）"


@pytest.mark.parametrize(
    ("rate", "triggered"),
    [(Fraction(60, 100), False), (Fraction(59995, 100000), False), (Fraction(5999, 10000), True)],
)
def test_e10_a_satisfaction_rate_strictly_below_the_threshold_is_a_trigger(rate, triggered):
    rows = admonition_candidates([replace(GOOD, satisfaction=rate)], SETTINGS)
    assert [row.kind for row in rows] == [CandidateKind.LOW_SATISFACTION] * triggered
    assert not triggered or rows[0].reason == "群众满意率59.99%，低于60%（群众满意度测评较低）"


def test_e10_both_triggers_give_two_rows_and_neither_gives_none():
    both = replace(GOOD, total=Decimal("59.99"), satisfaction=Fraction(1, 2))
    assert [row.kind for row in admonition_candidates([both], SETTINGS)] == [
        CandidateKind.POOR_RESULT,
        CandidateKind.LOW_SATISFACTION,
    ]
    assert admonition_candidates([replace(GOOD, satisfaction=None)], SETTINGS) == []


def test_a_unit_without_a_total_triggers_nothing():
    assert admonition_candidates([replace(GOOD, total=None)], SETTINGS) == []


def test_a_veto_leaves_the_admonition_rules_alone():
    assert admonition_candidates([replace(BEST, vetoed=True)], SETTINGS) == []


def test_who_is_barred_takes_no_seat_and_comes_last():
    people = [person(f"C{i}", "K02", f"{98 - i}") for i in range(8)]
    rows = commended([GOOD], people, barred={"C1", "C3", "P9"})
    assert names([row for row in rows if not row.barred]) == ["C0", "C2", "C4", "C5", "C6"]
    assert [(row.person, row.barred) for row in rows[-2:]] == [("C1", True), ("C3", True)]
    assert rows[-1].reason == "个人实绩95分，不低于90分（优秀）"


def test_who_does_not_meet_the_figures_is_not_named_for_being_barred():
    assert commended([GOOD], [person("P5", "K02", "89.99")], barred={"P5"}) == []


def test_the_unit_of_a_barred_head_stays_on_the_list():
    rows = commended([BEST], [person("P1", "K01", "85.00")], barred={"P1"})
    assert [(row.unit, row.person, row.barred) for row in rows] == [("K01", None, False), ("K01", "P1", True)]
