"""Signing in and out, passwords, initial passwords."""

from fivestep_web.accounts import passwords, queries, sessions
from fivestep_web.accounts.models import User
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.extensions import db


def authenticate(username: str, password: str) -> User | None:
    """Return the account when name and password match; unknown, wrong and disabled look and last the same."""
    user = queries.find_user(username.strip())
    is_right = passwords.verify_password(user.password_hash if user else "", password)
    return user if user and is_right and user.is_active else None


def record_sign_in(user: User, address: str) -> None:
    """Log that an account signed in, from which address."""
    actor = queries.get_actor(user, clock.today())
    record(actor, "account.signed_in", f"user:{user.id}", address=address)


def record_failed_sign_in(username: str, address: str) -> None:
    """Log a failed try; only a name that exists is kept, a mistyped one may be a password."""
    user = queries.find_user(username.strip())
    record(SYSTEM, "account.sign_in_failed", f"user:{user.id}" if user else "user:?", address=address)


def record_sign_out(actor: Actor) -> None:
    """Log that the actor signed out."""
    record(actor, "account.signed_out", f"user:{actor.user_id}")


def is_password(actor: Actor, password: str) -> bool:
    """Say whether *password* is the actor's own: an act is confirmed by it."""
    user = db.session.get_one(User, actor.user_id)
    return passwords.verify_password(user.password_hash, password)


def change_password(actor: Actor, old: str, new: str) -> User:
    """Change the actor's own password and end all of the account's sessions.

    Raises DomainError when the old one is wrong or the new one too weak.
    """
    user = db.session.get_one(User, actor.user_id)
    if not passwords.verify_password(user.password_hash, old):
        raise DomainError("原密码不对，请重新输入")
    if old == new:
        raise DomainError("新密码与原密码相同，请换一个")
    set_password(user, new)
    record(actor, "account.password_changed", f"user:{user.id}")
    return user


def set_password(user: User, password: str, *, must_change: bool = False) -> None:
    """Store a new password after checking it; every open session of the account ends."""
    try:
        passwords.check_strength(password, user.username)
    except passwords.WeakPassword as weak:
        raise DomainError(str(weak)) from weak
    user.password_hash = passwords.hash_password(password)
    user.must_change_password = must_change
    user.session_version += 1
    sessions.end_sessions_of(user.id)


def create_first_administrator(username: str, password: str) -> User:
    """Make an account that belongs to no person and may only set the system up."""
    if queries.find_user(username):
        raise DomainError(f"登录名“{username}”已经存在，请换一个")
    user = User(username=username, is_first_administrator=True, must_change_password=False)
    db.session.add(user)
    db.session.flush()
    set_password(user, password)
    record(SYSTEM, "account.administrator_created", f"user:{user.id}", username=username)
    return user


def hand_out_initial_passwords(actor: Actor, users: list[User]) -> list[tuple[User, str]]:
    """Give each account a new initial password and return them for the one sheet; they are kept nowhere.

    The accounts must change it at the first sign-in.
    """
    sheet = []
    for user in users:
        password = passwords.initial_password()
        set_password(user, password, must_change=True)
        sheet.append((user, password))
    record(
        actor,
        "account.initial_passwords_made",
        "user:*",
        users=[user.id for user in users],
    )
    return sheet


def set_active(actor: Actor, user: User, *, is_active: bool) -> None:
    """Enable or disable an account; disabling ends its sessions at once."""
    user.is_active = is_active
    if not is_active:
        user.session_version += 1
        sessions.end_sessions_of(user.id)
    record(actor, "account.enabled" if is_active else "account.disabled", f"user:{user.id}")
