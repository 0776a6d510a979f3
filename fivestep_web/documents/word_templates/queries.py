"""Reads of templates: the kinds, the versions of one, the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob
from fivestep_web.documents.rendering import template_bytes
from fivestep_web.documents.word_templates.live import shipped_sha256
from fivestep_web.documents.word_templates.models import DocumentTemplate, TemplateState
from fivestep_web.documents.word_templates.standins import editable
from fivestep_web.extensions import db

SHIPPED: Final = 0  # the number of the template that comes with the product
_templates: Final = DocumentTemplate


@dataclass(frozen=True)
class KindLine:
    """A kind with the version that makes its documents and the newest that waits to."""

    kind: DocumentKind
    live: DocumentTemplate | None
    waiting: DocumentTemplate | None
    count: int


def list_kinds() -> list[KindLine]:
    """Return every kind in the order of part C, by one query."""
    found: dict[DocumentKind, list[DocumentTemplate]] = {kind: [] for kind in DocumentKind}
    for row in db.session.scalars(_with_people().order_by(_templates.number.desc())):
        found[row.kind].append(row)
    return [
        KindLine(
            kind,
            next((row for row in rows if row.state is TemplateState.LIVE), None),
            next((row for row in rows[:1] if row.state is TemplateState.CHECKED), None),
            len(rows),
        )
        for kind, rows in found.items()
    ]


def list_versions(kind: DocumentKind) -> Sequence[DocumentTemplate]:
    """Return the uploaded versions of *kind*, the newest first."""
    query = _with_people().where(_templates.kind == kind).order_by(_templates.number.desc())
    return db.session.scalars(query).all()


def get_version(kind: DocumentKind, number: int, *, lock: bool = False) -> DocumentTemplate:
    """Return an uploaded version; NotFound for one that is not there."""
    query = select(_templates) if lock else _with_people()
    query = query.where(_templates.kind == kind, _templates.number == number)
    version = db.session.scalar(query.with_for_update() if lock else query)
    if version is None:
        raise NotFound(_("没有这一版模板"))
    return version


def find_live(kind: DocumentKind, *, lock: bool = False) -> DocumentTemplate | None:
    """Return the uploaded version in use; None where it is the product's own."""
    query = select(_templates).where(_templates.kind == kind, _templates.state == TemplateState.LIVE)
    return db.session.scalar(query.with_for_update() if lock else query)


def find_same(kind: DocumentKind, digest: str) -> DocumentTemplate | None:
    """Return the version of *kind* that is the file of this hash."""
    return db.session.scalar(
        select(_templates).where(_templates.kind == kind, _templates.blob_sha256 == digest)
    )


def number_of(kind: DocumentKind, digest: str) -> int | None:
    """Return the number of the template that a document names by its hash; None for one no longer known."""
    version = find_same(kind, digest)
    if version is not None:
        return version.number
    return SHIPPED if digest == shipped_sha256(kind) else None


def data_of(kind: DocumentKind, number: int) -> bytes:
    """Return a version's file as it was uploaded, once it agrees with its hash (trust.md D8)."""
    if number == SHIPPED:
        return editable(template_bytes(kind))
    version = get_version(kind, number)
    data = db.session.execute(select(Blob.data).where(Blob.sha256 == version.blob_sha256)).scalar_one()
    if sha256(data).hexdigest() != version.blob_sha256:
        raise Conflict(_("这一版模板与登记的校验值不符，可能被改动过，已停止下载，请联系系统管理员核对"))
    return data


def _with_people() -> Select[DocumentTemplate]:
    return select(_templates).options(joinedload(_templates.uploaded_by), joinedload(_templates.changed_by))
