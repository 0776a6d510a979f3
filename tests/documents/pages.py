"""Pages as a printer gets them: characters and rules of a PDF with their places in millimetres.

Places are measured from the upper left corner of the page. A character's box is that of its ink, its base
the line on which it stands.
"""

import ctypes
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

MM = 25.4 / 72
RED = (255, 0, 0)


@dataclass(frozen=True)
class Mark:
    """A character, standing on *base*, or a drawn rule, *stroke* thick, where *text* is empty."""

    left: float
    top: float
    right: float
    bottom: float
    color: tuple[int, int, int]
    text: str = ""
    base: float = 0.0
    size: float = 0.0
    stroke: float = 0.0

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Page:
    """One page: its measures, the characters in reading order and the rules."""

    number: int
    width: float
    height: float
    glyphs: tuple[Mark, ...]
    rules: tuple[Mark, ...]

    @property
    def is_landscape(self) -> bool:
        return self.width > self.height

    @cached_property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    def lines(self) -> list[list[Mark]]:
        """Return the upright lines of text from above, the characters of each from the left."""
        ordered = sorted(self.glyphs, key=lambda glyph: (round(glyph.base, 1), glyph.left))
        return [list(line) for _base, line in groupby(ordered, lambda glyph: round(glyph.base, 1))]

    def found(self, text: str) -> list[Mark]:
        """Return the characters of the first place where *text* is shown."""
        start = self.text.index(text)
        return list(self.glyphs[start : start + len(text)])


class Printed:
    """A folder of PDF files, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = cache(self._pages)

    def _pages(self, name: str) -> list[Page]:
        return read(self.folder / f"{name}.pdf")


def read(path: Path) -> list[Page]:
    """Return the pages of a PDF file."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [_page(page, number) for number, page in enumerate(document, 1)]
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage, number: int) -> Page:
    width, height = page.get_size()
    glyphs = tuple(_glyphs(page.get_textpage(), height))
    paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])
    rules = tuple(_rule(path, height) for path in paths if _is_stroked(path))
    return Page(number, width * MM, height * MM, glyphs, rules)


def _glyphs(textpage: pypdfium2.PdfTextPage, height: float) -> list[Mark]:
    marks = []
    for index in range(textpage.count_chars()):
        text = textpage.get_text_range(index, 1)
        if raw.FPDFText_IsGenerated(textpage, index) or not text.strip():
            continue
        left, bottom, right, top = textpage.get_charbox(index)
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(textpage, index, x, y)
        size = raw.FPDFText_GetFontSize(textpage, index)
        color = _color(raw.FPDFText_GetFillColor, textpage, index)
        base = (height - y.value) * MM
        box = (left * MM, (height - top) * MM, right * MM, (height - bottom) * MM)
        marks.append(Mark(*box, color, text, base, size))
    return marks


def _rule(path: pypdfium2.PdfObject, height: float) -> Mark:
    left, bottom, right, top = path.get_bounds()
    stroke = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(path, stroke)
    half = stroke.value / 2  # the bounds reach half a stroke beyond what is drawn
    box = (left + half, height - top + half, right - half, height - bottom - half)
    color = _color(raw.FPDFPageObj_GetStrokeColor, path)
    return Mark(*(place * MM for place in box), color, stroke=stroke.value * MM)


def _is_stroked(path: pypdfium2.PdfObject) -> bool:
    """Tell a rule from what is filled behind the text of a cell."""
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, filled, stroked)
    return bool(stroked.value)


def _color(function, *arguments) -> tuple[int, int, int]:
    channels = [ctypes.c_uint() for _channel in range(4)]
    function(*arguments, *channels)
    red, green, blue, _alpha = (channel.value for channel in channels)
    return red, green, blue
