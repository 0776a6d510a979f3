"""The browser's half of a sitting: a cookie for the letters' pages alone, for ten minutes (trust.md S2)."""

from flask import Response, current_app, request, session

from fivestep_web.accounts.sessions import token_hash
from fivestep_web.core.permissions import Actor
from fivestep_web.keys import sittings
from fivestep_web.keys.models import SigningSitting

NAME, PATH = "fivestep-sitting", "/letters"


def session_hash() -> str:
    """Return what stands for this browser session in the database."""
    return token_hash(session.token or "")  # type: ignore[attr-defined]


def value() -> str:
    """Return the cookie as it came, empty for none."""
    return request.cookies.get(NAME, "")


def find_sitting(actor: Actor) -> SigningSitting | None:
    """Return the running sitting of this browser."""
    return sittings.find(actor, session_hash(), value()) if value() else None


def put(response: Response, cookie: str) -> None:
    """Give the browser its half."""
    response.set_cookie(
        NAME,
        cookie,
        max_age=int(sittings.LASTS.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=current_app.config["FIVESTEP"].is_https,
    )


def clear(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(NAME, path=PATH, httponly=True, samesite="Strict")
