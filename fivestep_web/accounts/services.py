"""Signing in and out, passwords, initial passwords."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from fivestep_web.accounts import passwords, queries, sessions
from fivestep_web.accounts.models import User
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person

MAX_USERNAME = 60


def authenticate(username: str, password: str) -> User | None:
    """Return the account when name and password match; unknown, wrong and disabled look and last the same."""
    user = queries.find_user(username.strip())
    is_right = passwords.verify_password(user.password_hash if user else "", password)
    return user if user and is_right and user.is_active else None


def csrf_seed(user: User) -> str:
    """Return what the account's form tokens are made from, the same in each of its sessions.

    So a form left open while the session ended is still good after signing in again (trust.md W4); a change
    of the password gives a new one.
    """
    secret: str = current_app.config["SECRET_KEY"]
    text = f"csrf:{user.id}:{user.session_version}"
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256).hex()


def record_sign_in(user: User) -> None:
    """Log that an account signed in."""
    record(queries.get_actor(user, clock.today()), "account.signed_in", f"user:{user.id}")


def record_failed_sign_in(username: str) -> None:
    """Log a failed try; only a name that exists is kept, a mistyped one may be a password."""
    user = queries.find_user(username.strip())
    record(SYSTEM, "account.sign_in_failed", f"user:{user.id}" if user else "user:?")


def record_sign_out(actor: Actor) -> None:
    """Log that the actor signed out."""
    record(actor, "account.signed_out", f"user:{actor.user_id}")


def is_password(actor: Actor, password: str) -> bool:
    """Say whether *password* is the actor's own: an act is confirmed by it."""
    user = db.session.get_one(User, actor.user_id)
    return passwords.verify_password(user.password_hash, password)


class WrongPassword(DomainError):  # noqa: N818 - a refusal with a reason
    """The old password does not match."""


def change_password(actor: Actor, old: str, new: str) -> User:
    """Change the actor's own password and end all of the account's sessions.

    Raises WrongPassword when the old one does not match, DomainError when the new one is too weak.
    """
    user = queries.get_account(actor.user_id or 0, lock=True)
    if not user.is_active:
        raise Conflict(_("账号已停用，密码没有修改"))
    if not passwords.verify_password(user.password_hash, old):
        raise WrongPassword(_("原密码不对，请重新输入"))
    if old == new:
        raise DomainError(_("新密码与原密码相同，请换一个"))
    set_password(user, new)
    record(actor, "account.password_changed", f"user:{user.id}")
    return user


def set_password(user: User, password: str) -> None:
    """Store a new password after checking it; every open session of the account ends."""
    try:
        passwords.check_strength(password, user.username)
    except passwords.WeakPassword as weak:
        raise DomainError(str(weak)) from weak
    _store_hash(user, passwords.hash_password(password), must_change=False)


def _store_hash(user: User, password_hash: str, *, must_change: bool) -> None:
    user.password_hash = password_hash
    user.must_change_password = must_change
    _end_sessions(user)


def _end_sessions(user: User) -> None:
    user.session_version += 1
    db.session.flush()
    sessions.end_sessions_of(user.id)


def create_first_administrator(username: str, password: str) -> User:
    """Make an account that belongs to no person and may only set the system up."""
    user = User(username=_new_username(username), is_first_administrator=True, must_change_password=False)
    db.session.add(user)
    db.session.flush()
    set_password(user, password)
    record(SYSTEM, "account.administrator_created", f"user:{user.id}", username=user.username)
    return user


def create_account(actor: Actor, person: Person, username: str) -> User:
    """Give a person an account; its first password comes from the sheet.

    Raises Conflict when the person has one.
    """
    if queries.find_account_of(person.id):
        raise Conflict(_("这位同志已有账号，请刷新后查看"))
    user = User(person=person, username=_new_username(username), must_change_password=True)
    db.session.add(user)
    db.session.flush()
    record(actor, "account.created", f"user:{user.id}", username=user.username, person=person.id)
    return user


def _new_username(username: str) -> str:
    username = username.strip()
    if not 0 < len(username) <= MAX_USERNAME or not username.isprintable():
        raise DomainError(_("登录名须为 1 至 %(most)s 个字符", most=MAX_USERNAME))
    if queries.find_user(username):
        raise DomainError(_("登录名“%(name)s”已经存在，请换一个", name=username))
    return username


@dataclass(frozen=True)
class InitialPassword:
    """A password for the sheet that is handed out once; only *password_hash* is ever stored."""

    user_id: int
    password: str
    password_hash: str


def make_initial_passwords(user_ids: Iterable[int]) -> list[InitialPassword]:
    """Make a random password for each account; slow on purpose, so call it before the unit of work."""
    made = []
    for user_id in user_ids:
        password = passwords.initial_password()
        made.append(InitialPassword(user_id, password, passwords.hash_password(password)))
    return made


def hand_out(actor: Actor, made: list[InitialPassword]) -> None:
    """Let the accounts sign in with their initial passwords; each must be changed at the first sign-in."""
    for item in made:
        _store_hash(queries.get_account(item.user_id, lock=True), item.password_hash, must_change=True)
    record(actor, "account.initial_passwords_made", "user:*", users=[item.user_id for item in made])


def set_active(actor: Actor, user: User, *, is_active: bool) -> None:
    """Enable or disable an account; disabling ends its sessions at once.

    Raises Conflict when no administrator would be left.
    """
    if user.is_active == is_active:
        raise Conflict(_("账号状态已变化，请刷新后查看"))
    user.is_active = is_active
    if not is_active:
        _end_sessions(user)
    db.session.flush()
    require_administrator()
    record(actor, "account.enabled" if is_active else "account.disabled", f"user:{user.id}")


def end_sessions(actor: Actor, user: User) -> None:
    """Sign an account out everywhere."""
    _end_sessions(user)
    record(actor, "account.sessions_ended", f"user:{user.id}")


def require_administrator() -> None:
    """Refuse, with Conflict, a change after which nobody could administer the system."""
    if not queries.has_lasting_administrator(clock.today()):
        raise Conflict(_("这是最后一位管理员，请先给另一位同志管理员角色，再办理这一项"))
