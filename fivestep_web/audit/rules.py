"""Canonical encoding, the hash chain and the Merkle root (RFC 6962), pure."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

GENESIS = "0" * 64
CHAIN_PREFIX = b"fivestep-audit-1\x00"

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """Return *value* as text, whole numbers, lists and mappings only, with NFC text.

    Raises TypeError for anything whose spelling could differ between machines, floats first of all.
    """
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value)
        case int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict():
            return {unicodedata.normalize("NFC", str(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return [plain(item) for item in sorted(value)]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical(value: object) -> str:
    """Return the one spelling of *value*: JSON, keys sorted, no spaces, pure ASCII so no line can be forged."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(value: object) -> str:
    """Return the SHA-256 of the canonical spelling, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def chain_digest(previous: str, body: str) -> str:
    """Return the digest of one entry: it covers the entry before and this entry's text."""
    return hashlib.sha256(CHAIN_PREFIX + previous.encode() + b"\x00" + body.encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """One entry as stored."""

    sequence: int
    body: str
    previous: str
    digest: str


@dataclass(frozen=True)
class Fault:
    """The first bad entry and what is wrong with it."""

    sequence: int
    message: str


def first_fault(links: Iterable[Link]) -> Fault | None:
    """Return the first entry that was changed, dropped, moved or put in; None for a whole chain."""
    previous, expected = GENESIS, 1
    for link in links:
        if link.sequence != expected:
            return Fault(expected, f"缺少第 {expected} 条记录（下一条是第 {link.sequence} 条）")
        if link.previous != previous:
            return Fault(link.sequence, f"第 {link.sequence} 条记录与前一条衔接不上")
        if chain_digest(link.previous, link.body) != link.digest:
            return Fault(link.sequence, f"第 {link.sequence} 条记录的内容被改动")
        previous, expected = link.digest, expected + 1
    return None


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 2.1: the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 2.1: the root over *leaves* (already hashed), built level by level."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]
