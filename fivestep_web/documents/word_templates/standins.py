"""Tags where Word takes none: in a cell's shading, a bookmark's name, a field's code (the ledger, C06).

For editing they are given a form that Word opens and keeps: `{% cellbg … %}`, docxtpl's own tag, in the text
of the cell, and plain names of bookmarks. Cleaning an upload puts the tags back in their places.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from fivestep_web.documents.opened import DOCUMENT, Element, W, child, parse
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.pagination import UNCOUNTED

# A bookmark's name as a clerk sees it, and the expression its number is.
_BOOKMARKS: Final = {"part_each": "loop.index", "part_last": "topics | length + 1"}
_FIRST_ID: Final = 9001  # beyond those a program gives
_TAGGED: Final = re.compile(rb'="[^"]*\{\{')
_SHADE: Final = re.compile(r"\{%\s*cellbg\s+(.*?)\s*%\}")
_FILL: Final = f"{W}fill"


def editable(data: bytes) -> bytes:
    """Return the template *data* as Word can open and save it; as it is where it has no such tags."""
    parts = unpacked(data)
    if _TAGGED.search(parts[DOCUMENT]) is None:
        return data
    root = parse(parts[DOCUMENT])
    for shading in root.iter(f"{W}shd"):
        expression = _expression(shading.get(_FILL))
        if expression:
            text = next(_cell(shading).iter(f"{W}t"))
            text.text = f"{{% cellbg {expression} %}}{text.text or ''}"
            shading.set(_FILL, "auto")
    names = {_tagged(expression): name for name, expression in _BOOKMARKS.items()}
    for place, name in enumerate(_BOOKMARKS):
        _rename(root, names, name, str(_FIRST_ID + place))
    for code in root.iter(f"{W}instrText"):
        code.text = _replaced(code.text or "", names)
    parts[DOCUMENT] = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return archive(packed(name, content) for name, content in parts.items())


def put_back(root: Element) -> None:
    """Put the tags of *root*, the main part of an upload, back where they work."""
    for cell in root.iter(f"{W}tc"):
        expression = _taken_out(cell)
        if expression:
            _shading(cell).set(_FILL, f"{{{{ {expression} }}}}")
    names = {name: _tagged(expression) for name, expression in _BOOKMARKS.items()}
    for expression in _BOOKMARKS.values():
        _rename(root, names, _tagged(expression), f"{{{{ {expression} }}}}")
    for code in list(root.iter(f"{W}instrText")):
        replaced = _replaced(code.text or "", names)
        if replaced != code.text:
            code.text = replaced
            _uncount(code)


def _shading(cell: Element) -> Element:
    """Return the shading of a cell, which it is given where it has none."""
    found = child(cell, "tcPr/shd")
    if found is not None:
        return found
    properties = child(cell, "tcPr")
    if properties is None:
        properties = cell.makeelement(f"{W}tcPr")
        cell.insert(0, properties)
    return etree.SubElement(properties, f"{W}shd", {f"{W}val": "clear", f"{W}color": "auto"})


def _tagged(expression: str) -> str:
    return f"part_{{{{ {expression} }}}}"


def _expression(value: str | None) -> str:
    return value.strip("{} ") if value and value.startswith("{{") else ""


def _cell(element: Element) -> Element:
    return next(element.iterancestors(f"{W}tc"))


def _rename(root: Element, names: Mapping[str, str], wanted: str, key: str) -> None:
    """Give the bookmark that *names* calls *wanted* its other name, and the number *key*."""
    for start in list(root.iter(f"{W}bookmarkStart")):
        if names.get(str(start.get(f"{W}name"))) == wanted:
            old = start.get(f"{W}id")
            for end in root.iter(f"{W}bookmarkEnd"):
                if end.get(f"{W}id") == old:
                    end.set(f"{W}id", key)
            start.set(f"{W}name", wanted)
            start.set(f"{W}id", key)


def _replaced(text: str, names: Mapping[str, str]) -> str:
    for name, other in names.items():
        text = text.replace(f" {name} ", f" {other} ")
    return text


def _taken_out(cell: Element) -> str:
    """Take the tag of the shading out of a cell's text, whichever runs hold it; return its code."""
    for paragraph in cell.iterchildren(f"{W}p"):
        texts = list(paragraph.iter(f"{W}t"))
        match = _SHADE.search("".join(text.text or "" for text in texts))
        if match is not None:
            for text, kept in zip(texts, _outside(texts, match.start(), match.end()), strict=True):
                text.text = kept
            return match[1]
    return ""


def _outside(texts: list[Element], start: int, end: int) -> Iterator[str]:
    """Yield what each of *texts* has before *start* and after *end*, counted through all of them."""
    place = 0
    for text in texts:
        value = text.text or ""
        yield value[: max(0, start - place)] + value[max(0, end - place) :]
        place += len(value)


def _uncount(code: Element) -> None:
    """Let the page that a program wrote in the field of *code* be counted anew."""
    for element in code.getparent().itersiblings():
        if element.find(f"{W}fldChar[@{W}fldCharType='end']") is not None:
            return
        for text in element.iter(f"{W}t"):
            text.text = UNCOUNTED
