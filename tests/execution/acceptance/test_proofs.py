"""`fivestep audit verify` finds what was altered in hand-ins and evidence behind the product's back."""

import pytest
from sqlalchemy import text

from fivestep_web.audit.verification import verify
from fivestep_web.extensions import db
from tests.execution.acceptance.cast import accept, choose, hand_in, send_back, under_way


def altered(statement: str) -> list[str]:
    db.session.execute(text(statement))
    return list(verify().faults)


@pytest.fixture
def accepted(county):
    _entry, (first, second) = under_way(county)
    hand_in(county.member, first)
    send_back(county.leader, first)
    hand_in(county.member, first, answer="已补", data=b"more")
    accept(county.leader, first)
    choose(county.member, second)
    return first


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT 1", None),
        ("UPDATE milestone_submission SET submitted_on = '2026-09-30' WHERE number = 2", "在登记后被改动"),
        ("UPDATE milestone_submission SET reason = '无' WHERE number = 1", "在登记后被改动"),
        ("UPDATE evidence_file SET name = '另一份.jpg'", "在登记后被改动"),
        ("UPDATE evidence_file SET submission_id = NULL", "不在登记时提交的地方"),
        ("DELETE FROM evidence_file", "现在不存在"),
    ],
)
def test_what_was_altered_is_named(accepted, statement, sentence):
    faults = altered(statement)
    assert bool(faults) == (sentence is not None)
    assert all(fault.startswith("阶段验收：") for fault in faults)
    assert sentence is None or any(sentence in fault for fault in faults)
