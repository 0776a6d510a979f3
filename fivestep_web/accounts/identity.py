"""Who makes the request: Flask-Login over our sessions, and the actor every service is given."""

from flask import Flask, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user
from sqlalchemy import select
from werkzeug.exceptions import SecurityError, Unauthorized

from fivestep_web.accounts import queries
from fivestep_web.accounts.forms import LoginForm
from fivestep_web.accounts.models import User
from fivestep_web.core import clock, htmx
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
    if request.endpoint == "static" or isinstance(request.routing_exception, SecurityError):
        return None
    if not current_user.is_authenticated:
        if "_user_id" in session:
            session.clear()
        return None
    g.actor = current_user.actor
    if current_user.must_change_password and request.endpoint not in FREE_WHILE_PASSWORD_IS_OLD:
        return htmx.leave(url_for("accounts.password_edit"))
    return None


def _ask_to_sign_in(error: Unauthorized) -> ResponseReturnValue:
    """Answer 401 with the sign-in page; htmx is sent there, and both come back to where they stood."""
    if error.response is not None:
        return error.response
    if htmx.wants_fragment():
        return htmx.sign_in(url_for("accounts.login", next=htmx.current_path()))
    is_page = request.method == "GET" and request.path != "/"
    target = request.full_path.rstrip("?") if is_page else ""
    return render_template("accounts/login.html", form=LoginForm(formdata=None), next=target), 401


def init_app(app: Flask) -> None:
    """Load the actor before anything else of a request, the check of its token included."""
    login_manager.user_loader(load)
    login_manager.session_protection = None
    app.before_request_funcs.setdefault(None, []).insert(0, _set_actor)
    app.register_error_handler(Unauthorized, _ask_to_sign_in)
