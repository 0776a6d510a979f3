"""Refuse a PDF that acts: scripts, programs to start, files inside (trust.md D6); read in the child."""

import re
import zlib
from typing import Final

from fivestep_web.core.packages import MEGABYTE, UnsafeFile

MOST_INFLATED: Final = 20 * MEGABYTE
HEAD: Final = 2000  # bytes before a stream in which its dictionary stands
_NAMES = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PLAIN = re.compile(rb"/Filter\s*(?:/FlateDecode\b|\[\s*/FlateDecode\s*\])")
_REMEDY: Final = "请删去后另存，或打印成 PDF 再上传"


def refuse_active(data: bytes) -> None:
    """Refuse what acts, also where names are spelled with escapes or the objects are packed.

    Packed objects that are stored in any other than the usual way are refused, whatever they hold.
    """
    readable = _spelled(data)
    found = [head for head in _heads(data) if b"/ObjStm" in head[1]]
    if len(found) != readable.count(b"/ObjStm"):
        raise _unreadable()
    budget = MOST_INFLATED
    parts = [readable]
    for start, head in found:
        if b"/Filter" not in head:
            continue
        if not _PLAIN.search(head) or b"/DecodeParms" in head:
            raise _unreadable()
        part = _inflated(data, start, budget)
        budget -= len(part)
        parts.append(_spelled(part))
    if any(_NAMES.search(part) for part in parts):
        raise UnsafeFile(f"PDF 含有脚本、启动程序的动作或附件，{_REMEDY}")


def _heads(data: bytes) -> list[tuple[int, bytes]]:
    """Return where each stream begins, with the dictionary before it."""
    found = []
    for stream in _STREAM.finditer(data):
        before = data[max(0, stream.start() - HEAD) : stream.start()]
        begins = [each.end() for each in _OBJECT.finditer(before)]
        found.append((stream.end(), _spelled(before[begins[-1] :] if begins else b"")))
    return found


def _spelled(data: bytes) -> bytes:
    """Return the names in *data* without escapes: /J#53 is /JS."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def _inflated(data: bytes, start: int, budget: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        part = unpacking.decompress(data[start : start + MOST_INFLATED], max(budget, 1))
    except zlib.error:
        raise _unreadable() from None
    if not unpacking.eof:
        raise _unreadable()
    return part


def _unreadable() -> UnsafeFile:
    return UnsafeFile("PDF 的内部写法特殊，不能检查，请打印成新的 PDF 再上传")
