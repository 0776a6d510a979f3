"""Asking for documents: what is new is made once, what is there is found, what changed replaces it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import batch_queries, batches, making, queries, services, verification
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Batch, Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.extensions import db
from tasks import registry, runner
from tests.documents.sources import CHANGED, LETTER, letter_wanted, source, wanted
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.word_templates import new_layout

OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC}))
SUPERVISION = Actor(user_id=None, person_id=None, name="李某乙", roles=frozenset({Role.SUP}))
ADMONITION = DocumentKind.ADMONITION_LIST
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def plan_year(db):
    registry.load()
    return PlanYearFactory(year=2026)


def ask(*requested, title="2026年目标责任书"):
    with unit_of_work():
        return services.request_documents(SYSTEM, 2026, requested, title)


def work():
    """Do everything that waits, as a worker would; return the keys."""
    keys = list(
        db.session.scalars(select(Outbox.key).where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None)))
    )
    for key in keys:
        runner.run(key)
    return keys


def documents():
    db.session.rollback()
    return list(db.session.scalars(select(GeneratedDocument).order_by(GeneratedDocument.id)))


def states():
    return [(item.subject, item.version, item.state.value) for item in documents()]


def test_a_letter_asked_for_is_made_checked_and_logged():
    unit = UnitFactory(code="K01")
    assert ask(letter_wanted(1, unit_id=unit.id)).created == 1
    work()
    (document,) = documents()
    assert document.state is DocumentState.READY
    assert document.file_name.startswith("responsibility_letter-2026-K01-letter-1-")
    assert document.download_name == "责〔2026〕K1号 干部科2026年度岗位目标责任书.docx"
    file = queries.get_file(OFFICE, document.id)
    assert "第1号责任书的目标" in text_of(WordFile.open(file.data).document)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "documents.made")).one()
    assert file.sha256 in entry.body
    assert list(verification.faults()) == []


def test_asking_twice_makes_nothing_new_and_says_so():
    ask(letter_wanted(1), letter_wanted(2))
    work()
    asked = ask(letter_wanted(1, created="2027-01-01T00:00:00Z", version=9), letter_wanted(2))
    assert (asked.created, asked.existing, asked.batch_ids) == (0, 2, [])
    assert "没有新的文档" in asked.sentence
    assert db.session.scalar(select(func.count()).select_from(Batch)) == 1
    assert work() == []


def test_asking_again_while_it_is_under_way_waits_for_the_same_document():
    ask(letter_wanted(1))
    asked = ask(letter_wanted(1))
    assert (asked.created, asked.under_way) == (0, 1)
    work()
    assert states() == [("letter:1", 1, "ready")]


def test_changed_facts_make_a_new_version_that_replaces_the_old_one():
    ask(letter_wanted(1))
    work()
    assert ask(letter_wanted(1, change_note=CHANGED)).created == 1
    assert states() == [("letter:1", 1, "ready"), ("letter:1", 2, "queued")]
    work()
    assert states() == [("letter:1", 1, "superseded"), ("letter:1", 2, "ready")]
    assert documents()[1].payload["version"] == 2
    assert list(verification.faults()) == []


def test_a_new_template_makes_a_new_version_of_the_same_facts():
    ask(letter_wanted(1))
    work()
    new_layout(LETTER)
    assert ask(letter_wanted(1)).created == 1
    work()
    assert states() == [("letter:1", 1, "superseded"), ("letter:1", 2, "ready")]


def test_one_subject_asked_for_twice_at_once_is_one_document():
    asked = ask(letter_wanted(1), letter_wanted(1, change_note=CHANGED))
    assert (asked.created, asked.existing) == (1, 1)
    assert states() == [("letter:1", 1, "queued")]
    assert documents()[0].payload["change_note"] is None


def test_who_lost_the_right_to_a_confidential_batch_does_not_see_even_the_own():
    user = user_with_role(Role.SUP)
    asked_by = Actor(user_id=user.id, person_id=None, name="丙", roles=frozenset({Role.SUP}))
    with source(ADMONITION, wanted(ADMONITION)), unit_of_work():
        services.build(asked_by, 2026, [ADMONITION])
    assert len(batch_queries.list_progress(asked_by, 2026)) == 1
    without = Actor(user_id=user.id, person_id=None, name="丙", roles=frozenset({Role.SHD}))
    assert batch_queries.list_progress(without, 2026) == []


def test_facts_that_return_after_being_replaced_make_a_third_version():
    for changes in ({}, {"change_note": CHANGED}, {}):
        ask(letter_wanted(1, **changes))
        work()
    assert states() == [
        ("letter:1", 1, "superseded"),
        ("letter:1", 2, "superseded"),
        ("letter:1", 3, "ready"),
    ]


def test_facts_that_return_before_the_change_was_made_drop_the_change():
    ask(letter_wanted(1))
    work()
    ask(letter_wanted(1, change_note=CHANGED))
    assert ask(letter_wanted(1)).existing == 1
    work()
    assert states() == [("letter:1", 1, "ready"), ("letter:1", 2, "superseded")]


def test_a_document_that_cannot_be_made_fails_alone_and_can_be_tried_again():
    broken = letter_wanted(2)
    broken.payload["goals"] = "不是列表"
    ask(letter_wanted(1), broken)
    work()
    good, bad = documents()
    assert (good.state, bad.state) == (DocumentState.READY, DocumentState.FAILED)
    assert bad.failure.startswith("资料不完整")
    progress = batch_queries.list_progress(OFFICE, 2026)[0]
    assert (progress.done, progress.total, progress.failed) == (1, 2, 1)
    assert progress.failures == ((bad.title, bad.failure),)
    bad.payload = letter_wanted(2).payload
    db.session.commit()
    with unit_of_work():
        assert batches.retry(OFFICE, progress.id) == 1
    assert len(work()) == 1
    assert [item.state.value for item in documents()] == ["ready", "ready"]
    with pytest.raises(Conflict), unit_of_work():
        batches.retry(OFFICE, progress.id)


def test_asking_again_tries_a_failed_document_again():
    broken = letter_wanted(1)
    broken.payload["goals"] = "不是列表"
    ask(broken)
    work()
    assert states() == [("letter:1", 1, "failed")]
    assert ask(broken).created == 1
    assert states() == [("letter:1", 1, "queued")]


def test_a_chunk_that_always_dies_is_taken_apart_and_at_last_named_as_failed(monkeypatch):
    poison = "letter:2"
    from fivestep_web.documents import making

    real = making.render

    def dies(kind, payload, marks, template):
        if payload["number"] == "责〔2026〕K2号":
            raise MemoryError
        return real(kind, payload, marks, template)

    monkeypatch.setattr(making, "render", dies)
    monkeypatch.setattr("fivestep_web.core.jobs.BACK_OFF", (timedelta(seconds=-1),))
    ask(letter_wanted(1), letter_wanted(2), letter_wanted(3))
    for _round in range(12):
        work()
    assert [(subject, state) for subject, _version, state in states()] == [
        ("letter:1", "ready"),
        (poison, "failed"),
        ("letter:3", "ready"),
    ]
    assert documents()[1].failure == "内存不足，已中止。"


def test_running_a_chunk_again_changes_nothing():
    ask(letter_wanted(1))
    (key,) = work()
    before = [(item.id, item.blob_sha256, item.ready_at) for item in documents()]
    runner.run(key)
    assert [(item.id, item.blob_sha256, item.ready_at) for item in documents()] == before
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "documents.made")) == 1


HOSTILE = (
    "<w:p/>&‹副市长›",
    "{{7*7}} {% raw %}",
    "甲 & 乙 <副市长>]]>",
    "𠮷𫠝㛃龘",
    "张" * 200,
    'a/b\\c:d*e?f"g|h\x00\x07',
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_arrive_exactly(name):
    payload = letter_wanted(1, title=f"{name}责任书").payload
    payload["responsible_side"]["signatory_name"] = name
    payload["goals"][0]["goal"] = name
    ask(letter_wanted(1, **payload))
    work()
    (document,) = documents()
    assert document.state is DocumentState.READY, document.failure
    shown = text_of(WordFile.open(queries.get_file(OFFICE, document.id).data).document)
    assert name.replace("\x00", "").replace("\x07", "") in shown
    assert not set('/\\:*?"<>|\x00\x07') & set(document.download_name)
    assert len(document.download_name.encode()) <= 255


def test_a_name_like_a_placeholder_stays_text_where_the_title_breaks_its_line():
    name = "城关镇" + "基层组织建设" * 4 + "{{7*7}}{% raw %}"
    ask(letter_wanted(1, title=f"{name}2026年度组织工作目标责任书"))
    work()
    (document,) = documents()
    assert document.state is DocumentState.READY, document.failure


def test_words_that_look_like_a_wrong_date_do_not_stop_a_signed_letter():
    payload = letter_wanted(1).payload
    payload["goals"][0]["goal"] = "2026年02月30日前完成"
    ask(letter_wanted(1, **payload))
    work()
    assert documents()[0].state is DocumentState.READY


def test_an_altered_file_is_not_handed_out_and_is_found_by_verifying():
    ask(letter_wanted(1))
    work()
    (document,) = documents()
    blob = db.session.get(Blob, document.blob_sha256)
    blob.data = blob.data[:-1] + b"!"
    db.session.commit()
    with pytest.raises(Conflict, match="校验值不符"):
        queries.get_file(OFFICE, document.id)
    (fault,) = verification.faults()
    assert document.download_name in fault


def test_a_file_exchanged_together_with_its_hash_disagrees_with_the_log():
    ask(letter_wanted(1), letter_wanted(2))
    work()
    first, second = documents()
    first.blob_sha256 = second.blob_sha256
    db.session.commit()
    (fault,) = verification.faults()
    assert "操作日志" in fault


def test_a_batch_without_confidential_documents_never_takes_one():
    with pytest.raises(ValueError, match="batch of their own"):
        ask(letter_wanted(1), wanted(ADMONITION))


def test_building_asks_for_each_class_in_a_batch_of_its_own_and_only_for_who_may():
    clerk = user_with_role(Role.OFC, Role.SUP)
    both = Actor(user_id=clerk.id, person_id=None, name="乙", roles=frozenset({Role.OFC, Role.SUP}))
    with source(LETTER, letter_wanted(1)), source(ADMONITION, wanted(ADMONITION)):
        for who, kind in ((OFFICE, ADMONITION), (SUPERVISION, LETTER)):
            with pytest.raises(NotAllowed), unit_of_work():
                services.build(who, 2026, [kind])
        with pytest.raises(DomainError), unit_of_work():
            services.build(OFFICE, 2026, [])
        with unit_of_work():
            asked = services.build(both, 2026, [LETTER, ADMONITION])
    assert asked.created == 2
    assert [batch.is_confidential for batch in batch_queries.list_progress(both, 2026)] == [True, False]
    assert [batch.is_confidential for batch in batch_queries.list_progress(OFFICE, 2026)] == [False]
    assert [batch.is_confidential for batch in batch_queries.list_progress(SUPERVISION, 2026)] == [True]


def test_a_year_that_is_not_planned_is_refused():
    with pytest.raises(NotFound, match="2031"), unit_of_work():
        services.request_documents(SYSTEM, 2031, [], "没有")


def _ask_and_fail():
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [letter_wanted(1)], "批")
        raise RuntimeError


def test_a_cancelled_batch_keeps_what_is_made_and_takes_the_rest_back():
    ask(letter_wanted(1), letter_wanted(2))
    work()
    changed = letter_wanted(2, title="改过的责任书")
    batch_id = ask(changed, *(letter_wanted(number) for number in range(3, 6))).batch_ids[0]
    made = making.make_waiting([documents()[-1].id])
    with unit_of_work():
        assert batches.cancel(OFFICE, batch_id) == 4
    with unit_of_work():
        making.publish(batch_id, made)
    work()
    assert states() == [("letter:1", 1, "ready"), ("letter:2", 1, "ready")]
    with pytest.raises(Conflict, match="无须取消"), unit_of_work():
        batches.cancel(OFFICE, batch_id)
    assert ask(changed).created == 1
    work()
    assert states()[1:] == [("letter:2", 1, "superseded"), ("letter:2", 2, "ready")]
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "documents.cancelled"))
    assert (entry.subject, json.loads(entry.body)["detail"]["count"]) == (f"batch:{batch_id}", 4)


def test_what_was_made_for_a_cancelled_document_is_not_stored_under_the_one_that_took_its_id():
    """SQLite gives the id of a deleted row to the next one."""
    batch_id = ask(letter_wanted(1)).batch_ids[0]
    (cancelled,) = making.make_waiting([documents()[0].id])
    with unit_of_work():
        batches.cancel(OFFICE, batch_id)
    ask(letter_wanted(2))
    successor = documents()[0].id
    with unit_of_work():
        making.publish(batch_id, [replace(cancelled, document_id=successor)])
        making.give_up(batch_id, [successor], "失败")
    assert states() == [("letter:2", 1, "queued")]
    work()
    assert "第2号责任书的目标" in text_of(WordFile.open(queries.get_file(OFFICE, successor).data).document)


def test_long_batches_let_other_work_go_first():
    ask(*(letter_wanted(number) for number in range(1, 22)))
    ask(letter_wanted(30))
    rows = db.session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert [row.is_bulk for row in rows] == [True, True, False]
    assert jobs.due()[0].key == rows[-1].key


def test_a_rollback_queues_nothing():
    with pytest.raises(RuntimeError):
        _ask_and_fail()
    assert documents() == []
    assert work() == []


def test_a_letter_in_force_is_filed_once(monkeypatch):
    from fivestep_web.core import jobs
    from fivestep_web.documents import requests

    monkeypatch.setitem(requests._subject_sources, LETTER, letter_wanted)
    for _time in range(2):
        with unit_of_work():
            jobs.enqueue("documents.file_letter", 12, key="file-letter-12-v1")
        work()
        work()
    assert states() == [("letter:12", 1, "ready")]


def test_every_file_of_a_long_chunk_is_compared_with_its_payload(monkeypatch):
    from fivestep_web.documents import making

    real, lost = making.render, "第7号责任书的目标"

    def losing(kind, payload, marks, template):
        if payload["goals"][0]["goal"] == lost:
            payload = {**payload, "goals": [{**payload["goals"][0], "goal": ""}, *payload["goals"][1:]]}
        return real(kind, payload, marks, template)

    monkeypatch.setattr(making, "render", losing)
    ask(*(letter_wanted(number) for number in range(1, 8)))
    monkeypatch.setattr(making, "SAMPLE", 3)
    work()
    assert [item.subject for item in documents() if item.state is DocumentState.FAILED] == ["letter:7"]
    assert lost in documents()[6].failure


def test_long_batches_are_cut_into_longer_chunks():
    assert [batches.chunk_size(total) for total in (1, 100, 4_000, 26_840)] == [20, 20, 100, 400]
