"""Handwritten marks: set, replaced, taken away; the picture is a blob under its hash."""

import hashlib

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db
from fivestep_web.keys import queries
from fivestep_web.keys.images import Mark
from fivestep_web.keys.models import HandwrittenMark, MarkSource
from fivestep_web.org.models import Person


def find_mark(person_id: int | None) -> HandwrittenMark | None:
    """Return the mark a person signs with now."""
    return db.session.scalar(
        select(HandwrittenMark).where(
            HandwrittenMark.person_id == person_id, HandwrittenMark.ended_at.is_(None)
        )
    )


def find_picture(sha256: str) -> bytes | None:
    """Return the PNG of a mark."""
    return db.session.scalar(select(Blob.data).where(Blob.sha256 == sha256))


def set_mark(actor: Actor, mark: Mark, source: MarkSource) -> HandwrittenMark:
    """Make *mark* what the actor's signatures show from now on; those made before keep theirs."""
    if not queries.signs(actor):
        raise NotAllowed(_("您的岗位不签署责任书，不需要手写签名"))
    person = db.session.get_one(Person, actor.person_id, with_for_update=True)
    before = find_mark(person.id)
    digest = hashlib.sha256(mark.png).hexdigest()
    if before is not None and before.blob_sha256 == digest:
        return before
    if before is not None:
        _end(actor, before)
    if db.session.get(Blob, digest) is None:
        db.session.add(Blob(sha256=digest, size=len(mark.png), data=mark.png))
        db.session.flush()
    made = HandwrittenMark(
        person_id=person.id,
        blob_sha256=digest,
        width=mark.width,
        height=mark.height,
        source=source,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    record(actor, "mark.set", f"mark:{made.id}", row=facts_of(made))
    return made


def remove_mark(actor: Actor) -> None:
    """Show no mark from now on."""
    mark = find_mark(actor.person_id)
    if mark is None:
        raise Conflict(_("没有手写签名，可能已经删除，请刷新后查看"))
    _end(actor, mark)


def _end(actor: Actor, mark: HandwrittenMark) -> None:
    mark.ended_at = clock.now()
    db.session.flush()
    record(actor, "mark.ended", f"mark:{mark.id}", row=facts_of(mark))
