"""What `fivestep audit verify` asks about documents: is each file the one that was made and logged?

Templates are asked about too: is each the one that was uploaded and checked?
"""

import json
from collections.abc import Iterator
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.documents.making import LOGGED_AS
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.documents.word_templates.models import DocumentTemplate
from fivestep_web.extensions import db

SLICE = 200


def faults() -> Iterator[str]:
    """Yield a sentence for each document whose bytes, hash or log entry do not agree; reads only."""
    logged = _logged_hashes()
    last = 0
    while True:
        rows = db.session.execute(
            select(
                GeneratedDocument.id,
                GeneratedDocument.download_name,
                GeneratedDocument.blob_sha256,
                Blob.data,
            )
            .join(Blob, Blob.sha256 == GeneratedDocument.blob_sha256)
            .where(GeneratedDocument.id > last)
            .order_by(GeneratedDocument.id)
            .limit(SLICE)
        ).all()
        for row in rows:
            if sha256(row.data).hexdigest() != row.blob_sha256:
                yield _("第 %(id)s 号文档“%(name)s”的文件被改动", id=row.id, name=row.download_name)
            elif logged.get(row.id) != row.blob_sha256:
                yield _("第 %(id)s 号文档“%(name)s”与操作日志不符", id=row.id, name=row.download_name)
        if len(rows) < SLICE:
            break
        last = rows[-1].id
    yield from _altered_templates()


def _altered_templates() -> Iterator[str]:
    """Yield a sentence for each version of a template whose bytes were altered."""
    for row in db.session.scalars(select(DocumentTemplate).order_by(DocumentTemplate.id)).all():
        files = db.session.execute(
            select(Blob.sha256, Blob.data).where(Blob.sha256.in_((row.blob_sha256, row.ready_sha256)))
        )
        if any(sha256(file.data).hexdigest() != file.sha256 for file in files):
            yield _("“%(kind)s”第 %(number)s 版模板被改动", kind=row.kind.label, number=row.number)


def _logged_hashes() -> dict[int, str]:
    """Return each document's hash as the log has it; the last entry about it counts."""
    bodies = db.session.scalars(
        select(AuditEntry.body).where(AuditEntry.action == LOGGED_AS).order_by(AuditEntry.sequence)
    )
    hashes: dict[int, str] = {}
    for body in bodies:
        hashes.update({int(name): value for name, value in json.loads(body)["detail"]["documents"].items()})
    return hashes
