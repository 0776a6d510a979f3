"""One zip of many documents, sent while it is made: memory stays flat however many there are."""

import zipfile
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.documents import queries
from fivestep_web.documents.names import SUFFIX
from fivestep_web.extensions import db

SLICE: Final = 50  # files in memory at a time
NOTE: Final = "没有打包的文档.txt"
_FIRST_YEAR: Final = 1980  # of a zip's calendar


class _Pipe:
    """Where zipfile writes: it can only go on, and what is written is taken out again at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the pieces are taken by their reader."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def stream(ids: Sequence[int]) -> Generator[bytes]:
    """Yield a zip of the documents *ids*, Chinese names, members stored: they are packed already.

    A file that does not agree with its hash is left out and named in a note (trust.md D8).
    """
    pipe, used, altered = _Pipe(), set[str](), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as target:  # type: ignore[call-overload]
        for part in _slices(ids):
            rows = queries.read_files(part)
            db.session.rollback()  # the reader may be slow: no snapshot is held while it reads
            for row in rows:
                if sha256(row.data).hexdigest() != row.blob_sha256:
                    altered.append(row.download_name)
                    continue
                name = _unique(row.download_name, used)
                target.writestr(_entry(name, row.ready_at), row.data)
                yield pipe.take()
        if altered:
            text = _("以下文档与登记的校验值不符，可能被改动过，没有打包，请联系系统管理员核对：")
            target.writestr(_entry(NOTE, clock.now()), "\r\n".join((text, *altered)).encode("utf-8-sig"))
    yield pipe.take()


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]


def _unique(name: str, used: set[str]) -> str:
    """Return *name*, numbered where the zip has one like it: drafts may share a title."""
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{name.removesuffix(SUFFIX)}（{number}）{SUFFIX}"
    used.add(candidate.casefold())
    return candidate


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    local = moment.astimezone(clock.ZONE)
    info = zipfile.ZipInfo(name, (max(local.year, _FIRST_YEAR), *local.timetuple()[1:6]))
    info.external_attr = 0o644 << 16
    return info
