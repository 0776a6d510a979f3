"""A Word template made ready once: the parts with tags compiled, every other member packed as it stays.

A template is a .docx with docxtpl's tags; docxtpl puts them in order, `template_code` compiles them.
"""

import io
import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.opened import DOCUMENT
from fivestep_web.documents.package import CONTENT_TYPES, Member, archive, packed, stored, unpacked
from fivestep_web.documents.pagination import with_page_numbers
from fivestep_web.documents.pictures import Picture
from fivestep_web.documents.template_code import Filled, compiled

CORE: Final = "docProps/core.xml"
RELATIONSHIPS: Final = "word/_rels/document.xml.rels"
_FIRST_TYPE: Final = b"<Override"
_PNG_TYPE: Final = b'<Default Extension="png" ContentType="image/png"/>'
_LAST_LINE: Final = b"</Relationships>"
_TAGGED: Final = re.compile(rb"\{(?:<[^>]*>)*[{%]")
_SECTION: Final = b"<w:sectPr>"
_SECTION_ENDS: Final = b"</w:sectPr></w:pPr></w:p>"
_LAST_SECTION: Final = re.compile(
    rb"<w:p>(?:(?!<w:p>|<w:t[ >]).)*(<w:sectPr>(?:(?!</w:sectPr>).)*</w:sectPr>)</w:pPr></w:p>$"
)
_small_part = lru_cache(maxsize=128)(packed)  # headers and lists are the same in thousands of letters


class CompiledTemplate:
    """A Word template ready to be filled many times."""

    def __init__(self, data: bytes) -> None:
        """Prepare *data*; raise TemplateSyntaxError or SecurityError where a tag is wrong or not allowed."""
        self._members: list[Member | tuple[str, Filled]] = []
        parts = unpacked(data)
        self._listed = {name: parts.get(name, b"") for name in (CONTENT_TYPES, RELATIONSHIPS)}
        self._has_page_numbers = b" PAGEREF " in parts.get(DOCUMENT, b"")
        for name, content in parts.items():
            if name == CORE:
                continue
            if name.startswith("word/") and name.endswith(".xml") and _TAGGED.search(content):
                self._members.append((name, compiled(_prepared(content), FILTERS)))
            else:
                self._members.append(packed(name, content))

    def render(self, values: dict[str, Any], core: bytes, pictures: Collection[Picture] = ()) -> bytes:
        """Return the Word file with *values* and *pictures* filled in and *core* as its core properties."""
        members = [
            member if isinstance(member, Member) else self._filled(*member, values)
            for member in self._members
        ]
        members.insert(1, packed(CORE, core))
        return archive(self._with_pictures(members, pictures) if pictures else members)

    def _filled(self, name: str, fill: Filled, values: dict[str, Any]) -> Member:
        xml = fill(values)
        if name != DOCUMENT:
            return _small_part(name, xml)
        xml = _without_empty_last_section(xml)
        if self._has_page_numbers:
            xml = with_page_numbers(xml.decode()).encode()
        return packed(name, xml)

    def _with_pictures(self, members: list[Member], pictures: Collection[Picture]) -> list[Member]:
        """Return *members* with the pictures' own and the two lists that name them."""
        lines = "".join(picture.relationship for picture in pictures)
        types = self._listed[CONTENT_TYPES]
        if _PNG_TYPE not in types:
            types = types.replace(_FIRST_TYPE, _PNG_TYPE + _FIRST_TYPE, 1)
        listed = {
            CONTENT_TYPES: types,
            RELATIONSHIPS: self._listed[RELATIONSHIPS].replace(_LAST_LINE, lines.encode() + _LAST_LINE),
        }
        replaced = {name.encode(): _small_part(name, content) for name, content in listed.items()}
        shown = [stored(picture.member, picture.data) for picture in pictures]
        return [*(replaced.get(member.name, member) for member in members), *shown]


def _prepared(content: bytes) -> str:
    """Return a part as Jinja source: a row's or paragraph's tag replaces the row or paragraph."""
    from docxtpl import DocxTemplate

    source: str = DocxTemplate(io.BytesIO()).patch_xml(content.decode())
    return source


def _without_empty_last_section(xml: bytes) -> bytes:
    """Return *xml* whose last section has content: the imprint's page goes when there is no imprint."""
    start = xml.rindex(_SECTION)
    if not xml.endswith(_SECTION_ENDS, 0, start):
        return xml
    last_paragraph = xml.rindex(b"<w:p>", 0, start)
    match = _LAST_SECTION.match(xml[last_paragraph:start])
    return xml[:last_paragraph] + match[1] + b"</w:body></w:document>" if match else xml
