"""Forms of labels and values, two of each in a row or one of them across (official-documents.md C14)."""

from typing import Final

from fivestep_web.documents.wordml import Layout, paragraph
from fivestep_web.documents.wordml_tables import cell, row

FORM: Final = (1500, 2922, 1500, 2923)
LONG: Final = sum(FORM[1:])
HAND_LINE: Final = "＿＿＿＿＿＿＿＿"
HAND_DATE: Final = "　　　　年　　月　　日"
_FREE_TEXT: Final = 2300
_SHORT_ROW: Final = 800


def short_row(label: str, value: str, other: str, other_value: str, *, head: bool = False) -> str:
    """Return a row of two labels and two values."""
    cells = _label(label) + _value(value, FORM[1]) + _label(other) + _value(other_value, FORM[3])
    return row(cells, head=head, height=_SHORT_ROW)


def long_row(label: str, value: str) -> str:
    """Return a row of one value across the form."""
    return row(_label(label) + _value(value, LONG, span=3), height=_SHORT_ROW)


def free_row(label: str, value: str) -> str:
    """Return a row of free text across the form, with room for handwriting."""
    return row(_label(label) + _value(value, LONG, span=3, top=True), height=_FREE_TEXT)


def part_row(text: str) -> str:
    """Return a row that names the part of the form below it."""
    content = paragraph("GwTableHead", text, Layout(keep_next=True))
    return row(cell(sum(FORM), content, span=len(FORM)))


def _label(text: str) -> str:
    return cell(FORM[0], "".join(paragraph("GwTableHead", line) for line in text.split("\n")))


def _value(text: str, width: int, *, span: int = 1, top: bool = False) -> str:
    return cell(width, paragraph("GwTableCell", text), span=span, top=top)
