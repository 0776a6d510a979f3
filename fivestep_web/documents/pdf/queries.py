"""Reads of PDFs, by the rule that holds for their documents; confidential ones never have any."""

import logging
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.documents.names import SUFFIX
from fivestep_web.documents.pdf.models import DocumentPdf, PdfState
from fivestep_web.documents.queries import File, visible_to
from fivestep_web.extensions import db

log = logging.getLogger(__name__)

SLICE: Final = 5_000
_documents: Final = GeneratedDocument
_IS_OF_ITS_FILE: Final = and_(
    DocumentPdf.document_id == _documents.id, DocumentPdf.source_sha256 == _documents.blob_sha256
)


def is_outdated() -> ColumnElement[bool]:
    """Return the condition that a PDF failed, or is of another file than its document has now."""
    return or_(DocumentPdf.state == PdfState.FAILED, ~select(_documents.id).where(_IS_OF_ITS_FILE).exists())


def list_standings(ids: Collection[int]) -> dict[int, Any]:
    """Return state and failure of the PDFs that belong to the present files of *ids*."""
    rows = db.session.execute(
        select(DocumentPdf.document_id, DocumentPdf.state, DocumentPdf.failure)
        .join(_documents, _IS_OF_ITS_FILE)
        .where(_documents.id.in_(ids))
    )
    return {row.document_id: row for row in rows}


def list_wanted(actor: Actor, ids: Sequence[int], limit: int) -> list[tuple[int, str]]:
    """Return (id, hash of the Word file) of those of *ids* that the actor may read and that lack a PDF.

    At most *limit*, asked for in slices: a filter may hold tens of thousands.
    """
    found: list[tuple[int, str]] = []
    for start in range(0, len(ids), SLICE):
        found += _list_wanted(actor, ids[start : start + SLICE])
        if len(found) >= limit:
            break
    return found[:limit]


def _list_wanted(actor: Actor, ids: Sequence[int]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(_documents.id, _documents.blob_sha256)
        .outerjoin(DocumentPdf, _IS_OF_ITS_FILE)
        .where(
            _documents.id.in_(ids),
            visible_to(actor, is_confidential=False),
            _documents.blob_sha256.is_not(None),
            DocumentPdf.state.is_(None) | (DocumentPdf.state == PdfState.FAILED),
        )
        .order_by(_documents.id)
    )
    return [(row.id, row.blob_sha256) for row in rows]


def get_pdf(actor: Actor, document_id: int) -> File:
    """Return the PDF of a document's present file once its bytes agree with their hash (trust.md D8).

    Raises NotFound for what is hidden, absent or not made, Conflict for altered bytes.
    """
    row = db.session.execute(
        select(_documents.download_name, DocumentPdf.blob_sha256, Blob.data)
        .join(DocumentPdf, _IS_OF_ITS_FILE)
        .join(Blob, Blob.sha256 == DocumentPdf.blob_sha256)
        .where(
            _documents.id == document_id,
            _documents.is_confidential.is_(False),
            visible_to(actor, is_confidential=False),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_("这份文档没有 PDF，或您无权查看"))
    if sha256(row.data).hexdigest() != row.blob_sha256:
        log.error("the PDF of document %d does not agree with its hash", document_id)
        raise Conflict(_("这份 PDF 与登记的校验值不符，可能被改动过，已停止下载，请联系系统管理员核对"))
    return File(f"{row.download_name.removesuffix(SUFFIX)}.pdf", row.data, row.blob_sha256)
