"""Workbooks of tables: texts stay texts, whatever they begin with (trust.md D4); only a Formula computes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook


@dataclass(frozen=True, slots=True)
class Formula:
    """What a cell computes, without the = before it; *value* is shown by programs that do not compute."""

    text: str
    value: str | int | Decimal


Cell = str | int | Decimal | Formula
Rows = Sequence[Sequence[Cell]]  # the first holds the headings

_OPTIONS = dict.fromkeys(("strings_to_numbers", "strings_to_formulas", "strings_to_urls"), False)


def write_workbook(target: Path | BinaryIO, sheets: Iterable[tuple[str, Rows]]) -> None:
    """Write each table to a sheet of its name, headings bold and kept in sight."""
    with Workbook(target, _OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, Formula):
                        sheet.write_formula(row, column, f"={value.text}", None, value.value)
                    elif isinstance(value, Decimal | int):
                        sheet.write_number(row, column, value)
                    else:
                        sheet.write_string(row, column, value, bold if row == 0 else None)
            sheet.autofit()
