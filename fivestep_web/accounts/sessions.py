"""Server-side sessions in the database: what is ended here is ended (trust.md W3)."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select, update
from werkzeug.datastructures import CallbackDict

from fivestep_web.accounts.models import WebSession
from fivestep_web.core import api_problems, clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """A browser's session; *token* is the cookie, of which the database keeps only the hash."""

    def __init__(self, data: dict[str, Any], token: str | None, stored: WebSession | None) -> None:
        super().__init__(data, on_update=StoredSession._changed)
        self.token = token
        self.created_at = stored.created_at if stored else clock.system_now()
        self.seen_at: datetime | None = stored.seen_at if stored else None
        self.modified = False
        self.accessed = True
        self.retired: str | None = None

    def _changed(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """Take a new token at sign-in and re-authentication, so that a planted one is worth nothing."""
        if self.token is not None:
            self.retired = self.token
        self.token, self.seen_at = None, None
        self.created_at = clock.system_now()
        self.modified = True


def token_hash(token: str) -> str:
    """Return what the database keeps of a cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


class DatabaseSessions(SessionInterface):
    """Flask's session interface over the web_session table; the interface for other systems knows none."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-fivestep" if app.config["FIVESTEP"].is_https else "fivestep"

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        token = request.cookies.get(self.get_cookie_name(app))
        if token and request.endpoint != "static" and not api_problems.is_asked():
            stored = db.session.scalar(select(WebSession).where(WebSession.token_hash == token_hash(token)))
            now = clock.system_now()
            if stored and now - stored.seen_at < IDLE and now - stored.created_at < ABSOLUTE:
                return StoredSession(json.loads(stored.data), token, stored)
        return StoredSession({}, None, None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, StoredSession):
            raise TypeError("sessions are made by open_session")
        now = clock.system_now()
        is_stale = session.seen_at is not None and now - session.seen_at > TOUCH_EVERY
        if not (session.modified or is_stale or session.retired):
            return
        with unit_of_work():
            _write(session, now)
        if not session:
            response.delete_cookie(self.get_cookie_name(app), path="/")
            return
        response.set_cookie(
            self.get_cookie_name(app),
            session.token or "",
            path="/",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["FIVESTEP"].is_https,
        )


def _write(session: StoredSession, now: datetime) -> None:
    ended = [token_hash(token) for token in (session.retired, None if session else session.token) if token]
    if ended:
        db.session.execute(delete(WebSession).where(WebSession.token_hash.in_(ended)))
    if not session:
        return
    data = json.dumps(dict(session), ensure_ascii=False, default=str)
    if session.token is None:
        session.token = secrets.token_urlsafe(32)
        db.session.add(
            WebSession(
                token_hash=token_hash(session.token),
                user_id=session.get("user_id"),
                data=data,
                created_at=session.created_at,
                seen_at=now,
            )
        )
        return
    db.session.execute(
        update(WebSession)
        .where(WebSession.token_hash == token_hash(session.token))
        .values(data=data, user_id=session.get("user_id"), seen_at=now)
    )


def end_sessions_of(user_id: int) -> None:
    """End every session of an account, in the running unit of work."""
    db.session.execute(delete(WebSession).where(WebSession.user_id == user_id))


def remove_expired() -> int:
    """Delete sessions nobody can use any more; return how many."""
    now = clock.system_now()
    result = db.session.execute(
        delete(WebSession).where((WebSession.seen_at < now - IDLE) | (WebSession.created_at < now - ABSOLUTE))
    )
    return result.rowcount or 0  # type: ignore[attr-defined]
