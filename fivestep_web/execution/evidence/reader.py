"""The child process that takes an evidence file apart (trust.md D5, D6): what is kept of it, what is shown.

A photo is drawn anew, upright, without place, camera or anything hidden behind it. Of a PDF the first page is
drawn, of a Word or Excel file the text is taken out; the file itself stays as it is.
"""

import base64
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.execution.evidence.office_check import check_parts, parsed
from fivestep_web.execution.evidence.pdf_check import refuse_active

MOST_PIXELS: Final = {"JPEG": 120_000_000, "PNG": 40_000_000}
STORED_EDGE, SHOWN_EDGE = 3000, 1280  # pixels
MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 200, 50, 12, 5
MOST_LETTERS: Final = 20_000
MOST_IN_CELL: Final = 200
_XFA = frozenset({2, 3})  # forms that carry scripts of their own, by pdfium's numbers
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REMEDY = "请删去后另存，或打印成 PDF 再上传"
_BAD_PICTURE = "照片已损坏，打不开，请重新拍照或另选一张"

Block = dict[str, Any]


def main() -> None:
    """Answer with what is kept and shown of the file named on the command line, of the kind named before."""
    confined.answer(lambda arguments: _READERS[arguments[0]](Path(arguments[1])))


def _photo(path: Path) -> Block:
    """Return a photo drawn anew and a small picture of it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own bound, by kind
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(path, formats=("JPEG", "PNG"))
            kind = "PNG" if image.format == "PNG" else "JPEG"
            if image.width * image.height > MOST_PIXELS[kind]:
                raise UnsafeFile("照片的尺寸过大，请用普通画质重拍或缩小后再上传")
            if kind == "JPEG":
                image.draft("RGB", (STORED_EDGE, STORED_EDGE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((STORED_EDGE, STORED_EDGE), Image.Resampling.LANCZOS)
            plain = _on_white(upright)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise UnsafeFile(_BAD_PICTURE) from error
    kept = _saved(plain, kind)
    plain.thumbnail((SHOWN_EDGE, SHOWN_EDGE), Image.Resampling.LANCZOS)
    return {"data": _text(kept), "preview": _text(_saved(plain, "JPEG"))}


def _on_white(image: Any) -> Any:
    """Return the picture's points alone, in plain colours: nothing of its metadata comes along."""
    from PIL import Image

    if image.mode in {"RGBA", "LA", "PA", "P"}:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _saved(image: Any, kind: str) -> bytes:
    stored = io.BytesIO()
    if kind == "PNG":
        image.save(stored, "PNG", optimize=True)
    else:
        image.save(stored, "JPEG", quality=85, optimize=True)
    return stored.getvalue()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _pdf(path: Path) -> Block:
    """Return a PDF's first page as a picture and its number of pages; refuse what acts or is locked."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        if is_locked:
            raise UnsafeFile("PDF 设有密码，验收人打不开，请取消密码后再上传") from error
        raise UnsafeFile("PDF 不完整或已损坏，请打开确认无误，另存一份后再上传") from error
    if raw.FPDF_GetSecurityHandlerRevision(document) > 0:
        raise UnsafeFile("PDF 设有权限密码，请取消密码，或打印成新的 PDF 再上传")
    refuse_active(path.read_bytes())
    scripts, attachments = raw.FPDFDoc_GetJavaScriptActionCount, raw.FPDFDoc_GetAttachmentCount
    if scripts(document) > 0 or attachments(document) > 0 or raw.FPDF_GetFormType(document) in _XFA:
        raise UnsafeFile(f"PDF 含有脚本或附件，{_REMEDY}")
    if len(document) == 0:
        raise UnsafeFile("PDF 没有内容，请打开确认无误后再上传")
    page = document[0]
    scale = min(2.0, SHOWN_EDGE / max(1.0, *page.get_size()))
    picture = page.render(scale=scale).to_pil()
    return {"preview": _text(_saved(_on_white(picture), "JPEG")), "pages": len(document)}


def _open(path: Path, content: str) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(path)
    check_parts(archive, content)
    return archive


def _word(path: Path) -> Block:
    """Return the paragraphs and tables of a Word file."""
    with _open(path, "文档") as archive:
        body = parsed(archive.read("word/document.xml")).find(f"{_W}body")
    return {"extract": _cut(_word_blocks(body if body is not None else ET.Element("body")))}


def _word_blocks(body: ET.Element) -> Iterator[Block]:
    for item in body:
        if item.tag == f"{_W}p" and (text := _letters(item)):
            yield {"text": text}
        elif item.tag == f"{_W}tbl":
            rows = [
                [_letters(cell)[:MOST_IN_CELL] for cell in row.findall(f"{_W}tc")[:MOST_COLUMNS]]
                for row in item.findall(f"{_W}tr")[:MOST_ROWS]
            ]
            yield {"title": "", "rows": rows}


def _letters(item: ET.Element) -> str:
    return "".join(piece.text or "" for piece in item.iter(f"{_W}t")).strip()


def _excel(path: Path) -> Block:
    """Return the first rows of an Excel file's first sheets."""
    import python_calamine as calamine

    with _open(path, "表格"):
        pass
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        blocks = [_sheet(workbook, name) for name in workbook.sheet_names[:MOST_SHEETS]]
    except calamine.CalamineError:
        raise UnsafeFile("表格无法读取，请用表格软件打开确认无误，另存为 .xlsx 后再上传") from None
    return {"extract": _cut(block for block in blocks if block["rows"])}


def _sheet(workbook: Any, name: str) -> Block:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=MOST_ROWS)
    return {"title": name, "rows": [[_cell(value) for value in row[:MOST_COLUMNS]] for row in rows]}


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:MOST_IN_CELL]


def _cut(blocks: Iterable[Block]) -> list[Block]:
    """Return as much as a page shows; the last block says when there is more."""
    kept: list[Block] = []
    left = MOST_LETTERS
    for block in blocks:
        size = (
            len(block["text"]) if "text" in block else sum(len(cell) for row in block["rows"] for cell in row)
        )
        if left <= 0 or len(kept) == MOST_BLOCKS:
            return [*kept, {"more": True}]
        if "text" in block:
            block["text"] = block["text"][:left]
        left -= size
        kept.append(block)
    return kept


_READERS = {"photo": _photo, "pdf": _pdf, "word": _word, "excel": _excel}
