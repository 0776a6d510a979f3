"""The clock: starts what is due each day, exactly once, and rings again what waits (style.md section 5)."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import FrameType

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from fivestep_web.assessment.cycles.queries import due_votes
from fivestep_web.core import clock, jobs
from fivestep_web.core.bell import bell
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.operations.models import ScheduleRun

log = logging.getLogger("tasks.clock")

TICK_SECONDS = 5.0


@dataclass(frozen=True)
class Daily:
    """A task of every day at a time of Asia/Shanghai; it is given its day and decides what that needs."""

    name: str
    at: time
    task: str


SCHEDULE = (
    Daily("publicities", time(0, 5), "assessment.end_publicities"),
    Daily("admonitions", time(0, 10), "assessment.remind_admonitions"),
    Daily("moved_dates", time(0, 15), "org.list_moved_dates"),
    Daily("checkpoint", time(0, 20), "audit.write_checkpoint"),
    Daily("daily_papers", time(0, 30), "daily.draft_papers"),
    Daily("feedback", time(0, 35), "feedback.open_due"),
    Daily("evaluations", time(0, 35), "evaluations.open_due"),
    Daily("signals", time(0, 40), "notices.catch_up"),
    Daily("inquiries", time(0, 42), "inquiries.escalate_due"),
    Daily("meetings", time(0, 45), "meetings.open_meetings"),
    Daily("sessions", time(3, 10), "accounts.remove_expired_sessions"),
    Daily("sittings", time(3, 15), "keys.remove_expired_sittings"),
    Daily("uploads", time(3, 20), "workbook.remove_old_uploads"),
    Daily("bundles", time(3, 25), "personnel.remove_old_bundles"),
    Daily("digests", time(6, 30), "notices.make_digests"),
)


def due(entry: Daily, now: datetime, last: datetime | None) -> Iterator[datetime]:
    """Yield, oldest first, the moments up to *now* at which *entry* was due and has not been started.

    *last* is the latest one started. Without one only the most recent counts: a new instance owes no past.
    """
    today = now.astimezone(clock.ZONE).date()
    latest = datetime.combine(today, entry.at, clock.ZONE)
    if latest > now:
        latest -= timedelta(days=1)
    moment = latest if last is None else datetime.combine(last.astimezone(clock.ZONE), entry.at, clock.ZONE)
    while moment <= latest:
        if last is None or moment > last:
            yield moment
        moment += timedelta(days=1)


def start_due(now: datetime, schedule: Iterable[Daily]) -> int:
    """Ask for every task that is due, catching up after down-time; return how many were started."""
    started = 0
    for entry in schedule:
        last = db.session.scalar(select(func.max(ScheduleRun.due_at)).where(ScheduleRun.name == entry.name))
        started += sum(_start(entry, moment) for moment in due(entry, now, last))
    return started


def _start(entry: Daily, moment: datetime) -> bool:
    """Record the moment and ask for the task in one transaction; False when another clock was first."""
    day = moment.date().isoformat()
    try:
        with unit_of_work():
            db.session.add(ScheduleRun(name=entry.name, due_at=moment))
            db.session.flush()
            jobs.enqueue(entry.task, day, key=f"clock-{entry.name}-{day}")
    except IntegrityError:
        return False
    log.info("%s of %s started", entry.name, day)
    return True


def ask_to_close_votes() -> None:
    """Ask for every vote to be closed whose time has come; a time changed meanwhile is asked for anew."""
    for year, revision in due_votes(clock.now()):
        with unit_of_work():
            jobs.enqueue("assessment.close_vote", year, key=f"close-vote-{year}-r{revision}")


def tick(name: str) -> None:
    """Start what is due, ring again what waits, and say that the clock lives; no failure stops the clock."""
    try:
        start_due(clock.system_now(), SCHEDULE)
        ask_to_close_votes()
        jobs.sweep()
    except SQLAlchemyError as error:
        log.warning("database: %s", type(error).__name__)
    try:
        bell().announce("clock", name)
    except RedisError as error:
        log.debug("no heartbeat (%s)", type(error).__name__)


def main(app: Flask | None = None) -> int:
    """Tick every 5 s until SIGTERM or SIGINT. Return the exit status."""
    from fivestep_web import create_app
    from fivestep_web.operations import logs

    logs.configure()
    app = app or create_app()
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    name = f"{socket.gethostname()}-{os.getpid()}"
    log.info("clock ready, %d daily tasks", len(SCHEDULE))
    while not stopped.is_set():
        with app.app_context():
            tick(name)
        stopped.wait(TICK_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
