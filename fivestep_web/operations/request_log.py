"""One log line a request: the route's pattern, never the path, which may hold a code (trust.md B5)."""

import logging
import time

from flask import Flask, Response, g, request

from fivestep_web.core.headers import request_id
from fivestep_web.operations import metrics

log = logging.getLogger("fivestep.request")

PROBES = ("operations.healthz", "operations.readyz", "operations.metrics_show")


def _start() -> None:
    g.request_started = time.perf_counter()


def _finish(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "-"
    seconds = time.perf_counter() - g.get("request_started", time.perf_counter())
    metrics.count_request(rule, response.status_code, seconds)
    if request.endpoint not in PROBES:
        milliseconds = round(seconds * 1000)
        log.info("%s %s %d %d ms %s", request.method, rule, response.status_code, milliseconds, request_id())
    return response


def init_app(app: Flask) -> None:
    """Log and count every request."""
    app.before_request_funcs.setdefault(None, []).insert(0, _start)
    app.after_request(_finish)
