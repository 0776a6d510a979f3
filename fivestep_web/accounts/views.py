"""Sign-in, sign-out, the account page."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError

from fivestep_web.accounts import devices, queries, services
from fivestep_web.accounts.forms import LoginForm, PasswordForm
from fivestep_web.accounts.identity import SignedIn
from fivestep_web.accounts.models import User
from fivestep_web.core import clock, error_pages
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import ROLE_LABELS, Permission, actor, public, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter

blueprint = Blueprint("accounts", __name__)


def _has_failed(response: object) -> bool:
    return getattr(response, "status_code", 200) != 303  # noqa: PLR2004 - a sign-in answers 303


def safe_next(target: str | None) -> str:
    """Return *target* when it is a path of ours, else the today page (trust.md W10)."""
    home = url_for("dashboard.today")
    if not target or "\\" in target or not target.isprintable():
        return home
    try:
        parts = urlsplit(target)
    except ValueError:
        return home
    is_ours = not parts.scheme and not parts.netloc and target.startswith("/") and target[1:2] != "/"
    return target if is_ours else home


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    target = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(safe_next(target), 303)
    return render_template("accounts/login.html", form=LoginForm(), next=target)


@blueprint.post("/login")
@public
@limiter.limit(
    "5/minute;20/hour", key_func=devices.both_key, deduct_when=_has_failed, exempt_when=devices.is_known
)
@limiter.limit("40/hour", key_func=devices.account_key, deduct_when=_has_failed, exempt_when=devices.is_known)
@limiter.limit("30/minute;200/hour", deduct_when=_has_failed, exempt_when=devices.is_known)
@limiter.limit(
    "5/minute;20/hour", key_func=devices.device_key, deduct_when=_has_failed, exempt_when=devices.is_unknown
)
def login_create() -> ResponseReturnValue:
    form = LoginForm()
    target = request.form.get("next", "")
    if not form.validate():
        return render_template("accounts/login.html", form=form, next=target), 422
    user = services.authenticate(form.username.data, form.password.data)
    if user is None:
        with unit_of_work():
            services.record_failed_sign_in(form.username.data)
        form.password.errors = [_("登录名或密码不对，请检查大小写后重试")]
        return render_template("accounts/login.html", form=form, next=target), 422
    _start_session(user)
    with unit_of_work():
        services.record_sign_in(user)
    response = make_response(redirect(safe_next(target), 303))
    devices.remember(response, user.username)
    return response


def _start_session(user: User) -> None:
    """Begin a session under a new id, so that one planted or copied before is worth nothing."""
    signed_in = SignedIn(user, queries.get_actor(user, clock.today()))
    session.clear()
    session.renew()  # type: ignore[attr-defined]
    login_user(signed_in)
    session["user_id"] = user.id
    session["csrf_token"] = services.csrf_seed(user)


@blueprint.app_errorhandler(CSRFError)
def sign_in_form_too_old(error: CSRFError) -> ResponseReturnValue:
    """Offer a fresh sign-in form with the name kept when the old one lay too long; else refuse as usual."""
    if request.endpoint != "accounts.login_create" or "actor" in g:
        return error_pages.token_refused(error)
    form = LoginForm(data={"username": request.form.get("username", "")}, formdata=None)
    form.form_errors.append(_("登录页停留过久，请重新输入密码登录"))
    return render_template("accounts/login.html", form=form, next=request.form.get("next", "")), 400


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
    return render_template(
        "accounts/account.html",
        username=current_user.username,
        actor=actor(),
        roles=[label for role, label in ROLE_LABELS.items() if role in actor().roles],
        sign_ins=queries.list_sign_ins(current_user.user_id),
    )


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
            _start_session(user)
            flash(_("密码已修改，其他设备上的登录已全部退出"), "success")
            return redirect(url_for("dashboard.today"), 303)
        except services.WrongPassword as refusal:
            form.old.errors = [refusal.message]
        except DomainError as refusal:
            form.new.errors = [refusal.message]
    return render_template("accounts/password.html", form=form, is_forced=is_forced), 422
