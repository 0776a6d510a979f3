"""Word files: one letter beside its rivals, a long list, and a county's letters through the queue to one zip.

Letters and lists are measured in processor time, in turn, so that a busy machine does not count against any.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from benchmarks.word_rivals import LETTER, floor, letter, rivals
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import archive, making, queries, rendering, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.documents.samples import letter_payload, sample_payload
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.factories.machine import Machine, a_machine, descendants_of, make_template, wait_until

BOOK = DocumentKind.TASK_BOOK
COUNTY = 26_840
LIMIT = 60.0  # seconds for all of them on two cores
PATIENCE = 600.0  # seconds, for a machine that has other things to do
WORKERS = 2
ROWS = 2_000
YEAR = 2026

Result = TypeVar("Result")


def run(letters: int = COUNTY) -> list[dict[str, object]]:
    """Return the figures of performance.md, Word files, measured in one run."""
    return [*_letter(), *_list(), *_county(letters)]


def _milliseconds(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Carry the actions out in turn; return each one's median of processor time."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _round in range(rounds + 1):
        for name, action in actions.items():
            began = time.process_time()
            action()
            times[name].append(time.process_time() - began)
    return {name: statistics.median(taken[1:]) * 1000 for name, taken in times.items()}


def _row(name: str, value: float, unit: str, **beside: object) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, **beside}


def _letter() -> list[dict[str, object]]:
    payload, marks = letter(has_code=False)
    coded, _marks = letter(has_code=True)
    data = rendering.render(LETTER, payload, marks)
    ours = {
        "ours": lambda: rendering.render(LETTER, payload, marks),
        "coded": lambda: rendering.render(LETTER, coded, marks),
        "floor": floor(data),
    }
    own = _milliseconds(ours, 200)
    others = {
        "a letter, opened again and compared": lambda: making.make(1, LETTER, payload, marks, in_full=False),
        "a letter, checked by all of part D": lambda: making.make(1, LETTER, payload, marks, in_full=True),
        **{f"a letter with {name}": way for name, way in rivals(payload, marks).items()},
    }
    return [
        _row("a letter", own["ours"], "ms CPU", floor=own["floor"], ratio=own["ours"] / own["floor"]),
        _row(
            "a letter with a code for verification",
            own["coded"],
            "ms CPU",
            floor=own["floor"],
            ratio=own["coded"] / own["floor"],
        ),
        *(
            _row(name, value, "ms CPU", rival="a letter", ratio=value / own["ours"])
            for name, value in _milliseconds(others, 15).items()
        ),
    ]


def _list() -> list[dict[str, object]]:
    payload = sample_payload(BOOK)
    goal = payload["topics"][0]["goals"][0]
    payload["topics"] = [
        {**payload["topics"][0], "goals": [{**goal, "sequence": number} for number in range(1, ROWS + 1)]}
    ]
    payload["goal_count"] = ROWS
    data = rendering.render(BOOK, payload)
    taken = _milliseconds({"ours": lambda: rendering.render(BOOK, payload), "floor": floor(data)}, 7)
    name = f"a task book of {ROWS} rows"
    return [_row(name, taken["ours"], "ms CPU", floor=taken["floor"], ratio=taken["ours"] / taken["floor"])]


def _county(letters: int) -> list[dict[str, object]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        a_machine(make_template(Path(folder))) as machine,
    ):
        workers = _start(machine)
        before = _processor_seconds(workers)
        _nothing, asked, asking = _timed(lambda: _ask(machine, letters))
        sizes, made, _watching = _timed(lambda: list(_sizes_until_made(machine, workers)))
        _check(machine, letters)
        (size, grown), packed, packing = _timed(lambda: _pack(machine))
        used = _processor_seconds(workers) - before
    total, alone = asked + made + packed, asking + used / WORKERS + packing
    early, late = max(sizes[: len(sizes) // 4 + 1]), max(sizes)
    name = f"{letters:,} letters"
    return [
        _row(f"{name}: from asking to one zip", total, "s", floor=LIMIT, ratio=total / LIMIT),
        _row(f"{name}: the same in processor time", alone, "s CPU", floor=LIMIT, ratio=alone / LIMIT),
        _row(f"{name}: stored as asked for", asked, "s"),
        _row(f"{name}: made by {WORKERS} workers", made, "s"),
        _row(f"{name}: made, one letter", used / letters * 1000, "ms CPU"),
        _row(f"{name}: streamed as one zip", packed, "s"),
        _row(f"{name}: size of the zip", size / 1e6, "MB"),
        _row("largest working process", late, "MB", rival="its first quarter", ratio=late / early),
        _row("memory grown by the zip", grown, "MB"),
    ]


def _start(machine: Machine) -> list[int]:
    """Start Redis, clock and workers; return the workers' ids once they are ready."""
    machine.start_redis()
    machine.run(sys.executable, "-m", "tasks.clock")
    workers = [machine.run(sys.executable, "-m", "tasks.worker").pid for _worker in range(WORKERS)]
    wait_until(lambda: machine.readiness()[1]["worker"] == "ok", pause=0.2)
    return workers


def _timed(action: Callable[[], Result]) -> tuple[Result, float, float]:
    """Return what came of *action*, its seconds and those of this process's processor time."""
    began, own = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - began, time.process_time() - own


def _ask(machine: Machine, count: int) -> None:
    payload = letter_payload("section_head_staff")
    wanted = (
        DocumentRequest(
            LETTER,
            f"letter:{number}",
            payload["title"],
            {**payload, "number": f"责〔{YEAR}〕K{number}号"},
            None,
            None,
            is_draft=False,
        )
        for number in range(1, count + 1)
    )
    with machine.app.app_context(), unit_of_work():
        db.session.add(PlanYear(year=YEAR))
        db.session.flush()
        services.request_documents(SYSTEM, YEAR, wanted, f"{YEAR}年目标责任书")


def _sizes_until_made(machine: Machine, workers: list[int]) -> Iterator[float]:
    """Yield the size of the largest process that works, in MB, twice a second until all is made."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        below = [child for worker in workers for child in descendants_of(worker)]
        yield max(map(_size, [*workers, *below]))
        if not machine.count_open():
            return
        time.sleep(0.5)
    raise TimeoutError(f"{machine.count_open()} chunks still wait after {PATIENCE:.0f} s")


def _size(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 for one that has just ended."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
    return 0.0


def _processor_seconds(pids: list[int]) -> float:
    """Return what processes and their ended children have used."""
    ticks = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15] for pid in pids)
    return sum(int(tick) for row in ticks for tick in row) / 100


def _check(machine: Machine, count: int) -> None:
    """Raise RuntimeError unless every letter is ready, stored under its hash and named in the log."""
    with machine.app.app_context():
        ready = db.session.scalar(select(func.count()).where(GeneratedDocument.state == DocumentState.READY))
        stored = db.session.scalar(select(func.count()).select_from(Blob))
        logged = db.session.scalars(select(AuditEntry.body).where(AuditEntry.action == making.LOGGED_AS))
        named = sum(len(json.loads(body)["detail"]["documents"]) for body in logged)
    if not ready == stored == named == count:
        raise RuntimeError(f"{ready} ready, {stored} stored, {named} logged of {count}")


def _pack(machine: Machine) -> tuple[int, float]:
    """Return the zip's bytes and the growth of this process's peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with machine.app.app_context():
        size = sum(map(len, archive.stream(queries.current_file_ids(YEAR, [LETTER]))))
    return size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
