"""Which files may be evidence: photos, PDF, Word and Excel, by their bytes (trust.md D5, D6).

Nothing here unpacks a file or takes a picture apart.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Final

from fivestep_web.core.packages import MEGABYTE, PackageKind, UnsafeFile, check_package

MOST_MEGABYTES: Final = 20
MAX_NAME: Final = 200  # characters
ACCEPTED: Final = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"
_MAGIC: Final = {
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".pdf": b"%PDF-",
}
_REMEDY: Final = "请删去后另存，或转成 PDF 再上传"
_WORD: Final = PackageKind(
    main_part="word/document.xml",
    main_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    max_packed=MOST_MEGABYTES * MEGABYTE,
    allowed=re.compile(
        r"\[Content_Types\]\.xml|(.+/)?_rels/[^/]*\.rels"
        r"|(docProps|docMetadata|customXml|word|xl)/([^/]+/)*[^/]+\.(xml|rels|vml|jpe?g|png|gif|tiff?|[ew]mf)"
    ),
    forbidden=(
        (re.compile(r"vba|macrosheets|customui|attachedtoolbars"), "宏或自定义界面"),
        (re.compile(r"/embeddings/|/activex/|oleobject|webextensions|/afchunk"), "嵌入的对象或外来片段"),
    ),
    foreign=("xl/", "ppt/"),
    relationships=frozenset(),
    external=frozenset(),
    another_kind="文件内容与扩展名不符，请选择真正的 Word 文档（.docx）",
    old_format="这是旧格式文件，或设有打开密码，请另存为不设密码的 .docx、.xlsx 或 PDF 再上传",
    damaged="文件不完整或已损坏，请打开确认无误，另存一份后再上传",
    too_slow="文件过大，请压缩图片后再上传",
    unreadable=f"文件无法检查，{_REMEDY}",
    content="文档",
    remedy=_REMEDY,
    trim="压缩图片或分成几份",
)
_EXCEL: Final = replace(
    _WORD,
    main_part="xl/workbook.xml",
    main_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    foreign=("word/", "ppt/"),
    another_kind="文件内容与扩展名不符，请选择真正的 Excel 表格（.xlsx）",
    content="表格",
)
ANY: Final = replace(_WORD, unreadable="文件无法检查，请打开确认无误，另存一份后再上传")
_PACKAGES: Final = {".docx": _WORD, ".xlsx": _EXCEL}
_OLD: Final = "旧格式不收，请在办公软件里另存为 .docx、.xlsx 或 PDF 再上传"
_MACROS: Final = "带宏的文件不收，请另存为不带宏的 .docx、.xlsx 再上传"
_HEIC: Final = (
    "不收 HEIC 照片，电脑上多数打不开。苹果手机请在“设置—相机—格式”里选“兼容性最佳”再拍，或另存为 .jpg 再上传"
)
_REFUSED: Final = {
    **dict.fromkeys((".heic", ".heif"), _HEIC),
    **dict.fromkeys((".doc", ".xls", ".wps", ".et"), _OLD),
    **dict.fromkeys((".docm", ".xlsm", ".dotm", ".xltm", ".xlsb"), _MACROS),
}


def check(name: str, data: bytes) -> None:
    """Refuse with UnsafeFile what is not the photo, PDF, Word or Excel file that its name says."""
    suffix = Path(name).suffix.lower()
    if not data:
        raise UnsafeFile("文件是空的，请重新选择文件")
    if len(data) > MOST_MEGABYTES * MEGABYTE:
        raise UnsafeFile(f"文件大小超过 {MOST_MEGABYTES} MB，请压缩或分成几份后再上传")
    if suffix in _MAGIC:
        if not data.startswith(_MAGIC[suffix]):
            raise UnsafeFile("文件内容与扩展名不符，请选择真正的照片（.jpg、.png）或 PDF 文件")
    elif suffix in _PACKAGES:
        _check_package(data, _PACKAGES[suffix])
    else:
        kinds = "只收照片（.jpg、.png）、PDF、Word（.docx）、Excel（.xlsx）文件"
        raise UnsafeFile(_REFUSED.get(suffix, kinds))


def plain_name(name: str) -> str:
    """Return the last part of a name without what is not printed; no path, at most 200 characters."""
    last = PureWindowsPath(name).name
    return "".join(letter for letter in last if letter.isprintable())[-MAX_NAME:]


def _check_package(data: bytes, kind: PackageKind) -> None:
    with as_file(data) as path:
        check_package(path, kind)


@contextmanager
def as_file(data: bytes) -> Iterator[Path]:
    """Have *data* in a file that is gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "evidence"
        path.write_bytes(data)
        yield path
