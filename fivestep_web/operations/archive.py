"""The backup file: a zip of the database, the secret key and a manifest that knows every byte of them."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from fivestep_web.core.errors import DomainError

FORMAT = "fivestep-backup-1"
MANIFEST = "manifest.json"
SECRET = "secret_key"  # noqa: S105 - a member's name
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
PIECE = 1024 * 1024
LARGEST_MANIFEST = 1024 * 1024


class DamagedError(DomainError):
    """The file is not a whole backup; nothing was touched."""


@dataclass(frozen=True)
class Member:
    """What the manifest knows of one member."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What the backup holds and where it comes from; *counts* are the rows of each table."""

    format: str
    release: str
    made_at: str
    engine: str
    revision: str
    counts: dict[str, int]
    members: dict[str, Member]

    @property
    def summary(self) -> str:
        """The size of it in a sentence."""
        documents = self.counts.get("generated_document", 0)
        return f"文档 {documents} 份，操作日志 {self.counts.get('audit_entry', 0)} 条"


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield *file* in pieces of 1 MB."""
    while piece := file.read(PIECE):
        yield piece


def add_file(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    """Pack *path* as *name* and return what the manifest keeps of it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        for piece in pieces(source):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Member(digest.hexdigest(), size)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Add the manifest, last: what has none is not whole."""
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


def extract(path: Path, folder: Path) -> Manifest:
    """Unpack the backup *path* into *folder*, every byte checked; raises DamagedError."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            for name, member in manifest.members.items():
                _extract_member(archive, name, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError) as error:
        raise DamagedError(f"文件 {path} 不是完整的备份，没有恢复任何内容") from error
    except OSError as error:
        raise DomainError(f"文件 {path} 无法读取：{error.strerror}") from error
    return manifest


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise ValueError(MANIFEST)
    stored = json.loads(archive.read(MANIFEST))
    if stored["format"] != FORMAT:
        raise DomainError(f"备份的格式是 {stored['format']}，本版本只能恢复 {FORMAT}")
    stored["members"] = {name: Member(**member) for name, member in stored["members"].items()}
    manifest = Manifest(**stored)
    if set(manifest.members) != {SECRET, DATABASES[manifest.engine]}:
        raise ValueError(manifest.engine)
    return manifest


def _extract_member(archive: zipfile.ZipFile, name: str, member: Member, folder: Path) -> None:
    digest, size = hashlib.sha256(), 0
    target = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with archive.open(name) as source, os.fdopen(target, "wb") as file:
        for piece in pieces(source):
            digest.update(piece)
            size += len(piece)
            if size > member.size:
                raise ValueError(name)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if (digest.hexdigest(), size) != (member.sha256, member.size):
        raise ValueError(name)
