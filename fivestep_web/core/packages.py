"""Decide whether an uploaded Office file is a plain one that may be opened (trust.md D5, D6).

`check_package` looks at the central directory only and unpacks nothing; `check_parts` reads the parts and
belongs into a child process with memory and time limits (core.confined). What a feature's files may hold it
says in a `PackageKind`.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from fivestep_web.core.errors import DomainError

MEGABYTE: Final = 1024 * 1024
MAX_UNPACKED: Final = 100 * MEGABYTE
MAX_RATIO: Final = 100
MAX_ENTRIES: Final = 2000

_ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PACKED_MAGIC = (_ZIP, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\x00")
_PACKED_NAMES = (".zip", ".rar", ".7z", ".gz", ".tar", ".xlsx", ".docx", ".pptx", ".xlsm", ".jar")
_END = struct.Struct("<4s4H2LH")
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
# What the zip module raises for bytes it cannot follow.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
)


class UnsafeFile(DomainError):  # noqa: N818 - a refusal, like its base
    """The file is not opened; the message says why and what to do."""


@dataclass(frozen=True)
class PackageKind:
    """What may stand in one kind of Office file, and how a refusal is worded.

    *forbidden* are patterns of names, with a slash in front and in small letters, and what they hold;
    *relationships* are last parts of relationship types, *external* those that may point outside.
    """

    main_part: str
    main_type: str
    max_packed: int  # bytes
    allowed: re.Pattern[str]
    forbidden: tuple[tuple[re.Pattern[str], str], ...]
    foreign: tuple[str, ...]  # folders of other kinds of Office files
    relationships: frozenset[str]
    external: frozenset[str]
    another_kind: str  # the whole sentence for a file that is none of this kind
    old_format: str  # the whole sentence for a file of the format before, or with a password
    damaged: str  # the whole sentence
    too_slow: str  # the whole sentence for one that takes too long to read
    unreadable: str  # the whole sentence for one that ends its reader
    content: str  # 表格
    remedy: str  # what to do about what stands in it, without full stop
    trim: str  # what to take out of one that is too large


def check_package(path: Path, kind: PackageKind) -> None:
    """Refuse with UnsafeFile what is not of *kind* and of reasonable size by magic and central directory."""
    size = path.stat().st_size
    if size == 0:
        raise UnsafeFile("文件是空的，请重新选择文件")
    if size > kind.max_packed:
        raise UnsafeFile(f"文件大小超过 {kind.max_packed // MEGABYTE} MB，请{kind.trim}后再上传")
    with path.open("rb") as file:
        magic = file.read(8)
        file.seek(max(0, size - _END.size))
        end = file.read()
    if magic.startswith(OLE):
        raise UnsafeFile(kind.old_format)
    if not magic.startswith(_ZIP):
        raise UnsafeFile(kind.another_kind)
    if len(end) < _END.size or _END.unpack(end)[0] != b"PK\x05\x06":
        raise UnsafeFile(kind.damaged)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _BROKEN:
        raise UnsafeFile(kind.damaged) from None
    _check_directory(entries, size, kind)


def check_parts(archive: zipfile.ZipFile, kind: PackageKind) -> None:
    """Refuse with UnsafeFile a package whose parts are not those of a plain file of *kind*.

    Reads every part once, each at most as long as its directory entry says.
    """
    for name, data in _parts(archive, kind):
        if data.startswith((*PACKED_MAGIC, OLE)):
            raise UnsafeFile(f"文件里还装着另一个文件（{name}），{kind.remedy}")
        if name.endswith((".xml", ".rels", ".vml")):
            _check_xml(data, kind)
        if name.endswith(".rels"):
            _check_relationships(data, kind)
    _check_content_types(archive, kind)


def parse_part(data: bytes, kind: PackageKind) -> ET.Element:
    """Return the root of an XML part that `check_parts` let through (so it has no DTD)."""
    try:
        return ET.fromstring(data)  # noqa: S314 - parts with a DTD are refused before
    except ET.ParseError:
        raise UnsafeFile(kind.damaged) from None


def _check_directory(entries: list[zipfile.ZipInfo], size: int, kind: PackageKind) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnsafeFile(f"文件内部的部件超过 {MAX_ENTRIES} 个，{kind.remedy}")
    if sum(each.file_size for each in entries) > MAX_UNPACKED:
        raise UnsafeFile(f"文件展开后超过 {MAX_UNPACKED // MEGABYTE} MB，请{kind.trim}后再上传")
    first = min((each.header_offset for each in entries), default=1)
    if first or sum(each.compress_size for each in entries) > size:
        raise UnsafeFile(kind.damaged)
    names = [each.filename for each in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise UnsafeFile(f"文件内部有重名的部件，{kind.remedy}")
    for each in entries:
        _check_entry(each, kind)
    if "[Content_Types].xml" not in names or kind.main_part not in names:
        raise UnsafeFile(kind.another_kind)


def _check_entry(entry: zipfile.ZipInfo, kind: PackageKind) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise UnsafeFile(f"文件内部的部件名称不正常，{kind.remedy}")
    if entry.flag_bits & 0x1:
        raise UnsafeFile("文件设有密码，请取消密码后再上传")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnsafeFile(kind.another_kind)
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise UnsafeFile(f"文件的压缩比超过 {MAX_RATIO} 倍，{kind.remedy}")
    if not entry.is_dir():
        _check_name(name, kind)


def _check_name(name: str, kind: PackageKind) -> None:
    lowered = f"/{name.lower()}"
    for pattern, what in kind.forbidden:
        if pattern.search(lowered):
            raise UnsafeFile(f"文件含有{what}，{kind.remedy}")
    if lowered.endswith(_PACKED_NAMES):
        raise UnsafeFile(f"文件里还装着另一个文件（{name}），{kind.remedy}")
    if name.startswith(kind.foreign):
        raise UnsafeFile(kind.another_kind)
    if not kind.allowed.fullmatch(name):
        raise UnsafeFile(f"文件含有{kind.content}以外的内容（{name}），{kind.remedy}")


def _parts(archive: zipfile.ZipFile, kind: PackageKind) -> Iterator[tuple[str, bytes]]:
    for entry in archive.infolist():
        try:
            yield entry.filename, archive.read(entry)
        except _BROKEN:
            raise UnsafeFile(kind.damaged) from None


def _check_xml(data: bytes, kind: PackageKind) -> None:
    head = data[:300]
    declared = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in head[:4] or (declared and declared[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}):
        raise UnsafeFile(f"文件的内部编码不是通用编码，{kind.remedy}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnsafeFile(f"文件含有外部定义，{kind.remedy}")


def _check_relationships(data: bytes, kind: PackageKind) -> None:
    for each in parse_part(data, kind):
        type_name = each.get("Type", "").rsplit("/", 1)[-1]
        if each.get("TargetMode") == "External" and type_name not in kind.external:
            raise UnsafeFile(f"文件含有指向其他文件的链接，{kind.remedy}")
        if type_name not in kind.relationships:
            raise UnsafeFile(f"文件含有{kind.content}以外的内容（{type_name}），{kind.remedy}")


def _check_content_types(archive: zipfile.ZipFile, kind: PackageKind) -> None:
    types = [
        (each.get("PartName"), each.get("ContentType", ""))
        for each in parse_part(archive.read("[Content_Types].xml"), kind)
    ]
    if any("macroEnabled" in each or "vbaProject" in each for _name, each in types):
        raise UnsafeFile(f"文件含有宏，{kind.remedy}")
    if [each for name, each in types if name == f"/{kind.main_part}"] != [kind.main_type]:
        raise UnsafeFile(kind.another_kind)
