"""Phases that a plan or an order replaced are those of their time when the ledger is replayed (R3.1)."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning.history import phases_before
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import standings
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.responsibility.changes import hooks
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.models import Milestone
from tests.execution.planning.plans import approve, draft, propose, save
from tests.factories.ledger import MilestoneFactory, ProgressEventFactory

BEFORE, AFTER = date(2026, 7, 9), date(2026, 7, 13)


@pytest.fixture
def goal(county):
    entry = county.entry(LedgerState.IN_PROGRESS, deadline=date(2026, 9, 30))
    MilestoneFactory(goal=entry.goal, sequence=1, due_on=date(2026, 9, 30), share=Decimal(1))
    for month in range(1, 8):
        ProgressEventFactory(goal=entry.goal, happened_on=date(2026, month, 5), done=Decimal(1))
    return entry.goal


def signal_on(day):
    (standing,) = standings(day, year=2026)
    return standing.result.signal


def test_a_day_before_the_plan_keeps_its_signal(county, goal):
    with time_machine.travel("2026-07-10 10:00+08:00", tick=True):
        assert signal_on(BEFORE) is Signal.RED_LAGGING
        save(county.member, goal, draft(5, 5, 5, 5, 5, starts_on=date(2026, 7, 10)))
        propose(county.member, goal)
        approve(county.leader, goal)
    with time_machine.travel("2026-07-13 10:00+08:00", tick=True):
        assert signal_on(AFTER) is Signal.GREEN
        assert signal_on(BEFORE) is Signal.RED_LAGGING
        assert phases_before(AFTER) == {}


def test_an_order_leaves_the_phases_it_moved_to_the_days_before(county, goal):
    (row,) = db.session.query(Milestone)
    begin = row.starts_on = date(2026, 9, 1)
    db.session.commit()
    item = ChangeItem(goal_id=goal.id, field="milestone 1", before="2026-09-30", after="2026-08-31")
    with time_machine.travel("2026-07-10 10:00+08:00", tick=True), unit_of_work():
        hooks.carrying_out(ChangeOrder(items=[item]))
        row.due_on, row.starts_on = date(2026, 8, 31), None
    with time_machine.travel("2026-07-13 10:00+08:00", tick=True):
        assert phases_before(BEFORE) == {
            goal.id: [(1, row.name, date(2026, 9, 30), Decimal(1), begin, bool(row.deliverable))]
        }
        assert phases_before(date(2026, 7, 10)) == {}
