"""trust.md S4, S6: every stored field of letters, their goals, orders and items is found once altered."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum

import pytest
from sqlalchemy import select, text

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.evidence import changes as change_evidence
from fivestep_web.responsibility.models import Letter, LetterGoal
from fivestep_web.responsibility.rules import LetterState
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import letter_of, sign
from tests.responsibility.changes import (
    approve,
    give_tasks,
    object_to,
    propose,
    reassign,
    refuse,
    sign_both,
    take_back,
)

LETTER, GOAL, ORDER, ITEM = (model.__table__ for model in (Letter, LetterGoal, ChangeOrder, ChangeItem))
TABLES = (LETTER, GOAL, ORDER, ITEM)
LABELS = {
    LETTER: change_evidence.LETTER_LABELS,
    GOAL: change_evidence.GOAL_LABELS,
    ORDER: change_evidence.ORDER_LABELS,
    ITEM: change_evidence.ITEM_LABELS,
}
LATER = datetime(2026, 1, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def changed(signed):
    """One order in force, one approved, one refused and one carried out by the first of its two letters.

    Foreign keys are put off, as an owner can.
    """
    old = letter_of(signed.head)
    order = propose(signed.clerk, old, {signed.goals[0].id: {"target": "24", "deadline": "2026-12-01"}})
    sign_both(approve(signed.leader, order), signed.head, signed.leader)
    member = letter_of(signed.members[0])
    refuse(signed.leader, propose(signed.clerk, member, {signed.tasks[1].id: {"name": "不行"}}))
    approve(signed.leader, propose(signed.clerk, member, {signed.tasks[1].id: {"name": "可以"}}))
    giver = user_with_role(Role.STF, unit=signed.section, title="科员二")
    tasks = give_tasks(signed, giver, 2)
    approve(signed.leader, reassign(signed.clerk, letter_of(giver), tasks[:1], taker=signed.members[1]))
    sign(letter_of(giver), giver)
    sign_both(letter_of(signed.members[1]), signed.members[1], signed.head)
    db.session.commit()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    return signed


def faults_after(*statements):
    with db.session.begin_nested() as savepoint:
        for statement in statements:
            db.session.execute(statement)
        db.session.expire_all()
        found = list(change_evidence.faults())
        savepoint.rollback()
    db.session.expire_all()
    return found


def neighbour(column, value):
    """Return another value of the same type that the database takes."""
    if isinstance(value, Enum):
        members = list(type(value))
        return members[(members.index(value) + 1) % len(members)]
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, Decimal | int):
        return value + 1000
    if isinstance(value, str):
        return value + "x"
    return LATER if column.name.endswith("_at") else 1000


def is_fixed(row):
    return row.state is not LetterState.DRAFT


def test_what_the_services_wrote_is_as_the_log_has_it(changed):
    assert list(change_evidence.faults()) == []
    assert db.session.query(ChangeOrder).count() == 4


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_altered_field_of_every_row_is_found_and_named(changed, table):
    columns = [column for column in table.columns if column is not LETTER.c.id]
    assert columns
    for column in columns:
        check_altered(column)
    assert list(change_evidence.faults()) == []


def check_altered(column):
    """Alter one field in each row that is evidence."""
    table = column.table
    key = list(table.primary_key.columns)
    rows = db.session.execute(select(*key, column.label("altered"), *_state(table))).all()
    drafts = {row.id for row in db.session.query(Letter) if not is_fixed(row)}
    rows = [row for row in rows if table not in (LETTER, GOAL) or row[0] not in drafts]
    assert rows, column
    for row in rows:
        here = [item == row[place] for place, item in enumerate(key)]
        change = {column.name: neighbour(column, row.altered)}
        if column is LETTER.c.kind:  # kind and serial are unique together
            change["serial"] = 77
        found = faults_after(table.update().where(*here).values(**change))
        assert found, (column, row, change)
        if column not in key:
            moved = column is ITEM.c.change_order_id
            named = any(LABELS[table][column.name] in fault for fault in found)
            assert moved or named, (column, found)


def _state(table):
    return [table.c.state] if "state" in table.c and table is LETTER else []


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_rows_taken_away_are_found(changed, table):
    key = list(table.primary_key.columns)
    fixed = {row.id for row in db.session.query(Letter) if is_fixed(row)}
    rows = [row for row in db.session.execute(select(*key)) if table not in (LETTER, GOAL) or row[0] in fixed]
    assert rows
    for row in rows:
        here = [item == row[place] for place, item in enumerate(key)]
        assert faults_after(table.delete().where(*here)), row


def test_a_letter_an_order_or_an_item_put_in_is_found(changed):
    for table, changes in (
        (LETTER, {"id": 9001, "version": 77, "change_order_id": 1}),
        (ORDER, {"id": 9001, "serial": 77, "number": "变〔2026〕77号", "state": "refused"}),
        (ITEM, {"id": 9001, "field": "points"}),
        (GOAL, {"goal_id": changed.goals[2].id}),
    ):
        fixed = select(LETTER.c.id).where(LETTER.c.state == LetterState.IN_FORCE)
        query = select(table).limit(1)
        if table is LETTER:
            query = query.where(table.c.id.in_(fixed))
        if table is GOAL:
            query = query.where(table.c.letter_id.in_(fixed))
        row = db.session.execute(query).mappings().first()
        assert faults_after(table.insert().values({**row, **changes})), table


def test_a_draft_taken_back_keeps_its_number_its_unit_and_its_version(signed):
    order = propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: {"target": "24"}})
    letter = approve(signed.leader, order)
    object_to(signed.head, letter)
    take_back(signed.clerk, letter)
    assert list(change_evidence.faults()) == []
    for change, label in (
        ({"number": "责〔2026〕Z99号"}, "编号"),
        ({"unit_id": signed.township.id}, "责任单位"),
        ({"version": 7}, "版本"),
    ):
        altered = LETTER.update().where(LETTER.c.id == letter.id).values(**change)
        (fault,) = faults_after(altered)
        assert f"的“{label}”被改动" in fault


def test_an_exception_nobody_allowed_is_found_in_a_draft_too(changed):
    draft = LETTER.update().where(LETTER.c.state == LetterState.DRAFT)
    assert faults_after(draft.values(exception_reason="部长同意"))
