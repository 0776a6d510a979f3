"""Tasks for fault tests, and a worker and a clock that know them (machine.py starts both)."""

import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.extensions import db
from tasks import clock as clock_process
from tasks import registry
from tasks import worker as worker_process

TABLE = "CREATE TABLE test_published (number INTEGER, gen INTEGER)"


def publish(claim: Claim, number: int) -> None:
    """Write a row that no constraint keeps from being written twice."""
    with publishing(claim):
        values = {"number": number, "gen": claim.gen}
        db.session.execute(text("INSERT INTO test_published VALUES (:number, :gen)"), values)


@registry.task()
def quick(claim: Claim, number: int) -> None:
    publish(claim, number)


@registry.task(tries=50)
def slow(claim: Claim, number: int, milliseconds: int) -> None:
    time.sleep(milliseconds / 1000)
    publish(claim, number)


@registry.task()
def gated(claim: Claim, number: int, folder: str) -> None:
    """Publish at once, yet at the first attempt only when the file `go` is there."""
    Path(folder, f"started-{claim.gen}").touch()
    while claim.gen == 1 and not Path(folder, "go").exists():
        time.sleep(0.02)
    publish(claim, number)


@registry.task(tries=2)
def poison(claim: Claim, number: int) -> None:
    raise RuntimeError(f"张某甲 {number}")


@registry.task(tries=2)
def greedy(claim: Claim, number: int) -> None:
    bytearray(3 * 1024**3)
    publish(claim, number)


def worker(lease: float, largest_file: int) -> None:
    """Be a worker whose leases last *lease* seconds and whose files stay below *largest_file* bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
    jobs.LEASE = timedelta(seconds=lease)
    sys.exit(worker_process.main())


def clock(tick: float) -> None:
    """Be a clock that ticks every *tick* seconds."""
    clock_process.TICK_SECONDS = tick
    clock_process.SCHEDULE = ()
    sys.exit(clock_process.main())
