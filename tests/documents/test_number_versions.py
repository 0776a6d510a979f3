"""Numbers and versions: an issued file never changes, newer figures make a draft beside it (B3, R5.4)."""

import pytest
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import batches, making, services
from fivestep_web.documents.models import Batch, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers import stamping
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db
from tasks import runner
from tests.documents.numbering import (
    BOOK,
    OFFICE,
    TODAY,
    approve,
    data_of,
    draft,
    drop,
    found,
    issue,
    issued,
    register,
)
from tests.documents.sources import source, wanted
from tests.factories.queue import run_queue
from tests.factories.word_templates import new_layout

pytestmark = pytest.mark.usefixtures("december")


def test_an_issued_document_is_left_alone_by_every_door():
    document_id = issued()
    document = found(document_id)
    before = document.payload, data_of(document_id), document.blob_sha256, document.ready_at
    for attempt in (approve, issue, drop):
        with pytest.raises(Conflict, match="不再变动"):
            attempt(document_id)
    with pytest.raises(Conflict), unit_of_work():
        numbering.stamp_again(OFFICE, document_id)
    with unit_of_work():
        batch_id = db.session.scalars(select(Batch.id)).first()
        making.publish(batch_id, [making.Made(document_id, b"other", "0" * 64, "")])
        making.give_up(batch_id, [document_id], "失败")
        stamping.give_up(db.session.scalars(select(DocumentNumber.id)).one(), "失败")
    for key in db.session.scalars(select(Outbox.key)).all():
        runner.run(key)
    with pytest.raises(Conflict), unit_of_work():
        batches.retry(OFFICE, batch_id)
    document = found(document_id)
    after = document.payload, data_of(document_id), document.blob_sha256, document.ready_at
    assert after == before
    assert document.state is DocumentState.ISSUED


def test_changed_figures_make_a_draft_beside_the_issued_file_and_the_same_ones_make_nothing():
    document_id = issued()
    before = found(document_id).payload, data_of(document_id)
    with unit_of_work():
        asked = services.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True)], "再要")
    assert (asked.created, asked.existing) == (0, 1)
    changed = draft(reviewed_by="部长", compiled_by="研究室")
    assert changed != document_id
    assert found(changed).state is DocumentState.READY
    assert found(document_id).state is DocumentState.ISSUED
    assert (found(document_id).payload, data_of(document_id)) == before


def test_an_issued_document_stays_current_when_the_layout_changes():
    document_id = issued()
    new_layout(BOOK)
    assert draft() == document_id


def test_the_next_issued_version_takes_the_place_of_the_older_one():
    older = issued()
    before = found(older).payload, data_of(older)
    newer = issued(reviewed_by="部长")
    assert found(newer).state is DocumentState.ISSUED
    assert found(older).state is DocumentState.SUPERSEDED
    assert (found(older).payload, data_of(older)) == before
    assert register() == [("青组发〔2026〕1号", "living"), ("青组发〔2026〕2号", "living")]


def test_a_new_draft_waits_until_the_number_before_it_is_issued_or_dropped():
    numbered = draft()
    approve(numbered)
    run_queue()
    changed = draft(reviewed_by="部长")
    assert found(numbered).state is DocumentState.NUMBERED
    with pytest.raises(Conflict, match="第1版已编为青组发〔2026〕1号、尚未印发"):
        approve(changed)
    drop(numbered)
    assert approve(changed).number == "青组发〔2026〕2号"


def test_facts_that_return_do_not_touch_a_newer_version_with_a_number():
    first = issued()
    second = draft(reviewed_by="部长")
    approve(second)
    run_queue()
    assert draft() == second  # the newest; nothing new was made
    assert [found(item).state for item in (first, second)] == [DocumentState.ISSUED, DocumentState.NUMBERED]


def test_an_outdated_draft_is_not_numbered():
    older = draft()
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True, reviewed_by="部长")], "新版")
    with pytest.raises(Conflict, match="更新的第2版"):
        approve(older)


def test_a_draft_that_gets_its_number_is_not_replaced_by_the_version_made_meanwhile():
    older = draft()
    with unit_of_work():
        (batch_id,) = services.request_documents(
            SYSTEM, 2026, [wanted(BOOK, is_draft=True, reviewed_by="部长")], "新版"
        ).batch_ids
    newer = db.session.scalars(select(GeneratedDocument.id).where(GeneratedDocument.version == 2)).one()
    made = making.make_waiting([newer])
    db.session.add(
        DocumentNumber(
            agency_code="青组发", year=2026, number=1, document_id=older, approved_on=TODAY,
            taken_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    with unit_of_work():
        making.publish(batch_id, made)
    assert [found(item).state for item in (older, newer)] == [DocumentState.READY, DocumentState.READY]


def test_the_source_of_a_document_is_asked_for_facts_and_never_for_numbers():
    document_id = issued()
    with source(BOOK, wanted(BOOK, is_draft=True, goal_count=1, reviewed_by="副部长")), unit_of_work():
        assert services.build_all(SYSTEM, 2026, [BOOK]).created == 1
    run_queue()
    assert found(document_id).state is DocumentState.ISSUED
