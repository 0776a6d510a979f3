"""PDF beside Word: asked for by people, made by the queue behind all else, of the file as it is, once."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from fivestep_web.core import jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.documents.pdf import office, queries, services
from fivestep_web.documents.pdf.models import DocumentPdf, PdfState
from fivestep_web.extensions import db as database
from tests.documents.sources import letter_wanted, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.queue import queued, run_queue
from tests.factories.tokens import acting
from tests.web import get, post

pytestmark = pytest.mark.usefixtures("db")
PDF = b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def plan_year(db):
    return PlanYearFactory(year=2026)


@pytest.fixture
def clerk():
    return user_with_role(Role.OFC)


class Office:
    """In the place of LibreOffice: gives a PDF, counts how often, refuses while it is broken."""

    def __init__(self):
        self.count = 0
        self.is_broken = False

    def convert(self, word, *, at_start=None):
        assert word.startswith(b"PK")
        assert at_start is not None
        self.count += 1
        if self.is_broken:
            raise office.NoPdfError("转换超过时限，已中止")
        return PDF + word[-4:] + b"\n%%EOF"


@pytest.fixture
def libre(monkeypatch):
    stand_in = Office()
    monkeypatch.setattr(office, "convert", stand_in.convert)
    monkeypatch.setattr(office, "find_program", lambda: Path("/usr/bin/soffice"))
    monkeypatch.setattr("fivestep_web.documents.views.find_program", lambda: Path("/usr/bin/soffice"))
    return stand_in


def ask(user, *ids):
    with unit_of_work():
        return services.request_pdfs(acting(user), ids)


def state_of(document_id):
    database.session.rollback()
    return database.session.get_one(DocumentPdf, document_id).state


def test_nothing_is_converted_unasked(libre):
    made(letter_wanted(1), wanted(DocumentKind.TASK_BOOK))
    assert database.session.scalars(select(DocumentPdf)).all() == []
    assert libre.count == 0


def test_what_is_asked_for_is_made_once_and_read_by_who_reads_the_document(clerk, libre):
    own = UnitFactory()
    letter, foreign = made(letter_wanted(1, unit_id=own.id), letter_wanted(2, unit_id=UnitFactory().id))
    assert ask(clerk, letter, foreign) == 2
    assert ask(clerk, letter, foreign) == 0
    run_queue()
    assert ask(clerk, letter) == 0
    assert libre.count == 2
    head = acting(user_with_role(Role.SHD, unit=own))
    file = queries.get_pdf(head, letter)
    assert file.data.startswith(b"%PDF-")
    assert file.name == "责〔2026〕K1号 干部科2026年度岗位目标责任书.pdf"
    with pytest.raises(NotFound):
        queries.get_pdf(head, foreign)


def test_two_who_ask_in_the_same_moment_ask_once(clerk, libre, monkeypatch):
    (letter,) = made(letter_wanted(1))
    seen = queries.list_wanted(acting(clerk), [letter], services.MOST)
    assert ask(clerk, letter) == 1
    monkeypatch.setattr(queries, "list_wanted", lambda *_arguments: seen)  # as the other saw it
    assert ask(clerk, letter) == 0
    assert len(queued()) == 1


def test_it_waits_behind_all_other_work(clerk, libre):
    (letter,) = made(letter_wanted(1))
    ask(clerk, letter)
    ((task, _key),) = queued()
    assert task == services.TASK
    assert [row.is_bulk for row in jobs.due()] == [True]


def test_an_admonition_never_gets_one(libre):
    (secret,) = made(wanted(DocumentKind.ADMONITION_LIST, "admonition"))
    minister = user_with_role(Role.MIN, Role.OFC)
    assert ask(minister, secret) == 0
    with unit_of_work():  # as if someone had written it into the table
        source = database.session.get_one(GeneratedDocument, secret).blob_sha256
        database.session.add(
            DocumentPdf(
                document_id=secret,
                source_sha256=source,
                blob_sha256=source,
                state=PdfState.READY,
                requested_at=database.session.get_one(GeneratedDocument, secret).requested_at,
            )
        )
    with pytest.raises(NotFound):
        queries.get_pdf(acting(minister), secret)


def test_the_pdf_of_an_earlier_file_is_not_that_of_the_present_one(clerk, libre):
    letter, book = made(letter_wanted(1), wanted(DocumentKind.TASK_BOOK))
    ask(clerk, letter)
    run_queue()
    other = database.session.get_one(GeneratedDocument, book).blob_sha256
    with unit_of_work():  # as numbering does: another file in the same document
        database.session.execute(
            update(GeneratedDocument).where(GeneratedDocument.id == letter).values(blob_sha256=other)
        )
    with pytest.raises(NotFound):
        queries.get_pdf(acting(clerk), letter)
    assert ask(clerk, letter) == 1


def test_a_file_replaced_while_it_waits_is_not_converted(clerk, libre):
    letter, book = made(letter_wanted(1), wanted(DocumentKind.TASK_BOOK))
    ask(clerk, letter)
    other = database.session.get_one(GeneratedDocument, book).blob_sha256
    with unit_of_work():
        database.session.execute(
            update(GeneratedDocument).where(GeneratedDocument.id == letter).values(blob_sha256=other)
        )
    run_queue()
    assert libre.count == 0


def test_a_failure_is_told_and_may_be_asked_for_again(clerk, libre, login):
    (letter,) = made(letter_wanted(1))
    libre.is_broken = True
    ask(clerk, letter)
    run_queue()
    assert state_of(letter) is PdfState.FAILED
    assert "转换超过时限" in get(login(clerk), "/documents").text
    libre.is_broken = False
    assert ask(clerk, letter) == 1
    run_queue()
    assert state_of(letter) is PdfState.READY


def test_an_altered_pdf_is_not_handed_out(clerk, libre):
    (letter,) = made(letter_wanted(1))
    ask(clerk, letter)
    run_queue()
    row = database.session.get_one(DocumentPdf, letter)
    database.session.get_one(Blob, row.blob_sha256).data = b"%PDF altered"
    database.session.commit()
    with pytest.raises(Conflict):
        queries.get_pdf(acting(clerk), letter)


def test_only_who_makes_documents_asks_and_not_for_too_many(clerk, libre, monkeypatch):
    letter, other = made(letter_wanted(1), letter_wanted(2))
    for role in (Role.MIN, Role.SHD, Role.SUP):
        with pytest.raises(NotAllowed):
            ask(user_with_role(role), letter)
    monkeypatch.setattr(services, "MOST", 1)
    with pytest.raises(DomainError):
        ask(clerk, letter, other)
    assert database.session.scalars(select(Outbox.task).where(Outbox.task == services.TASK)).all() == []


def test_the_page_offers_it_says_how_many_and_gives_the_file(clerk, libre, login):
    letter, _other = made(letter_wanted(1), letter_wanted(2))
    client = login(clerk)
    assert "转成 PDF" in get(client, "/documents").text
    assert "按当前筛选的全部" in get(client, "/documents/pdf?year=2026").text
    page = get(client, f"/documents/pdf?year=2026&chosen=1&id={letter}").text
    assert "将把 1 份文档" in page
    assert post(client, "/documents/pdf?year=2026", {"id": [letter]}).status_code == 303
    assert "PDF 排队中" in get(client, "/documents").text
    run_queue()
    assert f"/documents/{letter}/pdf" in get(client, "/documents").text
    answer = get(client, f"/documents/{letter}/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert get(client, f"/documents/pdf?year=2026&id={letter}").status_code == 303
    assert "没有新的要转" in get(client, "/documents").text
    post(client, "/documents/pdf?year=2026", {"id": [letter]})
    assert "没有新的要转" in get(client, "/documents").text


def test_without_libreoffice_nothing_is_offered_and_what_is_there_stays(clerk, libre, login, monkeypatch):
    (letter,) = made(letter_wanted(1))
    ask(clerk, letter)
    run_queue()
    monkeypatch.setattr("fivestep_web.documents.views.find_program", lambda: None)
    monkeypatch.setattr(office, "find_program", lambda: None)
    page = get(login(clerk), "/documents").text
    assert "转成 PDF" not in page
    assert f"/documents/{letter}/pdf" in page
    client = login(clerk)
    assert get(client, "/documents/pdf?year=2026").status_code == 303
    assert "没有安装 LibreOffice" in get(client, "/documents").text
