"""A thousand letters drafted and issued in one action, by two workers, and the pages that count them."""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.coverage.matrix_queries import list_levels
from fivestep_web.responsibility.coverage.queries import read_coverage
from fivestep_web.responsibility.letters import runs as letter_runs
from fivestep_web.responsibility.models import LetterRun
from tests.factories.county import make_county
from tests.factories.machine import Machine, a_machine, make_template, wait_until

YEAR = 2026
UNITS, MEMBERS = 40, 25
LIMIT = 30.0  # seconds for a thousand letters on two cores
WORKERS = 2


def run() -> list[dict[str, object]]:
    """Return the seconds each takes, the run beside the limit it must keep."""
    with (
        tempfile.TemporaryDirectory() as folder,
        a_machine(make_template(Path(folder))) as machine,
    ):
        with machine.app.app_context():
            user = make_county(YEAR, UNITS, MEMBERS)
            actor = get_actor(user, clock.today())
        machine.start_redis()
        machine.run(sys.executable, "-m", "tasks.clock")
        for _worker in range(WORKERS):
            machine.run(sys.executable, "-m", "tasks.worker")
        wait_until(lambda: machine.readiness()[1]["worker"] == "ok", pause=0.2)
        began = time.perf_counter()
        with machine.app.app_context(), unit_of_work():
            letter_runs.start(actor, YEAR, "unit_member")
        wait_until(lambda: machine.count_open() == 0, 600, 0.05)
        took = time.perf_counter() - began
        _check(machine)
        with machine.app.app_context():
            matrix = _seconds(lambda: list_levels(actor, YEAR, signing_ends=date(YEAR, 1, 30)))
            coverage = _seconds(lambda: read_coverage(actor, YEAR))
    return [
        {
            "name": f"{UNITS * MEMBERS} letters",
            "value": took,
            "unit": "s",
            "floor": LIMIT,
            "ratio": took / LIMIT,
        },
        {"name": f"matrix of {UNITS * MEMBERS} letters", "value": matrix * 1000, "unit": "ms"},
        {"name": f"coverage of {UNITS * MEMBERS} members", "value": coverage * 1000, "unit": "ms"},
    ]


def _check(machine: Machine) -> None:
    """Raise RuntimeError unless every letter went out."""
    with machine.app.app_context():
        found = db.session.query(LetterRun).one()
        if (found.drafted, found.issued, found.failure) != (UNITS * MEMBERS, UNITS * MEMBERS, ""):
            raise RuntimeError(f"{found.drafted} drafted, {found.issued} issued: {found.failure}")


def _seconds(action: object) -> float:
    began = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - began
