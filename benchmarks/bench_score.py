"""The year-end score: the demo county, and a large one with two million sealed lines of evaluation.

From the lines to the counts is one statement, from the counts to the totals another. Beside it in the same
run: reading the same rows with the bare sqlite3 driver (floor), and a program that loops over the lines
(rival; without goals and ranks). Wall time and, the machine being shared, processor time.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, insert, select

from fivestep_web import create_app
from fivestep_web.assessment.ballots.counting import write_tallies
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.ballots.rules import FORMS, OPTIONS, points_of
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleUnit
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.group_results import Validity
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.score_settings import Group, Settings
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


class Taken(NamedTuple):
    """The best seconds of several runs: by the clock, and of the processor."""

    wall: float
    processor: float


def best(work: Callable[[], object], repeats: int = REPEATS) -> Taken:
    """Return the best of *repeats* runs of *work*."""
    runs = []
    for _ in range(repeats):
        began, used = time.perf_counter(), os.times()
        work()
        now = os.times()
        runs.append((time.perf_counter() - began, now.user + now.system - used.user - used.system))
    walls, processors = zip(*runs, strict=True)
    return Taken(min(walls), min(processors))


def _score() -> None:
    db.session.rollback()
    score_year(2026)


def _demo() -> list[dict[str, object]]:
    with TemporaryDirectory() as folder, application(folder).app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        path = PROJECT / "fivestep_web" / "demo" / "demo-county-2026.xlsx"
        with unit_of_work():
            services.load(SYSTEM, services.check_file(path).result, is_trusted=True)
        taken = best(_score).wall
        db.engine.dispose()
    return [{"name": "demo county: 23 units, 370 goals", "value": taken, "unit": "s"}]


def _large() -> list[dict[str, object]]:
    with TemporaryDirectory() as folder, application(folder).app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        sheets = county(UNITS)
        sheets["评价"] = sheets["评价"][:1]
        load(sheets)
        polls = _seal_all(Path(folder) / "fivestep.db")
        counted = best(lambda: _count_all(polls), 1)
        taken = best(_score)
        apart = _score_apart(folder)
        floor = best(lambda: _read(Path(folder) / "fivestep.db"))
        rival = best(lambda: _loop(Path(folder) / "fivestep.db"), 1)
        db.engine.dispose()
    name = f"{UNITS} units, {LINES:,} lines"
    alone = f"{name}, in a process of its own"
    return [
        {"name": f"{name}: sealed lines to counts", "value": counted.wall, "unit": "s"},
        {"name": f"{name}: sealed lines to counts, processor", "value": counted.processor, "unit": "s"},
        {
            "name": name,
            "value": taken.wall,
            "unit": "s",
            "floor": floor.wall,
            "ratio": taken.wall / floor.wall,
        },
        {"name": f"{name}, processor", "value": taken.processor, "unit": "s"},
        {"name": alone, "value": apart["seconds"], "unit": "s"},
        {"name": f"{alone}, processor", "value": apart["processor"], "unit": "s"},
        {"name": f"{name}, the most memory of that process", "value": apart["bytes"] / 1e6, "unit": "MB"},
        {
            "name": f"{name}, line by line",
            "value": rival.wall,
            "unit": "s",
            "rival": "fivestep score",
            "ratio": rival.wall / taken.wall,
        },
    ]


def _score_apart(folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.score_apart", folder]
    answer = subprocess.run(command, check=True, capture_output=True, cwd=PROJECT, text=True)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _seal_all(path: Path) -> list[int]:
    """Store two million sealed lines of four polls, survey and mass by options, the others in half points."""
    with unit_of_work():
        cycle = AssessmentCycle(year=2026, name="2026", cut_off_date=date(2026, 12, 31))
        polls = [
            Poll(cycle=cycle, rater_group=group, series=Series.SECTIONS, validity=Validity.VALID)
            for group in Group
        ]
        db.session.add_all(polls)
        db.session.flush()
        units = db.session.scalars(select(Unit.id).where(Unit.is_assessed)).all()
        rows = [{"cycle_id": cycle.id, "unit_id": unit, "series": Series.SECTIONS} for unit in units]
        db.session.execute(insert(CycleUnit), rows)
        ids = {poll.id: poll.rater_group for poll in polls}
    with sqlite3.connect(path) as connection:
        statement = "INSERT INTO sealed_line (id, poll_id, unit_id, mark) VALUES (?, ?, ?, ?)"
        connection.executemany(statement, _lines(ids, list(units)))
    connection.close()
    return list(ids)


def _lines(polls: dict[int, Group], units: list[int]) -> Iterator[tuple[str, int, int, str]]:
    chance = random.Random(2026)
    halves = [str(Decimal(number) / 2) for number in range(120, 201)]
    number = 0
    for poll, group in polls.items():
        marks = [option for option, _label in OPTIONS[FORMS[group]]] or halves
        for unit in units:
            for mark in sorted(chance.choices(marks, k=LINES // (len(units) * len(polls)))):
                number += 1
                yield f"{number:032x}", poll, unit, mark


def _count_all(polls: list[int]) -> None:
    """Turn the sealed lines into counts, as the second counter's confirmation does."""
    with unit_of_work():
        db.session.execute(delete(RatingTally))
        for poll in db.session.scalars(select(Poll).where(Poll.id.in_(polls))).all():
            write_tallies(poll, poll.cycle, Settings())


def _read(path: Path) -> int:
    """Read the rows the score is made of, and nothing else."""
    with sqlite3.connect(path) as connection:
        read = sum(len(connection.execute(query).fetchall()) for query in RAW)
    connection.close()
    return read


def _loop(path: Path) -> dict[tuple[int, str], Decimal]:
    """Compute the groups' trimmed means from single lines."""
    marks: dict[tuple[int, str], list[Decimal]] = {}
    connection, settings = sqlite3.connect(path), Settings()
    query = "SELECT unit_id, rater_group, mark FROM sealed_line JOIN poll ON poll.id = poll_id"
    for unit, group, mark in connection.execute(query):
        points = points_of(FORMS[Group(group)], mark, settings)
        if points is not None:
            marks.setdefault((unit, group), []).append(points)
    connection.close()
    found = {}
    for key, given in marks.items():
        kept = sorted(given)
        if key[1] in {Group.LEADER_EVALUATION.value, Group.PEER_EVALUATION.value}:
            kept = kept[1:-1]
        found[key] = sum(kept, Decimal(0)) / len(kept)
    return found
