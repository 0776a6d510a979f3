"""Who makes the request: Flask-Login over our sessions, and the actor every service is given."""

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user
from sqlalchemy import select

from fivestep_web.accounts import queries
from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db, login_manager

FREE_WHILE_PASSWORD_IS_OLD = {
    "accounts.password_edit",
    "accounts.password_update",
    "accounts.logout",
    "static",
}


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of an account: its id, its session version and the actor it is today."""

    def __init__(self, user: User, actor: Actor) -> None:
        self.user_id = user.id
        self.username = user.username
        self.session_version = user.session_version
        self.must_change_password = user.must_change_password
        self.actor = actor

    def get_id(self) -> str:
        return f"{self.user_id}.{self.session_version}"


def load(identifier: str) -> SignedIn | None:
    """Return the account of a session; None once it was disabled or its sessions were ended."""
    user_id, _dot, version = identifier.partition(".")
    user = db.session.scalar(select(User).where(User.id == int(user_id), User.is_active))
    if user is None or str(user.session_version) != version:
        return None
    return SignedIn(user, queries.get_actor(user, clock.today()))


def _set_actor() -> ResponseReturnValue | None:
    if request.endpoint == "static":
        return None
    if not current_user.is_authenticated:
        if "_user_id" in session:
            session.clear()
        return None
    g.actor = current_user.actor
    if current_user.must_change_password and request.endpoint not in FREE_WHILE_PASSWORD_IS_OLD:
        return redirect(url_for("accounts.password_edit"), 303)
    return None


def init_app(app: Flask) -> None:
    """Load the actor before each request; a demo never forces a password change."""
    login_manager.user_loader(load)
    login_manager.session_protection = None
    app.before_request(_set_actor)
