"""Zip containers whose unchanged members are copied as packed bytes (performance.md, Word files)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

CONTENT_TYPES: Final = "[Content_Types].xml"
LEVEL: Final = 6
_COMMON: Final = struct.Struct("<5H3L2H")  # what an entry says before its data and in the directory
_OFFSET: Final = struct.Struct("<L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_LISTED: Final = b"PK\x01\x02" + struct.pack("<H", _VERSION)
_NO_ATTRIBUTES: Final = bytes(10)
_STORED: Final = 0
_DEFLATED: Final = 8
_UTF8_NAME: Final = 0x800
_EPOCH_DATE: Final = 0x21  # 1980-01-01, the first day a zip can hold: equal inputs give equal bytes (B8)


class Member(NamedTuple):
    """One packed member: its local entry, whole, and its entry in the directory up to its offset."""

    name: bytes
    local: bytes
    listed: bytes


def packed(name: str, data: bytes) -> Member:
    """Return *data* deflated."""
    return _member(name, data, zlib.compress(data, LEVEL, -zlib.MAX_WBITS), _DEFLATED)


def stored(name: str, data: bytes) -> Member:
    """Return *data* as it is, for what is packed already."""
    return _member(name, data, data, _STORED)


def _member(name: str, data: bytes, held: bytes, method: int) -> Member:
    encoded = name.encode()
    flags = 0 if name.isascii() else _UTF8_NAME
    sizes = (zlib.crc32(data), len(held), len(data))
    common = _COMMON.pack(_VERSION, flags, method, 0, _EPOCH_DATE, *sizes, len(encoded), 0)
    return Member(encoded, b"PK\x03\x04" + common + encoded + held, _LISTED + common + _NO_ATTRIBUTES)


def archive(members: Iterable[Member]) -> bytes:
    """Return a zip of *members* in their order, with fixed times."""
    body, directory, offset = list[bytes](), list[bytes](), 0
    for name, local, listed in members:
        body.append(local)
        directory += (listed, _OFFSET.pack(offset), name)
        offset += len(local)
    entries = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(body), len(body), len(entries), offset, 0)
    return b"".join((*body, entries, end))


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip by name, `[Content_Types].xml` first."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        names = sorted(source.namelist(), key=lambda name: name != CONTENT_TYPES)
        return {name: source.read(name) for name in names if not name.endswith("/")}
