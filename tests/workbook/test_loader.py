"""Loading: new rows added, changed ones updated, absent ones left alone; what is signed or closed stays."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.accounts.services import create_first_administrator
from fivestep_web.assessment.models import Adjustment, RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import Person, PlanYear, PostHolding, Unit, UnitKind, UnitPeriod
from fivestep_web.responsibility import drafting
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import TopicState
from fivestep_web.workbook import services
from fivestep_web.workbook.reading import read_workbook
from tests.factories.accounts import user_with_role
from tests.workbook.builders import sheets
from tests.workbook.loading import DEMO, LATER, check, demo_sheets, dump, load, put, touched, without

pytestmark = pytest.mark.usefixtures("db")
D = dt.date


@pytest.fixture
def small():
    """The small workbook, loaded."""
    load(sheets())


def one(model, **facts):
    return database.session.scalars(select(model).filter_by(**facts)).one()


def count(model):
    return database.session.scalar(select(func.count()).select_from(model))


def fix_letter_of(goal_code, state=LetterState.IN_FORCE):
    """Bring the letter that carries a goal into *state*."""
    goal = one(Goal, code=goal_code)
    carried = database.session.scalars(select(LetterGoal).where(LetterGoal.goal_id == goal.id)).one()
    carried.letter.state = state
    database.session.commit()
    return carried.letter.number


def refused(data):
    """The problems a load is refused with; nothing may be written."""
    before = dump()
    with pytest.raises(services.LockedChanges) as error:
        load(data)
    assert touched(before) == {}
    return [(problem.sheet, problem.cell) for problem in error.value.problems]


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


def test_a_unit_that_changes_ends_its_period_yesterday_and_begins_one_today(small, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)
    load(put(put(sheets(), "单位", "B3", "综合办公室"), "单位", "E3", "P3"))
    load(put(put(sheets(), "单位", "B3", "综合科"), "单位", "E3", "P3"))
    unit = one(Unit, code="K01")
    told = [(each.name, each.head.code, each.valid_to) for each in unit.periods]
    assert told == [("办公室", "P2", D(2026, 11, 30)), ("综合科", "P3", None)]
    assert unit.periods[1].valid_from == LATER
    assert unit.name == "综合科"


def test_letters_are_drafted_for_the_head_of_today(small, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)
    data = sheets()
    data["单位"].append(["K03", "研究室", "科室", None, None, "P1", "是"])
    load(data)
    put(data, "单位", "E5", "P3")
    data["目标"].append(["M5", "T02", None, "调研", "K03", "P3", None, "篇", 1, None, None, D(2026, 12, 10)])
    assert load(data).letters == 1
    assert one(Letter, unit_id=one(Unit, code="K03").id).responsible.code == "P3"


def test_one_person_may_head_two_units(small):
    load(put(sheets(), "单位", "E3", "P3"))
    heads = database.session.scalars(select(UnitPeriod.head_id).where(UnitPeriod.valid_to.is_(None)))
    assert list(heads).count(one(Person, code="P3").id) == 2


def test_a_person_who_moves_keeps_the_old_post_in_the_history(small, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)
    data = put(put(sheets(), "人员", "C4", "K01"), "人员", "D4", "副主任")
    changes = load(put(data, "人员", "F4", "科室人员"))
    old, new = one(Person, code="P3").holdings
    assert (old.position.title, old.valid_to, [role.role for role in old.roles]) == (
        "科长", D(2026, 11, 30), [Role.SHD],
    )  # fmt: skip
    assert (new.position.title, new.position.unit.code, new.valid_from, new.valid_to) == (
        "副主任", "K01", LATER, None,
    )  # fmt: skip
    assert [role.role for role in new.roles] == [Role.STF]
    assert "单位编码：K02 → K01" in changes.sheets["人员"].examples[0]


def test_a_move_without_the_columns_of_the_post_keeps_title_and_establishment(small, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)
    load(without(put(sheets(), "人员", "C4", "K01"), "人员", "职务", "编制"))
    old, new = one(Person, code="P3").holdings
    assert (new.position.title, new.establishment) == (old.position.title, old.establishment)
    assert new.position.unit.code == "K01"


def test_a_person_with_two_posts_is_found_by_the_one_in_the_file(small):
    person, unit = one(Person, code="P2"), one(Unit, code="K02")
    load(put(put(sheets(), "人员", "C3", "K02"), "人员", "D3", "兼职"))
    database.session.add(
        PostHolding(person=person, position=one(PostHolding, person_id=one(Person, code="P3").id).position,
                    valid_from=D(2026, 2, 1), roles=[])
    )  # fmt: skip
    database.session.commit()
    before = dump()
    assert load(put(put(sheets(), "人员", "C3", "K02"), "人员", "D3", "兼职")).is_empty
    assert touched(before) == {}
    assert unit.code == "K02"


def test_changed_roles_are_told_in_the_log(small):
    load(put(sheets(), "人员", "F4", "科室人员、管理员"))
    assert {role.role for role in one(Person, code="P3").holdings[0].roles} == {Role.STF, Role.ADM}
    entry = database.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "workbook.loaded").order_by(AuditEntry.sequence.desc())
    ).first()
    assert json.loads(entry.body)["detail"]["roles"] == [
        {"person": "P3", "before": "科室负责人", "after": "科室人员、管理员"}
    ]


def test_two_people_may_swap_their_user_names(small):
    load(put(put(sheets(), "人员", "G3", "P3"), "人员", "G4", "zhang"))
    names = {user.person.code: user.username for user in database.session.scalars(select(User))}
    assert (names["P2"], names["P3"]) == ("P3", "zhang")


def test_a_new_person_may_take_the_user_name_that_is_given_up(small):
    data = put(sheets(), "人员", "G3", "zhangmj")
    data["人员"].append(["P4", "张某乙", "K01", "干事", "事业", "科室人员", "zhang", None])
    load(data)
    assert one(User, username="zhang").person.code == "P4"


def test_the_user_name_of_an_account_without_a_person_is_taken():
    with unit_of_work():
        create_first_administrator("zhang", "lu-men-shan-shui-42")
    assert [(p.cell, "系统管理员账号" in p.message) for p in check(sheets()).problems] == [("G3", True)]


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


def test_goals_and_milestones_in_a_signed_letter_do_not_change(small):
    fix_letter_of("M1")
    data = sheets()
    put(data, "课题", "B2", "软弱涣散村整顿")
    put(data, "目标", "D2", "整顿提升")
    put(data, "目标", "I2", 31)
    put(data, "里程碑", "D3", D(2026, 10, 20))
    data["里程碑"].append(["M1", 3, "总结", D(2026, 10, 31), "100%"])
    assert refused(data) == [
        ("课题", "B2"), ("目标", "D2"), ("目标", "I2"), ("里程碑", "D3"), ("里程碑", "B5"),
    ]  # fmt: skip


def test_a_signed_goal_does_not_get_a_parent(small):
    fix_letter_of("M1")
    data = sheets()
    data["目标"].append(["M9", "T01", None, "上级", "K02", "P3", None, "个", 1, None, None, D(2026, 12, 10)])
    assert refused(put(data, "目标", "C2", "M9")) == [("目标", "C2")]


@pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.OBJECTED, LetterState.VOID])
def test_goals_of_a_letter_still_in_work_change(small, state):
    fix_letter_of("M1", state)
    load(put(sheets(), "目标", "I2", 31))
    assert one(Goal, code="M1").target == 31


def test_progress_goes_on_under_a_signed_letter_but_not_in_a_closed_ledger_entry(small):
    fix_letter_of("M1")
    data = put(sheets(), "进展", "C2", 8)
    data["进展"].append(["M1", D(2026, 11, 30), 30, D(2026, 11, 30), None])
    load(data)
    goal = one(Goal, code="M1")
    database.session.add(LedgerEntry(goal_id=goal.id, opened_on=D(2026, 1, 20), state=LedgerState.CLOSED))
    database.session.commit()
    put(data, "进展", "C2", 9)
    put(data, "进展", "E3", "已验收")
    data["进展"].append(["M1", D(2026, 12, 10), "不涉及", None, None])
    assert refused(data) == [("进展", "C2"), ("进展", "E3"), ("进展", "C6")]


def test_an_ended_topic_does_not_change_and_one_in_work_comes_in_as_final(small):
    one(Topic, code="T01").state = TopicState.TERMINATED
    one(Topic, code="T02").state = TopicState.SUBMITTED
    database.session.commit()
    changes = load(sheets())
    assert changes.sheets["课题"].examples == ["修改 组工信息（状态：已申报 → 已定题）"]
    assert one(Topic, code="T01").state is TopicState.TERMINATED
    assert refused(put(sheets(), "课题", "D2", "特色")) == [("课题", "D2")]


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


def test_the_office_loads_the_plan_and_the_administrator_the_people(small):
    office = get_actor(user_with_role(Role.OFC), clock.today())
    administrator = get_actor(user_with_role(Role.ADM), clock.today())
    plan, people = put(sheets(), "目标", "I2", 31), put(sheets(), "人员", "B4", "李某乙")
    before = dump()
    for actor, data, names in ((administrator, plan, "目标"), (office, people, "人员")):
        with pytest.raises(NotAllowed, match=names):
            load(data, actor, is_trusted=False)
    with pytest.raises(NotAllowed):
        load(plan, get_actor(user_with_role(Role.SHD, Role.ADM), clock.today()), is_trusted=False)
    assert set(touched(before)) <= {
        "unit",
        "unit_period",
        "person",
        "user",
        "position",
        "post_holding",
        "post_role",
    }
    load(plan, office, is_trusted=False)
    load(put(people, "目标", "I2", 31), administrator, is_trusted=False)
    assert one(Person, code="P3").name == "李某乙"


def test_who_may_not_import_loads_nothing(small):
    head = get_actor(user_with_role(Role.SHD), clock.today())
    with pytest.raises(NotAllowed):
        load(sheets(), head, is_trusted=False)


def test_the_administrator_begins_a_year_with_units_people_and_settings():
    administrator = get_actor(user_with_role(Role.ADM), clock.today())
    data = {name: rows for name, rows in sheets().items() if name in {"单位", "人员", "设置"}}
    changes = load(data, administrator, is_trusted=False)
    assert changes.letters == 0
    assert one(PlanYear, year=2026).step_two_open is False


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


def test_the_administrator_does_not_change_the_rules_of_a_year_that_runs(small):
    administrator = get_actor(user_with_role(Role.ADM), clock.today())
    changed = {"设置": [["项目", "值"], ["年度", 2026], ["保留小数", 3]]}
    with pytest.raises(NotAllowed, match="办公室"):
        load(changed, administrator, is_trusted=False)
