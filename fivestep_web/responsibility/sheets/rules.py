"""The goal sheet: its columns, what may be typed or pasted into a cell, pure (R2.3, R2.4)."""

import enum
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

MOST_ROWS: Final = 300
MOST_NUMBER: Final = Decimal(10) ** 12
WHOLE: Final = Decimal(100)
LONG_TEXT: Final = 20_000


class Kind(enum.StrEnum):
    """What a cell holds."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: *key* is the goal's attribute, or what the services read it as; *limit* is in characters."""

    key: str
    label: str
    kind: Kind
    limit: int = 400
    is_required: bool = False
    places: int = 6
    most: Decimal = MOST_NUMBER


NAME: Final = Column("name", "目标名称", Kind.LINE, is_required=True)
LINK: Final = "link"
PERSON: Final = Column("person", "责任人", Kind.LINE, is_required=True)
WEIGHT: Final = Column("points", "权重", Kind.NUMBER, is_required=True, places=2, most=WHOLE)
COLUMNS: Final = (
    NAME,
    Column(LINK, "课题", Kind.LINE, is_required=True),
    Column("completion_standard", "完成标准", Kind.TEXT, LONG_TEXT, is_required=True),
    Column("target", "目标值", Kind.NUMBER),
    Column("measure_unit", "计量单位", Kind.LINE, 40),
    Column("deliverable", "交付成果", Kind.TEXT, LONG_TEXT),
    Column("acceptance", "验收条件", Kind.TEXT, LONG_TEXT),
    PERSON,
    Column("helpers", "协办", Kind.LINE),
    Column("starts_on", "开始日期", Kind.DAY),
    Column("deadline", "完成时限", Kind.DAY, is_required=True),
    WEIGHT,
    Column("duty", "职责", Kind.TEXT, 2000),
)
BY_KEY: Final = {column.key: column for column in COLUMNS}
GOAL_KEYS: Final = (
    "name", "completion_standard", "target", "measure_unit", "deliverable", "acceptance",
    "starts_on", "deadline",
)  # fmt: skip
OUTSIDE: Final = "职责以外"

Value = str | Decimal | date | None


class CellError(ValueError):
    """The cell does not hold what its column asks for; the message says what to write."""


class PasteError(ValueError):
    """What was pasted is no table that fits."""


def read_cell(column: Column, text: str, year: int) -> Value:
    """Return the value typed or pasted into a cell; None for an empty number or date.

    Numbers may have thousands separators or %, dates may be 2026-03-31, 2026/3/31, 2026.3.31, 3月31日 or
    3/31 (of *year*). Raises CellError.
    """
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not cleaned and column.is_required:
        raise CellError(f"请填写{column.label}")
    match column.kind:
        case Kind.NUMBER:
            return _number(column, cleaned)
        case Kind.DAY:
            return _day(column, cleaned, year)
        case Kind.LINE:
            cleaned = " ".join(cleaned.split())
    if len(cleaned) > column.limit:
        raise CellError(f"{column.label}共{len(cleaned)}字，最多{column.limit}字，请精简")
    return cleaned


_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?%?")


def _number(column: Column, text: str) -> Decimal | None:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        raise CellError(f"{column.label}“{text[:20]}”不是数字，请只填数字，例如25、1,200或45%")
    value = Decimal(plain.rstrip("%").replace(",", ""))
    if not 0 <= value <= column.most:
        raise CellError(f"{column.label}应在0至{column.most.normalize():f}之间")
    if value != round(value, column.places):
        raise CellError(f"{column.label}最多{column.places}位小数")
    return value


_DAY = re.compile(r"(?:([0-9]{4})[-/.年])?([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 0{1,2}:00(?::00)?)?")


def _day(column: Column, text: str, year: int) -> date | None:
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return None
    match = _DAY.fullmatch(plain)
    if match is None:
        raise CellError(f"{column.label}“{text[:20]}”不是日期，请写成{year}-03-31或3月31日")
    try:
        return date(int(match[1] or year), int(match[2]), int(match[3]))
    except ValueError as error:
        raise CellError(f"{column.label}“{text[:20]}”不是有效日期，请核对") from error


def shown(value: Value) -> str:
    """Return a value as its cell shows it; what is shown reads back as the same value."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize() + 0, "f")
    return value


def fingerprint(text: str) -> str:
    """Return the mark of what a cell holds, by which a form tells what its page showed.

    White space around the text and the kind of its line breaks make no difference.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def split_names(text: str) -> list[str]:
    """Return the names of a cell like 张某甲、李某乙, without repetition."""
    return list(dict.fromkeys(part for part in re.split(r"[、,，;；\s]+", text) if part))


_QUOTED = re.compile(r'"((?:[^"]++|"")*+)"(?=[\t\n]|\Z)')
_SEPARATOR = re.compile(r"[\t\n]")


def read_table(text: str) -> list[list[str]]:
    """Return the cells of a block copied from a spreadsheet: tabs between cells, a line for each row.

    A spreadsheet quotes a cell only when it holds a tab or a line break, and then doubles its quotes; all
    other quotes are text. Empty lines at the end are dropped. Raises PasteError for nothing and for too many
    rows.
    """
    rows = _rows(text.replace("\r\n", "\n").replace("\r", "\n"))
    while rows and is_blank(rows[-1]):
        rows.pop()
    if not rows:
        raise PasteError("没有可以粘贴的内容，请先在 Excel 里选中单元格并复制")
    count = sum(not is_blank(row) for row in rows)
    if count > MOST_ROWS:
        raise PasteError(f"一次最多粘贴{MOST_ROWS}行，现在有{count}行，请分几次粘贴")
    return rows


def _rows(text: str) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    at = 0
    while at <= len(text):
        cell, end = _cell_at(text, at)
        rows[-1].append(cell)
        if text[end : end + 1] == "\n":
            rows.append([])
        at = end + 1
    return rows


def _cell_at(text: str, at: int) -> tuple[str, int]:
    """Return the cell that begins at a place of the block and where it ends."""
    quoted = _QUOTED.match(text, at)
    if quoted and not {"\t", "\n"}.isdisjoint(quoted[1]):
        return quoted[1].replace('""', '"'), quoted.end()
    separator = _SEPARATOR.search(text, at)
    end = separator.start() if separator else len(text)
    return text[at:end], end


def is_blank(cells: Sequence[str]) -> bool:
    """Say whether a row of a block holds nothing."""
    return not any(cell.strip() for cell in cells)


def columns_from(start: str, rows: list[list[str]]) -> list[Column]:
    """Return the columns a block fills from *start* on; PasteError when it is too wide."""
    first = [column.key for column in COLUMNS].index(start)
    width = max(len(row) for row in rows)
    if first + width > len(COLUMNS):
        left = len(COLUMNS) - first
        raise PasteError(
            f"粘贴的内容有{width}列，从“{COLUMNS[first].label}”起只剩{left}列，请从更左的一列粘贴"
        )
    return list(COLUMNS[first : first + width])


def is_heading(cells: Sequence[str], columns: Sequence[Column]) -> bool:
    """Say whether a pasted row is the sheet's own heading."""
    named = [cell.strip() for cell in cells]
    return any(named) and all(
        not name or name in {column.label, "上级目标" if column.key == LINK else column.label}
        for name, column in zip(named, columns, strict=False)
    )


@dataclass(frozen=True, slots=True)
class Total:
    """The running total of a sheet's weights; *gap* is what is missing to 100, negative what is over."""

    total: Decimal
    gap: Decimal
    is_typed: bool

    @property
    def is_whole(self) -> bool:
        return not self.gap


def total_of(weights: list[Decimal], *, is_typed: bool) -> Total:
    """Return the running total of the weights shown on a sheet."""
    total = sum(weights, Decimal(0))
    return Total(total, WHOLE - total if weights else Decimal(0), is_typed)
