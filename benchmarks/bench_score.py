"""The year-end score: the demo county, and a large one with two million lines of evaluation.

Beside it in the same run: reading the same rows with the bare sqlite3 driver (floor), and a program keeping
every line as a row, reads them with the bare driver and loops over them (rival; without goals and ranks).
"""

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select

from fivestep_web import create_app
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.config import PROJECT, Config
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.workbook import services
from tests.assessment.county import county, load

UNITS = 779
LINES = 2_000_000
REPEATS = 5
RAW = (
    "SELECT unit_id, rater_group, score, count FROM rating_tally",
    "SELECT id, name, points, target, deadline, scoring_method, scoring_parameters, unit_id FROM goal",
    "SELECT goal_id, done, completed_on, happened_on FROM progress_event",
)


def run() -> list[dict[str, object]]:
    """Return the rows of the table."""
    return [*_demo(), *_large()]


def application(folder: str) -> Flask:
    """Return the application on the instance in *folder*."""
    instance = Path(folder)
    return create_app(
        Config(
            instance=instance,
            database_url=f"sqlite:///{instance / 'fivestep.db'}",
            redis_url=f"unix://{instance / 'redis.sock'}",
            secret_key="benchmark",
            base_url="http://127.0.0.1:8000",
            witness_dir=instance,
            embedded_redis=True,
        )
    )


def _best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _score() -> None:
    db.session.rollback()
    score_year(2026)


def _demo() -> list[dict[str, object]]:
    with TemporaryDirectory() as folder, application(folder).app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        path = PROJECT / "fivestep_web" / "demo" / "demo-county-2026.xlsx"
        with unit_of_work():
            services.load(SYSTEM, services.check_file(path).result, is_trusted=True)
        taken = _best(_score)
        db.engine.dispose()
    return [{"name": "demo county: 23 units, 370 goals", "value": taken, "unit": "s"}]


def _large() -> list[dict[str, object]]:
    with TemporaryDirectory() as folder, application(folder).app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        sheets = county(UNITS)
        sheets["评价"] = sheets["评价"][:1]
        load(sheets)
        lines = Path(folder) / "lines.db"
        _rate_all(lines)
        taken = _best(_score)
        apart = _score_apart(folder)
        floor = _best(lambda: _read(Path(folder) / "fivestep.db"))
        rival = _best(lambda: _loop(lines), 1)
        db.engine.dispose()
    name = f"{UNITS} units, {LINES:,} lines"
    return [
        {"name": name, "value": taken, "unit": "s", "floor": floor, "ratio": taken / floor},
        {"name": f"{name}, in a process of its own", "value": apart["seconds"], "unit": "s"},
        {"name": f"{name}, the most memory of that process", "value": apart["bytes"] / 1e6, "unit": "MB"},
        {
            "name": f"{name}, line by line",
            "value": rival,
            "unit": "s",
            "rival": "fivestep score",
            "ratio": rival / taken,
        },
    ]


def _score_apart(folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.score_apart", folder]
    answer = subprocess.run(command, check=True, capture_output=True, cwd=PROJECT, text=True)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _rate_all(path: Path) -> None:
    """Store two million lines as tallies, and one by one in a database of their own at *path*."""
    chance = random.Random(2026)
    units = db.session.scalars(select(Unit.id).where(Unit.is_assessed)).all()
    each = LINES // (len(units) * len(Group))
    rows: list[dict[str, object]] = []
    lines: list[tuple[int, str, str]] = []
    for unit in units:
        for group in Group:
            marks = [Decimal(chance.randint(120, 200)) / 2 for _ in range(each)]
            lines += [(unit, group.value, str(mark)) for mark in marks]
            counts: dict[Decimal, int] = {}
            for mark in marks:
                counts[mark] = counts.get(mark, 0) + 1
            rows += [
                {"year": 2026, "rater_group": group, "unit_id": unit, "score": mark, "count": count}
                for mark, count in counts.items()
            ]
    with unit_of_work():
        db.session.execute(insert(RatingTally), rows)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE line (unit_id INTEGER, rater_group TEXT, score TEXT)")
        connection.executemany("INSERT INTO line VALUES (?, ?, ?)", lines)
    connection.close()


def _read(path: Path) -> int:
    """Read the rows the score is made of, and nothing else."""
    with sqlite3.connect(path) as connection:
        read = sum(len(connection.execute(query).fetchall()) for query in RAW)
    connection.close()
    return read


def _loop(path: Path) -> dict[tuple[int, str], Decimal]:
    """Compute the groups' trimmed means from single lines."""
    marks: dict[tuple[int, str], list[Decimal]] = {}
    connection = sqlite3.connect(path)
    for unit, group, mark in connection.execute("SELECT unit_id, rater_group, score FROM line"):
        marks.setdefault((unit, group), []).append(Decimal(mark))
    connection.close()
    found = {}
    for key, given in marks.items():
        kept = sorted(given)
        if key[1] in {Group.LEADER_EVALUATION.value, Group.PEER_EVALUATION.value}:
            kept = kept[1:-1]
        found[key] = sum(kept, Decimal(0)) / len(kept)
    return found
