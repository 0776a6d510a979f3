"""What the server is told of a request, put right before the application reads it."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
MAX_ADDRESS = 45

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class VisitorAddress:
    """Takes the last X-Forwarded-For entry, and only when the connection itself comes from loopback.

    Limits and the log need the visitor behind a proxy on this machine, not the proxy. From any other
    address the header is a stranger's claim and stays unread (trust.md W10).
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        claimed = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        is_local = environ.get("REMOTE_ADDR") in LOOPBACK_ADDRESSES
        if is_local and claimed and len(claimed) <= MAX_ADDRESS and claimed.isprintable():
            environ["REMOTE_ADDR"] = claimed
        return self._application(environ, start_response)


class LoopbackName:
    """Reads the host [::1] as localhost.

    Werkzeug cuts the hosts it is to trust at their first colon, so an IPv6 address can never be one of them.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        name, bracket, port = environ.get("HTTP_HOST", "").partition("]")
        if name + bracket == "[::1]":
            environ["HTTP_HOST"] = f"localhost{port}"
        return self._application(environ, start_response)


def init_app(app: Flask) -> None:
    """Put the middleware in front of the application."""
    app.wsgi_app = LoopbackName(VisitorAddress(app.wsgi_app))  # type: ignore[method-assign]
