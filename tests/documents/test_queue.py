"""A deep queue of letters under faults: each file made once, none torn, none lost (trust.md J1, J2, J6)."""

import json
import os
import random
import signal
import time
from contextlib import suppress
from hashlib import sha256

import pytest

from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import batches, services, verification
from fivestep_web.documents.checks import violations
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.documents.sources import letter_wanted
from tests.factories.accounts import user_with_role
from tests.factories.machine import Machine, children_of, wait_until
from tests.web import BASE_URL, get

pytestmark = pytest.mark.redis

LETTERS = 400
SOME = range(1, 101)
FAULTS = 14


def ask(machine: Machine, numbers: range = range(1, LETTERS + 1)) -> services.Asked:
    letters = map(letter_wanted, numbers)
    with machine.app.app_context(), unit_of_work():
        if db.session.get(PlanYear, 2026) is None:
            db.session.add(PlanYear(year=2026))
            db.session.flush()
        return services.request_documents(SYSTEM, 2026, letters, "2026年目标责任书")


def settle(machine: Machine) -> None:
    """Wait until all work is ended, at most the minute that J1 gives; then every file must be there once."""
    wait_until(lambda: machine.count_open() == 0, 60)
    with machine.app.app_context():
        documents = db.session.query(GeneratedDocument).order_by(GeneratedDocument.id).all()
        assert [item.subject for item in documents] == [f"letter:{n}" for n in range(1, len(documents) + 1)]
        assert {(item.version, item.state) for item in documents} == {(1, DocumentState.READY)}
        assert db.session.query(Blob).count() == len(documents)
        for item in documents[:: len(documents) // 20]:
            data = db.session.get(Blob, item.blob_sha256).data
            assert sha256(data).hexdigest() == item.blob_sha256
            assert violations(item.kind, item.payload, data) == []
        assert list(verification.faults()) == []
        ids = [item.id for item in documents]
    made = machine.execute("SELECT body FROM audit_entry WHERE action = 'documents.made'")
    logged = [document_id for (body,) in made for document_id in json.loads(body)["detail"]["documents"]]
    assert sorted(map(int, logged)) == ids


def torment(machine: Machine) -> int:
    """Kill workers and their children at random and empty Redis in the middle; return how often."""
    workers = [machine.start_worker(), machine.start_worker()]
    chance = random.Random(20261122)  # noqa: S311 - faults that can be repeated
    faults = 0
    while machine.count_open() > 1 and faults < FAULTS:
        index = chance.randrange(2)
        horses = children_of(workers[index].pid)
        if faults % 5 == 4:
            machine.redis().flushall()
        else:
            fault = chance.random()  # the horse, the worker, or between these bounds both
            if horses and fault < 0.7:
                with suppress(ProcessLookupError):
                    os.kill(horses[0], signal.SIGKILL)
            if not horses or fault > 0.4:
                workers[index].kill()
                workers[index].wait()
                workers[index] = machine.start_worker()
        faults += 1
        time.sleep(chance.uniform(0.1, 0.6))
    return faults


def test_a_deep_queue_survives_killed_workers_and_a_redis_that_forgets(machine):
    machine.start_redis()
    machine.start_clock()
    assert ask(machine).created == LETTERS
    assert torment(machine) >= FAULTS // 2
    settle(machine)
    assert ask(machine).created == 0
    assert machine.count_open() == 0


def test_a_full_disk_stores_nothing_by_halves_and_the_rest_is_made_when_there_is_room(machine):
    machine.start_redis()
    machine.start_clock()
    ask(machine, SOME)
    machine.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    full = machine.start_worker(largest_file=2**20)  # of the file that new rows are written to first
    wait_until(lambda: "OperationalError" in machine.log(full))
    full.kill()
    full.wait()
    with machine.app.app_context():
        ready = db.session.query(GeneratedDocument).filter_by(state=DocumentState.READY).count()
        assert 0 < ready == db.session.query(Blob).count() < len(SOME)
        assert list(verification.faults()) == []
    machine.start_worker()
    settle(machine)


def test_pages_work_while_redis_is_absent_and_what_is_asked_for_meanwhile_is_made_later(machine):
    server = machine.start_redis()
    ask(machine, range(1, 41))
    server.kill()
    server.wait()
    with machine.app.app_context():
        office = machine.app.test_client()
        with unit_of_work():
            user = user_with_role(Role.OFC)
            db.session.flush()
            cookie = {"_user_id": f"{user.id}.{user.session_version}", "_fresh": True, "user_id": user.id}
        with office.session_transaction(base_url=BASE_URL) as stored:
            stored.update(cookie)
        started = time.monotonic()
        assert "已完成 0，共 40" in get(office, "/documents").text
        assert get(office, "/").status_code == 200
    assert ask(machine, range(41, 101)).created == 60
    assert time.monotonic() - started < 15
    machine.start_clock()
    machine.start_worker()
    time.sleep(1)
    machine.start_redis()
    settle(machine)


def test_a_document_asked_for_during_a_long_batch_waits_for_no_more_than_a_chunk(machine):
    machine.start_redis()
    machine.start_clock()
    ask(machine, SOME)
    chunks = machine.count_open()
    assert chunks == len(SOME) / batches.CHUNK
    machine.start_worker()
    wait_until(lambda: machine.count_open() < chunks)
    ask(machine, range(len(SOME) + 1, len(SOME) + 2))
    newest = "SELECT state FROM generated_document ORDER BY id DESC LIMIT 1"
    wait_until(lambda: machine.execute(newest) == [("ready",)], pause=0.01)
    assert machine.count_open() > 1  # of the chunks that stood in the queue before it
    settle(machine)
