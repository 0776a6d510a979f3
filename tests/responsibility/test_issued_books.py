"""An issued task book stays as it went out whatever becomes of its goals (R5.4, B8)."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core import settings as instance
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import queries, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.rendering import render
from fivestep_web.documents.requests import SYSTEM_WIDE
from fivestep_web.extensions import db
from fivestep_web.responsibility.books import requests as books
from fivestep_web.responsibility.evidence.verify_queries import find_file
from tests.factories.queue import run_queue
from tests.factories.responsibility import YEAR, acting, make_department

DAY = date(YEAR, 2, 2)

pytestmark = pytest.mark.usefixtures("db")


def build(clerk):
    with unit_of_work():
        services.build(clerk, YEAR, [DocumentKind.TASK_BOOK])
    run_queue()
    db.session.rollback()


def system_books():
    query = select(GeneratedDocument).where(GeneratedDocument.subject == SYSTEM_WIDE)
    return list(db.session.scalars(query.order_by(GeneratedDocument.version)))


def issue(clerk, document_id):
    with unit_of_work():
        numbering.approve(clerk, document_id, approved_on=DAY)
    run_queue()
    with unit_of_work():
        numbering.issue(clerk, document_id, issued_on=DAY)
    run_queue()


def test_a_goal_changed_later_leaves_payload_and_bytes_of_the_issued_book_alone():
    instance.put("rehearsal_date", DAY.isoformat())
    department = make_department()
    clerk = acting(department.clerk, DAY)
    build(clerk)
    (book,) = system_books()
    issue(clerk, book.id)
    payload, data = book.payload, queries.get_file(clerk, book.id).data
    assert book.state is DocumentState.ISSUED
    with unit_of_work():
        department.goals[0].deadline = date(YEAR, 12, 20)
        department.goals[0].name = "改过的目标"
        db.session.flush()
        books.renew(YEAR, department.section.id, [])
    run_queue()
    build(clerk)
    issued, draft = system_books()
    assert (issued.state, issued.payload) == (DocumentState.ISSUED, payload)
    assert queries.get_file(clerk, issued.id).data == data == render(DocumentKind.TASK_BOOK, payload)
    assert (draft.state, draft.is_draft) == (DocumentState.READY, True)
    known = find_file(issued.blob_sha256)
    assert (known.number, known.is_draft, known.is_newest, known.is_logged) == (
        payload["number"], False, True, True,
    )  # fmt: skip
    assert "改过的目标" in str(draft.payload)
    assert "改过的目标" not in str(issued.payload)
