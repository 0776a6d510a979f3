"""Fifty writers, a killed process among them, leave one gap-free chain (trust.md A5)."""

import os
import subprocess
import sys
import time

from sqlalchemy import func, select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.config import PROJECT
from fivestep_web.extensions import db as database

PROCESSES, THREADS, ENTRIES = 5, 10, 4


def start(app, name, count):
    environment = os.environ | {
        "FIVESTEP_INSTANCE": str(app.config["FIVESTEP"].instance),
        "FIVESTEP_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "FIVESTEP_SECRET_KEY": app.config["SECRET_KEY"],
        "PYTHONPATH": str(PROJECT),
    }
    command = [sys.executable, str(PROJECT / "tests" / "audit" / "writer.py"), name, str(THREADS), str(count)]
    return subprocess.Popen(
        command,
        env=environment,
        cwd=PROJECT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def stored(prefix=""):
    database.session.rollback()
    return database.session.scalar(
        select(func.count()).where(AuditEntry.subject.startswith(f"writer:{prefix}"))
    )


def test_fifty_writers_and_a_kill_leave_one_whole_chain(own_app):
    doomed = start(own_app, "doomed", 10_000)
    writers = [start(own_app, f"w{number}", ENTRIES) for number in range(PROCESSES - 1)]
    everyone = [doomed, *writers]
    try:
        for process in everyone:
            assert process.stdout.readline() == "ready\n"
        for process in everyone:
            process.stdin.write("go\n")
            process.stdin.flush()
        deadline = time.monotonic() + 60
        while stored("doomed") < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        doomed.kill()
        for process in writers:
            process.communicate(timeout=60)
            assert process.returncode == 0
        doomed.communicate(timeout=10)
        assert stored("doomed") >= 5
        assert stored("w") == (PROCESSES - 1) * THREADS * ENTRIES
        report = verify()
        assert report.faults == ()
        assert report.entries == stored()
    finally:
        for process in everyone:
            process.kill()
            process.communicate()
