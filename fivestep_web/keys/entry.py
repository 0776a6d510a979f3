"""Entering the PIN: opens the own key for one act; a wrong PIN is counted and logged though the act fails."""

from dataclasses import dataclass, field

from flask_babel import gettext as _

from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import Plain
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import queries, rules
from fivestep_web.keys.models import SigningKey


class NoKey(Conflict):
    """The actor has no living key."""


class PinRefused(NotAllowed):
    """The PIN is wrong, or was wrong so often that the key rests."""


@dataclass(frozen=True)
class OpenKey:
    """An opened key, for the time of one request; *by_pin* False when a sitting opened it."""

    key_id: int
    person_id: int
    algorithm: str
    public_key: str
    private: bytes = field(repr=False)
    by_pin: bool = True

    def sign(self, text: str) -> str:
        """Return the signature over a text in hex."""
        return rules.sign(self.algorithm, self.private, text.encode())


def key_row(key: SigningKey) -> dict[str, Plain]:
    """Return the key as the log keeps it: what is sealed as its hash only."""
    return facts_of(key, hashed=("sealed_private_key", "sealing"))


def enter(actor: Actor, pin: str, purpose: str) -> OpenKey:
    """Open the actor's key; call it before the unit of work, since a guess at a PIN is slow on purpose.

    *purpose* ("letter:12") goes to the log. Raises NoKey, and PinRefused once the try is logged.
    """
    key = queries.find_living(actor.person_id)
    if key is None:
        raise NoKey(no_key_message(actor))
    try:
        _require_awake(key)
        private = rules.open_key(
            algorithm=key.algorithm,
            public_key=key.public_key,
            sealed=key.sealed_private_key,
            sealing=key.sealing,
            pin=pin,
        )
    except (PinRefused, rules.WrongPin) as refusal:
        message = _refuse(actor, key.id, purpose)
        raise PinRefused(message) from refusal
    return OpenKey(key.id, key.person_id, key.algorithm, key.public_key, private)


def settle(actor: Actor, opened: OpenKey) -> SigningKey:
    """Return the opened key's row, locked, when it is still the actor's living one; clear its wrong tries.

    Raises Conflict when it ended meanwhile, PinRefused when others guessed at it meanwhile: many guesses at
    once are worth no more than one after another.
    """
    key = queries.find_living(actor.person_id, lock=True)
    if key is None or (key.id, key.public_key) != (opened.key_id, opened.public_key):
        raise Conflict(_("您的签名密钥刚刚停用，没有签署。请到“账号”页查看签名密钥"))
    if opened.by_pin:
        _require_awake(key)
        if key.failed_tries:
            key.failed_tries, key.blocked_until = 0, None
            db.session.flush()
            record(actor, "key.tries_cleared", f"key:{key.id}", row=key_row(key))
    return key


def no_key_message(actor: Actor) -> str:
    """Return why the actor cannot sign yet and what to do."""
    if queries.find_pending(actor.person_id) is not None:
        return str(_("您的新签名密钥还没有经两位同志确认，确认后才能签署"))
    if queries.has_any(actor.person_id):
        return str(_("您的签名密钥已停用，请先到“账号”页申请新的签名密钥，再来签署"))
    return str(_("您还没有签名密钥，请先到“账号”页建立，再来签署"))


def _require_awake(key: SigningKey) -> None:
    if key.blocked_until is not None and key.blocked_until > clock.system_now():
        raise PinRefused(_rests_message(key))


def _rests_message(key: SigningKey) -> str:
    until = (key.blocked_until or clock.system_now()).astimezone(clock.ZONE)
    message: str = _(
        "PIN 已连续输错 %(tries)s 次，没有办理。请在 %(time)s 以后再试；忘记的，到“账号”页申请新密钥",
        tries=key.failed_tries,
        time=f"{until:%H:%M:%S}",
    )
    return message


def _refuse(actor: Actor, key_id: int, purpose: str) -> str:
    """Count and log a wrong PIN in a transaction of its own; return what to tell the person."""
    with unit_of_work():
        key = db.session.get_one(SigningKey, key_id, with_for_update=True)
        now = clock.system_now()
        is_resting = key.blocked_until is not None and key.blocked_until > now
        if not is_resting:
            key.failed_tries += 1
            wait = rules.wait_after(key.failed_tries)
            key.blocked_until = now + wait if wait else None
            db.session.flush()
        record(actor, "key.pin_refused", f"key:{key.id}", purpose=purpose, row=key_row(key))
        if key.blocked_until is not None:
            return _rests_message(key)
        left = rules.FREE_TRIES - key.failed_tries
    return str(_("PIN 不对，没有办理，请重新输入。再错 %(left)s 次就要等一会儿才能再试", left=left))
