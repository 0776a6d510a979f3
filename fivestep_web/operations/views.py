"""Liveness, readiness and figures: for supervisors and monitoring, without a session."""

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from fivestep_web.core.permissions import public
from fivestep_web.extensions import limiter
from fivestep_web.operations import health, metrics

blueprint = Blueprint("operations", __name__)

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@blueprint.get("/healthz")
@limiter.exempt
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers, whatever else is down."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@limiter.exempt
@public
def readyz() -> ResponseReturnValue:
    """Say whether database, Redis and a worker are there: 200, else 503, with each part."""
    parts = health.readiness()
    is_ready = all(state == health.OK for state in parts.values())
    return jsonify(status="ready" if is_ready else "not ready", **parts), 200 if is_ready else 503


@blueprint.get("/metrics")
@limiter.exempt
@public
def metrics_show() -> ResponseReturnValue:
    """Give the figures to this machine only; who comes through a proxy is somebody else."""
    if request.remote_addr not in LOOPBACK or any(name in request.headers for name in FORWARDED):
        abort(404)
    return metrics.render(), 200, {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
