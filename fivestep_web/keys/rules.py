"""Key pairs under a PIN, signatures and their checking, pure (trust.md settled choice 1, S5, S9).

The private half is sealed by AES-256-GCM under argon2id of the PIN; costs, salt and nonce stand beside it.
Keys, signatures and digests are spelled as lower-case hex. An algorithm this release does not know never
verifies: whoever rewrites the algorithm of a record gains nothing.
"""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, Protocol

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ED25519: Final = "ed25519"
SHORTEST_PIN, LONGEST_PIN = 8, 64
SHORTEST_OWN_FIGURES = 4
ADVICE: Final = "请换一个：可以把几个互不相干的词连起来，或用 8 位以上没有规律的字母和数字"
_MOBILE = re.compile("(86)?1[0-9]{10}")
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
SEALED_UNDER_PIN, SEALED_FOR_SITTING = b"fivestep-key-1\x00", b"fivestep-sitting-1\x00"
FINGERPRINT_LENGTH = 32


class WrongPin(Exception):  # noqa: N818 - an answer, not a failure
    """The PIN does not open the key, or the sealed key is not what was sealed."""


class WeakPin(Exception):  # noqa: N818 - a refusal with a reason
    """The PIN is refused; the message says why and what would do."""


@dataclass(frozen=True)
class Costs:
    """What one guess at a PIN costs: argon2id passes, memory in KiB, lanes."""

    time: int = 3
    memory: int = 65_536
    lanes: int = 2


# points of order 1, 2, 4 and 8 (RFC 8032 5.1, both signs): under such a key anybody can make a signature
SMALL_ORDER: Final = frozenset(
    {
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    }
)
LIGHT_COSTS: Final = Costs(time=1, memory=8, lanes=1)


class Provider(Protocol):
    """One signature algorithm; a UKey's SM2 would be another, its private half a handle of the device."""

    def make(self) -> tuple[bytes, str]:
        """Return a new private half and its public key."""

    def public_key(self, private: bytes) -> str:
        """Return the public key of a private half."""

    def sign(self, private: bytes, data: bytes) -> str:
        """Return the signature over *data*."""

    def is_valid(self, public_key: str, data: bytes, value: str) -> bool:
        """Say whether *value* is the signature of *public_key* over *data*; never raises."""


class Ed25519:
    """RFC 8032 over OpenSSL."""

    def make(self) -> tuple[bytes, str]:
        private = Ed25519PrivateKey.generate().private_bytes_raw()
        return private, self.public_key(private)

    def public_key(self, private: bytes) -> str:
        return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()

    def sign(self, private: bytes, data: bytes) -> str:
        return Ed25519PrivateKey.from_private_bytes(private).sign(data).hex()

    def is_valid(self, public_key: str, data: bytes, value: str) -> bool:
        try:
            key, signature = bytes.fromhex(public_key), bytes.fromhex(value)
            if len(key) != KEY_BYTES or (key.hex(), signature.hex()) != (public_key, value):
                return False  # one signature has one spelling
            if bytes([*key[:-1], key[-1] & 0x7F]).hex() in SMALL_ORDER:
                return False
            Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


PROVIDERS: Final[dict[str, Provider]] = {ED25519: Ed25519()}


@dataclass(frozen=True)
class NewKey:
    """A key pair as it is stored."""

    algorithm: str
    public_key: str
    sealed_private_key: str
    sealing: dict[str, Any]


def make_key(pin: str, costs: Costs, algorithm: str = ED25519) -> NewKey:
    """Make a key pair and seal its private half under *pin*, which the caller has checked."""
    private, public_key = PROVIDERS[algorithm].make()
    return NewKey(algorithm, public_key, *seal(private, pin, costs, algorithm, public_key))


def seal(
    private: bytes, pin: str, costs: Costs, algorithm: str, public_key: str
) -> tuple[str, dict[str, Any]]:
    """Return the sealed private half, in hex, and how it was sealed: with a fresh salt and nonce."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_stretched(pin, salt, costs)).encrypt(nonce, private, _bound_to(algorithm, public_key))
    sealing = {"kdf": "argon2id", "cipher": "aes-256-gcm", "salt": salt.hex(), "nonce": nonce.hex()}
    return sealed.hex(), sealing | asdict(costs)


def open_key(*, algorithm: str, public_key: str, sealed: str, sealing: dict[str, Any], pin: str) -> bytes:
    """Return the private half; WrongPin for another PIN and for anything altered alike."""
    try:
        if (sealing["kdf"], sealing["cipher"]) != ("argon2id", "aes-256-gcm"):
            raise WrongPin
        costs = Costs(sealing["time"], sealing["memory"], sealing["lanes"])
        stretched = _stretched(pin, bytes.fromhex(sealing["salt"]), costs)
        nonce = bytes.fromhex(sealing["nonce"])
        private = AESGCM(stretched).decrypt(nonce, bytes.fromhex(sealed), _bound_to(algorithm, public_key))
        is_pair = PROVIDERS[algorithm].public_key(private) == public_key
    except (InvalidTag, HashingError, ValueError, TypeError, KeyError) as error:
        raise WrongPin from error
    if not is_pair:
        raise WrongPin
    return private


def seal_for_sitting(private: bytes, secret: bytes, purpose: str) -> str:
    """Return the private half sealed under a *secret* of 32 random bytes that only the browser holds."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return (nonce + AESGCM(secret).encrypt(nonce, private, SEALED_FOR_SITTING + purpose.encode())).hex()


def open_for_sitting(sealed: str, secret: bytes, purpose: str) -> bytes:
    """Return the private half; WrongPin when the secret is not the one it was sealed under."""
    try:
        data = bytes.fromhex(sealed)
        bound = SEALED_FOR_SITTING + purpose.encode()
        return AESGCM(secret).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise WrongPin from error


def sign(algorithm: str, private: bytes, data: bytes) -> str:
    """Return the signature over *data* in hex; KeyError for an algorithm this release does not know."""
    return PROVIDERS[algorithm].sign(private, data)


def is_valid(algorithm: str, public_key: str, data: bytes, value: str) -> bool:
    """Say whether *value* is a signature over *data*; never for an unknown algorithm or another spelling."""
    provider = PROVIDERS.get(algorithm)
    return provider is not None and provider.is_valid(public_key, data, value)


def fingerprint(public_key: str) -> str:
    """Return what people compare on paper: 128 bits of SHA-256, upper-case hex in groups of four."""
    digest = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:FINGERPRINT_LENGTH].upper()
    return " ".join(digest[at : at + 4] for at in range(0, FINGERPRINT_LENGTH, 4))


def wait_after(failed_tries: int) -> timedelta | None:
    """Return how long a key rests after wrong PINs in a row: 1 min from the fifth, doubling up to 1 h."""
    if failed_tries < FREE_TRIES:
        return None
    doublings = min(failed_tries - FREE_TRIES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def check_pin(pin: str, own_words: tuple[str, ...] = ()) -> None:
    """Raise WeakPin for a PIN that is short, long, regular, a date, a mobile number or *own_words*."""
    text = spelled(pin)
    if len(text) < SHORTEST_PIN:
        raise WeakPin(f"PIN 太短，至少 {SHORTEST_PIN} 个字符，数字、字母都可以，两者混用更安全")
    if len(text) > LONGEST_PIN:
        raise WeakPin(f"PIN 太长，最多 {LONGEST_PIN} 个字符")
    bare = _bare(text)
    if any(_is_made_of(bare, word) for own in own_words if (word := _bare(spelled(own)))):
        raise WeakPin(f"PIN 只由您的姓名、工号、手机号或登录名组成，容易被猜到。{ADVICE}")
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    if len(set(text)) < 4 or len(steps) == 1:  # noqa: PLR2004 - 11111111, 12121212, 12345678, hgfedcba
        raise WeakPin(f"PIN 是重复或连续的字符，容易被猜到。{ADVICE}")
    if _MOBILE.fullmatch(bare):
        raise WeakPin(f"PIN 像是一个手机号，容易被猜到。{ADVICE}")
    if _is_date(bare):
        raise WeakPin(f"PIN 像是一个日期，容易被猜到。{ADVICE}")


def _bare(text: str) -> str:
    """Return the figures and letters only, in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_made_of(bare: str, word: str) -> bool:
    """Say whether nothing but figures is left beside *word*; one letter, or few figures, are no word."""
    if word.isdecimal() and len(word) < SHORTEST_OWN_FIGURES and bare != word:
        return False
    rest = bare.replace(word, "")
    return len(word) > 1 and rest != bare and (not rest or rest.isdecimal())


def _is_date(text: str) -> bool:
    if len(text) != len("19800101") or not text.isdecimal() or text[:2] not in ("19", "20"):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def spelled(pin: str) -> str:
    """Return the PIN in one spelling: full-width digits of a Chinese keyboard are digits."""
    return unicodedata.normalize("NFKC", pin)


def _stretched(pin: str, salt: bytes, costs: Costs) -> bytes:
    return hash_secret_raw(
        spelled(pin).encode(), salt, costs.time, costs.memory, costs.lanes, KEY_BYTES, Type.ID
    )


def _bound_to(algorithm: str, public_key: str) -> bytes:
    """A sealed private half opens beside its own public key only."""
    return SEALED_UNDER_PIN + f"{algorithm}\x00{public_key}".encode()
