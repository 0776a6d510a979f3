"""Requests as a browser makes them: with the token of the form."""

from flask import current_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from fivestep_web.extensions import db

BASE_URL = "http://127.0.0.1:8000"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"{BASE_URL}/admin/units?q=1"}


def csrf_token(client: FlaskClient) -> str:
    """Return a good form token of the client's session."""
    with client.session_transaction(base_url=BASE_URL) as stored:
        seed = stored.get("csrf_token") or "0" * 40
        stored["csrf_token"] = seed
    serializer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(serializer.dumps(seed))


def post(client: FlaskClient, url: str, data: dict | None = None, *, htmx: bool = False) -> TestResponse:
    """Send a form with its token.

    The test's own transaction is ended first: a later rollback of it would undo what the request wrote.
    """
    db.session.commit()
    fields = {"csrf_token": csrf_token(client)} | (data or {})
    return client.post(url, data=fields, base_url=BASE_URL, headers=HTMX if htmx else {})


def get(client: FlaskClient, url: str, *, htmx: bool = False) -> TestResponse:
    """Ask for a page, or for its fragment as htmx does."""
    db.session.commit()
    return client.get(url, base_url=BASE_URL, headers=HTMX if htmx else {})
