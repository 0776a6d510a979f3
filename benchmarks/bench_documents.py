"""Word files: one letter, a long list, a long batch through the queue, one zip of it."""

import io
import resource
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from docxtpl import DocxTemplate

from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import archive, making, queries, rendering, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.package import unpacked
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.factories.documents import letter_payload, sample_payload
from tests.factories.machine import Machine, a_machine, make_template, wait_until

LETTER = DocumentKind.RESPONSIBILITY_LETTER
BOOK = DocumentKind.TASK_BOOK
LETTERS = 4_000
WORKERS = 2
ROWS = 2_000


def run() -> list[dict[str, object]]:
    """Return the figures of performance.md, Word files, measured in one run."""
    return [*_letter(), *_list(), *_queue()]


def _milliseconds(action: Callable[[], object], rounds: int) -> float:
    action()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _floor(data: bytes) -> Callable[[], object]:
    """Return the least there is to do: deflate the same document.xml and write the zip around it."""
    xml = unpacked(data)["word/document.xml"]

    def write() -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
            target.writestr("word/document.xml", xml)

    return write


def _row(name: str, value: float, unit: str, **beside: object) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, **beside}


def _letter() -> list[dict[str, object]]:
    payload = letter_payload("section_head_staff")
    data = rendering.render(LETTER, payload)
    ours = _milliseconds(lambda: rendering.render(LETTER, payload), 200)
    floor = _milliseconds(_floor(data), 200)
    values = rendering.context(LETTER, rendering.check_payload(LETTER, payload))
    template = rendering.template_bytes(LETTER)

    def with_docxtpl() -> None:
        rival = DocxTemplate(io.BytesIO(template))
        rival.render(dict(values), rendering._environment())  # noqa: SLF001 - with our own settings
        rival.save(io.BytesIO())

    rival = _milliseconds(with_docxtpl, 10)
    checked = _milliseconds(lambda: making.make(1, LETTER, payload, in_full=False), 100)
    in_full = _milliseconds(lambda: making.make(1, LETTER, payload, in_full=True), 30)
    return [
        _row("a letter", ours, "ms", floor=floor, ratio=ours / floor),
        _row("a letter with docxtpl", rival, "ms", rival="a letter", ratio=rival / ours),
        _row("a letter, opened again and compared", checked, "ms", rival="a letter", ratio=checked / ours),
        _row("a letter, checked by all of part D", in_full, "ms", rival="a letter", ratio=in_full / ours),
    ]


def _list() -> list[dict[str, object]]:
    payload = sample_payload(BOOK)
    goal = payload["topics"][0]["goals"][0]
    payload["topics"] = [
        {**payload["topics"][0], "goals": [{**goal, "sequence": number} for number in range(1, ROWS + 1)]}
    ]
    payload["goal_count"] = ROWS
    data = rendering.render(BOOK, payload)
    ours, floor = (
        _milliseconds(lambda: rendering.render(BOOK, payload), 5),
        _milliseconds(_floor(data), 5),
    )
    return [_row(f"a task book of {ROWS} rows", ours, "ms", floor=floor, ratio=ours / floor)]


def _queue() -> list[dict[str, object]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        a_machine(make_template(Path(folder))) as machine,
    ):
        machine.start_redis()
        machine.run(sys.executable, "-m", "tasks.clock")
        for _worker in range(WORKERS):
            machine.run(sys.executable, "-m", "tasks.worker")
        wait_until(lambda: machine.readiness()[1]["worker"] == "ok", pause=0.2)
        began = time.perf_counter()
        _ask(machine)
        asked = time.perf_counter() - began
        wait_until(lambda: machine.count_open() == 0, 600, 0.1)
        took = time.perf_counter() - began
        packed, size, grown = _pack(machine)
    return [
        _row("letters stored as asked for", LETTERS / asked, "a second"),
        _row(f"letters through the queue, {WORKERS} workers", LETTERS / took, "a second"),
        _row("letters into one zip", LETTERS / packed, "a second"),
        _row("size of the zip", size / 1e6, "MB"),
        _row("memory grown by the zip", grown, "MB"),
    ]


def _ask(machine: Machine) -> None:
    payload = letter_payload("section_head_staff")
    letters = (
        DocumentRequest(
            LETTER,
            f"letter:{number}",
            payload["title"],
            {**payload, "number": f"责〔2026〕K{number}号"},
            None,
            None,
            is_draft=False,
        )
        for number in range(1, LETTERS + 1)
    )
    with machine.app.app_context(), unit_of_work():
        db.session.add(PlanYear(year=2026))
        db.session.flush()
        services.request_documents(SYSTEM, 2026, letters, "2026年目标责任书")


def _pack(machine: Machine) -> tuple[float, int, float]:
    """Return seconds, bytes and the growth of this process's peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with machine.app.app_context():
        began = time.perf_counter()
        size = sum(map(len, archive.stream(queries.current_file_ids(2026, [LETTER]))))
        took = time.perf_counter() - began
    return took, size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
