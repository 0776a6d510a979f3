"""Run what is queued, inline, through the same runner a worker uses."""

from sqlalchemy import update

from fivestep_web.core import jobs
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tasks import registry, runner


def run_queue(limit: int = 100) -> int:
    """Do all work that is due, also what that work asks for, in order; return how many attempts ran.

    Waiting between tries is skipped, so that failing work ends as failed. AssertionError after *limit*
    attempts: work that asks for itself for ever is a fault.
    """
    registry.load()
    attempts = 0
    while True:
        _skip_waiting()
        waiting = jobs.due()
        if not waiting:
            return attempts
        for row in waiting:
            attempts += 1
            assert attempts <= limit, f"more than {limit} attempts, last {row.key}"
            runner.run(row.key)


def queued() -> list[tuple[str, str]]:
    """Return task and key of the work that is not ended, oldest first."""
    rows = db.session.scalars(
        db.select(jobs.Outbox).where(jobs.Outbox.done_at.is_(None), jobs.Outbox.failed_at.is_(None))
        .order_by(jobs.Outbox.id)
    )  # fmt: skip
    return [(row.task, row.key) for row in rows]


def _skip_waiting() -> None:
    with unit_of_work():
        db.session.execute(
            update(jobs.Outbox).where(jobs.Outbox.not_before.is_not(None)).values(not_before=None)
        )
