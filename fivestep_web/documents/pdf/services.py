"""Ask for PDF beside Word files, and keep what the queue made of them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.database import insert_missing
from fivestep_web.core.errors import DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import policy
from fivestep_web.documents.blobs import store_blobs
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.documents.pdf import queries
from fivestep_web.documents.pdf.models import DocumentPdf, PdfState
from fivestep_web.extensions import db

TASK: Final = "pdf.convert_document"
MOST: Final = 500  # asked for at once


def request_pdfs(actor: Actor, ids: Sequence[int]) -> int:
    """Ask for the PDFs of those of *ids* that lack one; return how many.

    What is there is never made again: the PDF of an issued file stays as it is. Raises NotAllowed, and
    DomainError for none or too many.
    """
    if not policy.can_build_ordinary(actor):
        raise NotAllowed(_("您的岗位不能批量生成文档"))
    wanted = queries.list_wanted(actor, ids, MOST + 1)
    if len(wanted) > MOST:
        raise DomainError(_("一次最多 %(most)s 份，请先用筛选缩小范围", most=MOST))
    if not wanted:
        return 0
    now = clock.system_now()
    asked = _put_down(wanted, now)
    for document_id, source in asked:
        key = f"pdf-{document_id}-{now:%Y%m%d%H%M%S%f}"
        jobs.enqueue(TASK, document_id, source, key=key, is_bulk=True)
    if asked:
        documents = [document_id for document_id, _source in asked]
        record(actor, "documents.pdf_requested", "document:*", documents=documents)
    return len(asked)


def _put_down(wanted: Sequence[tuple[int, str]], now: datetime) -> list[tuple[int, str]]:
    """Let those of *wanted* wait that nobody else has asked for in the same moment; return them."""
    ids = [document_id for document_id, _source in wanted]
    db.session.execute(
        delete(DocumentPdf)
        .where(DocumentPdf.document_id.in_(ids), queries.is_outdated())
        .execution_options(synchronize_session=False)
    )
    rows = [
        {"document_id": document_id, "source_sha256": source, "requested_at": now}
        for document_id, source in wanted
    ]
    new = insert_missing(DocumentPdf, db.session.get_bind().dialect).returning(DocumentPdf.document_id)
    asked = set(db.session.scalars(new, rows))
    return [item for item in wanted if item[0] in asked]


def begin(document_id: int, source: str) -> bytes | None:
    """Return the Word file that waits for its PDF; None where it does not, or has another file by now."""
    return db.session.scalar(
        select(Blob.data)
        .join(DocumentPdf, DocumentPdf.source_sha256 == Blob.sha256)
        .join(GeneratedDocument, GeneratedDocument.id == DocumentPdf.document_id)
        .where(
            DocumentPdf.document_id == document_id,
            DocumentPdf.source_sha256 == source,
            DocumentPdf.state == PdfState.QUEUED,
            GeneratedDocument.blob_sha256 == source,
            GeneratedDocument.is_confidential.is_(False),
        )
    )


def publish(document_id: int, source: str, data: bytes) -> None:
    """Store the PDF that still waits, in the running unit of work."""
    row = _lock_waiting(document_id, source)
    if row is None:
        return
    digest = sha256(data).hexdigest()
    store_blobs([(digest, data)])
    row.state, row.blob_sha256, row.ready_at, row.failure = PdfState.READY, digest, clock.system_now(), ""
    db.session.flush()


def give_up(document_id: int, source: str, reason: str) -> None:
    """Mark a PDF that still waits as failed, in the running unit of work."""
    row = _lock_waiting(document_id, source)
    if row is not None:
        row.state, row.failure = PdfState.FAILED, reason
        db.session.flush()


def _lock_waiting(document_id: int, source: str) -> DocumentPdf | None:
    return db.session.scalar(
        select(DocumentPdf)
        .where(
            DocumentPdf.document_id == document_id,
            DocumentPdf.source_sha256 == source,
            DocumentPdf.state == PdfState.QUEUED,
        )
        .with_for_update()
    )
