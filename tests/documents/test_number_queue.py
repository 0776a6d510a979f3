"""Workers killed between a number and its file: every number is taken once and reaches its one file."""

import os
import signal
from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core import settings as instance
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services, verification
from fivestep_web.documents.checks import violations
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers import verification as number_verification
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import SERIES
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.documents.sources import wanted
from tests.factories.machine import children_of, wait_until
from tests.factories.queue import run_queue

pytestmark = pytest.mark.redis

MINISTER = Actor(user_id=None, person_id=None, name="林某甲", roles=frozenset({Role.MIN}))


def approve_all(app):
    """Have a draft of each kind made, then approve them all while no worker runs."""
    with app.app_context():
        with unit_of_work():
            instance.put("rehearsal_date", "2026-12-09")
            db.session.add(PlanYear(year=2026))
            db.session.flush()
            requests = [wanted(kind, is_draft=True) for kind in SERIES]
            services.request_documents(SYSTEM, 2026, requests, "草稿")
        run_queue()
        ids = list(db.session.scalars(select(GeneratedDocument.id)))
        for document_id in ids:
            with unit_of_work():
                numbering.approve(MINISTER, document_id, approved_on=date(2026, 12, 1))
        db.session.remove()


def kill_horses(machine, worker, times=3):
    """Kill the child that makes a file, in the middle of it."""
    for _time in range(times):
        wait_until(lambda: children_of(worker.pid) or machine.count_open() == 0)
        for horse in children_of(worker.pid):
            with suppress(ProcessLookupError):
                os.kill(horse, signal.SIGKILL)


def test_killed_workers_leave_each_number_with_one_file_that_carries_it(machine):
    approve_all(machine.app)
    machine.start_redis()
    machine.start_clock()
    first = machine.start_worker()
    kill_horses(machine, first)
    first.kill()
    first.wait()
    machine.start_worker()
    wait_until(lambda: machine.count_open() == 0)
    with machine.app.app_context():
        numbers = db.session.query(DocumentNumber).order_by(DocumentNumber.id).all()
        assert len(numbers) == len(SERIES)
        for number in numbers:
            document = number.document
            assert document.state is DocumentState.NUMBERED
            assert document.payload["number"] == number.text
            data = db.session.get(Blob, document.blob_sha256).data
            assert violations(document.kind, document.payload, data) == []
        assert [*verification.faults(), *number_verification.faults()] == []
