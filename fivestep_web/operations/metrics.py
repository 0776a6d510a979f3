"""Figures for Prometheus: requests of this process by route pattern, and the state of queue and documents."""

import os
import threading
from collections.abc import Iterator
from importlib.metadata import version

from fivestep_web.operations import queries

_LOCK = threading.Lock()
_REQUESTS: dict[tuple[str, int], int] = {}
_SECONDS: dict[str, float] = {}


def count_request(rule: str, status: int, seconds: float) -> None:
    """Add one request to this process's figures."""
    with _LOCK:
        _REQUESTS[rule, status] = _REQUESTS.get((rule, status), 0) + 1
        _SECONDS[rule] = _SECONDS.get(rule, 0.0) + seconds


def render() -> str:
    """Return the figures in the Prometheus text format.

    Requests are counted by each web process for itself, told apart by the label `process`: sum over it.
    """
    lines = [*_build(), *_queue(), *_documents(), *_requests()]
    return "\n".join(lines) + "\n"


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _build() -> Iterator[str]:
    yield from _head("fivestep_build_info", "gauge", "The running release.")
    yield f'fivestep_build_info{{version="{version("fivestep")}"}} 1'


def _queue() -> Iterator[str]:
    work = queries.get_queue_state()
    yield from _head("fivestep_outbox_waiting", "gauge", "Work that is asked for and not ended.")
    yield f"fivestep_outbox_waiting {work.waiting}"
    yield from _head("fivestep_outbox_failed", "gauge", "Work given up after its last try.")
    yield f"fivestep_outbox_failed {work.failed}"
    yield from _head("fivestep_outbox_oldest_seconds", "gauge", "Age of the oldest work not ended.")
    yield f"fivestep_outbox_oldest_seconds {work.oldest_seconds:.0f}"


def _documents() -> Iterator[str]:
    yield from _head("fivestep_documents", "gauge", "Generated documents by state.")
    for state, count in queries.count_documents().items():
        yield f'fivestep_documents{{state="{state}"}} {count}'


def _requests() -> Iterator[str]:
    process = os.getpid()
    with _LOCK:
        requests, seconds = sorted(_REQUESTS.items()), sorted(_SECONDS.items())
    yield from _head("fivestep_requests_total", "counter", "Requests by route pattern and status.")
    for (rule, status), count in requests:
        labels = f'route="{_label(rule)}",status="{status}",process="{process}"'
        yield f"fivestep_requests_total{{{labels}}} {count}"
    yield from _head(
        "fivestep_request_seconds_total", "counter", "Seconds spent on requests by route pattern."
    )
    for rule, total in seconds:
        yield f'fivestep_request_seconds_total{{route="{_label(rule)}",process="{process}"}} {total:.6f}'
