"""Sign-in, sign-out, the account page."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user

from fivestep_web.accounts import services
from fivestep_web.accounts.forms import LoginForm, PasswordForm
from fivestep_web.accounts.identity import SignedIn, load
from fivestep_web.accounts.models import User
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Permission, actor, public, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter

blueprint = Blueprint("accounts", __name__)


def _account_key() -> str:
    return f"account:{request.form.get('username', '').strip()[:60]}"


def _both_key() -> str:
    return f"{_account_key()}@{get_remote_address()}"


def _has_failed(response: object) -> bool:
    return getattr(response, "status_code", 200) != 303  # noqa: PLR2004 - a sign-in answers 303


def _safe_next(target: str | None) -> str:
    """Return *target* when it is a path of ours, else the today page (trust.md W10)."""
    home = url_for("dashboard.today")
    if not target:
        return home
    parts = urlsplit(target)
    is_ours = (
        not parts.scheme and not parts.netloc and target.startswith("/") and target[1:2] not in ("/", "\\")
    )
    return target if is_ours and target.isprintable() else home


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.today"), 303)
    return render_template("accounts/login.html", form=LoginForm(), next=request.args.get("next", ""))


@blueprint.post("/login")
@public
@limiter.limit("5/minute;20/hour", key_func=_both_key, deduct_when=_has_failed)
@limiter.limit("40/hour", key_func=_account_key, deduct_when=_has_failed)
@limiter.limit("30/minute;200/hour", deduct_when=_has_failed)
def login_create() -> ResponseReturnValue:
    form = LoginForm()
    target = request.form.get("next", "")
    user = (
        services.authenticate(form.username.data or "", form.password.data or "") if form.validate() else None
    )
    if user is None:
        with unit_of_work():
            services.record_failed_sign_in(form.username.data or "", request.remote_addr or "")
        if form.username.data and form.password.data:
            form.password.errors = [_("登录名或密码不对，请检查大小写后重试")]
        return render_template("accounts/login.html", form=form, next=target), 422
    _start_session(user)
    with unit_of_work():
        services.record_sign_in(user, request.remote_addr or "")
    return redirect(_safe_next(target), 303)


def _start_session(user: User) -> None:
    signed_in = load(f"{user.id}.{user.session_version}")
    session.clear()
    session.renew()  # type: ignore[attr-defined]
    login_user(signed_in)
    session["user_id"] = user.id


@blueprint.post("/logout")
@requires(Permission.SIGNED_IN)
def logout() -> ResponseReturnValue:
    with unit_of_work():
        services.record_sign_out(actor())
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"), 303)


@blueprint.get("/account")
@requires(Permission.SIGNED_IN)
def account_show() -> ResponseReturnValue:
    return render_template("accounts/account.html", username=current_user.username, actor=actor())


@blueprint.get("/account/password")
@requires(Permission.SIGNED_IN)
def password_edit() -> ResponseReturnValue:
    return render_template(
        "accounts/password.html", form=PasswordForm(), is_forced=current_user.must_change_password
    )


@blueprint.post("/account/password")
@requires(Permission.SIGNED_IN)
@limiter.limit("10/minute", key_func=lambda: f"password:{actor().user_id}")
def password_update() -> ResponseReturnValue:
    form = PasswordForm()
    is_forced = current_user.must_change_password
    if form.validate():
        try:
            with unit_of_work():
                user = services.change_password(actor(), form.old.data, form.new.data)
                identifier = f"{user.id}.{user.session_version}"
            _continue_session(load(identifier))
            flash(_("密码已修改，其他设备上的登录已全部退出"), "success")
            return redirect(url_for("dashboard.today"), 303)
        except DomainError as refusal:
            field = form.old if "原密码不对" in refusal.message else form.new
            field.errors = [refusal.message]
    return render_template("accounts/password.html", form=form, is_forced=is_forced), 422


def _continue_session(signed_in: SignedIn | None) -> None:
    session.clear()
    session.renew()  # type: ignore[attr-defined]
    login_user(signed_in)
    session["user_id"] = signed_in.user_id if signed_in else None
