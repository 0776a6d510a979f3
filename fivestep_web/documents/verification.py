"""What `fivestep audit verify` asks about documents: is each file the one that was made and logged?"""

import json
from collections.abc import Iterator
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.documents.making import LOGGED_AS
from fivestep_web.documents.models import Blob, GeneratedDocument
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
            return
        last = rows[-1].id


def _logged_hashes() -> dict[int, str]:
    """Return each document's hash as the log has it; the last entry about it counts."""
    bodies = db.session.scalars(
        select(AuditEntry.body).where(AuditEntry.action == LOGGED_AS).order_by(AuditEntry.sequence)
    )
    hashes: dict[int, str] = {}
    for body in bodies:
        hashes.update({int(name): value for name, value in json.loads(body)["detail"]["documents"].items()})
    return hashes
