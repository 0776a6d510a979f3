"""Batches: started, tried again, cancelled; their bars are read from our rows alone."""

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import batch_queries, policy
from fivestep_web.documents.models import Batch, BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear

TASK: Final = "documents.render_chunk"
TITLE: Final = 200  # characters
SLICE: Final = 1_000  # ids in one statement
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
    asked = select(func.count()).where(Outbox.key.startswith(prefix, autoescape=True))
    number = db.session.scalar(asked) or 0
    size, is_bulk = chunk_size(len(ids)), len(ids) > CHUNK
    for start_at in range(0, len(ids), size):
        number += 1
        chunk = ids[start_at : start_at + size]
        jobs.enqueue(TASK, batch_id, *chunk, key=f"{prefix}{number}", is_bulk=is_bulk)


def retry(actor: Actor, batch_id: int) -> int:
    """Ask again for the failed documents of a batch; return how many.

    Raises NotAllowed for who may not make them, Conflict when none has failed.
    """
    batch = _hold(actor, batch_id)
    ids = db.session.scalars(
        update(GeneratedDocument)
        .where(
            GeneratedDocument.id.in_(
                select(BatchDocument.document_id).where(BatchDocument.batch_id == batch.id)
            ),
            GeneratedDocument.state == DocumentState.FAILED,
        )
        .values(state=DocumentState.QUEUED, failure="")
        .returning(GeneratedDocument.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ids:
        raise Conflict(_("这批文档没有失败的，无须重试"))
    _enqueue(batch.id, sorted(ids))
    record(actor, "documents.retried", f"batch:{batch.id}", count=len(ids))
    return len(ids)


def cancel(actor: Actor, batch_id: int) -> int:
    """Take back the documents of a batch that are not made yet, as if not asked for; return how many.

    What is made stays. A chunk under way finds them gone: the year is held here and by who publishes. Raises
    NotAllowed for who may not make them, Conflict when none waits.
    """
    batch = _hold(actor, batch_id)
    db.session.execute(select(PlanYear.year).where(PlanYear.year == batch.year).with_for_update())
    ids = db.session.scalars(
        select(GeneratedDocument.id)
        .join(BatchDocument, BatchDocument.document_id == GeneratedDocument.id)
        .where(BatchDocument.batch_id == batch.id, GeneratedDocument.state == DocumentState.QUEUED)
    ).all()
    if not ids:
        raise Conflict(_("这批文档没有等待生成的，无须取消"))
    for start_at in range(0, len(ids), SLICE):
        part = ids[start_at : start_at + SLICE]
        for column in (BatchDocument.document_id, GeneratedDocument.id):
            db.session.execute(
                delete(column.class_).where(column.in_(part)).execution_options(synchronize_session=False)
            )
    record(actor, "documents.cancelled", f"batch:{batch.id}", count=len(ids))
    return len(ids)


def _hold(actor: Actor, batch_id: int) -> Batch:
    """Return a batch, locked, that the actor may see and change."""
    batch = batch_queries.get_batch(actor, batch_id, lock=True)
    if not policy.can_change_batch(actor, is_confidential=batch.is_confidential):
        raise NotAllowed(_("您的岗位不能重新生成、取消这批文档"))
    return batch
