"""The visitor's address behind a proxy on this machine: limits and the log need the visitor, not nginx."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
MAX_ADDRESS = 45

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class VisitorAddress:
    """Takes the last X-Forwarded-For entry, and only when the connection itself comes from loopback.

    From any other address the header is a stranger's claim and stays unread (trust.md W10).
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        claimed = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        is_local = environ.get("REMOTE_ADDR") in LOOPBACK_ADDRESSES
        if is_local and claimed and len(claimed) <= MAX_ADDRESS and claimed.isprintable():
            environ["REMOTE_ADDR"] = claimed
        return self._application(environ, start_response)


def init_app(app: Flask) -> None:
    """Put the middleware in front of the application."""
    app.wsgi_app = VisitorAddress(app.wsgi_app)  # type: ignore[method-assign]
