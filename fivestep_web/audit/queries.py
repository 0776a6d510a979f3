"""Reads of the log: in order for verifying, newest first for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import Link
from fivestep_web.core.clock import ZONE
from fivestep_web.extensions import db

BATCH = 2_000
PAGE = 50
ONE_DAY = timedelta(days=1)


def read_links(after: int = 0) -> Iterator[Link]:
    """Yield the entries after *after* in order, a batch in memory at a time."""
    columns = AuditEntry.__table__.c
    query = select(
        columns.sequence,
        columns.at,
        columns.user_id,
        columns.action,
        columns.subject,
        columns.body,
        columns.previous,
        columns.digest,
    ).order_by(columns.sequence)
    last: int | None = None
    while True:
        bound = query if last is None and after == 0 else query.where(columns.sequence > (last or after))
        rows = db.session.execute(bound.limit(BATCH)).all()
        for row in rows:
            yield Link(*row)
        if len(rows) < BATCH:
            return
        last = rows[-1].sequence


@dataclass(frozen=True)
class Search:
    """What the reader of the log looks for; empty means all."""

    subject: str = ""
    user_id: int | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None


def list_entries(search: Search, *, before: int | None = None) -> Sequence[AuditEntry]:
    """Return the newest entries that fit, one more than a page so that the pager knows whether to go on."""
    query = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(PAGE + 1)
    if search.subject:
        query = query.where(AuditEntry.subject.startswith(search.subject, autoescape=True))
    if search.user_id is not None:
        query = query.where(AuditEntry.user_id == search.user_id)
    if search.action:
        query = query.where(AuditEntry.action.startswith(search.action, autoescape=True))
    if search.since is not None:
        query = query.where(AuditEntry.at >= _midnight(search.since))
    if search.until is not None:
        query = query.where(AuditEntry.at < _midnight(search.until + ONE_DAY))
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    return db.session.scalars(query).all()


def count_entries() -> int:
    """Return how many entries the log holds."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
