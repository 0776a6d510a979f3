"""Loading: new rows added, changed ones updated, absent ones left alone."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.models import Adjustment, RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person, PlanYear, PostHolding, Unit, UnitKind
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal, Letter, Milestone
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import TopicState
from fivestep_web.workbook import services
from fivestep_web.workbook.reading import read_workbook
from tests.workbook.builders import sheets
from tests.workbook.loading import (
    DEMO,
    LATER,
    check,
    count,
    demo_sheets,
    dump,
    load,
    one,
    put,
    touched,
    without,
)

pytestmark = pytest.mark.usefixtures("db")
D = dt.date


def test_the_demo_county_comes_in_whole_with_its_letters_drafted():
    with unit_of_work():
        changes = services.load(SYSTEM, services.check_raw(read_workbook(DEMO)), is_trusted=True)
    found = [count(model) for model in (Unit, Person, User, Topic, Goal, Milestone, ProgressEvent)]
    assert found == [24, 85, 85, 21, 370, 700, 1341]
    assert count(Adjustment) == 2
    assert database.session.scalar(select(func.sum(RatingTally.count))) == 2738
    assert changes.letters == count(Letter) > 0
    assert set(database.session.scalars(select(Topic.state))) == {TopicState.FINAL}
    year = one(PlanYear, year=2026)
    assert (year.step_two_open, year.step_two_reason) == (True, "导入")


def test_loading_the_demo_county_again_touches_no_row():
    raw = read_workbook(DEMO)
    with unit_of_work():
        services.load(SYSTEM, services.check_raw(raw), is_trusted=True)
    before = dump()
    with unit_of_work():
        again = services.load(SYSTEM, services.check_raw(raw), is_trusted=True)
    assert again.is_empty
    assert touched(before) == {}


@pytest.mark.parametrize("day", [None, LATER])
def test_loading_the_small_workbook_again_touches_no_row_on_any_day(small, day, monkeypatch):
    if day:
        monkeypatch.setattr(clock, "today", lambda: day)
    before = dump()
    assert load(sheets()).is_empty
    assert touched(before) == {}


def test_exactly_what_changed_is_updated(small):
    before = dump()
    data = sheets()
    put(data, "课题", "G3", "信息质量提升")
    put(data, "目标", "I2", 40)
    put(data, "里程碑", "C2", "调研部署")
    put(data, "进展", "E2", "加快推进")
    put(data, "加减分", "C2", 3)
    changes = load(data)
    assert {name: (sheet.new, sheet.changed) for name, sheet in changes.sheets.items() if sheet.changed} == {
        "课题": (0, 1), "目标": (0, 1), "里程碑": (0, 1), "进展": (0, 1), "加减分": (0, 1),
    }  # fmt: skip
    assert {name: pair for name, pair in touched(before).items() if name != "instance_setting"} == {
        "topic": (1, 1), "goal": (1, 1), "milestone": (1, 1), "progress_event": (1, 1), "adjustment": (1, 1),
        "audit_entry": (1, 0),
    }  # fmt: skip
    assert one(Goal, code="M1").target == 40
    assert one(Adjustment, reason="经验交流").points == 3
    assert "目标值：30 → 40" in changes.sheets["目标"].examples[0]


def test_rows_the_file_leaves_out_stay(small):
    before = dump()
    assert load({"设置": [["项目", "值"], ["年度", 2026]]}).is_empty
    assert touched(before) == {}


def test_a_sheet_without_rows_is_not_among_the_changes(small):
    assert load({"设置": [["项目", "值"], ["年度", 2026], ["保留小数", 3]]}).counts().keys() == {"设置"}


def test_columns_the_file_leaves_out_stay_as_stored(small):
    data = sheets()
    without(data, "单位", "上级单位编码", "负责人工号", "主管领导工号", "参评")
    without(data, "人员", "职务", "编制", "登录名", "手机")
    without(data, "课题", "目标要求", "重点")
    without(
        data,
        "目标",
        "上级目标编号",
        "计量单位",
        "目标值",
        "完成标准",
        "开始日期",
        "基本分",
        "计分方式",
        "计分参数",
    )
    without(data, "里程碑", "应完成比例")
    without(data, "进展", "完成日期", "情况说明")
    without(data, "加减分", "依据")
    before = dump()
    assert load(data).is_empty
    assert touched(before) == {}


def test_what_a_new_row_leaves_empty_has_its_default():
    data = sheets()
    data["单位"].append(["K03", "研究室", "科室", None, None, None, None])
    load(data)
    task = one(Goal, code="M2")
    assert (task.points, task.scoring_method, task.scoring_parameters) == (10, "按比例", "")
    assert one(Goal, code="M3").target == 1
    assert one(Unit, code="K03").is_assessed is False
    assert sorted(database.session.scalars(select(User.username))) == ["P1", "P3", "zhang"]


def test_a_goal_without_a_leader_gets_the_leader_in_charge_of_its_unit_and_keeps_it(small):
    first, other = one(Person, code="P1"), one(Person, code="P3")
    assert one(Goal, code="M2").leader_id == first.id
    data = put(sheets(), "单位", "F4", "P3")
    load(data)
    assert one(Goal, code="M2").leader_id == first.id
    put(data, "目标", "E3", "K01")
    put(data, "单位", "F3", "P3")
    load(data)
    assert one(Goal, code="M2").leader_id == other.id


def test_a_goal_that_gets_another_parent_counts_as_changed_and_is_logged(small):
    data = sheets()
    data["目标"].insert(2, list(data["目标"][1]))
    put(data, "目标", "A3", "M9")
    put(data, "目标", "C4", "M9")
    changes = load(data)
    assert (changes.sheets["目标"].new, changes.sheets["目标"].changed) == (1, 1)
    assert one(Goal, code="M2").parent_id == one(Goal, code="M9").id
    assert any("上级目标编号：M1 → M9" in text for text in changes.sheets["目标"].examples)


def test_ratings_are_replaced_group_by_group_and_never_by_rater(small):
    data = {"评价": [sheets()["评价"][0], ["社会调查", "RATER-7", "K01", 80]], "设置": sheets()["设置"]}
    changes = load(data)
    assert (changes.sheets["评价"].new, changes.sheets["评价"].changed) == (0, 1)
    rows = database.session.execute(
        select(RatingTally.rater_group, RatingTally.score, RatingTally.count).order_by(
            RatingTally.rater_group
        )
    ).all()
    assert rows == [(Group.PEER_EVALUATION, Decimal(88), 1), (Group.SOCIAL_SURVEY, Decimal(80), 1)]
    assert "RATER-7" not in repr(dump())


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch):
    before = dump()

    def fail(actor, year):
        raise RuntimeError(year)

    monkeypatch.setattr(drafting, "draft_letters", fail)
    with pytest.raises(RuntimeError), unit_of_work():
        services.load(SYSTEM, check(sheets()), is_trusted=True)
    assert touched(before) == {}


def test_a_preview_tells_what_the_load_then_does_and_changes_nothing(small):
    data = put(sheets(), "目标", "I2", 31)
    data["目标"].append(["M5", "T02", None, "调研", "K01", "P2", None, "篇", 1, None, None, D(2026, 12, 10)])
    before = dump()
    with unit_of_work():
        told = services.preview(SYSTEM, check(data), is_trusted=True)
    assert touched(before) == {}
    assert told.counts() == load(data).counts()


def test_a_workbook_for_next_year_makes_people_who_can_work_today():
    load(put(put(demo_next_year(), "设置", "B2", 2027), "单位", "A1", "单位编码"))
    assert {holding.valid_from for holding in database.session.scalars(select(PostHolding))} == {
        clock.today()
    }
    assert one(Unit, code="B00").kind is UnitKind.LEADERSHIP


def demo_next_year():
    return {name: rows for name, rows in sheets().items() if name in {"单位", "人员", "设置"}}


def test_codes_of_another_year_are_not_known(small):
    data = {"进展": sheets()["进展"], "设置": [["项目", "值"], ["年度", 2025]]}
    assert {problem.cell for problem in check(data).problems} == {"A2", "A3", "A4"}


def test_the_year_is_found_whatever_the_order_of_the_columns(small):
    data = {"进展": sheets()["进展"], "设置": [["值", "项目"], [2026, "年度"]]}
    assert check(data).problems == ()


def test_settings_the_file_leaves_out_stay_and_count_in_the_sums(small):
    data = {"设置": [["项目", "值"], ["年度", 2026], ["社会调查权重", "10%"], ["群众评价权重", "40%"],
                     ["领导评价权重", "30%"], ["科室互评权重", "20%"]]}  # fmt: skip
    load(data)
    assert one(PlanYear, year=2026).settings["social_weight"] == "0.1"
    (problem,) = check({"设置": [["项目", "值"], ["年度", 2026], ["社会调查权重", "20%"]]}).problems
    assert "110%" in problem.message


def test_milestones_must_rise_beside_those_that_are_stored(small):
    head, settings = sheets()["里程碑"][0], sheets()["设置"]
    late = {
        "里程碑": [head, ["M1", 1, "调研", D(2026, 3, 31), "25%"], ["M1", 3, "总结", D(2026, 5, 1), "30%"]]
    }
    assert [problem.cell for problem in check({**late, "设置": settings}).problems] == ["D3", "E3"]
    early = {"里程碑": [head, ["M1", 1, "调研", D(2026, 10, 31), "25%"]]}
    assert check({**early, "设置": settings}).problems == ()


def test_a_goal_does_not_shrink_below_its_stored_milestones(small):
    data = {"目标": [sheets()["目标"][0], list(sheets()["目标"][1])], "设置": sheets()["设置"]}
    put(data, "目标", "L2", D(2026, 9, 30))
    assert [problem.cell for problem in check(data).problems] == ["L2"]
    data["里程碑"] = [sheets()["里程碑"][0], ["M1", 2, "验收", D(2026, 9, 30), "100%"]]
    load(data)
    assert one(Goal, code="M1").deadline == D(2026, 9, 30)


def test_a_long_measure_unit_is_told_before_the_database_refuses_it():
    assert [p.cell for p in check(put(sheets(), "目标", "H2", "个" * 41)).problems] == ["H2"]


def test_the_demo_county_with_one_cell_changed_changes_one_row():
    load(demo_sheets())
    data = demo_sheets()
    column = data["目标"][0].index("基本分")
    data["目标"][1][column] = 11
    assert load(data).changed_sheets() == ["目标"]
