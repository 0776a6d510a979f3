"""Count on which page each bookmark of a document falls, for the contents of a booklet (C06, C15).

Pages follow from the measures of part A alone: exact lines, fixed columns, full-width characters. Word and
LibreOffice fill PAGEREF fields themselves when they print or lay out; the count is what a reader sees on the
screen before, so a line that a font breaks elsewhere costs nothing on paper.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from fivestep_web.documents.opened import Element, W, attribute, child, parse
from fivestep_web.documents.wordml import CELL_MARGIN, FOOTER_LINE

UNCOUNTED: Final = "0"
_REFERENCE = re.compile(
    r"( PAGEREF (\w+) \\h </w:instrText></w:r>(?:(?!</w:p>).)*?<w:t[^>]*>)" + UNCOUNTED + "(</w:t>)"
)
_WIDE_FROM: Final = 0x2000
_BORDER: Final = 10  # twips a thin line adds to a row
_HANGING: Final = frozenset("，。、")
_NEVER_FIRST: Final = frozenset("，。、；：？！）》」』】〕”’%…")
_NEVER_LAST: Final = frozenset("（《「『【〔“‘")
_WORD = re.compile(r"[A-Za-z0-9.%:-]+|.", re.DOTALL)


def with_page_numbers(xml: str) -> str:
    """Return *xml* of a main part with the page of its bookmark in each PAGEREF field."""
    pages = _Pages().count(parse(xml.encode()))
    return _REFERENCE.sub(lambda match: f"{match[1]}{pages[match[2]]}{match[3]}", xml)


@dataclass
class _Pages:
    """The page reached so far and how much of it is filled, in twips."""

    page: int = 1
    filled: int = 0
    height: int = 0
    width: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def count(self, document: Element) -> Mapping[str, int]:
        """Return the page of every bookmark, by name."""
        for blocks, section in _sections(document):
            self._begin(section)
            for place, block in enumerate(blocks):
                self._place(block, blocks[place + 1 :])
        return self.found

    def _begin(self, section: Element) -> None:
        if self.height:
            self._next_page()
        size, margins = child(section, "pgSz"), child(section, "pgMar")
        self.width = _number(size, "w") - _number(margins, "left") - _number(margins, "right")
        bottom = max(_number(margins, "bottom"), _number(margins, "footer") + FOOTER_LINE)
        self.height = _number(size, "h") - _number(margins, "top") - bottom

    def _next_page(self, filled: int = 0) -> None:
        self.page, self.filled = self.page + 1, filled

    def _place(self, block: Element, following: list[Element]) -> None:
        begins_page = child(block, "pPr/pageBreakBefore") is not None
        if self.filled and (begins_page or self._goes_over(self._together(block, following), 0)):
            self._next_page()
        for mark in block.iter(f"{W}bookmarkStart"):
            self.found[str(mark.get(f"{W}name"))] = self.page
        if block.tag == f"{W}tbl":
            self._table(block)
        else:
            line = _line(block)
            for _ in range(_lines(block, self.width)):
                self._row(line, 0)

    def _goes_over(self, together: int, repeated: int) -> bool:
        """Tell whether what stays *together* fits the next page, below what is *repeated*, but not this."""
        return self.height - self.filled < together <= self.height - repeated

    def _together(self, block: Element, following: list[Element]) -> int:
        """Return how much must stand on one page with the beginning of *block*."""
        if block.tag == f"{W}tbl":
            return sum(_row_height(row) for row in _first_rows(block))
        if child(block, "pPr/keepNext") is None:
            return _line(block)
        own = _line(block) * _lines(block, self.width)
        return own + (self._together(following[0], following[1:]) if following else 0)

    def _table(self, table: Element) -> None:
        heads, others = list[int](), list[int]()
        for row in table.iter(f"{W}tr"):
            (others if child(row, "trPr/tblHeader") is None else heads).append(_row_height(row))
        repeated = sum(heads)
        if repeated + min(others, default=0) > self.height:
            repeated = 0  # a head that leaves no room for a row stands once
        for place, height in enumerate([*heads, *others]):
            self._row(height, repeated if place else 0)

    def _row(self, height: int, repeated: int) -> None:
        """Put a row or line on this page or, below what is *repeated* there, on the next ones."""
        if self._goes_over(height, repeated):
            self._next_page(repeated)
        self.filled += height
        while self.filled > self.height:
            rest = self.filled - self.height
            self._next_page(repeated + rest)


def _sections(document: Element) -> Iterator[tuple[list[Element], Element]]:
    blocks: list[Element] = []
    for block in document.find(f"{W}body"):
        if block.tag == f"{W}sectPr":
            yield blocks, block
            return
        blocks.append(block)
        section = child(block, "pPr/sectPr")
        if section is not None:
            yield blocks, section
            blocks = []


def _number(element: Element | None, name: str) -> int:
    return int((None if element is None else element.get(W + name)) or 0)


def _first_rows(table: Element) -> Iterator[Element]:
    """Yield the rows that are never parted: the head and the first row below it, kept ones with the next."""
    for row in table.iter(f"{W}tr"):
        yield row
        is_head = child(row, "trPr/tblHeader") is not None
        if not is_head and next(row.iter(f"{W}keepNext"), None) is None:
            return


def _row_height(row: Element) -> int:
    floor = int(attribute(row, "trPr/trHeight") or 0)
    return max(floor, *(_cell_height(cell) for cell in row.iter(f"{W}tc"))) + _BORDER


def _cell_height(cell: Element) -> int:
    margin = attribute(cell, "tcPr/tcMar/left", "w")
    width = int(attribute(cell, "tcPr/tcW", "w") or 0) - 2 * int(margin or CELL_MARGIN)
    return sum(_line(paragraph) * _lines(paragraph, width) for paragraph in cell.iter(f"{W}p"))


def _line(paragraph: Element) -> int:
    return int(attribute(paragraph, "pPr/spacing", "line") or 0)


def _lines(paragraph: Element, width: int) -> int:
    """Return on how many lines *paragraph* is set, at least one."""
    indent = child(paragraph, "pPr/ind")
    width -= _number(indent, "left") + _number(indent, "right")
    first = width - _number(indent, "firstLine") + _number(indent, "hanging")
    hanging = frozenset[str]() if attribute(paragraph, "pPr/overflowPunct") == "0" else _HANGING
    count, room, empty = 1, first, first
    for text, size, tracking in _words(paragraph, hanging):
        needed = 0 if text == "\n" else _width(text, size, tracking)
        if text == "\n" or (needed > room < empty and text not in hanging):
            count, room, empty = count + 1, width, width
        beyond = max(0, -(-needed // width) - 1)  # further lines of a word longer than a line
        count, room = count + beyond, room - needed + beyond * width
    return count


def _words(paragraph: Element, hanging: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Yield what is never parted at the end of a line, with the size of its characters and their spacing."""
    for run in paragraph.iter(f"{W}r"):
        size, tracking = int(attribute(run, "rPr/sz") or 0), int(attribute(run, "rPr/spacing") or 0)
        for node in run.iter(f"{W}t", f"{W}br"):
            if node.tag == f"{W}br":
                yield "\n", size, tracking
            else:
                yield from ((word, size, tracking) for word in _unparted(node.text or "", hanging))


def _unparted(text: str, hanging: frozenset[str]) -> Iterator[str]:
    """Yield characters and Latin words of *text*; a bracket or quote stays with what it encloses."""
    held = ""
    for word in _WORD.findall(text):
        if held and (word in _NEVER_FIRST - hanging or held[-1] in _NEVER_LAST):
            held += word
            continue
        if held:
            yield held
        held = word
    if held:
        yield held


def _width(text: str, size: int, tracking: int) -> int:
    """Return the width of *text* in twips; *size* is in half-points, of which ten are a character's width."""
    units = sum(2 if ord(character) >= _WIDE_FROM else 1 for character in text)
    return units * size * 5 + len(text) * tracking
