"""A numbered file that cannot be made: said with its reason, made on asking again, never twice."""

import pytest
from sqlalchemy import select

from fivestep_web.core.errors import Conflict
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import making, verification
from fivestep_web.documents.models import DocumentState
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers import stamping
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db
from tasks import runner
from tests.documents.numbering import OFFICE, TODAY, approve, draft, drop, found, register
from tests.factories.queue import run_queue

pytestmark = pytest.mark.usefixtures("december")


def test_a_number_dropped_before_its_file_was_made_never_reaches_a_file():
    document_id = draft()
    approve(document_id)
    stamp = stamping.make(db.session.scalars(select(DocumentNumber.id)).one())
    drop(document_id)
    with unit_of_work():
        stamping.publish(stamp)
    run_queue()
    document = found(document_id)
    assert (document.state, document.payload["number"]) == (DocumentState.SUPERSEDED, None)


def test_a_file_that_cannot_be_made_is_named_with_its_reason_and_made_on_asking_again(monkeypatch):
    document_id = draft()
    real = making.render
    monkeypatch.setattr(making, "render", lambda *_args: 1 / 0)
    approve(document_id)
    run_queue()
    number = db.session.scalars(select(DocumentNumber)).one()
    assert "ZeroDivisionError" in number.failure
    assert found(document_id).state is DocumentState.READY
    monkeypatch.setattr(making, "render", real)
    with unit_of_work():
        numbering.stamp_again(OFFICE, document_id)
    run_queue()
    assert found(document_id).state is DocumentState.NUMBERED
    assert db.session.scalars(select(DocumentNumber.failure)).one() == ""
    with pytest.raises(Conflict, match="无须重试"), unit_of_work():
        numbering.stamp_again(OFFICE, document_id)


def test_work_that_dies_every_time_is_given_up_with_its_reason(monkeypatch):
    document_id = draft()
    approve(document_id)

    def dies(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(making, "make", dies)
    run_queue()
    assert db.session.scalars(select(DocumentNumber.failure)).one() == "内存不足，已中止。"
    assert found(document_id).state is DocumentState.READY


def test_a_worker_that_dies_between_number_and_file_leaves_a_draft_and_the_rerun_one_file(monkeypatch):
    document_id = draft()
    approve(document_id)
    real = stamping.publish

    def cut_off(stamp):
        real(stamp)
        raise KeyboardInterrupt  # the process ends before the commit

    monkeypatch.setattr(stamping, "publish", cut_off)
    key = db.session.scalars(select(Outbox.key).where(Outbox.key.startswith("stamp-"))).one()
    with pytest.raises(KeyboardInterrupt):
        runner.run(key)
    assert found(document_id).state is DocumentState.READY
    assert register() == [("青组发〔2026〕1号", "living")]
    monkeypatch.setattr(stamping, "publish", real)
    db.session.execute(Outbox.__table__.update().values(lease_until=None))
    db.session.commit()
    runner.run(key)
    runner.run(key)
    assert found(document_id).state is DocumentState.NUMBERED
    assert list(verification.faults()) == []


def test_a_rollback_takes_no_number():
    document_id = draft()

    def fails():
        with unit_of_work():
            numbering.approve(OFFICE, document_id, approved_on=TODAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert register() == []
    assert approve(document_id).number == "青组发〔2026〕1号"
