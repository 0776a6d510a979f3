"""A year is scored by the frozen rules of its cycle, and by its settings as long as none is open."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from fivestep_web.assessment import services as assessment
from fivestep_web.assessment.cycles import queries, setup
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.cycles.services import leave_out
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.payloads import _notes
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.settings_store import parse_settings, store_settings
from fivestep_web.assessment.year_rules import YearRules, is_rule_of_its_own
from fivestep_web.cli import main
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear, Unit
from tests.assessment.cycles.plans import (
    CUT_OFF,
    YEAR,
    actor_of,
    begin,
    bring_to,
    fill_rosters,
    make_goal,
    move,
    planned,
    rate_all,
)

PARTS = st.integers(0, 100)


@st.composite
def settings(draw):
    """Any settings a department may choose."""
    cuts = sorted(draw(st.lists(PARTS, min_size=3, max_size=3)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    evaluation = draw(PARTS)
    bands = sorted(draw(st.lists(PARTS, min_size=3, max_size=3, unique=True)), reverse=True)
    default = Settings()
    return Settings(
        weights={group: Decimal(weight) / 100 for group, weight in zip(Group, weights, strict=True)},
        evaluation_share=Decimal(evaluation) / 100,
        completion_share=1 - Decimal(evaluation) / 100,
        trimmed_groups=frozenset(draw(st.sets(st.sampled_from(sorted(default.trimmed_groups))))),
        min_lines_to_trim=draw(st.integers(5, 20)),
        min_valid_lines=draw(st.integers(3, 20)),
        min_valid_rate=draw(st.fractions(0, 1, max_denominator=30)),
        decimals=draw(st.integers(0, 4)),
        bands=dict(zip(default.bands, map(Decimal, bands), strict=True)),
        excellent_quota=Decimal(draw(st.integers(0, 20))) / 100,
    )


@given(settings())
def test_settings_are_read_back_as_they_were_stored(given_settings):
    again = parse_settings(json.loads(json.dumps(store_settings(given_settings))))
    assert again == given_settings
    assert again.rule_version == given_settings.rule_version


@given(st.text(max_size=5), st.sampled_from(["", "按比例", " 按比例 "]))
def test_a_rule_of_the_plan_goes_before_the_goals_own_and_that_before_the_years(text, bare):
    rules = YearRules(Settings(), "1", ("完成得满分", ""), {"M1": ("人工评定", "")})
    assert rules.rule_of("M1", ("分档", "档=1:2")) == ("人工评定", "")
    assert rules.rule_of("M2", ("分档", "档=1:2")) == ("分档", "档=1:2")
    assert rules.rule_of("M2", (bare, " ")) == ("完成得满分", "")
    assert is_rule_of_its_own((bare, text)) == bool(text.strip())


def test_a_plan_that_is_not_open_changes_no_score(cast):
    before = score_year(YEAR)
    begin(cast)
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        setup.change_rules(actor_of(cast.office), cycle, {"decimals": "0"})
    after = score_year(YEAR)
    assert (after.rule_version, after.settings) == (before.rule_version, before.settings)
    assert after.rule_version == Settings().rule_version


def test_an_open_cycle_names_its_version_and_ignores_the_settings_of_the_year(cast, app):
    planned(cast)
    move(cast, CycleState.OPEN)
    database.session.execute(update(PlanYear).values(settings={"social_weight": "0.4", "peer_weight": "0"}))
    database.session.commit()
    rate_all()
    sha256 = queries.get_version(queries.get_cycle(YEAR), 1).sha256
    printed = CliRunner().invoke(
        main, ["score", str(YEAR), "--format", "json"], obj=ScriptInfo(create_app=lambda: app)
    )
    told = json.loads(printed.output)
    assert told["rule_version"] == f"1-{sha256[:12]}"
    assert told["weights"]["social_survey"] == "0.20"
    assert {unit["total"] for unit in told["units"]} == {"90.00"}


def test_the_units_assessed_are_those_the_cycle_froze(cast):
    begin(cast)
    units = queries.list_units(queries.get_cycle(YEAR))
    kept = {
        series: list(names)[:3] if series is Series.SECTIONS else list(names)
        for series, names in units.items()
    }
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        setup.set_units(actor_of(cast.office), cycle, name=cycle.name, cut_off_date=CUT_OFF, unit_ids=kept)
    fill_rosters(cast)
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        lines = queries.list_rosters(cycle)
        twice = {line.id: 2 for line in lines if line.rater_group is Group.PEER_EVALUATION}
        setup.set_counts(actor_of(cast.office), cycle, twice)
    assert "K04" in {unit.code for unit in score_year(YEAR).units}
    move(cast, CycleState.OPEN)
    database.session.execute(update(Unit).where(Unit.code == "K01").values(is_assessed=False))
    database.session.commit()
    score = score_year(YEAR)
    assert [unit.code for unit in score.units] == ["K01", "K02", "K03", "T01", "T02", "T03", "T04"]
    assert [(label, len(found)) for label, found in score.series()] == [("科室", 3), ("乡镇", 4)]


def test_a_group_left_out_is_reweighted_for_its_whole_series_and_no_other(cast):
    """E6: weights 0.375, 0.375 and 0.25; 89.6892959770 is 89.69."""
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.SOCIAL_SURVEY, Series.SECTIONS))
    marks = {
        Group.MASS_EVALUATION: {100: 36, 80: 16, 60: 5, 0: 1},
        Group.LEADER_EVALUATION: {96: 1, 93: 1, 92: 1, 90: 1, 88: 1, 78: 1},
        Group.PEER_EVALUATION: {95: 1, 92: 1, 90: 2, 88: 1, 87: 1, 85: 1, 60: 1},
    }
    unit_id = database.session.scalar(select(Unit.id).where(Unit.code == "K01"))
    database.session.execute(delete(RatingTally).where(RatingTally.unit_id == unit_id))
    for group, histogram in marks.items():
        for score, count in histogram.items():
            given_marks = {"score": Decimal(score), "count": count}
            database.session.add(RatingTally(year=YEAR, rater_group=group, unit_id=unit_id, **given_marks))
    database.session.commit()
    assert score_year(YEAR).find_unit("K01").total.printed is None
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        leave_out(actor_of(cast.minister), cycle, Series.SECTIONS, Group.SOCIAL_SURVEY, "收回多于发出")
    score = score_year(YEAR)
    unit = score.find_unit("K01")
    assert str(unit.total.printed) == "89.69"
    assert unit.evaluation.note == "社会调查无效，按群众评价37.5%、领导评价37.5%、科室互评25%折算"
    assert score.find_unit("T01").evaluation.note is None
    assert {each.total.printed is None for each in score.units} == {False}
    assert "科室：社会调查无效，按群众评价37.5%" in " ".join(_notes(score))


def points_of(code):
    unit = score_year(YEAR).find_unit("K01")
    return next(goal for goal in unit.goals if goal.code == code)


def test_goals_earn_by_the_plans_rule_else_their_own_else_the_years_default(cast):
    bare, own, given_rule = (make_goal(cast, code) for code in ("M01", "M02", "M03"))
    own.scoring_method, own.scoring_parameters = "分档", "档=1:3"
    bare.scoring_method = "按比例"
    database.session.commit()
    planned(cast)
    actor = actor_of(cast.office)
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        setup.set_default_rule(actor, cycle, ("完成得满分", "未完成扣=4"))
        setup.set_goal_rule(actor, cycle, queries.get_goal(YEAR, given_rule.id), ("人工评定", ""))
    assert points_of("M01").rule == "按比例"
    move(cast, CycleState.OPEN)
    assert [points_of(code).rule for code in ("M01", "M02", "M03")] == [
        "完成得满分；未完成扣=4",
        "分档；档=1:3",
        "人工评定",
    ]
    assert points_of("M03").is_assessed_by_hand


def test_a_goals_rule_stands_as_it_was_when_the_cycle_opened(cast):
    goal = make_goal(cast)
    planned(cast)
    move(cast, CycleState.OPEN)
    database.session.get(type(goal), goal.id).scoring_method = "完成得满分"
    database.session.commit()
    assert points_of("M01").rule == "按比例"


def test_an_assessor_gives_points_where_the_plan_says_so(cast):
    goal = make_goal(cast)
    planned(cast)
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        setup.set_goal_rule(actor_of(cast.office), cycle, queries.get_goal(YEAR, goal.id), ("人工评定", ""))
    with pytest.raises(Conflict), unit_of_work():
        assessment.give_points(actor_of(cast.hr), goal, points=Decimal(8), reason="材料齐全")
    move(cast, CycleState.OPEN)
    with unit_of_work():
        goal = queries.get_goal(YEAR, goal.id)
        assessment.give_points(actor_of(cast.hr), goal, points=Decimal(8), reason="材料齐全")
    assert points_of("M01").score.points == 8


@pytest.mark.parametrize(
    ("own", "rule", "reason"),
    [
        ("按比例", ("逐例扣分", "每例扣=1"), "逐例扣分"),
        ("逐例扣分", ("按比例", ""), "逐例扣分"),
        ("按比例", ("分档", ""), "分档”须写明各档"),
    ],
)
def test_a_rule_that_does_not_fit_the_goal_is_refused(cast, own, rule, reason):
    goal = make_goal(cast, scoring_method=own, scoring_parameters="每例扣=1" if own == "逐例扣分" else "")
    begin(cast)
    cycle = queries.get_cycle(YEAR)
    with pytest.raises(DomainError, match=reason):
        setup.set_goal_rule(actor_of(cast.office), cycle, goal, rule)


def test_the_years_default_is_not_to_count_incidents(cast):
    begin(cast)
    cycle = queries.get_cycle(YEAR)
    with pytest.raises(DomainError, match="逐例扣分"):
        setup.set_default_rule(actor_of(cast.office), cycle, ("逐例扣分", "每例扣=1"))


def test_a_goal_whose_rule_cannot_be_read_keeps_the_plan_from_opening(cast):
    make_goal(cast, scoring_method="凭感觉")
    planned(cast)
    with pytest.raises(Conflict, match="目标M01：计分方式：没有“凭感觉”"):
        move(cast, CycleState.OPEN)


def test_an_open_cycle_costs_one_statement_more_than_none(cast, count_queries):
    score_year(YEAR)
    count_queries.statements.clear()
    score_year(YEAR)
    before = len(count_queries)
    bring_to(cast, CycleState.OPEN)
    database.session.execute(select(1))
    count_queries.statements.clear()
    score_year(YEAR)
    assert len(count_queries) == before + 1
