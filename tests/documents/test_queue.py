"""A deep queue of letters under kill -9 and FLUSHALL: each file made once, none torn (trust.md J1, J2)."""

import json
import os
import random
import signal
import time
from contextlib import suppress
from hashlib import sha256

import pytest

from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services, verification
from fivestep_web.documents.checks import violations
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.documents.sources import letter_wanted
from tests.factories.machine import Machine, children_of, wait_until

pytestmark = pytest.mark.redis

LETTERS = 400
FAULTS = 14


def ask(machine: Machine) -> services.Asked:
    letters = (letter_wanted(number) for number in range(1, LETTERS + 1))
    with machine.app.app_context(), unit_of_work():
        if db.session.get(PlanYear, 2026) is None:
            db.session.add(PlanYear(year=2026))
            db.session.flush()
        return services.request_documents(SYSTEM, 2026, letters, "2026年目标责任书")


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
        elif horses and chance.random() < 0.6:
            with suppress(ProcessLookupError):
                os.kill(horses[0], signal.SIGKILL)
        else:
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
    wait_until(lambda: machine.count_open() == 0)
    with machine.app.app_context():
        documents = db.session.query(GeneratedDocument).order_by(GeneratedDocument.id).all()
        assert [item.subject for item in documents] == [f"letter:{n}" for n in range(1, LETTERS + 1)]
        assert {(item.version, item.state) for item in documents} == {(1, DocumentState.READY)}
        assert db.session.query(Blob).count() == LETTERS
        for item in documents[:: LETTERS // 20]:
            data = db.session.get(Blob, item.blob_sha256).data
            assert sha256(data).hexdigest() == item.blob_sha256
            assert violations(item.kind, item.payload, data) == []
        assert list(verification.faults()) == []
    made = machine.execute("SELECT body FROM audit_entry WHERE action = 'documents.made'")
    logged = [document_id for (body,) in made for document_id in json.loads(body)["detail"]["documents"]]
    assert sorted(map(int, logged)) == [item.id for item in documents]
    assert ask(machine).created == 0
    assert machine.count_open() == 0
