"""The year's score from what is stored: alike to a second computation, as of 31 December, in few queries."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, update

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.export import as_json
from fivestep_web.assessment.models import ManualPoints, RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core.errors import DomainError, NotFound
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import Person, PlanYear, Unit
from fivestep_web.responsibility.models import Goal
from tests.assessment.county import D, county, goal, load, mean, ratings
from tests.assessment.slow_score import read_sheets, slow_score
from tests.workbook.loading import DEMO, demo_sheets

MARKS = (80, 84, 88, 92, 96)
UNIT_KEYS = {
    "code", "name", "category", "groups", "evaluation_score", "completion_score", "daily_score",
    "bonus", "deduction", "vetoed", "total", "rank", "problems",
}  # fmt: skip


def units_of(year=2026):
    return {unit["code"]: unit for unit in as_json(score_year(year))["units"]}


def unit_of(code, year=2026):
    found = score_year(year).find_unit(code)
    assert found is not None
    return found


@pytest.mark.usefixtures("db")
def test_the_demo_scores_as_a_second_slow_computation_says():
    load(demo_sheets())
    printed = as_json(score_year(2026))
    slow = slow_score(read_sheets(DEMO))
    assert len(slow) == 23
    assert [unit["code"] for unit in printed["units"]] == sorted(slow)
    for unit in printed["units"]:
        assert set(unit) == UNIT_KEYS
        assert unit["problems"] == []
        assert {key: value for key, value in unit.items() if key != "problems"} == slow[unit["code"]]
    assert printed["year"] == 2026
    assert printed["weights"] == {
        "social_survey": "0.20",
        "mass_evaluation": "0.30",
        "leader_evaluation": "0.30",
        "peer_evaluation": "0.20",
    }
    assert printed["shares"] == {"evaluation": "1", "completion": "0", "daily": "0"}
    assert set(printed) == {"year", "rule_version", "weights", "shares", "units"}


@pytest.mark.usefixtures("db")
def test_every_way_of_earning_points_agrees_with_the_second_computation():
    sheets = county(4, settings=[("评价占比", "60%"), ("完成情况占比", "40%"), ("保留小数", 3)])
    ways = [
        ("按比例", None, 7, None),
        ("按比例", "超额每个加=0.5;加分上限=1", 17, D(2026, 9, 1)),
        ("按比例", "不足每个扣=2", 7, D(2026, 10, 20)),
        ("完成得满分", "未完成扣=2", 9, None),
        ("完成得满分", "逾期每天扣=0.5；扣分上限=5", 10, D(2026, 10, 9)),
        ("分档", "档=3:4,6:9", 6, D(2026, 10, 12)),
        ("逐例扣分", "每例扣=3", 2, None),
        ("按比例", "不涉及=满分", "不涉及", None),
        ("按比例", None, "不涉及", None),
    ]
    for place, (method, parameters, done, completed) in enumerate(ways):
        code, unit = f"W{place}", f"K{place % 3 + 1:02}"
        sheets["目标"].append(goal(code, unit, method=method, parameters=parameters))
        sheets["进展"].append([code, D(2026, 12, 20), done, completed])
    sheets["加减分"] += [["K01", "加分", 1.255, "交流", None], ["K02", "一票否决", None, "事故", None]]
    load(sheets)
    rows = {
        name: [["" if cell is None else cell for cell in row] for row in table]
        for name, table in sheets.items()
    }
    slow = slow_score(rows)
    for code, unit in units_of().items():
        assert {key: value for key, value in unit.items() if key != "problems"} == slow[code]
    assert units_of()["K01"]["completion_score"] != units_of()["K04"]["completion_score"]


@pytest.mark.usefixtures("db")
def test_a_unit_that_cannot_be_scored_leaves_the_others_ranked():
    sheets = county(3)
    sheets["评价"] = [
        row for row in sheets["评价"] if not (row[0] == "领导评价" and row[2] == "K02" and row[3] > 84)
    ]
    sheets["加减分"].append(["K03", "加分", 1, "交流", None])
    load(sheets)
    units = units_of()
    lost = units["K02"]
    assert (lost["total"], lost["rank"], lost["evaluation_score"]) == (None, None, None)
    assert lost["groups"]["leader_evaluation"] == {"ballots": 2, "valid": 2, "result": None}
    assert lost["problems"] == ["领导评价有效票2张，少于3张，没有结果"]
    assert [units[code]["rank"] for code in ("K03", "K01")] == [1, 2]
    assert units["K01"]["problems"] == []


@pytest.mark.usefixtures("db")
def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    sheets = county(4)
    sheets["加减分"] += [["K02", "加分", 1, "交流", None], ["K04", "扣分", 1, "迟报", None]]
    load(sheets)
    assert {code: unit["rank"] for code, unit in units_of().items()} == {
        "K01": 2,
        "K02": 1,
        "K03": 2,
        "K04": 4,
    }


@pytest.mark.usefixtures("db")
def test_a_year_without_ratings_says_so_for_each_group():
    sheets = county(1)
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    score = score_year(2026)
    assert not score.has_ratings
    assert len(score.units[0].problems) == 4
    assert score.units[0].completion.score == 100


@pytest.mark.usefixtures("db")
def test_unknown_lines_count_as_ballots_only():
    sheets = county(1)
    sheets["评价"] += [["社会调查", "N1", "K01", "不了解"], ["社会调查", "N2", "K01", "不了解"]]
    load(sheets)
    assert units_of()["K01"]["groups"]["social_survey"] == {"ballots": 7, "valid": 5, "result": "88.00"}


@pytest.mark.usefixtures("db")
def test_settings_change_weights_trimming_and_decimals():
    marks = (50, 84, 88, 92, 96)
    changed = [
        ("社会调查权重", "10%"), ("群众评价权重", "40%"), ("领导评价去高去低", "否"),
        ("科室互评去高去低", "是"), ("保留小数", 1), ("单组最少有效票", 5),
    ]  # fmt: skip
    load(county(1, marks=marks, settings=changed))
    plain, trimmed = mean(marks), mean(marks, trimmed=True)
    expected = Fraction(8, 10) * plain + Fraction(2, 10) * trimmed
    unit = unit_of("K01")
    assert unit.total.exact == expected
    assert str(unit.total.printed) == "83.2"
    assert unit.groups[Group.LEADER_EVALUATION].trimmed == 0
    assert unit.groups[Group.PEER_EVALUATION].trimmed == 2


@pytest.mark.usefixtures("db")
def test_contradicting_stored_settings_are_one_sentence():
    load(county(1))
    database.session.execute(update(PlanYear).values(settings={"social_weight": "0.5"}))
    with pytest.raises(DomainError, match=r"2026年度的考核设置有误：.*应为100%"):
        score_year(2026)


@pytest.mark.usefixtures("db")
def test_a_year_nobody_planned_is_not_found():
    with pytest.raises(NotFound, match="没有2031年度的数据"):
        score_year(2031)


@pytest.mark.usefixtures("db")
def test_what_happened_after_31_december_does_not_count():
    sheets = county(1)
    sheets["目标"].append(goal("N1", "K01", due=D(2026, 12, 31)))
    sheets["进展"] += [["N1", D(2026, 12, 30), 4, None], ["N1", D(2027, 1, 8), 10, D(2027, 1, 8)]]
    load(sheets)
    found = {each.code: each for each in unit_of("K01").goals}
    assert (found["N1"].done, found["N1"].completed_on, found["N1"].is_overdue) == (4, None, False)
    assert unit_of("K01").completion.score == 70


@pytest.mark.usefixtures("db")
def test_of_two_reports_of_a_day_the_later_recorded_counts():
    load(county(1))
    from fivestep_web.core import clock
    from fivestep_web.execution.models import ProgressEvent

    found = database.session.scalars(select(Goal)).one()
    for done in (3, 5):
        database.session.add(
            ProgressEvent(
                goal_id=found.id,
                happened_on=D(2026, 7, 1),
                done=Decimal(done),
                recorded_at=clock.system_now(),
            )
        )
    database.session.commit()
    assert unit_of("K01").goals[0].done == 5


@pytest.mark.usefixtures("db")
def test_a_cancelled_goal_leaves_both_sums():
    sheets = county(1)
    sheets["目标"].append(goal("N1", "K01"))
    load(sheets)
    assert unit_of("K01").completion.score < 60
    found = database.session.scalars(select(Goal).where(Goal.code == "N1")).one()
    entry = LedgerEntry(goal_id=found.id, state=LedgerState.CANCELLED, opened_on=D(2026, 1, 10))
    database.session.add(entry)
    database.session.flush()
    database.session.add(
        LedgerChange(
            entry_id=entry.id, state=LedgerState.CANCELLED, changed_on=D(2026, 8, 1),
            recorded_at=dt.datetime(2026, 8, 1, tzinfo=dt.UTC),
        )
    )  # fmt: skip
    database.session.commit()
    unit = unit_of("K01")
    assert unit.completion.score == 100
    assert [step.label for step in unit.goals[1].score.steps] == ["已撤账，不计入"]


@pytest.mark.usefixtures("db")
def test_a_goal_awaiting_its_assessor_holds_back_only_what_needs_it():
    sheets = county(2, settings=[("评价占比", "80%"), ("完成情况占比", "20%")])
    sheets["目标"].append(goal("N1", "K01", method="人工评定"))
    load(sheets)
    assert units_of()["K01"]["problems"] == ["完成情况：有1个目标待人工评定"]
    assert units_of()["K02"]["rank"] == 1
    found = database.session.scalars(select(Goal).where(Goal.code == "N1")).one()
    assessor = database.session.scalars(select(Person).where(Person.code == "P00")).one()
    database.session.add(
        ManualPoints(
            goal_id=found.id, points=Decimal("7.5"), reason="材料齐全", assessor_id=assessor.id,
            given_at=dt.datetime(2026, 12, 30, tzinfo=dt.UTC),
        )
    )  # fmt: skip
    database.session.commit()
    assert units_of()["K01"]["completion_score"] == "87.50"
    assert unit_of("K01").goals[1].given.reason == "材料齐全"


@pytest.mark.usefixtures("db")
def test_a_rule_nobody_can_read_is_named_and_stops_no_other_unit():
    sheets = county(2, settings=[("评价占比", "80%"), ("完成情况占比", "20%")])
    load(sheets)
    database.session.execute(update(Goal).where(Goal.code == "MK01").values(scoring_method="看着给"))
    database.session.commit()
    assert units_of()["K01"]["problems"] == ["完成情况：目标MK01的计分方式或计分参数有误"]
    assert units_of()["K02"]["rank"] == 1


@pytest.mark.usefixtures("db")
def test_a_head_is_measured_by_the_unit_and_a_member_by_the_own_tasks():
    sheets = county(1)
    sheets["目标"].append(goal("N1", "K01", parent="MK01", person="SK01"))
    sheets["进展"].append(["N1", D(2026, 9, 1), 5, None])
    load(sheets)
    score = score_year(2026)
    people = {person.code: person for person in score.people}
    assert set(people) == {"HK01", "SK01"}
    assert people["HK01"].own.score == 100
    late = people["SK01"]
    assert late.own.score == 40
    assert (late.overdue_goals, late.post) == (1, "第K01科科员")
    assert str(late.figure) == "64.00"
    assert score.pool_sizes == {Pool.CIVIL_SERVANT: 2, Pool.INSTITUTION_STAFF: 0}


@pytest.mark.usefixtures("db")
def test_only_option_scores_tell_a_satisfaction_rate():
    sheets = county(2)
    others = [row for row in sheets["评价"] if row[0] != "社会调查"]
    sheets["评价"] = [*others, *ratings(["K01"], [100, 100, 80, 0, 0], ["社会调查"])]
    sheets["评价"] += ratings(["K02"], [100, 80, 0, 0], ["社会调查"])
    load(sheets)
    score = score_year(2026)
    assert score.is_option_survey
    assert unit_of("K01").satisfaction == Fraction(3, 5)
    assert unit_of("K02").groups[Group.SOCIAL_SURVEY].result == 45
    assert unit_of("K02").satisfaction is None, "four answers would be told apart"
    any_tally = select(RatingTally.id).where(
        RatingTally.rater_group == Group.SOCIAL_SURVEY, RatingTally.score == Decimal(80)
    )
    first = database.session.scalars(any_tally.order_by(RatingTally.id)).first()
    database.session.execute(update(RatingTally).where(RatingTally.id == first).values(score=Decimal(81)))
    assert not score_year(2026).is_option_survey
    assert unit_of("K01").satisfaction is None


@pytest.mark.usefixtures("db")
def test_a_unit_bears_the_name_it_had_on_31_december():
    load(county(1))
    unit = database.session.scalars(select(Unit).where(Unit.code == "K01")).one()
    unit.periods[0].valid_to = D(2027, 2, 28)
    database.session.flush()
    from fivestep_web.org.models import UnitKind, UnitPeriod

    database.session.add(
        UnitPeriod(unit_id=unit.id, name="综合科", kind=UnitKind.SECTION, valid_from=D(2027, 3, 1))
    )
    database.session.commit()
    assert unit_of("K01").name == "第K01科"


def test_many_units_cost_no_more_queries_than_one(db, count_queries):
    load(county(1))
    count_queries.statements.clear()
    score_year(2026)
    few = len(count_queries)
    load(county(12))
    database.session.expire_all()
    count_queries.statements.clear()
    assert len(score_year(2026).units) == 12
    assert len(count_queries) <= few
    assert few <= 14
