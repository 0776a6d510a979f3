"""Headers of every answer: content policy, framing, caching (trust.md W5)."""

import uuid

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

# pictures drawn here anew load nothing, run nothing and open nothing, also as a page of their own
PICTURE_POLICY = "default-src 'none'; sandbox"


def request_id() -> str:
    """Return the id that ties an error page to the log line of its request."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:12]
    identifier: str = g.request_id
    return identifier


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("HX-Request")
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every answer, errors and fragments included."""
    app.after_request(_add)
