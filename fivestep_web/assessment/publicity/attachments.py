"""Files that prove an objection: added while it is open, read by the objector and the handlers alone (N8)."""

import logging
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.assessment.publicity import policy
from fivestep_web.assessment.publicity.models import Objection, ObjectionFile
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock, plain_files
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.blobs import store_blobs
from fivestep_web.documents.models import Blob
from fivestep_web.documents.queries import File
from fivestep_web.extensions import db

MOST = 10  # files of one objection
log = logging.getLogger(__name__)


def add(actor: Actor, objection: Objection, name: str, data: bytes) -> ObjectionFile:
    """Keep a file as evidence; raises NotAllowed, Conflict, and FieldError for what is no such file."""
    if actor.person_id is None or not policy.can_add_files(actor, objection):
        raise NotAllowed(_("证据材料由异议人或受理人在答复以前补充。"))
    if count(objection.id) >= MOST:
        raise Conflict(_("一件异议最多%(most)s份证据材料，请合并后再补充。", most=MOST))
    name = plain_files.plain_name(name)
    try:
        plain_files.check(name, data)
    except DomainError as refusal:
        raise FieldError("file", refusal.message) from refusal
    digest = sha256(data).hexdigest()
    store_blobs([(digest, data)])
    stored = ObjectionFile(
        objection_id=objection.id,
        name=name,
        size=len(data),
        blob_sha256=digest,
        added_by_id=actor.person_id,
        added_at=clock.now(),
    )
    db.session.add(stored)
    db.session.flush()
    audit.record(actor, "objection.file_added", f"objection:{objection.id}", **{ROW: facts_of(stored)})
    return stored


def count(objection_id: int) -> int:
    """Count the files of an objection."""
    query = select(func.count(ObjectionFile.id)).where(ObjectionFile.objection_id == objection_id)
    return db.session.scalar(query) or 0


def read(objection: Objection, file_id: int, *, may_read: bool) -> File:
    """Return a file of the objection; hidden and absent look the same (D8)."""
    found = db.session.execute(
        select(ObjectionFile.name, ObjectionFile.blob_sha256, Blob.data)
        .join(Blob, Blob.sha256 == ObjectionFile.blob_sha256)
        .where(ObjectionFile.id == file_id, ObjectionFile.objection_id == objection.id)
    ).one_or_none()
    if found is None or not may_read:
        raise NotFound(_("没有这份材料，或您无权查看。"))
    if sha256(found.data).hexdigest() != found.blob_sha256:
        log.error("evidence %d does not agree with its hash", file_id)
        raise Conflict(_("这份材料与登记的校验值不符，可能被改动过，已停止下载，请联系系统管理员核对"))
    return File(found.name, found.data, found.blob_sha256)
