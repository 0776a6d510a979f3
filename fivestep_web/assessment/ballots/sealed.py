"""What only this instance can read: a voter's visit in the form, and a ballot's marks until the seal."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fivestep_web.assessment.ballots import codes
from fivestep_web.audit.keys import derived_key

NONCE_BYTES: Final = 12
BLOCK: Final = 256  # bytes: the length of what is stored tells nothing of the marks
LONGEST_TICKET: Final = 400


@dataclass(frozen=True, slots=True)
class Content:
    """A ballot as its voter gave it; *offered* are the units it asked about."""

    tracking: str
    offered: tuple[int, ...]
    marks: Mapping[int, str]


def recognise(text: str) -> codes.Known:
    """Return the keyed hash and the tracking number of what was scanned or typed."""
    return codes.recognise(derived_key("voting-codes"), text)


def digests(code: str) -> tuple[str, str]:
    """Return what is stored of a new code: the hashes of its whole and of its typed form."""
    key = derived_key("voting-codes")
    return codes.digest(key, code), codes.digest(key, codes.typed_form(code))


def make_ticket(door: str, known: codes.Known | None = None) -> str:
    """Return a form's hidden field: who knows a code moves on with it; without one it opens the entry."""
    text = f"{known.digest} {known.tracking}" if known else ""
    return base64.urlsafe_b64encode(_seal("voting-tickets", door.encode(), text.encode())).decode()


def open_ticket(door: str, ticket: str) -> codes.Known | None:
    """Return what make_ticket put in; None for an entry. Raises ValueError for what it did not make."""
    if len(ticket) > LONGEST_TICKET:
        raise ValueError("no ticket")
    try:
        data = base64.urlsafe_b64decode(ticket.encode())
        text = _open("voting-tickets", door.encode(), data).decode()
    except (binascii.Error, UnicodeError, InvalidTag) as error:
        raise ValueError("no ticket") from error
    if not text:
        return None
    digest, tracking = text.split(" ")
    return codes.Known(digest, tracking)


def draft_name(known: codes.Known) -> str:
    """Return the name under which a browser keeps a draft until the tab is closed; it leads to no code."""
    return codes.digest(derived_key("voting-drafts"), known.digest)[:16]


def seal_ballot(place: str, content: Content) -> bytes:
    """Return a ballot for the database; *place* (its poll and id) is bound to it."""
    marks = {str(unit): mark for unit, mark in content.marks.items()}
    text = json.dumps([content.tracking, content.offered, marks]).encode()
    padded = text + b" " * (-len(text) % BLOCK)
    return _seal("ballots", place.encode(), padded)


def open_ballot(place: str, data: bytes) -> Content | None:
    """Return what seal_ballot put in; None for a row that this instance did not write there (B6)."""
    try:
        tracking, offered, marks = json.loads(_open("ballots", place.encode(), data))
    except (InvalidTag, ValueError):
        return None
    return Content(tracking, tuple(offered), {int(unit): mark for unit, mark in marks.items()})


def _seal(purpose: str, bound: bytes, data: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(derived_key(purpose)).encrypt(nonce, data, bound)


def _open(purpose: str, bound: bytes, data: bytes) -> bytes:
    if len(data) <= NONCE_BYTES:
        raise InvalidTag
    return AESGCM(derived_key(purpose)).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound)
