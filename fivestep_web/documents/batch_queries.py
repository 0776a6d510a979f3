"""Reads of batches; one that the actor may not see is as if it were not there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, literal, or_, select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import policy
from fivestep_web.documents.models import Batch, BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.documents.queries import WAITING_STATES
from fivestep_web.extensions import db

SHOWN_BATCHES: Final = 6
SHOWN_FAILURES: Final = 10
_documents: Final = GeneratedDocument


@dataclass(frozen=True)
class Progress:
    """How far a batch is, with the first of its failures."""

    id: int
    title: str
    created_at: datetime
    is_confidential: bool
    total: int
    waiting: int
    failed: int
    failures: tuple[tuple[str, str], ...]
    can_change: bool

    @property
    def done(self) -> int:
        return self.total - self.waiting - self.failed

    @property
    def is_running(self) -> bool:
        return self.waiting > 0


def list_progress(actor: Actor, year: int, shown: Collection[int] = ()) -> list[Progress]:
    """Return the batches that run or have failures, and those *shown* before, the newest first.

    A single file the system makes by itself, such as a letter just signed, gets no bar unless it failed.
    """
    unfinished = (
        select(BatchDocument.batch_id)
        .join(_documents, _documents.id == BatchDocument.document_id)
        .where(_documents.year == year, _documents.state.in_((*WAITING_STATES, DocumentState.FAILED)))
    )
    state = _documents.state
    failed = func.sum(case((state == DocumentState.FAILED, 1), else_=0))
    rows = db.session.execute(
        select(
            Batch.id,
            Batch.title,
            Batch.created_at,
            Batch.is_confidential,
            Batch.user_id,
            func.count().label("total"),
            func.sum(case((state.in_(WAITING_STATES), 1), else_=0)).label("waiting"),
            failed.label("failed"),
        )
        .join(BatchDocument, BatchDocument.batch_id == Batch.id)
        .join(_documents, _documents.id == BatchDocument.document_id)
        .where(
            Batch.year == year, or_(Batch.id.in_(unfinished), Batch.id.in_(shown)), _batch_visible_to(actor)
        )
        .group_by(Batch.id)
        .having(or_(Batch.user_id.is_not(None), func.count() > 1, failed > 0))
        .order_by(Batch.id.desc())
        .limit(SHOWN_BATCHES)
    ).all()
    failures = _failures([row.id for row in rows if row.failed])
    return [
        Progress(
            id=row.id,
            title=row.title,
            created_at=row.created_at,
            is_confidential=row.is_confidential,
            total=row.total,
            waiting=row.waiting,
            failed=row.failed,
            failures=failures.get(row.id, ()),
            can_change=policy.can_change_batch(actor, is_confidential=row.is_confidential),
        )
        for row in rows
    ]


def _batch_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return policy.can_see_batch as SQL."""
    conditions: list[ColumnElement[bool]] = []
    if policy.can_build_confidential(actor):
        conditions.append(Batch.is_confidential.is_(True))
    if policy.can_build_ordinary(actor):
        conditions.append(Batch.is_confidential.is_(False))
    elif actor.user_id is not None:
        conditions.append(and_(Batch.is_confidential.is_(False), Batch.user_id == actor.user_id))
    return or_(false(), *conditions)


def _failures(batch_ids: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    if not batch_ids:
        return {}
    place = func.row_number().over(partition_by=BatchDocument.batch_id, order_by=_documents.id)
    inner = (
        select(BatchDocument.batch_id, _documents.title, _documents.failure, place.label("place"))
        .join(_documents, _documents.id == BatchDocument.document_id)
        .where(BatchDocument.batch_id.in_(batch_ids), _documents.state == DocumentState.FAILED)
        .subquery()
    )
    rows = db.session.execute(
        select(inner).where(inner.c.place <= SHOWN_FAILURES).order_by(inner.c.batch_id, inner.c.place)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        found[row.batch_id] = (*found.get(row.batch_id, ()), (row.title, row.failure))
    return found


def get_batch(actor: Actor, batch_id: int, *, lock: bool = False) -> Batch:
    """Return a batch the actor may see; hidden and absent look the same."""
    query = select(Batch).where(Batch.id == batch_id)
    batch = db.session.scalar(query.with_for_update() if lock else query)
    if batch is None or not policy.can_see_batch(
        actor, user_id=batch.user_id, is_confidential=batch.is_confidential
    ):
        raise NotFound(_("这批文档不存在，或您无权查看"))
    return batch


def is_logged_in_confidence() -> ColumnElement[bool]:
    """Return the condition that an entry of the log is about a confidential batch or document (B10)."""
    batches = select(literal("batch:") + cast(Batch.id, String)).where(Batch.is_confidential)
    documents = select(literal("document:") + cast(GeneratedDocument.id, String)).where(
        GeneratedDocument.is_confidential
    )
    return or_(AuditEntry.subject.in_(batches), AuditEntry.subject.in_(documents))
