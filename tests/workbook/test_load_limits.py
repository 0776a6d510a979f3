"""What a load leaves alone: signed letters, closed entries, ended topics, what the actor may not do."""

import datetime as dt

import pytest

from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import Person, PlanYear
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import TopicState
from tests.factories.accounts import user_with_role
from tests.workbook.builders import sheets
from tests.workbook.loading import (
    dump,
    fix_letter_of,
    load,
    one,
    put,
    refused,
    touched,
)

pytestmark = pytest.mark.usefixtures("db")
D = dt.date


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


def test_the_administrator_does_not_change_the_rules_of_a_year_that_runs(small):
    administrator = get_actor(user_with_role(Role.ADM), clock.today())
    changed = {"设置": [["项目", "值"], ["年度", 2026], ["保留小数", 3]]}
    with pytest.raises(NotAllowed, match="办公室"):
        load(changed, administrator, is_trusted=False)
