"""One zip of many documents, sent while it is made: memory stays flat however many there are."""

import zipfile
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from fivestep_web.core import clock
from fivestep_web.documents import manifest, queries
from fivestep_web.documents.manifest import Item
from fivestep_web.documents.names import SUFFIX, fitted
from fivestep_web.extensions import db

SLICE: Final = 50  # files in memory at a time
PIECE: Final = 64 * 1024  # bytes of the list sent at a time
ALTERED: Final = "“{name}”与登记的校验值不符，可能被改动过，没有打包，请联系系统管理员核对"
_FIRST_YEAR: Final = 1980  # of a zip's calendar


class _Pipe:
    """Where zipfile writes: it can only go on, and what is written is taken out again at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the pieces are taken by their reader."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return data


def stream(ids: Sequence[int]) -> Generator[bytes]:
    """Yield a zip of the documents *ids*, Chinese names, members stored, its list at the end.

    A file that does not agree with its hash is left out and named there (trust.md D8).
    """
    pipe, used, items, notes = _Pipe(), set[str](), list[Item](), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as target:  # type: ignore[call-overload]
        for part in _slices(ids):
            rows = queries.read_files(part)
            db.session.rollback()  # the reader may be slow: no snapshot is held while it reads
            for row in rows:
                if sha256(row.data).hexdigest() != row.blob_sha256:
                    notes.append(ALTERED.format(name=row.download_name))
                    continue
                name = unique(row.download_name, used)
                items.append(item_of(name, row))
                target.writestr(entry(name, row.ready_at), row.data)
                yield pipe.take()
        for _line in write_manifest(target, items, notes):
            if pipe.size > PIECE:
                yield pipe.take()
    yield pipe.take()


def item_of(name: str, row: Any) -> Item:
    """Return the line of the list for a file of `queries.read_files`, packed as *name*."""
    serial = (row.serial or "").replace(" ", "")
    return Item(name, row.kind.label, row.year, row.number or "", serial, len(row.data), row.blob_sha256)


def write_manifest(target: zipfile.ZipFile, items: Sequence[Item], notes: Sequence[str]) -> Iterator[bytes]:
    """Put the list into a zip, for people and for programs, yielding each line once it is written."""
    for name, lines in (
        (manifest.CSV_NAME, manifest.as_csv(items, notes)),
        (manifest.JSON_NAME, manifest.as_json(items, notes)),
    ):
        with target.open(entry(name, clock.now()), "w") as member:
            for line in lines:
                member.write(line)
                yield line


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]


def unique(name: str, used: set[str]) -> str:
    """Return *name*, which may stand in a folder, numbered where the zip has one like it.

    Drafts may share a title.
    """
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = marked(name, f"（{number}）")
    used.add(candidate.casefold())
    return candidate


def marked(name: str, mark: str) -> str:
    """Return the file name *name* with *mark* before its ending, still short enough for a file system."""
    folder, slash, file = name.rpartition("/")
    return folder + slash + fitted(file.removesuffix(SUFFIX), mark + SUFFIX)


def entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    """Return the entry of a file made at *moment*, shown in local time."""
    local = moment.astimezone(clock.ZONE)
    info = zipfile.ZipInfo(name, (max(local.year, _FIRST_YEAR), *local.timetuple()[1:6]))
    info.external_attr = 0o644 << 16
    return info
