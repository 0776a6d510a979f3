"""Zip containers whose unchanged members are copied as packed bytes (performance.md, Word files)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

CONTENT_TYPES: Final = "[Content_Types].xml"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_STORED: Final = 0
_DEFLATED: Final = 8
_UTF8_NAME: Final = 0x800
_EPOCH_DATE: Final = 0x21  # 1980-01-01, the first day a zip can hold: equal inputs give equal bytes (B8)


class Member(NamedTuple):
    """One packed member."""

    name: bytes
    crc: int
    size: int
    held: bytes  # as it stands in the zip
    method: int = _DEFLATED


def packed(name: str, data: bytes) -> Member:
    """Return *data* deflated."""
    return Member(name.encode(), zlib.crc32(data), len(data), zlib.compress(data, 6, -zlib.MAX_WBITS))


def stored(name: str, data: bytes) -> Member:
    """Return *data* as it is, for what is packed already."""
    return Member(name.encode(), zlib.crc32(data), len(data), data, _STORED)


def archive(members: Iterable[Member]) -> bytes:
    """Return a zip of *members* in their order, with fixed times."""
    body, directory, count = bytearray(), bytearray(), 0
    for member in members:
        offset, sizes = len(body), (member.crc, len(member.held), member.size)
        flags = 0 if member.name.isascii() else _UTF8_NAME
        common = (_VERSION, flags, member.method, 0, _EPOCH_DATE, *sizes, len(member.name), 0)
        body += _LOCAL.pack(b"PK\x03\x04", *common) + member.name + member.held
        directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *common, 0, 0, 0, 0, offset) + member.name
        count += 1
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip by name, `[Content_Types].xml` first."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        names = sorted(source.namelist(), key=lambda name: name != CONTENT_TYPES)
        return {name: source.read(name) for name in names if not name.endswith("/")}
