"""Paragraphs whose measures follow from their text: agency mark, signature, date (GB/T 9704 7.2.4, 7.3.5)."""

from typing import Final

from markupsafe import Markup

from fivestep_web.documents.values import word_text
from fivestep_web.documents.wordml import CHARACTER, STYLES, TEXT_WIDTH, Layout, paragraph, run

DATE_INDENT: Final = 4 * CHARACTER
MARK_SIZE: Final = STYLES["GwAgencyMark"].size
_WIDE_FROM: Final = 0x2000


def text_width(text: str) -> int:
    """Return the width of *text* at 3号 in twips: full-width characters 320, others half of it."""
    return sum(CHARACTER if ord(character) >= _WIDE_FROM else CHARACTER // 2 for character in text)


def agency_mark(name: str) -> Markup:
    """Return the red mark on one line: 40 pt, smaller where the name is longer than the line."""
    characters = max(text_width(name) / CHARACTER, 1)
    size = min(MARK_SIZE, int(TEXT_WIDTH / 10 / characters))
    return Markup(paragraph("GwAgencyMark", run(word_text(name), "GwAgencyMark", size=size)))  # noqa: S704


def signature(department: str, document_date: str) -> Markup:
    """Return 署名 centred above 成文日期, the date four characters from the right, kept on one page."""
    indent = max(0, DATE_INDENT - (text_width(department) - text_width(document_date)) // 2)
    name = paragraph(
        "GwSignature", word_text(department), Layout(indent=f'w:right="{indent}"', keep_next=True)
    )
    day = Layout(indent=f'w:rightChars="400" w:right="{DATE_INDENT}"')
    return Markup(name + paragraph("GwDate", word_text(document_date), day))  # noqa: S704 - both escaped
