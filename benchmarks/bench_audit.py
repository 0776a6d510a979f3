"""The log: entries a second from one and from fifty writers on real commits, and how fast it is verified."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from fivestep_web import create_app
from fivestep_web.audit.checkpoints import take_checkpoint
from fivestep_web.audit.services import record
from fivestep_web.audit.verification import verify
from fivestep_web.config import PROJECT
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tests.conftest import make_config

FLOOR = 100  # entries a second on two cores (trust.md A5)
ALONE = 1_000
PROCESSES, THREADS, EACH = 5, 10, 40
LONG = 20_000


def run() -> list[dict[str, object]]:
    """Return the rates, each beside the floor it must keep."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(make_config(Path(name)))
        with app.app_context():
            upgrade(directory=str(PROJECT / "migrations"))
            rows = [
                _written("one writer, a commit each", _alone()),
                _written("fifty writers", _together(app)),
            ]
            with unit_of_work():
                for number in range(LONG):
                    record(SYSTEM, "bench.done", f"thing:{number}", note="责任书")
            rows += [_row("verify", _verify()), _row("checkpoint", _checkpoint())]
            db.session.remove()
            db.engine.dispose()
        return rows


def _row(name: str, rate: float) -> dict[str, object]:
    return {"name": name, "value": round(rate), "unit": "entries/s"}


def _written(name: str, rate: float) -> dict[str, object]:
    return _row(name, rate) | {"floor": FLOOR, "ratio": round(rate / FLOOR, 1)}


def _alone() -> float:
    began = time.perf_counter()
    for number in range(ALONE):
        with unit_of_work():
            record(SYSTEM, "bench.done", f"thing:{number}")
    return ALONE / (time.perf_counter() - began)


def _together(app: Flask) -> float:
    environment = os.environ | {
        "FIVESTEP_INSTANCE": str(app.config["FIVESTEP"].instance),
        "FIVESTEP_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "FIVESTEP_SECRET_KEY": app.config["SECRET_KEY"],
        "PYTHONPATH": str(PROJECT),
    }
    writer = str(PROJECT / "tests" / "audit" / "writer.py")
    writers = [
        subprocess.Popen(
            [sys.executable, writer, str(number), str(THREADS), str(EACH)],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    for process in writers:
        process.stdout.readline()  # type: ignore[union-attr]
    began = time.perf_counter()
    for process in writers:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    for process in writers:
        process.communicate()
    return PROCESSES * THREADS * EACH / (time.perf_counter() - began)


def _verify() -> float:
    began = time.perf_counter()
    report = verify()
    if report.faults:
        raise RuntimeError(report.faults[0])
    return report.entries / (time.perf_counter() - began)


def _checkpoint() -> float:
    began = time.perf_counter()
    return take_checkpoint().size / (time.perf_counter() - began)
