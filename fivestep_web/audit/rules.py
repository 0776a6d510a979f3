"""Canonical encoding, the hash chain and the Merkle root (RFC 6962), pure."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

GENESIS = "0" * 64
CHAIN_PREFIX = b"fivestep-audit-1\x00"

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:  # noqa: C901, PLR0911 - one line for each kind of value
    """Return *value* as text, whole numbers, lists and mappings only, with NFC text.

    Raises TypeError for anything whose spelling could differ between machines, floats and moments without
    a zone first of all, and ValueError when two keys become one.
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
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case datetime():
            raise TypeError("a moment needs a time zone")
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict():
            return _plain_mapping(value)
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return [plain(item) for item in sorted(value)]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _plain_mapping(value: dict[Any, Any]) -> dict[str, Plain]:
    made = {unicodedata.normalize("NFC", str(key)): plain(item) for key, item in value.items()}
    if len(made) != len(value):
        raise ValueError("two keys have one spelling")
    return made


def canonical(value: object) -> str:
    """Return the one spelling of *value*: JSON, keys sorted, no spaces, pure ASCII: no line can be forged."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(value: object) -> str:
    """Return the SHA-256 of the canonical spelling, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def chain_digest(previous: str, body: str) -> str:
    """Return the digest of one entry: it covers the entry before and this entry's text."""
    return hashlib.sha256(CHAIN_PREFIX + previous.encode() + b"\x00" + body.encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """One entry as stored: the chain's own fields, and the columns that repeat the body for searching."""

    sequence: int
    at: datetime
    user_id: int | None
    action: str
    subject: str
    body: str
    previous: str
    digest: str


@dataclass(frozen=True)
class Fault:
    """The first bad entry and what is wrong with it."""

    sequence: int
    message: str


class Chain:
    """Takes the entries one after another and keeps only what the next one needs."""

    def __init__(self) -> None:
        self.size = 0
        self.head = GENESIS
        self.tree = MerkleTree()
        self._last_at = ""

    def take(self, link: Link) -> Fault | None:
        """Add the next entry; return what is wrong with it, None when it stands as it was written."""
        message = self._message(link)
        if message is not None:
            return Fault(min(link.sequence, self.size + 1), message)
        self.size, self.head = link.sequence, link.digest
        self.tree.add(link.body.encode())
        return None

    def _message(self, link: Link) -> str | None:  # noqa: PLR0911 - one line for each fault
        expected = self.size + 1
        if link.sequence > expected:
            return f"缺少第 {expected} 条记录（下一条是第 {link.sequence} 条）"
        if link.sequence < expected:
            return f"第 {link.sequence} 条记录的序号不对，应为第 {expected} 条"
        if link.previous != self.head:
            return f"第 {expected} 条记录与前一条衔接不上"
        if chain_digest(link.previous, link.body) != link.digest:
            return f"第 {expected} 条记录的内容被改动"
        stored = _columns(link)
        if stored is None:
            return f"第 {expected} 条记录的检索栏与正文不一致"
        if stored < self._last_at:
            return f"第 {expected} 条记录的时间早于前一条"
        self._last_at = stored
        return None


def _columns(link: Link) -> str | None:
    """Return the entry's moment when its columns repeat its body, else None."""
    try:
        body = json.loads(link.body)
        moment = plain(link.at)
        is_equal = (link.sequence, moment, link.user_id, link.action, link.subject) == tuple(
            body[name] for name in ("sequence", "at", "user", "action", "subject")
        )
    except (ValueError, KeyError, TypeError):
        return None
    return str(moment) if is_equal else None


def first_fault(links: Iterable[Link]) -> Fault | None:
    """Return the first entry that was changed, dropped, moved or put in; None for a whole chain."""
    chain = Chain()
    return next((fault for link in links if (fault := chain.take(link)) is not None), None)


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 2.1: the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 2.1: the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 2.1: the root over *leaves* (already hashed), built level by level."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


class MerkleTree:
    """The root over leaves that come one by one, in memory that grows with the number's bits only."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, data: bytes) -> None:
        """Append a leaf; two perfect trees of one height become one."""
        height, node = 0, leaf_hash(data)
        while self._peaks and self._peaks[-1][0] == height:
            node = node_hash(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))

    def root(self) -> bytes:
        """RFC 6962 2.1: the root over the leaves so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        node = self._peaks[-1][1]
        for _height, left in reversed(self._peaks[:-1]):
            node = node_hash(left, node)
        return node
