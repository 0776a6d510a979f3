"""Make the file that carries a number, and publish number, file and state together (docs/adr/0008)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.documents import making, names
from fivestep_web.documents.blobs import store_blobs
from fivestep_web.documents.making import LOGGED_AS, Made
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import queries
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import PENDING, stamped
from fivestep_web.documents.word_templates.live import recorded
from fivestep_web.extensions import db


@dataclass(frozen=True)
class Stamp:
    """A file with its number, and what it was made for."""

    document_id: int
    issued_on: date | None
    payload: dict[str, Any]
    template_sha256: str
    made: Made


def make(number_id: int) -> Stamp | None:
    """Make the file that a number waits for, with no transaction open; None when it waits for none.

    It is made with the template of its draft, which is what was approved.
    """
    row = db.session.execute(
        select(DocumentNumber, GeneratedDocument)
        .join(GeneratedDocument, GeneratedDocument.id == DocumentNumber.document_id)
        .where(DocumentNumber.id == number_id)
    ).one()
    number, document = row.DocumentNumber, row.GeneratedDocument
    if queries.stage(document.state, number) not in PENDING:
        db.session.rollback()
        return None
    payload = stamped(document.payload, number.text, number.approved_on, number.issued_on)
    document_id, kind, issued_on = document.id, document.kind, number.issued_on
    drafted = (kind, document.template_sha256)
    used = recorded({drafted})[drafted]
    db.session.rollback()
    made = making.make(document_id, kind, payload, template=used.template, in_full=True)
    return Stamp(document_id, issued_on, payload, used.sha256, made)


def publish(stamp: Stamp | None) -> None:
    """Store the file with its number and move the document on, in the running unit of work.

    What was dropped or published meanwhile stays as it is. An issued document's older issued versions are
    marked 已作废, their files untouched (B4).
    """
    if stamp is None:
        return
    document, number = held = queries.lock_document(stamp.document_id)
    if number is None or held.stage not in PENDING or number.issued_on != stamp.issued_on:
        return
    number.failure = stamp.made.failure
    if not stamp.made.failure:
        _store(document, stamp)
    done = {str(document.id): stamp.made.sha256} if not stamp.made.failure else {}
    failed = [document.id] if stamp.made.failure else []
    record(SYSTEM, LOGGED_AS, f"document:{document.id}", documents=done, failed=failed)


def _store(document: GeneratedDocument, stamp: Stamp) -> None:
    store_blobs([(stamp.made.sha256, stamp.made.data)])
    document.payload = stamp.payload
    document.download_name = names.download_name(stamp.payload)
    document.is_draft = False
    document.blob_sha256 = stamp.made.sha256
    document.template_sha256 = stamp.template_sha256
    document.ready_at = clock.now()
    document.state = DocumentState.NUMBERED if stamp.issued_on is None else DocumentState.ISSUED
    db.session.flush()
    if document.state is DocumentState.ISSUED:
        _replace_issued(document)


def _replace_issued(document: GeneratedDocument) -> None:
    table = GeneratedDocument
    db.session.execute(
        update(table)
        .where(
            table.year == document.year,
            table.kind == document.kind,
            table.subject == document.subject,
            table.version < document.version,
            table.state == DocumentState.ISSUED,
        )
        .values(state=DocumentState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )


def give_up(number_id: int, reason: str) -> None:
    """Note why the file a number waits for could not be made, in the running unit of work."""
    number = db.session.get_one(DocumentNumber, number_id)
    held = queries.lock_document(number.document_id)
    if held.number is not None and held.stage in PENDING:
        held.number.failure = reason
