"""Decide whether an uploaded file is a plain spreadsheet that may be opened (trust.md D5, D6).

`check_package` looks at the central directory only and unpacks nothing; `check_parts` reads the parts and
belongs into the child process with its memory and time limits.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from fivestep_web.core.errors import DomainError

MEGABYTE = 1024 * 1024
MAX_PACKED = 20 * MEGABYTE
MAX_UNPACKED = 100 * MEGABYTE
MAX_RATIO = 100
MAX_ENTRIES = 2000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED_MAGIC = (_ZIP, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\x00")
_PACKED_NAMES = (".zip", ".rar", ".7z", ".gz", ".tar", ".xlsx", ".docx", ".pptx", ".xlsm", ".jar")
_END = struct.Struct("<4s4H2LH")
_REMEDY = "请新建空白工作簿，把各表内容“粘贴为数值”过去，另存为 .xlsx 后再上传"
_NOT_XLSX = "文件不是 .xlsx 工作簿，请用表格软件打开后另存为“Excel 工作簿（.xlsx）”"
_DAMAGED = "文件不完整或已损坏，请用表格软件打开确认无误，另存一份后再上传"
_SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_FORBIDDEN = (
    (re.compile(r"vba|macrosheets|dialogsheets|customui|attachedtoolbars"), "宏或自定义界面"),
    (re.compile(r"externallinks|/connections\.xml|querytables"), "指向其他文件或数据库的链接"),
    (re.compile(r"/embeddings/|/activex/|oleobject|webextensions"), "嵌入的对象或控件"),
)
_ALLOWED = re.compile(
    r"\[Content_Types\]\.xml|(.+/)?_rels/[^/]*\.rels|(docProps|docMetadata|customXml)/[^/]+\.(xml|jpe?g|png|[ew]mf)"
    r"|xl/[^/]+\.xml|xl/[A-Za-z]+/[^/]+\.(xml|vml)|xl/printerSettings/[^/]+\.bin"
    r"|xl/media/[^/]+\.(png|jpe?g|gif|bmp|tiff?|[ew]mf|svg)"
)
_ALLOWED_RELATIONSHIPS = frozenset(
    """
    officeDocument core-properties extended-properties custom-properties thumbnail classificationlabels
    worksheet chartsheet theme themeOverride styles sharedStrings calcChain sheetMetadata hyperlink
    printerSettings drawing vmlDrawing comments threadedComment person table tableSingleCells image
    chart chartUserShapes chartStyle chartColorStyle customXml customXmlProps customProperty
    pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
    ctrlProp cellImage rdRichValue rdRichValueStructure rdRichValueTypes richValueRel rdArray
    rdSupportingPropertyBag rdSupportingPropertyBagStructure FeaturePropertyBag namedSheetView
    """.split()  # noqa: SIM905 - a table of names
)
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


def check_package(path: Path) -> None:
    """Refuse with UnsafeFile what is not an .xlsx of reasonable size by its magic and central directory."""
    size = path.stat().st_size
    if size == 0:
        raise UnsafeFile("文件是空的，请重新选择文件")
    if size > MAX_PACKED:
        raise UnsafeFile(f"文件大小超过 {MAX_PACKED // MEGABYTE} MB，请删去与导入无关的图片和内容后再上传")
    with path.open("rb") as file:
        magic = file.read(8)
        file.seek(max(0, size - _END.size))
        end = file.read()
    _check_magic(magic)
    if len(end) < _END.size or _END.unpack(end)[0] != b"PK\x05\x06":
        raise UnsafeFile(_DAMAGED)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _BROKEN:
        raise UnsafeFile(_DAMAGED) from None
    _check_directory(entries, size)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse with UnsafeFile a package whose parts are not those of a plain spreadsheet.

    Reads every part once, each at most as long as its directory entry says.
    """
    for name, data in _parts(archive):
        if data.startswith((*_PACKED_MAGIC, _OLE)):
            raise UnsafeFile(f"文件里还装着另一个文件（{name}），{_REMEDY}")
        if name.endswith((".xml", ".rels", ".vml")):
            _check_xml(data)
        if name.endswith(".rels"):
            _check_relationships(data)
    _check_content_types(archive)


def _check_magic(magic: bytes) -> None:
    if magic.startswith(_OLE):
        raise UnsafeFile("这是旧格式 .xls 文件，或设有打开密码，请另存为不设密码的“Excel 工作簿（.xlsx）”")
    if not magic.startswith(_ZIP):
        raise UnsafeFile(_NOT_XLSX)


def _check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnsafeFile(f"文件内部的部件超过 {MAX_ENTRIES} 个，{_REMEDY}")
    if sum(each.file_size for each in entries) > MAX_UNPACKED:
        raise UnsafeFile(f"文件展开后超过 {MAX_UNPACKED // MEGABYTE} MB，请删去多余的行列和图片后再上传")
    first = min((each.header_offset for each in entries), default=1)
    if first or sum(each.compress_size for each in entries) > size:
        raise UnsafeFile(_DAMAGED)
    names = [each.filename for each in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise UnsafeFile(f"文件内部有重名的部件，{_REMEDY}")
    for each in entries:
        _check_entry(each)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise UnsafeFile(_NOT_XLSX)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise UnsafeFile(f"文件内部的部件名称不正常，{_REMEDY}")
    if entry.flag_bits & 0x1:
        raise UnsafeFile("文件设有密码，请取消密码后再上传")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnsafeFile(_NOT_XLSX)
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise UnsafeFile(f"文件的压缩比超过 {MAX_RATIO} 倍，{_REMEDY}")
    if not entry.is_dir():
        _check_name(name)


def _check_name(name: str) -> None:
    lowered = f"/{name.lower()}"
    for pattern, what in _FORBIDDEN:
        if pattern.search(lowered):
            raise UnsafeFile(f"文件含有{what}，{_REMEDY}")
    if lowered.endswith(_PACKED_NAMES):
        raise UnsafeFile(f"文件里还装着另一个文件（{name}），{_REMEDY}")
    if name.startswith(("word/", "ppt/")):
        raise UnsafeFile(_NOT_XLSX)
    if not _ALLOWED.fullmatch(name):
        raise UnsafeFile(f"文件含有表格以外的内容（{name}），{_REMEDY}")


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for entry in archive.infolist():
        try:
            yield entry.filename, archive.read(entry)
        except _BROKEN:
            raise UnsafeFile(_DAMAGED) from None


def _check_xml(data: bytes) -> None:
    head = data[:300]
    declared = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in head[:4] or (declared and declared[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}):
        raise UnsafeFile(f"文件的内部编码不是通用编码，{_REMEDY}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnsafeFile(f"文件含有外部定义，{_REMEDY}")


def _check_relationships(data: bytes) -> None:
    for each in parse_part(data):
        kind = each.get("Type", "").rsplit("/", 1)[-1]
        if each.get("TargetMode") == "External" and kind != "hyperlink":
            raise UnsafeFile(f"文件含有指向其他文件的链接，{_REMEDY}")
        if kind not in _ALLOWED_RELATIONSHIPS:
            raise UnsafeFile(f"文件含有表格以外的内容（{kind}），{_REMEDY}")


def _check_content_types(archive: zipfile.ZipFile) -> None:
    kinds = {
        each.get("PartName", ""): each.get("ContentType", "")
        for each in parse_part(archive.read("[Content_Types].xml"))
    }
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in kinds.values()):
        raise UnsafeFile(f"文件含有宏，{_REMEDY}")
    if kinds.get("/xl/workbook.xml") != _SHEET_MAIN:
        raise UnsafeFile(_NOT_XLSX)


def parse_part(data: bytes) -> ET.Element:
    """Return the root of an XML part that `check_parts` let through (so it has no DTD)."""
    try:
        return ET.fromstring(data)  # noqa: S314 - parts with a DTD are refused before
    except ET.ParseError:
        raise UnsafeFile(_DAMAGED) from None
