"""Fifty ballots a second handed in at a running instance; every accepted one is in the sealed list (B1, B6).

Starts `fivestep up` on the loopback in a folder of its own and ends it. Twenty seconds by default;
FIVESTEP_BENCH_BALLOTS_SECONDS=600 is the run of ten minutes with 30 000 codes. Ballots come at fixed
moments, whether or not those before them were answered; each time runs from that moment.
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from fivestep_web.config import PROJECT

FIVESTEP = str(Path(sys.executable).parent / "fivestep")
COUNTY = (sys.executable, "-m", "benchmarks.ballot_county")
RATE = 50
SECONDS, LONGEST = 20, 3600
SENDERS = 64
START_SECONDS, ANSWER_SECONDS = 120, 60
GRADES = ("excellent", "good", "fair", "poor")
RECEIPT = re.compile(rb'class="tracking">([0-9A-Z-]+)<')


@dataclass
class Found:
    """What came back: receipts, times in ms, and what was neither."""

    receipts: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run() -> list[dict[str, object]]:
    """Hand in, close, and compare what voters were told with what the seal holds; raise if one is lost."""
    seconds = int(os.environ.get("FIVESTEP_BENCH_BALLOTS_SECONDS") or SECONDS)
    if not 1 <= seconds <= LONGEST:
        raise ValueError(f"FIVESTEP_BENCH_BALLOTS_SECONDS: 1 to {LONGEST}")
    with tempfile.TemporaryDirectory(prefix="fivestep-bench-", dir="/tmp") as name:
        folder = Path(name)
        _command(folder, FIVESTEP, "db", "upgrade")
        _command(folder, FIVESTEP, "demo")
        _command(folder, *COUNTY, "prepare", str(RATE * seconds), str(folder / "forms"))
        prepared = json.loads((folder / "forms").read_text())
        with _serving(folder) as port:
            found = _hand_in(port, prepared["units"], [ticket for ticket, _number in prepared["forms"]])
            _command(folder, *COUNTY, "close", str(folder / "sealed"))
        sealed = json.loads((folder / "sealed").read_text())
    _compare(found, sealed)
    return _rows(found, seconds)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIVESTEP_")}
    return {**kept, "FIVESTEP_INSTANCE": str(folder)}


def _command(folder: Path, *words: str) -> None:
    subprocess.run(words, check=True, cwd=PROJECT, env=_environment(folder), stdout=subprocess.DEVNULL)


@contextmanager
def _serving(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (folder / "up.log").open("wb") as log:
        child = subprocess.Popen(
            [FIVESTEP, "up", "--port", str(port)],
            cwd=PROJECT,
            env=_environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(port, child, folder / "up.log")
            yield port
        finally:
            child.terminate()
            child.wait(ANSWER_SECONDS)


def _wait_until_ready(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer,
        ):
            if answer.status == http.client.OK:
                return
        time.sleep(0.2)
    raise RuntimeError(log.read_text())


def _hand_in(port: int, units: list[int], tickets: list[str]) -> Found:
    """Send every ballot at its moment; as many at once as there are senders."""
    found, turn, lock = Found(), count(), threading.Lock()
    start = time.perf_counter() + 0.5

    def send() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        while (number := next(turn)) < len(tickets):
            moment = start + number / RATE
            time.sleep(max(0.0, moment - time.perf_counter()))
            told, receipt = _submit(line, _body(units, tickets[number], number))
            with lock:
                if receipt:
                    found.receipts.add(receipt)
                    found.times.append((time.perf_counter() - moment) * 1000)
                else:
                    found.refusals.append(told)
        line.close()

    threads = [threading.Thread(target=send) for _number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - start
    return found


def _body(units: list[int], ticket: str, number: int) -> str:
    marks = {f"mark-{unit}": GRADES[(number + place) % len(GRADES)] for place, unit in enumerate(units)}
    return urlencode({"ticket": ticket, **marks, **{f"read-{unit}": "1" for unit in units}})


def _submit(line: http.client.HTTPConnection, body: str) -> tuple[str, str]:
    """Return how the ballot was answered, and its receipt if it was taken."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        line.request("POST", "/ballot/submit", body, headers)
        answer = line.getresponse()
        page = answer.read()
    except (OSError, http.client.HTTPException) as error:
        line.close()
        return type(error).__name__, ""
    receipt = RECEIPT.search(page) if answer.status == http.client.OK else None
    return str(answer.status), receipt[1].decode().replace("-", "") if receipt else ""


def _compare(found: Found, sealed: dict[str, object]) -> None:
    """Raise for a ballot that was receipted and is not in the list, or counts that do not agree.

    A ballot whose answer was lost on the way may be in: that is no ballot lost.
    """
    listed = set(sealed["receipts"])  # type: ignore[call-overload]
    lost = found.receipts - listed
    unanswered = len(listed - found.receipts)
    counts = {sealed["used"], sealed["returned"], len(listed)}
    if lost or sealed["unreadable"] or len(counts) > 1 or unanswered > len(found.refusals):
        raise RuntimeError(f"{len(lost)} ballots lost; sealed {len(listed)}, counts {counts}")


def _rows(found: Found, seconds: int) -> list[dict[str, object]]:
    sent = len(found.receipts) + len(found.refusals)
    parts = quantiles(found.times, n=100, method="inclusive")
    named = f"ballots: {sent} in {seconds} s"
    rows = [
        (f"{named}, accepted", round(len(found.receipts) / found.seconds, 1), "1/s", RATE),
        (f"{named}, not accepted {sorted(set(found.refusals))}", len(found.refusals), "ballots", 0),
        (f"{named}, accepted and not in the sealed list", 0, "ballots", 0),
        *((f"{named}, p{place}", round(parts[place - 1], 1), "ms", None) for place in (50, 95, 99)),
    ]
    return [
        {"name": name, "value": value, "unit": unit, "floor": floor, "ratio": None}
        for name, value, unit, floor in rows
    ]


if __name__ == "__main__":
    for line in run():
        print(line)
