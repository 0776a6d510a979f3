"""Versions of a template: kept, put to use, gone back from; what they make and what stays as it was."""

import json
from hashlib import sha256
from unittest.mock import Mock

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents import verification
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.making import is_tolerated
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.opened import shown_text
from fivestep_web.documents.package import unpacked
from fivestep_web.documents.rendering import WordTemplate, template_bytes
from fivestep_web.documents.word_templates import live, queries, services
from fivestep_web.documents.word_templates.checking import check
from fivestep_web.documents.word_templates.models import DocumentTemplate, TemplateState
from fivestep_web.extensions import db as database
from tests.documents.numbering import approve, draft, found
from tests.documents.sources import wanted
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue
from tests.factories.responsibility import acting
from tests.factories.word_templates import (
    BOOK,
    LETTER,
    NEW,
    changed,
    clerk,
    new_layout,
    put_to_use,
    reworded,
    uploaded,
    with_part,
)

TIMETABLE = DocumentKind.TIMETABLE

pytestmark = pytest.mark.usefixtures("december")


def versions():
    rows = database.session.scalars(select(DocumentTemplate).order_by(DocumentTemplate.number))
    return [(row.number, row.state.value) for row in rows]


def made() -> list[str]:
    """Ask for the same document, make it, and return the texts of its versions."""
    with unit_of_work():
        documents.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True)], "一批")
    run_queue()
    rows = database.session.scalars(select(GeneratedDocument).order_by(GeneratedDocument.version)).all()
    return [shown_text(data_of(row)) for row in rows]


def data_of(row) -> bytes:
    return database.session.scalars(select(Blob.data).where(Blob.sha256 == row.blob_sha256)).one()


def actions():
    entries = database.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    return [entry for entry in entries if entry.action.startswith("template.")]


@pytest.mark.parametrize("role", [Role.OFC, Role.HRO, Role.ADM])
def test_who_may_uploads_a_version_that_is_not_in_use_yet(role):
    data = reworded(BOOK)
    assert uploaded(clerk(role), BOOK, data, "增加及时报告") == 1
    assert versions() == [(1, "checked")]
    assert queries.find_live(BOOK) is None
    assert queries.data_of(BOOK, 1) == data
    (entry,) = actions()
    assert entry.action == "template.uploaded"
    facts = json.loads(entry.body)["detail"]
    assert facts["sha256"] == sha256(data).hexdigest()
    assert (facts["kind"], facts["version"], facts["note"]) == (BOOK.value, 1, "增加及时报告")


@pytest.mark.parametrize("role", [Role.MIN, Role.SUP, Role.SHD, Role.STF])
def test_others_neither_upload_nor_put_to_use(role):
    number = uploaded(clerk(), BOOK, reworded(BOOK))
    other = acting(user_with_role(role), clock.today())
    with pytest.raises(NotAllowed):
        uploaded(other, BOOK, reworded(BOOK, "特此通知甲。"))
    with pytest.raises(NotAllowed):
        put_to_use(other, BOOK, number)
    assert versions() == [(1, "checked")]


def test_what_did_not_pass_its_check_is_not_kept():
    report = check(BOOK, changed(BOOK, ("{{ goal.standard | cell }}", "略")))
    with pytest.raises(DomainError), unit_of_work():
        services.receive(clerk(), BOOK, file_name="a.docx", note="改", data=b"x", report=report)
    assert versions() == []


def test_the_same_file_is_kept_once():
    actor = clerk()
    uploaded(actor, BOOK, reworded(BOOK))
    with pytest.raises(DomainError, match="与第1版完全相同"):
        uploaded(actor, BOOK, reworded(BOOK))
    with pytest.raises(DomainError, match="随系统提供的模板完全相同"):
        uploaded(actor, BOOK, template_bytes(BOOK))


def test_a_version_put_to_use_makes_the_next_documents_at_once():
    assert NEW not in made()[0]
    new_layout(BOOK, NEW)
    before, after = made()
    assert NEW not in before
    assert NEW in after
    rows = database.session.scalars(select(GeneratedDocument).order_by(GeneratedDocument.version)).all()
    assert [row.state.value for row in rows] == ["superseded", "ready"]
    assert [queries.number_of(BOOK, row.template_sha256) for row in rows] == [0, 1]


def test_going_back_makes_them_as_before_and_is_logged():
    made()
    new_layout(BOOK, NEW)
    made()
    put_to_use(clerk(), BOOK, 0, "版面有误")
    assert NEW not in made()[2]
    assert versions() == [(1, "retired")]
    last = actions()[-1]
    assert (last.action, last.subject) == ("template.restored", "template:0")
    facts = json.loads(last.body)["detail"]
    assert facts["sha256"] == sha256(template_bytes(BOOK)).hexdigest()
    assert (facts["before"], facts["version"], facts["note"]) == (1, 0, "版面有误")
    put_to_use(clerk(), BOOK, 1)
    assert actions()[-1].action == "template.restored"
    assert NEW in made()[3]


def test_what_was_asked_for_before_is_made_with_the_template_of_then():
    with unit_of_work():
        documents.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True)], "一批")
    new_layout(BOOK, NEW)
    run_queue()
    (row,) = database.session.scalars(select(GeneratedDocument))
    assert NEW not in shown_text(data_of(row))


def test_a_document_keeps_the_template_of_its_draft_when_it_is_numbered():
    document_id = draft()
    new_layout(BOOK, NEW)
    approve(document_id)
    run_queue()
    numbered = found(document_id)
    assert numbered.state is DocumentState.NUMBERED
    assert NEW not in shown_text(data_of(numbered))
    assert queries.number_of(BOOK, numbered.template_sha256) == 0


def test_a_document_of_a_template_no_longer_known_is_numbered_with_the_live_one():
    document_id = draft()
    database.session.execute(update(GeneratedDocument).values(template_sha256="f" * 64))
    new_layout(BOOK, NEW)
    approve(document_id)
    run_queue()
    numbered = found(document_id)
    assert NEW in shown_text(data_of(numbered))
    assert queries.number_of(BOOK, numbered.template_sha256) == 1


def test_only_one_version_of_a_kind_is_in_use():
    actor = clerk()
    for words in ("特此通知甲。", "特此通知乙。"):
        put_to_use(actor, BOOK, uploaded(actor, BOOK, reworded(BOOK, words)))
    assert versions() == [(1, "retired"), (2, "live")]
    with pytest.raises(IntegrityError), database.session.begin_nested():
        database.session.execute(update(DocumentTemplate).values(state=TemplateState.LIVE))


def test_another_kind_is_not_touched():
    new_layout(BOOK, NEW)
    assert live.live_hashes({BOOK, LETTER})[LETTER] == live.shipped_sha256(LETTER)
    assert [line.kind for line in queries.list_kinds() if line.live] == [BOOK]


def test_what_is_in_use_already_or_not_there_is_told():
    number = new_layout(BOOK, NEW)
    with pytest.raises(Conflict, match="现在用的就是这一版"):
        put_to_use(clerk(), BOOK, number)
    with pytest.raises(NotFound):
        put_to_use(clerk(), BOOK, 7)
    with pytest.raises(Conflict):
        put_to_use(clerk(), LETTER, 0)


def wide_margin():
    return changed(BOOK, ('w:top="2098"', 'w:top="1440"'))


def test_another_layout_has_to_be_confirmed_and_then_makes_documents():
    actor = clerk()
    number = uploaded(actor, BOOK, wide_margin())
    with pytest.raises(DomainError, match="勾选确认"), unit_of_work():
        services.put_to_use(actor, BOOK, number, note="好看", is_confirmed=False)
    assert versions() == [(1, "checked")]
    put_to_use(actor, BOOK, number)
    assert len(made()) == 1


def test_only_the_layout_that_was_confirmed_is_excused():
    template = live.recorded({(BOOK, live.shipped_sha256(BOOK))})
    (used,) = template.values()
    assert used.template.tolerated == frozenset()
    uploaded(clerk(), BOOK, wide_margin())
    version = queries.get_version(BOOK, 1)
    assert live.tolerated(version.departures) == {"D1"}
    narrow = WordTemplate(used.template.compiled, live.tolerated(version.departures))
    assert is_tolerated("D1：第1节的上边距不合规定", narrow)
    assert not is_tolerated("D4：正文格式不合规定：甲", narrow)
    everything = WordTemplate(used.template.compiled, frozenset({"D11", "D16"}))
    assert not is_tolerated("D11：表格有空单元格", everything)
    assert not is_tolerated("D16：数字与表格不一致：应为“1”", everything)


@pytest.mark.parametrize("is_draft", [False, True])
def test_a_preview_is_the_sample_marked_as_one(is_draft):
    uploaded(clerk(), BOOK, reworded(BOOK))
    text = shown_text(services.preview(BOOK, 1, is_draft=is_draft))
    assert NEW in text
    assert "示例数据" in text
    assert ("（草稿）" in text) is is_draft
    assert NEW not in shown_text(services.preview(BOOK, 0, is_draft=is_draft))


def test_an_altered_template_is_not_handed_out_and_verifying_names_it():
    uploaded(clerk(), BOOK, reworded(BOOK))
    assert list(verification.faults()) == []
    version = queries.get_version(BOOK, 1)
    database.session.execute(update(Blob).where(Blob.sha256 == version.blob_sha256).values(data=b"PK"))
    with pytest.raises(Conflict, match="校验值不符"):
        queries.data_of(BOOK, 1)
    assert any("任务书" in fault for fault in verification.faults())


def test_a_process_keeps_compiled_templates_within_bounds(monkeypatch):
    monkeypatch.setattr(live, "KEPT", 1)
    actor = clerk()
    for words in ("特此通知甲。", "特此通知乙。"):
        uploaded(actor, BOOK, reworded(BOOK, words))
    for number in (1, 2, 1):
        services.preview(BOOK, number, is_draft=False)
    assert len(live._compiled._kept) == 1


def test_a_picture_of_its_own_stands_beside_the_codes():
    png = services.preview(LETTER, 0, is_draft=False)
    code = unpacked(png)["word/media/verification_code.png"]
    data = changed(LETTER, extra={"word/media/logo.png": code})
    data = with_part(
        data,
        "word/_rels/document.xml.rels",
        lambda rels: rels.replace(
            b"</Relationships>",
            b'<Relationship Id="rIdLogo" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/image" Target="media/logo.png"/></Relationships>',
        ),
    )
    uploaded(clerk(), LETTER, data)
    types = unpacked(services.preview(LETTER, 1, is_draft=False))["[Content_Types].xml"]
    assert types.count(b'Extension="png"') == 1


def test_a_template_that_cannot_be_used_fails_its_own_documents_only():
    new_layout(BOOK, NEW)
    ready_sha256 = queries.get_version(BOOK, 1).ready_sha256
    live._compiled._kept.pop(ready_sha256, None)
    with unit_of_work():
        database.session.execute(update(Blob).where(Blob.sha256 == ready_sha256).values(data=b"PK"))
        documents.request_documents(
            SYSTEM, 2026, [wanted(BOOK, is_draft=True), wanted(TIMETABLE, is_draft=True)], "一批"
        )
    run_queue()
    rows = database.session.scalars(select(GeneratedDocument).order_by(GeneratedDocument.kind)).all()
    assert {row.kind: row.state.value for row in rows} == {BOOK: "failed", TIMETABLE: "ready"}
    live._compiled._kept.pop(ready_sha256)


def test_a_process_out_of_memory_does_not_hold_a_template_to_be_wrong(monkeypatch):
    new_layout(BOOK, NEW)
    live._compiled._kept.clear()
    with monkeypatch.context() as full:
        full.setattr(live, "CompiledTemplate", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            services.preview(BOOK, 1, is_draft=False)
    assert NEW in shown_text(services.preview(BOOK, 1, is_draft=False))


def test_a_worker_makes_the_live_templates_ready_before_it_divides():
    new_layout(BOOK, NEW)
    live._compiled._kept.clear()
    live.prepare()
    assert list(live._compiled._kept) == [queries.get_version(BOOK, 1).ready_sha256]
