import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from fivestep_web.audit import rules
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.services import record
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database


def write(count=3):
    with unit_of_work():
        for number in range(count):
            record(SYSTEM, "test.done", f"thing:{number}", note="责任书\n伪造行")


def links():
    return [
        rules.Link(row.sequence, row.body, row.previous, row.digest)
        for row in database.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    ]


def test_entries_form_one_gap_free_chain(db):
    write()
    assert [link.sequence for link in links()] == [1, 2, 3]
    assert rules.first_fault(links()) is None


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_delete_entries(db, statement):
    write()
    with pytest.raises(DatabaseError, match="append-only"):
        database.session.execute(text(statement))


def test_a_failed_change_leaves_no_entry(db):
    with pytest.raises(RuntimeError), unit_of_work():
        record(SYSTEM, "test.done", "thing:1")
        raise RuntimeError
    assert links() == []
