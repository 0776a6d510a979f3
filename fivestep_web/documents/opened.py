"""Read a Word file back, for checks: no entities, no network, no template code."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias
from xml.parsers import expat

from lxml import etree

Element: TypeAlias = Any  # lxml comes without types

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOCUMENT: Final = "word/document.xml"
_TEXT: Final = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_TAB: Final = b"<w:tab/>"  # within a run; a tab stop of a paragraph says where it is
_TAB_AS_TEXT: Final = b"<w:t>\t</w:t>"


def parse(data: bytes) -> Element:
    """Return the root of *data*; entities stay unresolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


@dataclass(frozen=True)
class WordFile:
    """The members of a .docx in their order, with its XML parts parsed."""

    members: dict[str, bytes]
    roots: dict[str, Element] = field(repr=False)

    @classmethod
    def open(cls, data: bytes) -> "WordFile":
        """Return the opened file; raise BadZipFile or XMLSyntaxError for one that is damaged."""
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            members = {name: source.read(name) for name in source.namelist()}
        roots = {
            name: parse(content) for name, content in members.items() if name.endswith((".xml", ".rels"))
        }
        return cls(members, roots)

    @property
    def document(self) -> Element:
        """Return the root of the main part."""
        return self.roots[DOCUMENT]

    @cached_property
    def paragraphs(self) -> list[Element]:
        """Return every paragraph of the main part, those in tables and text boxes too."""
        return list(self.document.iter(f"{W}p"))

    @cached_property
    def styled(self) -> dict[str, list[Element]]:
        """Return the paragraphs of the main part by their style."""
        found: dict[str, list[Element]] = {}
        for paragraph in self.paragraphs:
            found.setdefault(style_of(paragraph), []).append(paragraph)
        return found

    @property
    def text_parts(self) -> Iterator[Element]:
        """Yield document, headers and footers."""
        for name, root in self.roots.items():
            if _has_text(name):
                yield root


def shown_text(data: bytes) -> str:
    """Return the text of document, headers and footers, the only parts that are read, without line breaks.

    Half the time that a tree of elements takes. Raises BadZipFile or ExpatError for a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = [(name, source.read(name)) for name in source.namelist() if _has_text(name)]
    return "".join(_text_in(part) if name == DOCUMENT else _repeated(part) for name, part in parts)


def _text_in(part: bytes) -> str:
    expat.ParserCreate().Parse(part, True)  # noqa: FBT003 - expat's own: this is all there is
    return html.unescape(b"".join(_TEXT.findall(part.replace(_TAB, _TAB_AS_TEXT))).decode())


_repeated = lru_cache(maxsize=64)(_text_in)  # headers and footers are the same in thousands of letters


def _has_text(name: str) -> bool:
    return name == DOCUMENT or name.startswith(("word/header", "word/footer"))


def attribute(element: Element | None, path: str, name: str = "val") -> str | None:
    """Return attribute *name* of the descendant at *path* (`pPr/ind`), None if there is none."""
    found = child(element, path)
    return None if found is None else found.get(W + name)


def child(element: Element | None, path: str) -> Element | None:
    """Return the descendant at *path* of names in the main namespace."""
    for name in path.split("/"):
        if element is None:
            return None
        element = element.find(W + name)
    return element


def style_of(paragraph: Element) -> str:
    """Return the id of the paragraph's style, empty if it has none."""
    return attribute(paragraph, "pPr/pStyle") or ""


def text_of(element: Element) -> str:
    """Return the text below *element*; a break is a line feed, so is the start of a paragraph."""
    pieces = []
    for node in element.iter(f"{W}t", f"{W}br", f"{W}tab", f"{W}p"):
        if node.tag == f"{W}t":
            pieces.append(node.text or "")
        elif node.tag == f"{W}tab":
            pieces.append("\t" if node.getparent().tag == f"{W}r" else "")
        else:
            pieces.append("\n")
    return "".join(pieces)


def own_text(paragraph: Element) -> str:
    """Return the text of the paragraph's own runs, without text boxes anchored in it."""
    runs = (run for run in paragraph.iter(f"{W}r") if next(run.iterancestors(f"{W}p")) is paragraph)
    return "".join(text_of(run) for run in runs if run.find(f".//{W}txbxContent") is None)
