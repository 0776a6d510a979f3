"""What no page can use is refused before it reaches one (trust.md W11)."""

from collections.abc import Iterator

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError
from werkzeug.routing import IntegerConverter

from fivestep_web.core.error_pages import show

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """A whole number the database can hold; a larger one names nothing: 404."""

    def __init__(self, map: object, *arguments: object, **options: object) -> None:  # noqa: A002 - werkzeug's
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *arguments, **options)  # type: ignore[arg-type]


def _texts() -> Iterator[str]:
    yield from (str(value) for value in (request.view_args or {}).values())
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
    yield from (upload.filename or "" for upload in request.files.values())


def _refuse_nul() -> None:
    if request.endpoint != "static" and any("\0" in text for text in _texts()):
        abort(400)


def _cannot_be_stored(error: Exception) -> ResponseReturnValue:
    del error
    return show(400)


def _unknown_host(error: SecurityError) -> ResponseReturnValue:
    """Answer in plain text: for a foreign host there are no addresses a page could link to (W10)."""
    del error
    return Response("请用管理员公布的网址打开本系统。\n", 400, mimetype="text/plain")


def init_app(app: Flask) -> None:
    """Bound ids, refuse NUL, and answer 400 to what the database itself cannot take."""
    from sqlalchemy.exc import DataError

    app.url_map.converters["int"] = IdConverter
    app.before_request(_refuse_nul)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(DataError, _cannot_be_stored)
    app.register_error_handler(OverflowError, _cannot_be_stored)
