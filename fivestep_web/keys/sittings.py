"""One PIN entry for the texts then waiting, each signed by itself, for at most ten minutes (trust.md S2).

The opened key rests in the database under a secret that only the browser holds, and each text has a token
that is worth one signature over the very hash that was waiting.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import joinedload

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.keys import rules
from fivestep_web.keys.entry import OpenKey, settle
from fivestep_web.keys.models import SigningSitting, SittingToken

LASTS: Final = timedelta(minutes=10)
SECRET_BYTES: Final = 32


class TokenUsed(Conflict):
    """The sitting gives no right, or no right any more, to sign this text."""


@dataclass(frozen=True)
class Begun:
    """A sitting and what the browser keeps of it."""

    sitting: SigningSitting
    cookie: str


def begin(actor: Actor, opened: OpenKey, session_hash: str, waiting: Mapping[str, str]) -> Begun:
    """Begin a sitting of this browser session for the texts *waiting*: subject to hash.

    A sitting of the same account that still runs ends, and so does what ran out.
    """
    key = settle(actor, opened)
    _remove(SigningSitting.user_id == actor.user_id)
    remove_expired()
    now, secret = clock.system_now(), secrets.token_bytes(SECRET_BYTES)
    sitting = SigningSitting(
        session_hash=session_hash,
        user_id=cast("int", actor.user_id),
        key_id=key.id,
        sealed_private_key=rules.seal_for_sitting(opened.private, secret, session_hash),
        opened_at=now,
        expires_at=now + LASTS,
        tokens=[SittingToken(subject=subject, sha256=digest) for subject, digest in waiting.items()],
    )
    db.session.add(sitting)
    db.session.flush()
    record(actor, "sitting.begun", f"sitting:{sitting.id}", count=len(waiting), key=key.id)
    cookie = f"{sitting.id}.{base64.urlsafe_b64encode(secret).decode().rstrip('=')}"
    return Begun(sitting, cookie)


def find(actor: Actor, session_hash: str, cookie: str) -> SigningSitting | None:
    """Return the running sitting that this account, this session and this browser's cookie belong to."""
    number = cookie.partition(".")[0]
    if not number.isdecimal() or len(number) > len(str(2**31)):
        return None
    return db.session.scalar(
        select(SigningSitting)
        .where(
            SigningSitting.id == int(number),
            SigningSitting.user_id == actor.user_id,
            SigningSitting.session_hash == session_hash,
            SigningSitting.expires_at > clock.system_now(),
        )
        .options(joinedload(SigningSitting.key))
    )


def open_key(sitting: SigningSitting, cookie: str) -> OpenKey:
    """Return the key the sitting holds; TokenUsed when the cookie is not the one it was given."""
    text = cookie.partition(".")[2]
    try:
        secret = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        private = rules.open_for_sitting(sitting.sealed_private_key, secret, sitting.session_hash)
    except (binascii.Error, ValueError, rules.WrongPin) as error:
        raise TokenUsed(_("连续签署已经结束，没有签署。请重新输入 PIN")) from error
    key = sitting.key
    return OpenKey(key.id, key.person_id, key.algorithm, key.public_key, private, by_pin=False)


def has_token(sitting: SigningSitting, subject: str, sha256: str) -> bool:
    """Say whether the sitting may still sign this text."""
    token = db.session.get(SittingToken, (sitting.id, subject))
    return token is not None and token.used_at is None and token.sha256 == sha256


def take(sitting_id: int, subject: str, sha256: str) -> None:
    """Use up the token of a text; TokenUsed when there is none, it was used, or the text is another now."""
    now = clock.system_now()
    running = select(SigningSitting.id).where(
        SigningSitting.id == sitting_id, SigningSitting.expires_at > now
    )
    taken = db.session.execute(
        update(SittingToken)
        .where(
            SittingToken.sitting_id.in_(running),
            SittingToken.subject == subject,
            SittingToken.sha256 == sha256,
            SittingToken.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", taken).rowcount != 1:
        raise TokenUsed(_("这次连续签署不包括这份文本，或已经用它签过，没有签署。请重新阅读后输入 PIN"))


def count_left(sitting_id: int) -> int:
    """Return how many texts the sitting may still sign."""
    query = select(func.count()).where(SittingToken.sitting_id == sitting_id, SittingToken.used_at.is_(None))
    return db.session.scalar(query) or 0


def end(actor: Actor, sitting_id: int) -> None:
    """End a sitting before its time."""
    record(actor, "sitting.ended", f"sitting:{sitting_id}", left=count_left(sitting_id))
    _remove(SigningSitting.id == sitting_id)


def end_all_of(user_id: int) -> int:
    """End what an account still has open: it signs out; return how many."""
    return _remove(SigningSitting.user_id == user_id)


def remove_expired() -> int:
    """Delete sittings whose ten minutes are over; return how many."""
    return _remove(SigningSitting.expires_at <= clock.system_now())


def _remove(condition: Any) -> int:
    ids = select(SigningSitting.id).where(condition)
    db.session.execute(
        delete(SittingToken)
        .where(SittingToken.sitting_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    gone = db.session.execute(
        delete(SigningSitting).where(condition).execution_options(synchronize_session="fetch")
    )
    return cast("CursorResult[Any]", gone).rowcount
