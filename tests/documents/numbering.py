"""Steps that tests of numbers share: a draft made, approved, issued, dropped, and what is there then."""

from datetime import date

from sqlalchemy import select

from fivestep_web.core import settings
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import queries, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db
from tests.documents.sources import wanted
from tests.factories.queue import run_queue

BOOK = DocumentKind.TASK_BOOK
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT
TODAY = date(2026, 12, 9)
MINISTER = Actor(user_id=None, person_id=None, name="林某甲", roles=frozenset({Role.MIN}))
OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC}))


def give_agency_codes():
    """Set the codes of the three series."""
    for name, code in (("decision", "青组发"), ("bulletin", "青组通"), ("report", "青组字")):
        settings.put(f"agency_code_{name}", code)


def draft(kind=BOOK, subject="all", actor=SYSTEM, **changes):
    """Have a draft made; return its id."""
    with unit_of_work():
        services.request_documents(actor, 2026, [wanted(kind, subject, is_draft=True, **changes)], "一份草稿")
    run_queue()
    db.session.rollback()
    query = select(GeneratedDocument.id).where(
        GeneratedDocument.kind == kind, GeneratedDocument.subject == subject
    )
    return db.session.scalars(query.order_by(GeneratedDocument.version.desc())).first()


def approve(document_id, day=TODAY, actor=OFFICE):
    with unit_of_work():
        return numbering.approve(actor, document_id, approved_on=day)


def issue(document_id, day=TODAY, actor=OFFICE):
    with unit_of_work():
        numbering.issue(actor, document_id, issued_on=day)


def drop(document_id, reason="重复行文", actor=OFFICE):
    with unit_of_work():
        numbering.drop(actor, document_id, reason=reason)


def found(document_id):
    db.session.rollback()
    return db.session.get_one(GeneratedDocument, document_id)


def data_of(document_id):
    return queries.get_file(OFFICE, document_id).data


def register():
    db.session.rollback()
    rows = db.session.scalars(select(DocumentNumber).order_by(DocumentNumber.id))
    return [(row.text, row.state.value) for row in rows]


def issued(**changes):
    document_id = draft(**changes)
    approve(document_id)
    run_queue()
    issue(document_id)
    run_queue()
    return document_id
