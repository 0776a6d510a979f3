"""Pages whose path names a year follow the year switch."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fivestep_web.org.years import list_years


def follow(blueprint: Blueprint, home: str, *, stays: bool = True) -> None:
    """Lead each page of *blueprint* to the year asked for by ?year=; to *home* where the path names more.

    With *stays* False every page leads to *home*: for pages that another year may not have.
    """

    def lead() -> ResponseReturnValue | None:
        wanted = request.args.get("year", type=int)
        values = request.view_args or {}
        named = values.get("year")
        is_switch = request.method == "GET" and wanted and named and wanted != named and "actor" in g
        if not is_switch or wanted not in list_years():
            return None
        endpoint = request.endpoint if stays and len(values) == 1 else home
        return redirect(url_for(f"{endpoint}", year=wanted), 303)

    blueprint.before_request(lead)
