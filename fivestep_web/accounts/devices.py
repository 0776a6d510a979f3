"""Known devices: a browser that signed in before is not locked out by strangers (trust.md W7)."""

import hashlib
import secrets

from flask import Response, current_app, request
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer

LIFE = 180 * 24 * 3600  # seconds a browser stays known


def _name() -> str:
    return "__Host-fivestep-device" if current_app.config["FIVESTEP"].is_https else "fivestep-device"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="fivestep-device/1")


def typed_username() -> str:
    """Return the sign-in name the visitor typed."""
    return request.form.get("username", "").strip()[:60]


def is_known() -> bool:
    """Say whether this browser has signed in to the typed account before."""
    try:
        username, _nonce = _serializer().loads(request.cookies.get(_name(), ""))
    except (BadSignature, ValueError, TypeError):
        return False
    return bool(username == typed_username())


def is_unknown() -> bool:
    """Say whether this browser is new to the typed account."""
    return not is_known()


def device_key() -> str:
    """Count a known browser on its own, whatever strangers try meanwhile."""
    return f"device:{hashlib.sha256(request.cookies.get(_name(), '').encode()).hexdigest()}"


def account_key() -> str:
    """Count all unknown browsers of one account together."""
    return f"account:{typed_username()}"


def both_key() -> str:
    """Count one account from one address."""
    return f"{account_key()}@{get_remote_address()}"


def remember(response: Response, username: str) -> None:
    """Let this browser be known to the account it has just signed in to."""
    if not is_known():
        response.set_cookie(
            _name(),
            _serializer().dumps([username, secrets.token_urlsafe(12)]),
            max_age=LIFE,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["FIVESTEP"].is_https,
        )
