"""Small real files of every kind that may be evidence, and some that may not."""

import io
from functools import cache
from typing import Any

import docx
import pypdfium2
import xlsxwriter
from PIL import Image


@cache
def photo(*, kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "red") -> bytes:
    """Return a photo taken upright with the phone turned, its place written into it."""
    written = Image.Exif()
    written[0x0112] = 6  # turned by a quarter
    written[0x010F] = "Phone"
    written.get_ifd(0x8825)[1] = "N"
    stored = io.BytesIO()
    Image.new("RGB", size, colour).save(stored, kind, exif=written)
    return stored.getvalue()


@cache
def pdf(pages: int = 2) -> bytes:
    """Return a PDF of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _number in range(pages):
        document.new_page(595, 842)
    stored = io.BytesIO()
    document.save(stored)
    document.close()
    return stored.getvalue()


@cache
def word(text: str = "验收报告") -> bytes:
    """Return a Word file of a paragraph and a table."""
    document = docx.Document()
    document.add_paragraph(text)
    document.add_table(1, 2).cell(0, 1).text = "合格"
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


@cache
def excel() -> bytes:
    """Return an Excel file of one sheet."""
    stored = io.BytesIO()
    with xlsxwriter.Workbook(stored) as book:
        sheet = book.add_worksheet("进度表")
        sheet.write_row(0, 0, ["村", "数"])
        sheet.write_row(1, 0, ["甲村", 3])
    return stored.getvalue()


class _Again(io.BytesIO):
    """Bytes that can be sent once more: closing goes back to their start."""

    def close(self) -> None:
        self.seek(0)


def upload(name: str, data: bytes) -> tuple[Any, str]:
    """Return a file as the test client sends it."""
    return _Again(data), name
