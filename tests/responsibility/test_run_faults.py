"""A run of letters under kill -9 and an emptied Redis: every letter out once, none lost (trust.md J1, J2)."""

import os
import signal
import time
from contextlib import suppress

import pytest

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.letters import runs as letter_runs
from fivestep_web.responsibility.models import LetterRun
from tests.factories.county import make_county
from tests.factories.machine import Machine, children_of, wait_until

pytestmark = pytest.mark.redis

YEAR, UNITS, MEMBERS = 2026, 8, 40
LETTERS = UNITS * MEMBERS
ISSUED = "SELECT COUNT(*) FROM letter WHERE kind = 'unit_member' AND state = 'issued'"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    """A machine that holds a county, with Redis and clock; its workers are the test's."""
    with machine.app.app_context():
        make_county(YEAR, UNITS, MEMBERS)
    machine.start_redis()
    machine.start_clock()
    return machine


def start(machine: Machine) -> None:
    with machine.app.app_context():
        actor = get_actor(db.session.query(User).one(), clock.today())
        with unit_of_work():
            letter_runs.start(actor, YEAR, "unit_member")


def check(machine: Machine) -> None:
    """Every letter was issued once and logged once, and the run counted each once."""
    with machine.app.app_context():
        found = db.session.query(LetterRun).one()
        figures = found.drafted, found.total, found.done, found.issued, found.waiting, found.left_over
        assert figures == (LETTERS, LETTERS, LETTERS, LETTERS, 0, [])
        assert found.finished_at is not None
    assert machine.execute(ISSUED) == [(LETTERS,)]
    once = "SELECT MIN(n), MAX(n), COUNT(*) FROM (SELECT COUNT(*) AS n FROM {} GROUP BY {})"
    assert machine.execute(once.format("letter_version", "letter_id")) == [(1, 1, LETTERS + UNITS)]
    logged = "audit_entry WHERE action = 'letter.issued'"
    assert machine.execute(once.format(logged, "subject")) == [(1, 1, LETTERS + UNITS)]


def test_a_smaller_county_goes_out_through_the_real_queue(machine):
    machine.start_worker()
    machine.start_worker()
    wait_until(lambda: machine.readiness()[0] == 200)
    start(machine)
    wait_until(lambda: machine.count_open() == 0)
    check(machine)


def test_workers_killed_in_the_middle_lose_and_double_nothing(machine):
    workers = [machine.start_worker(), machine.start_worker()]
    start(machine)
    kills = 0
    while machine.count_open() and kills < 6:  # four of them real: one task may be tried five times
        if kills and machine.execute("SELECT total FROM letter_run") == [(None,)]:
            time.sleep(0.05)
            continue
        horses = [horse for worker in workers for horse in children_of(worker.pid)]
        if kills % 3 == 2:
            machine.redis().flushall()
            kills += 1
        elif horses and kills % 2:
            with suppress(ProcessLookupError):
                os.kill(horses[0], signal.SIGKILL)
            kills += 1
        elif horses:
            workers[0].kill()
            workers[0].wait()
            workers[0] = machine.start_worker()
            kills += 1
        time.sleep(0.15)
    assert kills >= 3
    wait_until(lambda: machine.count_open() == 0)
    check(machine)
