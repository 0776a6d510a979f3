"""A block from a spreadsheet put into a goal sheet: what it would do, then the same all or nothing (R2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.core.errors import DomainError
from fivestep_web.responsibility.sheets.queries import Sheet, SheetRow
from fivestep_web.responsibility.sheets.rules import (
    BY_KEY,
    Column,
    PasteError,
    columns_from,
    is_blank,
    is_heading,
    read_table,
)
from fivestep_web.responsibility.sheets.services import RowEdit


@dataclass(frozen=True)
class PasteLine:
    """One row of a block: what is to be, and the row it changes, None for a new one."""

    edit: RowEdit
    row: SheetRow | None


@dataclass(frozen=True)
class Paste:
    """A block laid over a sheet."""

    columns: Sequence[Column]
    lines: Sequence[PasteLine]


def lay_over(
    sheet: Sheet, text: str, column: str, goal_id: int | None, seen: Mapping[int, Mapping[str, str]]
) -> Paste:
    """Lay a block over a sheet from a cell on; rows below the last are new ones.

    Without *goal_id* all its rows are new. The sheet's own heading above it is passed over; an empty line
    makes no new row and leaves the row it lies over as it is.
    *seen* are the fingerprints of the cells, by row, when they were shown. Raises DomainError for what is no
    table.
    """
    if column not in BY_KEY:
        raise DomainError(_("请选择从哪一列开始粘贴"))
    try:
        rows = read_table(text)
        columns = columns_from(column, rows)
    except PasteError as error:
        raise DomainError(str(error)) from error
    rows = _without_heading(rows, columns)
    ids = [row.id for row in sheet.rows]
    if goal_id is not None and goal_id not in ids:
        raise DomainError(_("粘贴的起始行已不在本表，请刷新后再粘贴"))
    below = sheet.rows[ids.index(goal_id) :] if goal_id is not None else []
    lines = []
    for place, cells in enumerate(rows):
        if is_blank(cells):
            continue
        typed = {item.key: cell for item, cell in zip(columns, cells, strict=False)}
        row = below[place] if place < len(below) else None
        if row is None:
            lines.append(PasteLine(RowEdit(None, typed), None))
        else:
            lines.append(PasteLine(RowEdit(row.id, typed, {**row.seen, **seen.get(row.id, {})}), row))
    return Paste(columns, lines)


def _without_heading(rows: list[list[str]], columns: Sequence[Column]) -> list[list[str]]:
    first = next(place for place, cells in enumerate(rows) if not is_blank(cells))
    has_heading = len(rows) > first + 1 and is_heading(rows[first], columns)
    return rows[first + 1 :] if has_heading else rows
