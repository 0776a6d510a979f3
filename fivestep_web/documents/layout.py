"""Paragraphs whose measures follow from their text: mark, attachments, signature (GB/T 9704 7.2, 7.3)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from fivestep_web.documents.values import word_text
from fivestep_web.documents.wordml import (
    CHARACTER,
    STYLES,
    TEXT_WIDTH,
    Layout,
    paragraph,
    paragraph_properties,
    run,
)

DATE_INDENT: Final = 4 * CHARACTER
MARK: Final = STYLES["GwAgencyMark"]
MARK_SIZE: Final = MARK.size
MARK_TOP: Final = 1984  # 35 mm
_WIDE_FROM: Final = 0x2000
_NOTED: Final = Layout(keep_next=True)


def text_width(text: str) -> int:
    """Return the width of *text* at 3号 in twips: full-width characters 320, others half of it."""
    return sum(CHARACTER if ord(character) >= _WIDE_FROM else CHARACTER // 2 for character in text)


def agency_mark(name: str) -> Markup:
    """Return the red mark on one line: 40 pt, smaller where the name is longer than the line.

    The line shrinks with the size, so that the upper edge stays 35 mm below that of the type area.
    A digit may be wider than half a character and have a gap beside it, so each is given a quarter more.
    """
    narrow = sum(ord(character) < _WIDE_FROM for character in name)
    characters = max(text_width(name) / CHARACTER + narrow / 4, 1)
    size = min(MARK_SIZE, int(TEXT_WIDTH / 10 / characters))
    scale = size / MARK_SIZE
    style = replace(
        MARK, line=round(MARK.line * scale), before=round(MARK_TOP - (MARK_TOP - MARK.before) * scale)
    )
    shown = run(word_text(name), "GwAgencyMark", size=size)
    return Markup(f"<w:p>{paragraph_properties(style, 'GwAgencyMark')}{shown}</w:p>")  # noqa: S704 - escaped


def attachment_notes(titles: Sequence[str]) -> Markup:
    """Return 附件说明; several are numbered, and a turned-over line begins below the name above it."""
    if len(titles) == 1:
        return Markup(paragraph("GwAttachmentNote", f"附件：{word_text(titles[0])}", _NOTED))  # noqa: S704
    notes = [
        paragraph(
            "GwAttachmentNote",
            f"{'附件：' if number == 1 else ''}{number}.{word_text(title)}",
            Layout(indent=f'w:left="1920" w:hanging="{1280 if number == 1 else 320}"', keep_next=True),
        )
        for number, title in enumerate(titles, 1)
    ]
    return Markup("".join(notes))  # noqa: S704 - escaped


def signature(department: str, document_date: str) -> Markup:
    """Return 署名 centred above 成文日期, the date four characters from the right, kept on one page."""
    indent = max(0, DATE_INDENT - (text_width(department) - text_width(document_date)) // 2)
    name = paragraph(
        "GwSignature", word_text(department), Layout(indent=f'w:right="{indent}"', keep_next=True)
    )
    day = Layout(indent=f'w:rightChars="400" w:right="{DATE_INDENT}"')
    return Markup(name + paragraph("GwDate", word_text(document_date), day))  # noqa: S704 - both escaped


def sign_off(name: str, document_date: str) -> Markup:
    """Return name and date without a seal, the longer one two characters in (GB/T 9704 7.3.5.2).

    The date begins two characters after the name; where it is the longer one, the name moves to the left.
    """
    inset = 2 * CHARACTER
    spare = text_width(name) - text_width(document_date) - inset
    signed = Layout(indent=f'w:right="{inset + max(0, -spare)}"', keep_next=True)
    day = Layout(indent=f'w:right="{inset + max(0, spare)}"')
    return Markup(  # noqa: S704 - both escaped
        paragraph("GwSignature", word_text(name), signed) + paragraph("GwDate", word_text(document_date), day)
    )
