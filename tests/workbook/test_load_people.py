"""Loading units and people: periods, posts, roles and user names."""

import datetime as dt
import json

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.services import create_first_administrator
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person, PostHolding, Unit, UnitPeriod
from fivestep_web.responsibility.models import Letter
from tests.workbook.builders import sheets
from tests.workbook.loading import LATER, check, dump, load, one, put, touched, without

pytestmark = pytest.mark.usefixtures("db")
D = dt.date


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
