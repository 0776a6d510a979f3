"""What is kept of an uploaded file: checked here, taken apart in a child process."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fivestep_web.core import confined, plain_files
from fivestep_web.execution.evidence.models import EvidenceKind

_READER: Final = "fivestep_web.execution.evidence.reader"
_KINDS: Final = {
    ".jpg": EvidenceKind.PHOTO,
    ".jpeg": EvidenceKind.PHOTO,
    ".png": EvidenceKind.PHOTO,
    ".pdf": EvidenceKind.PDF,
    ".docx": EvidenceKind.WORD,
    ".xlsx": EvidenceKind.EXCEL,
}


@dataclass(frozen=True)
class Inspected:
    """A file as it is stored, and what is shown of it."""

    name: str
    kind: EvidenceKind
    data: bytes
    preview: bytes | None = None
    extract: list[Any] = field(default_factory=list)
    pages: int | None = None


def inspect(name: str, data: bytes) -> Inspected:
    """Return what is kept of a file; raises UnsafeFile, with the reason and what to do, for any other."""
    name = plain_files.plain_name(name)
    plain_files.check(name, data)
    kind = _KINDS[Path(name).suffix.lower()]
    with plain_files.as_file(data) as path:
        told = confined.ask(_READER, [kind.value, str(path)], plain_files.ANY)
    return Inspected(
        name,
        kind,
        _bytes(told.get("data")) or data,
        _bytes(told.get("preview")),
        told.get("extract", []),
        told.get("pages"),
    )


def _bytes(told: str | None) -> bytes | None:
    return None if told is None else base64.b64decode(told)
