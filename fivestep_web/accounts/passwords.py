"""Password rules and hashing (trust.md W8, settled choice 8)."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 8
MAX_LENGTH = 256
COMMON_COUNT = 3000
FEWEST_GUESSES = 100_000
AROUND = "0123456789!@#$%^&*._- "
ORGANIZATION_WORDS = ("zuzhibu", "zzb", "wubu", "wubugongzuofa", "fivestep", "组织部", "五步工作法", "zugong")
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
INITIAL_LENGTH = 12

_hasher = PasswordHasher()


class WeakPassword(Exception):  # noqa: N818 - a refusal with a reason
    """The password is refused; the message says why and what would do."""


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"][:COMMON_COUNT])


def check_strength(password: str, username: str) -> None:
    """Raise WeakPassword for a password that is short, common, or made of the name or the organization."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < MIN_LENGTH:
        raise WeakPassword(f"密码太短，至少 {MIN_LENGTH} 个字符，可以用一句好记的话")
    if len(text) > MAX_LENGTH:
        raise WeakPassword(f"密码太长，最多 {MAX_LENGTH} 个字符")
    bare = text.casefold().strip(AROUND)
    if text.casefold() in _common() or len(set(text)) < 3:  # noqa: PLR2004 - aaaa, abab
        raise WeakPassword("密码太常见，容易被猜到，请换一个")
    if bare in {*ORGANIZATION_WORDS, username.casefold(), ""} or text.casefold() == username.casefold() * 2:
        raise WeakPassword("密码只由登录名、单位名称或数字组成，容易被猜到，请换一个")


def is_common(text: str) -> bool:
    """Say whether *text*, of at most 72 characters, is a common password or a walk over the keyboard."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    if text.casefold().strip(AROUND) in _common():
        return True
    guesses: int = zxcvbn(text)["guesses"]
    return guesses < FEWEST_GUESSES


def hash_password(password: str) -> str:
    """Return the argon2id hash of *password* (NFC)."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def verify_password(stored: str, password: str) -> bool:
    """Say whether *password* matches; takes as long for an unknown account (pass the dummy hash)."""
    try:
        return _hasher.verify(stored or dummy_hash(), unicodedata.normalize("NFC", password[:1024]))
    except (VerificationError, InvalidHashError):
        return False


@cache
def dummy_hash() -> str:
    """Return the hash of a password nobody knows, so that unknown names cost the same time."""
    return _hasher.hash(secrets.token_urlsafe(32))


def initial_password() -> str:
    """Return a readable random password for the sheet handed out once (about 59 bits)."""
    return "".join(secrets.choice(READABLE) for _ in range(INITIAL_LENGTH))
