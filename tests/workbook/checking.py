"""Check small workbooks in a test."""

from fivestep_web.workbook.checker import check
from fivestep_web.workbook.columns import SHEETS
from fivestep_web.workbook.known import KnownCodes
from fivestep_web.workbook.raw import Kind, RawCell
from tests.workbook.builders import raw, sheets
from tests.workbook.loading import put

NOTHING = KnownCodes()
SHEET_HEADINGS = {sheet.name: [[column.heading for column in sheet.columns]] for sheet in SHEETS}


def problems(data, known=NOTHING):
    return [(p.sheet, p.cell or p.row, p.message) for p in check(raw(data), known).problems]


def edited(sheet, cell, value):
    """The small workbook with one cell changed, such as 目标!I2."""
    return put(sheets(), sheet, cell, value)


def only(data, known=NOTHING):
    found = problems(data, known)
    assert len(found) == 1, found
    return found[0]


def percent(share):
    return RawCell(Kind.PERCENT, share)
