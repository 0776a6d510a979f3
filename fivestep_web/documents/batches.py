"""Batches: started, watched, cancelled and tried again; their bars are read from our rows alone."""

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, insert, or_, select, update

from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.bell import BULK
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import batch_queries, policy
from fivestep_web.documents.models import CANCELLED, Batch, BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.extensions import db

TASK: Final = "documents.render_chunk"
TITLE: Final = 200  # characters
CHUNK: Final = 20
LONGEST_CHUNK: Final = 400
_CHUNKS: Final = 40  # of a batch large enough; each is one claim and one transaction


def start(actor: Actor, year: int, title: str, ids: Sequence[int], *, is_confidential: bool) -> int:
    """Store a batch of the documents *ids* and ask for them to be made; return its id."""
    batch = Batch(
        year=year,
        title=title[:TITLE],
        user_id=actor.user_id,
        is_confidential=is_confidential,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    db.session.execute(
        insert(BatchDocument), [{"batch_id": batch.id, "document_id": document_id} for document_id in ids]
    )
    _enqueue(batch.id, ids)
    return batch.id


def chunk_size(total: int) -> int:
    """Return how many documents one job makes: few where people wait, more where the batch is long."""
    return min(LONGEST_CHUNK, max(CHUNK, total // _CHUNKS))


def _enqueue(batch_id: int, ids: Sequence[int]) -> None:
    prefix = f"render-{batch_id}-"
    known = [Outbox.key.startswith(begin, autoescape=True) for begin in (prefix, BULK + prefix)]
    number = db.session.scalar(select(func.count()).where(or_(*known))) or 0
    size = chunk_size(len(ids))
    begin = BULK + prefix if len(ids) > CHUNK else prefix
    for start_at in range(0, len(ids), size):
        number += 1
        jobs.enqueue(TASK, batch_id, *ids[start_at : start_at + size], key=f"{begin}{number}")


def retry(actor: Actor, batch_id: int) -> int:
    """Ask again for the failed documents of a batch; return how many.

    Raises NotAllowed for who may not make them, Conflict when none has failed.
    """
    batch = _get_batch_to_change(actor, batch_id)
    ids = _change(batch, DocumentState.FAILED, state=DocumentState.QUEUED, failure="")
    if not ids:
        raise Conflict(_("这批文档没有失败的，无须重试"))
    _enqueue(batch.id, ids)
    record(actor, "documents.retried", f"batch:{batch.id}", count=len(ids))
    return len(ids)


def cancel(actor: Actor, batch_id: int) -> int:
    """Let the documents of a batch that still wait not be made; return how many. They can be tried again.

    What a worker is making meanwhile is not stored. Raises NotAllowed for who may not make them, Conflict
    when none waits any more.
    """
    batch = _get_batch_to_change(actor, batch_id)
    ids = _change(batch, DocumentState.QUEUED, state=DocumentState.FAILED, failure=CANCELLED)
    if not ids:
        raise Conflict(_("这批文档都已处理完毕，无须取消"))
    record(actor, "documents.cancelled", f"batch:{batch.id}", count=len(ids))
    return len(ids)


def _get_batch_to_change(actor: Actor, batch_id: int) -> Batch:
    batch = batch_queries.get_batch(actor, batch_id, lock=True)
    may = policy.can_build_confidential if batch.is_confidential else policy.can_build_ordinary
    if not may(actor):
        raise NotAllowed(_("您的岗位不能生成这批文档"))
    return batch


def _change(batch: Batch, before: DocumentState, **values: object) -> Sequence[int]:
    """Change the documents of *batch* in state *before*, locked in the order of workers; return their ids."""
    table = GeneratedDocument
    covered = select(BatchDocument.document_id).where(BatchDocument.batch_id == batch.id)
    chosen = (table.id.in_(covered), table.state == before)
    ids = db.session.scalars(select(table.id).where(*chosen).order_by(table.id).with_for_update()).all()
    if ids:
        db.session.execute(
            update(table).where(*chosen).values(**values).execution_options(synchronize_session=False)
        )
    return ids
