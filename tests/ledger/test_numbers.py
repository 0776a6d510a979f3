"""Two approvals at the same moment, on a database whose commits are real."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from fivestep_web.extensions import db as database
from fivestep_web.ledger import queries
from fivestep_web.ledger import write_off_services as services
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from tests.at_once import at_once
from tests.factories.ledger import actor_of, make_county
from tests.ledger.conftest import TODAY


@pytest.fixture
def shared_app(own_app: Flask) -> Iterator[Flask]:
    """Return the application on the day of the ledger's tests."""
    with time_machine.travel(TODAY, tick=True):
        yield own_app


def approve_together(app: Flask, leader, entry_ids: list[int]) -> list[str | int]:
    """Approve every entry in the same moment."""

    def approve(entry_id: int) -> str:
        return services.approve_write_off(leader, queries.get_entry(leader, entry_id, lock=True))

    return at_once(app, approve, entry_ids)


def checked_entry(county) -> int:
    entry = county.completed_entry(LedgerState.WRITE_OFF_REQUESTED)
    entry.changes[-1].person_id = county.member.person_id
    entry.checked_by_id = county.office.person_id
    database.session.commit()
    return entry.id


def test_approvals_at_once_take_neighbouring_numbers(shared_app):
    with shared_app.app_context():
        county = make_county()
        entry_ids = [checked_entry(county) for _index in range(6)]
        leader = actor_of(county.leader)
        database.session.remove()
        numbers = approve_together(shared_app, leader, entry_ids)
    assert sorted(numbers) == [f"销号〔2026〕{n}号" for n in range(1, 7)]


def test_one_entry_approved_by_two_at_once_is_closed_once(shared_app):
    with shared_app.app_context():
        county = make_county()
        entry_id = checked_entry(county)
        leader = actor_of(county.leader)
        database.session.remove()
        numbers = approve_together(shared_app, leader, [entry_id, entry_id])
        assert sorted(numbers, key=str) == [409, "销号〔2026〕1号"]
        closed = database.session.scalars(
            select(LedgerChange).where(LedgerChange.state == LedgerState.CLOSED)
        ).all()
        assert len(closed) == 1
        assert database.session.get(LedgerEntry, entry_id).write_off_number == "销号〔2026〕1号"
