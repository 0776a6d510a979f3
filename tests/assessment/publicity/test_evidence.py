"""Objections and answers altered behind the product's back are found by verifying (N8, trust.md S4)."""

import pytest
import time_machine
from sqlalchemy import delete, text, update

from fivestep_web.assessment.publicity.models import Objection, ObjectionAnswer
from fivestep_web.audit.verification import verify
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import TALLY_DAY
from tests.assessment.publicity.people import answer, received


@pytest.fixture
def answered(troupe):
    with time_machine.travel(TALLY_DAY, tick=True):
        objection_id = received(troupe)
        answer(troupe.handler, objection_id)
    told = database.session.query(ObjectionAnswer).one()
    return {"objection": objection_id, "told": told.id}


def unlock(table):
    """Do what the owner of the database can do: drop the triggers."""
    if database.session.get_bind().dialect.name == "postgresql":
        database.session.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
    else:
        for change in ("update", "delete"):
            database.session.execute(text(f"DROP TRIGGER {table}_no_{change}"))


def found():
    database.session.commit()
    return [fault for fault in verify().faults if fault.startswith("考核异议")]


def test_what_was_filed_received_and_answered_is_sound(answered):
    assert found() == []


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (update(Objection).values(facts="没有意见"), "异议{objection}在登记后被改动"),
        (update(Objection).values(state="upheld"), "异议{objection}的结论与最后一次答复不符"),
        (update(ObjectionAnswer).values(reason="另有理由"), "异议答复{told}在登记后被改动"),
        (update(ObjectionAnswer).values(outcome="upheld"), "异议答复{told}在登记后被改动"),
        (delete(ObjectionAnswer), "异议答复{told}已登记，现在不存在"),
    ],
)
def test_what_was_altered_or_removed_is_found(answered, alter, said):
    unlock("objection_answer")
    database.session.execute(alter)
    assert f"考核异议：{said.format(**answered)}" in found()


def test_what_was_slipped_in_is_found(answered):
    told = database.session.query(ObjectionAnswer).one()
    facts = {name: getattr(told, name) for name in ("objection_id", "outcome", "answered_on", "answered_at")}
    database.session.add(ObjectionAnswer(**facts, answer="无", reason="无", person_id=told.person_id))
    assert found() == [f"考核异议：异议答复{answered['told'] + 1}没有登记日志"]
