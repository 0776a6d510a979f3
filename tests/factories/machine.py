"""A machine of its own in a folder: instance, Redis on a socket, real worker and clock processes."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

from flask_migrate import upgrade
from redis import Redis

from fivestep_web import create_app
from fivestep_web.config import PROJECT, embedded_socket
from fivestep_web.core import jobs
from fivestep_web.core.bell import bell
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.operations import embedded_redis
from tests.conftest import make_config
from tests.factories.working import TABLE

DEADLINE = 120.0


def wait_until(condition: Callable[[], object], seconds: float = DEADLINE, pause: float = 0.05) -> None:
    """Return once *condition* holds; AssertionError after *seconds*."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(pause)


def children_of(pid: int) -> list[int]:
    """Return the ids of a process's children."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def descendants_of(pid: int) -> list[int]:
    """Return the ids of everything below a process."""
    found = children_of(pid)
    return found + [below for child in found for below in descendants_of(child)]


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Machine:
    """One instance on SQLite and the processes that a test starts; `stop()` ends them all."""

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fs-", dir="/tmp"))
        shutil.copy(template, self.folder / "fivestep.db")
        self.app = create_app(make_config(self.folder), TESTING=True, RATELIMIT_STORAGE_URI="memory://")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.logs: dict[int, Path] = {}
        self.socket = embedded_socket(self.folder)
        self.execute(TABLE)

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a process of this instance; its output is kept in a file."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FIVESTEP_")}
        environment |= {
            "FIVESTEP_INSTANCE": str(self.folder),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
        }
        log = self.folder / f"log-{len(self.processes)}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.processes.append(process)
        self.logs[process.pid] = log
        return process

    def log(self, process: subprocess.Popen[bytes]) -> str:
        return self.logs[process.pid].read_text(errors="replace")

    def start_redis(self) -> subprocess.Popen[bytes]:
        """Start Redis as configured, but for the disk: what these tests lose, they lose by intent."""
        process = self.run(*embedded_redis.prepare(self.folder), "--appendfsync", "everysec")
        wait_until(lambda: embedded_redis.answers(self.socket))
        return process

    @cached_property
    def _redis(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket))

    def redis(self) -> Redis:
        return self._redis

    def start_worker(self, lease: float = 2.0, *, largest_file: int = -1) -> subprocess.Popen[bytes]:
        """Start a worker; no file it writes grows beyond *largest_file* bytes, as on a full disk."""
        code = f"from tests.factories.working import worker; worker({lease}, {largest_file})"
        return self.run(sys.executable, "-P", "-c", code)

    def start_clock(self, tick: float = 0.3) -> subprocess.Popen[bytes]:
        return self.run(
            sys.executable, "-P", "-c", f"from tests.factories.working import clock; clock({tick})"
        )

    def ask(self, task: str, *rest: int | str, numbers: range, is_bulk: bool = False) -> None:
        """Ask for one piece of work a number, in one unit of work."""
        with self.app.app_context(), unit_of_work():
            for number in numbers:
                jobs.enqueue(f"working.{task}", number, *rest, key=f"{task}-{number}", is_bulk=is_bulk)

    def execute(self, statement: str) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "fivestep.db", timeout=20)) as connection, connection:
            return connection.execute(statement).fetchall()

    def published(self) -> list[int]:
        return [number for (number,) in self.execute("SELECT number FROM test_published ORDER BY number")]

    def count_open(self) -> int:
        return self.execute("SELECT COUNT(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL")[0][0]

    def readiness(self) -> tuple[int, dict[str, str]]:
        answer = self.app.test_client().get("/readyz", base_url="http://127.0.0.1:8000")
        return answer.status_code, answer.json

    def stop(self) -> None:
        for log in self.logs.values():  # shown by pytest when the test fails
            sys.stdout.write(f"--- {log.name}\n{log.read_text(errors='replace')}\n")
        for process in self.processes:
            for pid in (*descendants_of(process.pid), process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
        self._redis.close()
        with self.app.app_context():
            bell().redis.close()
            db.engine.dispose()
        shutil.rmtree(self.folder)


def make_template(folder: Path) -> Path:
    """Return a migrated, empty database to copy."""
    app = create_app(make_config(folder), TESTING=True)
    with app.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        db.engine.dispose()
    return folder / "fivestep.db"


@contextmanager
def a_machine(template: Path) -> Iterator[Machine]:
    """Give a machine and stop everything on it."""
    machine = Machine(template)
    try:
        yield machine
    finally:
        machine.stop()
