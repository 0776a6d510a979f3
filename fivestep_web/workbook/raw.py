"""A workbook as it was read: sheets, true row numbers, cells with their kind; nothing judged yet."""

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple


class Kind(enum.StrEnum):
    """What a cell holds; the value is the mark in the child's answer."""

    TEXT = "s"
    NUMBER = "n"
    PERCENT = "p"
    DATE = "d"
    TIME = "t"
    BOOLEAN = "b"
    ERROR = "e"
    UNCALCULATED = "f"


_KINDS = {kind.value: kind for kind in Kind}


class RawCell(NamedTuple):
    """One filled cell: numbers as plain decimal text (a percent cell of 20% is 0.2), dates as 2026-03-31."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row that holds something; *number* counts from 1 as the spreadsheet program shows it."""

    number: int
    cells: tuple[RawCell | None, ...]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet in file order, without its empty rows."""

    name: str
    rows: tuple[RawRow, ...]


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """All sheets of one file."""

    sheets: tuple[RawSheet, ...]

    @classmethod
    def from_json(cls, sheets: list[dict[str, Any]]) -> "RawWorkbook":
        """Return the workbook of the child's answer."""
        return cls(tuple(RawSheet(each["name"], tuple(map(_row, each["rows"]))) for each in sheets))


def column_letter(index: int) -> str:
    """Return the letters of the column at *index*, counted from 0: A, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the index from 0 of the column *letters*."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _row(row: list[Any]) -> RawRow:
    number, cells = row
    return RawRow(number, tuple(each and RawCell(_KINDS[each[0]], each[1:]) for each in cells))
