"""One zip of a person's materials: the achievement file made for it, the stored files, the list."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import archive, making
from fivestep_web.documents import queries as document_queries
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.manifest import Item
from fivestep_web.documents.names import download_name
from fivestep_web.personnel.achievement import achievement_payload
from fivestep_web.personnel.contents import Materials
from fivestep_web.personnel.rules import UNIT_ONLY

FILE, LETTERS, RESULTS, COMMENDATIONS, ADMONITIONS = (
    "1 实绩考核档案",
    "2 责任书",
    "3 考核结果",
    "4 表彰",
    "5 诫勉（保密）",
)
SUPERSEDED: Final = "（已变更）"


@dataclass(frozen=True)
class Packed:
    """A finished zip; *valid_until* and *confidential_ids* as in MaterialBundle."""

    data: bytes
    sha256: str
    notes: list[str]
    file_count: int
    valid_until: date | None
    confidential_ids: list[int]


def pack(actor: Actor, materials: Materials, today: date) -> Packed:
    """Return the zip of *materials*; raises DomainError when the achievement file cannot be made.

    A stored file that does not agree with its hash is left out and named (trust.md D8).
    """
    notes = [UNIT_ONLY, *materials.missing]
    achievement, entry = _achievement(actor, materials, today)
    items, target, used, confidential_ids = [entry], io.BytesIO(), set[str](), list[int]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(archive.entry(entry.file, clock.now()), achievement)
        for folder, suffix, row in _intact(materials, notes):
            name = archive.unique(f"{folder}/{archive.marked(row.download_name, suffix)}", used)
            packed.writestr(archive.entry(name, row.ready_at), row.data)
            items.append(archive.item_of(name, row))
            if folder == ADMONITIONS:
                confidential_ids.append(row.id)
        for _line in archive.write_manifest(packed, items, notes):
            pass
    data = target.getvalue()
    return Packed(
        data=data,
        sha256=sha256(data).hexdigest(),
        notes=notes,
        file_count=len(items),
        valid_until=min((item.ends_on for item in materials.admonitions or ()), default=None),
        confidential_ids=confidential_ids,
    )


def _achievement(actor: Actor, materials: Materials, today: date) -> tuple[bytes, Item]:
    payload = achievement_payload(actor, materials, today)
    made = making.make(materials.person.id, DocumentKind.ACHIEVEMENT_FILE, payload, in_full=True)
    if made.failure:
        raise DomainError(f"实绩考核档案没有生成：{made.failure}")
    name = f"{FILE}/{archive.marked(download_name(payload), f' {materials.person.name}')}"
    kind = DocumentKind.ACHIEVEMENT_FILE.label
    return made.data, Item(name, kind, None, "", "", len(made.data), made.sha256)


def _intact(materials: Materials, notes: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield folder, mark in the name and file of what agrees with its hash; *notes* name the others."""
    for folder, suffix, rows in _stored(materials):
        for row in document_queries.read_files([item.id for item in rows]):
            if sha256(row.data).hexdigest() == row.blob_sha256:
                yield folder, suffix, row
            else:
                notes.append(archive.ALTERED.format(name=row.download_name))


def _stored(materials: Materials) -> Iterator[tuple[str, str, Sequence[Any]]]:
    """Yield folder, mark in the name, and documents."""
    letters = [item for year in materials.years for item in year.letters if item.file is not None]
    yield LETTERS, "", [item.file for item in letters if not item.is_superseded]
    yield LETTERS, SUPERSEDED, [item.file for item in letters if item.is_superseded]
    yield RESULTS, "", [year.result for year in materials.years if year.result is not None]
    yield RESULTS, "", [year.notice for year in materials.years if year.notice is not None]
    yield COMMENDATIONS, "", [year.commendation.file for year in materials.years if year.commendation]
    yield ADMONITIONS, "", [row for item in materials.admonitions or () for row in item.files]
