"""Refuse a Word or Excel file that fetches, starts or hides something (trust.md D6); read in the child."""

import re
import zipfile
from typing import Final
from xml.etree import ElementTree as ET

from fivestep_web.core.packages import OLE, PACKED_MAGIC, UnsafeFile

_FOREIGN = frozenset(
    {
        "attachedTemplate", "oleObject", "vbaProject", "frame", "subDocument", "aFChunk", "control",
        "package", "xlMacrosheet", "xlIntlMacrosheet",
    }
)  # fmt: skip
_HIDDEN: Final = (*PACKED_MAGIC, OLE, b"MZ", b"\x7fELF", b"%PDF")
_MACROS: Final = (b"macroEnabled", b"vbaProject", b"macrosheet")
_FIELD = re.compile(rb"\binstr(?:Text)?\b")
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_LINKS: Final = (b"ddeLink", b"oleLink")
_REMEDY: Final = "请删去后另存，或打印成 PDF 再上传"


def check_parts(archive: zipfile.ZipFile, content: str) -> None:
    """Refuse outside definitions, parts fetched from elsewhere, files inside, macros by another name."""
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels", ".vml")):
            with archive.open(name) as part:
                if part.read(8).startswith(_HIDDEN):
                    raise UnsafeFile(f"文件里还装着另一个文件（{name}），{_REMEDY}")
            continue
        data = archive.read(name)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:4]:
            raise UnsafeFile(f"文件含有外部定义，{_REMEDY}")
        if name.endswith(".rels"):
            _check_relationships(data, content)
        if name == "[Content_Types].xml" and any(each in data for each in _MACROS):
            raise UnsafeFile(f"文件含有宏，{_REMEDY}")
        if any(each in data for each in _LINKS) or (_FIELD.search(data) and _DDE.search(_fields(data))):
            raise UnsafeFile(f"文件含有与其他程序的动态链接，{_REMEDY}")


def _check_relationships(data: bytes, content: str) -> None:
    for each in parsed(data):
        kind = each.get("Type", "").rsplit("/", 1)[-1]
        if kind in _FOREIGN:
            raise UnsafeFile(f"文件含有{content}以外的内容，{_REMEDY}")
        if each.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise UnsafeFile(
                "文件含有指向其他文件的链接（图片、表格等），请断开链接后另存，或打印成 PDF 再上传"
            )


def _fields(data: bytes) -> str:
    """Return the instructions of all fields of a part, one behind the other as Word joins them."""
    words = []
    for item in parsed(data).iter():
        if item.tag.endswith("}instrText"):
            words.append(item.text or "")
        words += [f" {value} " for name, value in item.attrib.items() if name.endswith("}instr")]
    return "".join(words)


def parsed(data: bytes) -> ET.Element:
    """Return the root of a part without a DTD."""
    try:
        return ET.fromstring(data)  # noqa: S314 - parts with a DTD are refused before
    except ET.ParseError:
        raise UnsafeFile("文件不完整或已损坏，请打开确认无误，另存一份后再上传") from None
