"""Render a payload to the bytes of a Word file; the same payload gives the same bytes (B8)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Protocol, cast

from fivestep_web.core import clock
from fivestep_web.documents import layout
from fivestep_web.documents.attachments import ATTACHMENTS, attached
from fivestep_web.documents.ballot_tables import ballot_tables
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.notice_goals import goal_list
from fivestep_web.documents.payload_checks import check_payload
from fivestep_web.documents.payloads import Payload
from fivestep_web.documents.payloads.letters import LETTER_CODES, ResponsibilityLetter
from fivestep_web.documents.pictures import NO_MARKS, NO_PICTURE, Picture, letter_pictures
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.titles import title_lines
from fivestep_web.documents.values import escaped

UNDATED: Final = "  月  日"  # after the year, where a date is not known yet
DRAFT_MARK: Final = "（草稿）"
CONFIDENTIAL_MARK: Final = "内部资料  注意保密"
_SERIES: Final = {
    DocumentKind.ADMONITION_NOTICE: "诫勉",
    DocumentKind.ADMONITION_RECORD: "诫勉",
    DocumentKind.SUPERVISION_NOTICE: "督办",
}  # of internal numbers
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


class Fillable(Protocol):
    """What a compiled template does."""

    def render(self, values: dict[str, Any], core: bytes, pictures: Collection[Picture] = ()) -> bytes: ...


@dataclass(frozen=True)
class WordTemplate:
    """A template to fill; *tolerated* are the checks of part D that its layout departs from, `D4`."""

    compiled: Fillable
    tolerated: frozenset[str] = frozenset()


def render(
    kind: DocumentKind,
    payload: Mapping[str, Any],
    marks: Mapping[str, bytes] = NO_MARKS,
    template: WordTemplate | None = None,
) -> bytes:
    """Return the .docx of *payload*; raise PayloadError if it is not what *kind* asks for.

    *marks* holds the handwritten marks that the payload names, each under its SHA-256. Without
    *template* it is the one that comes with the product.
    """
    checked = check_payload(kind, payload)
    pictures: dict[str, Picture] = {}
    if kind is DocumentKind.RESPONSIBILITY_LETTER:
        pictures = letter_pictures(cast("ResponsibilityLetter", checked), marks)
    compiled: Fillable = template.compiled if template else packaged_template(kind)
    return compiled.render(
        context(kind, checked, pictures), core_properties(kind, checked), pictures.values()
    )


def prepare() -> None:
    """Make every template ready, so that a process forked from this one need not."""
    for kind in DocumentKind:
        packaged_template(kind)


@cache
def packaged_template(kind: DocumentKind) -> CompiledTemplate:
    """Return the prepared template that comes with the product; made once in each process."""
    return CompiledTemplate(template_bytes(kind))


def template_bytes(kind: DocumentKind) -> bytes:
    """Return the .docx template that comes with the product."""
    return resources.files(__package__).joinpath("word", f"{kind.value}.docx").read_bytes()


def context(
    kind: DocumentKind, payload: Payload, pictures: Mapping[str, Picture] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what a template of *kind* may name: the fields of the payload and what follows from them."""
    values: dict[str, Any] = dict(payload)
    document_date = payload["document_date"] or f"{_year_of_blanks(payload)}年{UNDATED}"
    mark = DRAFT_MARK if payload["draft"] else ""
    values.update(
        title=title_lines(payload["title"] + mark),
        draft_mark=mark,
        document_date=document_date,
        signature=layout.signature(payload["department"], document_date),
        confidential_mark=CONFIDENTIAL_MARK if kind.is_confidential else "",
    )
    values.update(ballot_tables(kind, payload))
    if kind in ATTACHMENTS:
        attachments = attached(kind, values)
        titles = [attachment["title"] for attachment in attachments.values()]
        values.update(attached=attachments, attachment_notes=layout.attachment_notes(titles))
    _add_number(kind, payload, values)
    _add_own(kind, payload, values, pictures)
    return values


def _add_own(
    kind: DocumentKind, payload: Payload, values: dict[str, Any], pictures: Mapping[str, Picture]
) -> None:
    """Add what only the templates of *kind* name."""
    mark = values["draft_mark"]
    if kind is DocumentKind.PERSONAL_RESULT_NOTICE:
        values["goal_list"] = goal_list(payload)
    if kind is DocumentKind.RESEARCH_REPORT:
        values["sign_off"] = layout.sign_off(f"调研组组长：{values['team_leader']}", values["document_date"])
    if kind is DocumentKind.RECOMMENDATION_LIST:
        values["is_request"] = payload["title"].endswith("请示")
    if kind is DocumentKind.CONSULTATION_MINUTES:
        values["agency_mark"] = layout.agency_mark(payload["title"] + mark)
    if kind is DocumentKind.RESPONSIBILITY_LETTER:
        for name in ("issuing_mark", "responsible_mark", "verification_code"):
            values[name] = pictures[name].shown if name in pictures else NO_PICTURE
    if kind in {DocumentKind.TASK_BOOK, DocumentKind.TIMETABLE}:
        values["book_title_lines"] = title_lines(values["book_title"] + mark)


def _add_number(kind: DocumentKind, payload: Payload, values: dict[str, Any]) -> None:
    """Add the red mark and the number, or the blank where it will stand (B2)."""
    letterhead = values.get("letterhead")
    blank = ""
    if letterhead:
        undated = values["document_date"].partition("年")[0] + f"年{UNDATED}"
        values["letterhead"] = letterhead | {"printing_date": letterhead["printing_date"] or undated}
        values["agency_mark"] = layout.agency_mark(letterhead["agency_mark"])
        code = letterhead["number_blank"].partition("〔")[0]
        blank = f"{code}〔{_year_of_blanks(payload)}〕  号"
    elif kind is DocumentKind.RESPONSIBILITY_LETTER:
        blank = f"责〔{payload['year']}〕{LETTER_CODES[values['letter_kind']]}  号"
    elif kind in _SERIES:
        blank = f"{_SERIES[kind]}〔{_year_of_blanks(payload)}〕  号"
    if blank:
        values["shown_number"] = payload["number"] or blank


def _year_of_blanks(payload: Payload) -> int:
    """Return the year in which number and date will be filled in: results of a year go out in the next."""
    made = datetime.fromisoformat(payload["created"]).astimezone(clock.ZONE)
    return max(payload["year"], made.year)


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
