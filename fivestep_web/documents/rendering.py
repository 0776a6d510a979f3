"""Render a payload to the bytes of a Word file; the same payload gives the same bytes (B8).

A template is a .docx with docxtpl's tags. It is prepared once: docxtpl puts the tags in order, Jinja compiles
the parts that have some, every other member stays packed as it is.
"""

import io
import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, cast

from jinja2 import BaseLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from fivestep_web.documents import layout
from fivestep_web.documents.attachments import attached
from fivestep_web.documents.ballot_tables import ballot_tables
from fivestep_web.documents.dates import CHINESE_DATE
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT
from fivestep_web.documents.package import CONTENT_TYPES, Member, archive, packed, unpacked
from fivestep_web.documents.pagination import with_page_numbers
from fivestep_web.documents.payload_checks import check_payload
from fivestep_web.documents.payloads import Payload
from fivestep_web.documents.payloads.letters import LETTER_CODES, ResponsibilityLetter
from fivestep_web.documents.pictures import NO_MARKS, NO_PICTURE, Picture, letter_pictures
from fivestep_web.documents.titles import title_lines
from fivestep_web.documents.values import allowed_text, escaped, word_text

CORE: Final = "docProps/core.xml"
RELATIONSHIPS: Final = "word/_rels/document.xml.rels"
DRAFT_MARK: Final = "（草稿）"
CONFIDENTIAL_MARK: Final = "内部资料  注意保密"
_SERIES: Final = {
    DocumentKind.ADMONITION_NOTICE: "诫勉",
    DocumentKind.ADMONITION_RECORD: "诫勉",
    DocumentKind.SUPERVISION_NOTICE: "督办",
}  # of internal numbers
_PERIOD_CHARACTERS: Final = 8  # surely fit a line of the period column of C05
_FIRST_TYPE: Final = b"<Override"
_PNG_TYPE: Final = b'<Default Extension="png" ContentType="image/png"/>'
_LAST_LINE: Final = b"</Relationships>"
_SENTENCE_ENDS: Final = ("。", "！", "？", "”", "……")
# Light enough for black text in print; the shape tells the signals apart without them.
_SHADES: Final = {
    "▲": "F8D7DA",
    "◆": "FFF3CD",
    "●": "D6E6F8",
    "■": "DDF0DD",
    "□": "E9ECEF",
    "√": "EEF6E8",
    "": "auto",
}
_DIGITS: Final[tuple[str, ...]] = ("", *"一二三四五六七八九")
_TAGGED = re.compile(rb"\{(?:<[^>]*>)*[{%]")
_LAST_SECTION = re.compile(
    r"<w:p>(?:(?!<w:p>|<w:t[ >]).)*(<w:sectPr>(?:(?!</w:sectPr>).)*</w:sectPr>)</w:pPr></w:p>$"
)
_CORE_XML: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>%s</dc:title><dc:creator>%s</dc:creator><cp:lastModifiedBy>%s</cp:lastModifiedBy>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>'
    "<dc:language>zh-CN</dc:language><cp:category>%s</cp:category><dc:identifier>%s</dc:identifier>"
    "</cp:coreProperties>"
)


def render(kind: DocumentKind, payload: Mapping[str, Any], marks: Mapping[str, bytes] = NO_MARKS) -> bytes:
    """Return the .docx of *payload*; raise PayloadError if it is not what *kind* asks for.

    *marks* holds the handwritten marks that the payload names, each under its SHA-256.
    """
    checked = check_payload(kind, payload)
    pictures: dict[str, Picture] = {}
    if kind is DocumentKind.RESPONSIBILITY_LETTER:
        pictures = letter_pictures(cast("ResponsibilityLetter", checked), marks)
    return packaged_template(kind).render(
        context(kind, checked, pictures), core_properties(kind, checked), pictures.values()
    )


@cache
def packaged_template(kind: DocumentKind) -> "CompiledTemplate":
    """Return the prepared template that comes with the product; made once in each process."""
    return CompiledTemplate(template_bytes(kind))


def template_bytes(kind: DocumentKind) -> bytes:
    """Return the .docx template that comes with the product."""
    return resources.files(__package__).joinpath("word", f"{kind.value}.docx").read_bytes()


class CompiledTemplate:
    """A Word template ready to be filled many times."""

    def __init__(self, data: bytes) -> None:
        """Prepare *data*; raise jinja2.TemplateSyntaxError where a tag is wrong."""
        environment = _environment()
        self._members: list[Member | tuple[str, Template]] = []
        parts = unpacked(data)
        self._listed = {name: parts.get(name, b"") for name in (CONTENT_TYPES, RELATIONSHIPS)}
        for name, content in parts.items():
            if name == CORE:
                continue
            if name.startswith("word/") and name.endswith(".xml") and _TAGGED.search(content):
                self._members.append((name, environment.from_string(_prepared(content))))
            else:
                self._members.append(packed(name, content))

    def render(self, values: Mapping[str, Any], core: bytes, pictures: Collection[Picture] = ()) -> bytes:
        """Return the Word file with *values* and *pictures* filled in and *core* as its core properties."""
        members = [
            member if isinstance(member, Member) else _filled(*member, values) for member in self._members
        ]
        members.insert(1, packed(CORE, core))
        return archive(self._with_pictures(members, pictures) if pictures else members)

    def _with_pictures(self, members: list[Member], pictures: Collection[Picture]) -> list[Member]:
        """Return *members* with the pictures' own and the two lists that name them."""
        lines = "".join(picture.relationship for picture in pictures)
        listed = {
            CONTENT_TYPES: self._listed[CONTENT_TYPES].replace(_FIRST_TYPE, _PNG_TYPE + _FIRST_TYPE, 1),
            RELATIONSHIPS: self._listed[RELATIONSHIPS].replace(_LAST_LINE, lines.encode() + _LAST_LINE),
        }
        replaced = {name.encode(): packed(name, content) for name, content in listed.items()}
        shown = [packed(picture.member, picture.data) for picture in pictures]
        return [*(replaced.get(member.name, member) for member in members), *shown]


def _environment() -> SandboxedEnvironment:
    """Return an environment where templates can read the payload and nothing else (trust.md D1–D3)."""
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, finalize=word_text, loader=BaseLoader()
    )
    environment.globals.clear()
    environment.filters = {
        "cell": _cell,
        "dated": _dated,
        "weeks": _weeks,
        "join": "、".join,
        "length": len,
        "ordinal": _ordinal,
        "names": _names,
        "shade": _SHADES.__getitem__,
        "sentence": _sentence,
    }
    return environment


def _cell(value: str) -> str:
    """Return a table value, `—` where there is none (B11)."""
    return value if allowed_text(value).strip() else "—"


def _dated(value: str) -> str:
    """Return a date or period for a narrow column, broken after its year or dash and not inside a number."""
    if CHINESE_DATE.fullmatch(value):
        return value.replace("年", "年\n")
    return value.replace("—", "—\n", 1) if len(value) > _PERIOD_CHARACTERS else _cell(value)


def _weeks(value: str) -> str:
    """Return 第5—10周 for the narrow column of C04, broken after its dash and not inside a number."""
    return _cell(value.replace("—", "—\n", 1))


def _ordinal(number: int) -> str:
    """Return 1 to 99 as a heading counts, `一` to `九十九`."""
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + _DIGITS[ones]


def _names(rows: list[dict[str, str]], field: str) -> str:
    """Return one field of all *rows*, listed."""
    return "、".join(row[field] for row in rows)


def _sentence(value: str) -> str:
    """Return *value* as a whole sentence, with its full stop."""
    return value if value.rstrip().endswith(_SENTENCE_ENDS) else f"{value}。"


def _prepared(content: bytes) -> str:
    """Return a part as Jinja source: a row's or paragraph's tag replaces the row or paragraph."""
    from docxtpl import DocxTemplate

    source: str = DocxTemplate(io.BytesIO()).patch_xml(content.decode())
    return source


def _filled(name: str, template: Template, values: Mapping[str, Any]) -> Member:
    xml = template.render(values)
    if name == DOCUMENT:
        xml = _without_empty_last_section(xml)
        xml = with_page_numbers(xml) if " PAGEREF " in xml else xml
    return packed(name, xml.encode())


def _without_empty_last_section(xml: str) -> str:
    """Return *xml* whose last section has content: the imprint's page goes when there is no imprint."""
    start = xml.rindex("<w:sectPr>")
    last_paragraph = xml.rindex("<w:p>", 0, start)
    match = _LAST_SECTION.match(xml[last_paragraph:start])
    return xml[:last_paragraph] + match[1] + "</w:body></w:document>" if match else xml


def context(
    kind: DocumentKind, payload: Payload, pictures: Mapping[str, Picture] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what a template of *kind* may name: the fields of the payload and what follows from them."""
    values: dict[str, Any] = dict(payload)
    document_date = payload["document_date"] or f"{payload['year']}年  月  日"
    mark = DRAFT_MARK if payload["draft"] else ""
    values.update(
        title=title_lines(payload["title"] + mark),
        draft_mark=mark,
        document_date=document_date,
        signature=layout.signature(payload["department"], document_date),
        confidential_mark=CONFIDENTIAL_MARK if kind.is_confidential else "",
    )
    values.update(ballot_tables(kind, payload))
    attachments = attached(kind, values)
    if attachments:
        titles = [attachment.title for attachment in attachments.values()]
        values.update(attached=attachments, attachment_notes=layout.attachment_notes(titles))
    _add_number(kind, payload, values)
    if kind is DocumentKind.RESEARCH_REPORT:
        values["sign_off"] = layout.sign_off(f"调研组组长：{values['team_leader']}", document_date)
    if kind is DocumentKind.RECOMMENDATION_LIST:
        values["is_request"] = payload["title"].endswith("请示")
    if kind is DocumentKind.CONSULTATION_MINUTES:
        values["agency_mark"] = layout.agency_mark(payload["title"] + mark)
    if kind is DocumentKind.RESPONSIBILITY_LETTER:
        for name in ("issuing_mark", "responsible_mark", "verification_code"):
            values[name] = pictures[name].shown if name in pictures else NO_PICTURE
    if kind in {DocumentKind.TASK_BOOK, DocumentKind.TIMETABLE}:
        values["book_title_lines"] = title_lines(values["book_title"] + mark)
    return values


def _add_number(kind: DocumentKind, payload: Payload, values: dict[str, Any]) -> None:
    """Add the red mark and the number, or the blank where it will stand (B2)."""
    letterhead = values.get("letterhead")
    blank = ""
    if letterhead:
        values["agency_mark"] = layout.agency_mark(letterhead["agency_mark"])
        blank = letterhead["number_blank"]
    elif kind is DocumentKind.RESPONSIBILITY_LETTER:
        blank = f"责〔{payload['year']}〕{LETTER_CODES[values['letter_kind']]}  号"
    elif kind in _SERIES:
        blank = f"{_SERIES[kind]}〔{payload['year']}〕  号"
    if blank:
        values["shown_number"] = payload["number"] or blank


def core_properties(kind: DocumentKind, payload: Payload) -> bytes:
    """Return docProps/core.xml by B7."""
    department, created = escaped(payload["department"]), escaped(payload["created"])
    return (
        _CORE_XML
        % (
            escaped(payload["title"].replace("\n", "")),
            department,
            department,
            created,
            created,
            kind.code,
            escaped(payload["number"] or payload["identifier"]),
        )
    ).encode()
