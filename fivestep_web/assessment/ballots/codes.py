"""One-time codes, what is kept of them, and tracking numbers; pure (trust.md B2, B3, B6).

A slip carries one secret twice: all of it in the QR code (130 random bits), its beginning for typing
(60 random bits). Kept are keyed hashes of both, never the secret.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
BITS_PER_LETTER: Final = 5
TYPED_LENGTH: Final = 12
QR_LENGTH: Final = 26
GROUP_LENGTH: Final = 4
TRACKING_LENGTH: Final = 12
MOST_TYPED: Final = 64  # characters looked at; no code is longer, however it is spaced
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Known:
    """What the server may keep of a code for the length of a visit: its keyed hash and tracking number."""

    digest: str
    tracking: str


def new_code() -> str:
    """Return a fresh secret for one slip, as its QR code carries it."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(QR_LENGTH))


def typed_form(code: str) -> str:
    """Return the part of *code* that a person types."""
    return code[:TYPED_LENGTH]


def in_groups(letters: str) -> str:
    """Return letters as they are printed: XXXX-XXXX-XXXX."""
    return "-".join(letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH))


def read(text: str) -> str:
    """Return what was typed or scanned in one spelling: width, case, spaces and look-alikes do not matter."""
    spelled = unicodedata.normalize("NFKC", text[:MOST_TYPED]).upper().translate(_LOOK_ALIKES)
    return "".join(letter for letter in spelled if letter in ALPHABET)


def digest(key: bytes, letters: str) -> str:
    """Return the keyed hash of a whole or typed code in the spelling of read()."""
    return hmac.new(key, b"code\x00" + letters.encode(), sha256).hexdigest()


def tracking_number(key: bytes, letters: str) -> str:
    """Return the number on the receipt: the same for both forms of one code, and only the code gives it.

    It is made of the secret, of which nothing is kept, so no stored code leads to a stored number.
    """
    made = hmac.new(key, b"tracking\x00" + typed_form(letters).encode(), sha256).digest()
    number = int.from_bytes(made, "big")
    return "".join(ALPHABET[number >> BITS_PER_LETTER * place & 31] for place in range(TRACKING_LENGTH))


def recognise(key: bytes, text: str) -> Known:
    """Return what the server keeps while a voter fills in: for a code that is none just as for a good one."""
    letters = read(text)
    return Known(digest(key, letters), tracking_number(key, letters))
