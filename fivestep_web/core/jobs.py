"""The outbox: work asked for in the caller's transaction; Redis only rings the bell (trust.md section 4).

The database decides what is due, who may do it and whether it is done; losing Redis loses nothing.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from redis.exceptions import RedisError
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CursorResult,
    Index,
    String,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core import clock
from fivestep_web.core.bell import Waiting, bell
from fivestep_web.core.database import Base, UtcMoment
from fivestep_web.core.transaction import AFTER_COMMIT, after_commit, unit_of_work
from fivestep_web.extensions import db

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 30, 60))
SWEEP_LIMIT = 2_000


class StaleAttempt(Exception):  # noqa: N818 - a verdict, not a failure
    """Another attempt holds the row, or it has ended: this one may publish nothing."""


class Outbox(Base):
    """One piece of work: done once, whoever rings, however often.

    *gen* is the fencing number: it grows with each claim, and only the holder of the newest may publish.
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    task: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[str]
    gen: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("done_at IS NULL OR failed_at IS NULL", name="ends_once"),
        Index("ix_outbox_done_at_failed_at_id", "done_at", "failed_at", "id"),
    )


@dataclass
class Claim:
    """The right to do one piece of work until the lease ends, and to publish it while *gen* is the newest."""

    key: str
    gen: int
    tries: int
    task: str
    arguments: tuple[int | str, ...]
    is_finished: bool = False

    def finish(self) -> None:
        """End the work in the running unit of work, as its last statement; raises StaleAttempt."""
        finish(self.key, self.gen)
        self.is_finished = True


class _Ring:
    """What rings after a commit: once for all the rows of the unit of work."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []

    def __call__(self) -> None:
        bell().ring(self.waiting)


def enqueue(task: str, *arguments: int | str, key: str) -> Outbox:
    """Ask for *task* in the running unit of work; after its commit the bell is rung, best effort.

    *task* is "module.function" below `tasks`; *key* makes it unique: asking again for a known key changes
    nothing and returns the row that is there. A key that begins with bell.SLOW stands behind all other work.
    """
    row = db.session.scalar(select(Outbox).where(Outbox.key == key))
    if row is None:
        row = Outbox(
            key=key,
            task=task,
            arguments=json.dumps(arguments, ensure_ascii=False),
            created_at=clock.system_now(),
        )
        db.session.add(row)
        db.session.flush()
    if row.done_at is None and row.failed_at is None:
        _ring_after_commit(Waiting(row.key, row.gen))
    return row


def retry(key: str) -> bool:
    """Give failed work new tries, in the running unit of work; False when it has not failed."""
    gen = db.session.scalar(
        update(Outbox)
        .where(Outbox.key == key, Outbox.failed_at.is_not(None))
        .values(failed_at=None, failure=None, tries=0, not_before=None, lease_until=None)
        .returning(Outbox.gen)
    )
    if gen is None:
        return False
    _ring_after_commit(Waiting(key, gen))
    return True


def _ring_after_commit(row: Waiting) -> None:
    actions = db.session().info[AFTER_COMMIT]
    ring = next((action for action in actions if isinstance(action, _Ring)), None)
    if ring is None:
        ring = _Ring()
        after_commit(ring)
    ring.waiting.append(row)


def claim(key: str, *, lease: timedelta = LEASE) -> Claim | None:
    """Take the work for *lease*, in a transaction of its own; None when it is done, held or not yet due."""
    with unit_of_work():
        now = database_now()
        row = db.session.execute(
            update(Outbox)
            .where(Outbox.key == key, _is_due(now))
            .values(gen=Outbox.gen + 1, tries=Outbox.tries + 1, lease_until=now + lease)
            .returning(Outbox.gen, Outbox.tries, Outbox.task, Outbox.arguments)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    return Claim(key, row.gen, row.tries, row.task, tuple(json.loads(row.arguments)))


def renew(key: str, gen: int, *, lease: timedelta = LEASE) -> bool:
    """Hold the work for another *lease*; False once it is not ours any more."""
    with unit_of_work():
        return _change(key, gen, lease_until=database_now() + lease)


def finish(key: str, gen: int) -> None:
    """Mark the work done in the unit of work that publishes it; raises StaleAttempt, so all rolls back."""
    if not _change(key, gen, done_at=database_now(), lease_until=None, failure=None):
        raise StaleAttempt(key)


def fail(key: str, gen: int, reason: str, *, tries: int, limit: int) -> bool:
    """Record in the running unit of work why attempt *tries* failed; True when it was the last of *limit*.

    *reason* is a sentence for people without names or contents (J9). Raises StaleAttempt.
    """
    now = database_now()
    is_last = tries >= limit
    values: dict[str, object] = (
        {"failed_at": now} if is_last else {"not_before": now + BACK_OFF[min(tries, len(BACK_OFF)) - 1]}
    )
    if not _change(key, gen, lease_until=None, failure=reason, **values):
        raise StaleAttempt(key)
    return is_last


def _change(key: str, gen: int, **values: object) -> bool:
    changed = db.session.execute(
        update(Outbox)
        .where(Outbox.key == key, Outbox.gen == gen, Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    return cast("CursorResult[Any]", changed).rowcount == 1


@contextmanager
def publishing(claim: Claim) -> Iterator[None]:
    """Be the unit of work that publishes the result: it commits only if the claim still holds at its end."""
    with unit_of_work():
        yield
        claim.finish()


def due(limit: int = SWEEP_LIMIT) -> list[Waiting]:
    """Return the oldest rows that may be worked on now: not ended, not held, past their back-off."""
    rows = db.session.execute(
        select(Outbox.key, Outbox.gen).where(_is_due(database_now())).order_by(Outbox.id).limit(limit)
    )
    return [Waiting(key, gen) for key, gen in rows]


def sweep() -> int:
    """Ring again what is due and stands in no queue; return how many rows are due.

    What the queue holds is left alone: a deep queue must not grow by being looked at.
    """
    waiting = due()
    if waiting:
        line = bell()
        try:
            queued = line.queued_ids()
        except RedisError as error:
            log.info("Redis does not answer (%s); %d jobs wait", type(error).__name__, len(waiting))
        else:
            line.ring(row for row in waiting if row.job_id not in queued)
    return len(waiting)


def database_now() -> datetime:
    """Return the moment by the clock of the database, the one clock that all workers share."""
    if db.session.get_bind().dialect.name == "sqlite":
        moment = func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcMoment())
    else:
        moment = func.clock_timestamp(type_=UtcMoment())
    now: datetime = db.session.execute(select(moment)).scalar_one()
    return now


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Outbox.done_at.is_(None),
        Outbox.failed_at.is_(None),
        or_(Outbox.lease_until.is_(None), Outbox.lease_until <= now),
        or_(Outbox.not_before.is_(None), Outbox.not_before <= now),
    )
