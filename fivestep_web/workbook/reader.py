"""The child process that opens an uploaded workbook (trust.md D5).

Values come from calamine; what calamine leaves out (percent formats, error cells, formulas that were never
calculated) is taken from the sheet's XML.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import python_calamine as calamine

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile, check_parts, parse_part
from fivestep_web.workbook.raw import Kind
from fivestep_web.workbook.safety import WORKBOOK

MAX_CELLS = 1_000_000
MAX_CHARACTERS = 30_000_000

_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*)?>")
_ATTRIBUTE = re.compile(rb"\b(r|s|t)\s*=\s*[\"']([^\"']*)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BUILT_IN_PERCENT = {9, 10}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

Marks = dict[tuple[int, int], str]


def main() -> None:
    """Answer with the sheets of the workbook named on the command line."""
    confined.answer(lambda arguments: list(_sheets(Path(arguments[0]))))


def _sheets(path: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        check_parts(archive, WORKBOOK)
        marks = {name: dict(_marks(archive, part)) for name, part in _worksheets(archive).items()}
    budget = _Budget()
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield {"name": name, "rows": list(_rows(rows, marks.get(name, {}), budget))}
    except calamine.CalamineError:
        raise UnsafeFile("文件内容无法读取，请用表格软件打开确认无误，另存为 .xlsx 后再上传") from None


class _Budget:
    """Counts what goes into the answer, so that repeated shared strings cannot blow it up."""

    def __init__(self) -> None:
        self.cells = MAX_CELLS
        self.characters = MAX_CHARACTERS

    def spend(self, text: str) -> None:
        self.cells -= 1
        self.characters -= len(text)
        if self.cells < 0 or self.characters < 0:
            raise UnsafeFile(f"工作簿内容过多（上限 {MAX_CELLS} 格、{MAX_CHARACTERS} 字），请分开导入")


def _rows(rows: list[list[Any]], marks: Marks, budget: _Budget) -> Iterator[tuple[int, list[str | None]]]:
    width: dict[int, int] = {}
    for row, column in marks:
        width[row] = max(width.get(row, 0), column + 1)
    for index in range(max(len(rows), *(row + 1 for row in width), 0) if width else len(rows)):
        values = rows[index] if index < len(rows) else []
        values = values + [""] * (width.get(index, 0) - len(values))
        cells = [_cell(value, marks.get((index, column))) for column, value in enumerate(values)]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            for cell in cells:
                budget.spend(cell or "")
            yield index + 1, cells


def _cell(value: Any, mark: str | None) -> str | None:
    """Return the cell as its kind's letter and its text; None for an empty one."""
    if mark is not None and mark != Kind.PERCENT:
        return mark
    if isinstance(value, str):
        return Kind.TEXT + value if value else None
    if isinstance(value, bool):
        return Kind.BOOLEAN + ("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return (mark or Kind.NUMBER) + plain_number(value)
    if isinstance(value, dt.date):
        return Kind.DATE + value.strftime("%Y-%m-%d").rjust(10, "0")
    return Kind.TIME + str(value)


def plain_number(value: float) -> str:
    """Return *value* as it was typed: 20, 0.1; 0.30000000000000004 is 0.3 (Excel's 15 digits)."""
    if float(value).is_integer():
        return str(int(value))
    number = Decimal(f"{value:.15g}")
    return format(number, "f") if number.is_finite() else str(value)


def _worksheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    names = set(archive.namelist())
    if "xl/_rels/workbook.xml.rels" not in names:
        return {}
    targets = {
        each.get("Id"): str(each.get("Target", ""))
        for each in parse_part(archive.read("xl/_rels/workbook.xml.rels"), WORKBOOK)
    }
    found = {}
    for element in parse_part(archive.read("xl/workbook.xml"), WORKBOOK).iter():
        if element.tag.rsplit("}", 1)[-1] == "sheet":
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if part in names:
                found[element.get("name", "")] = part
    return found


def _marks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the cells calamine does not tell about: percent formats, errors, formulas without a value."""
    percent = _percent_styles(archive)
    data = archive.read(part)
    if not percent and b'"e"' not in data and b"'e'" not in data and not _FORMULA.search(data):
        return
    row, column = -1, -1
    tags = list(_TAG.finditer(data))
    ends = [each.start() for each in tags[1:]] + [len(data)]
    for tag, end in zip(tags, ends, strict=True):
        attributes = dict(_ATTRIBUTE.findall(tag[2] or b""))
        if tag[1] == b"row":
            row, column = int(attributes.get(b"r", row + 2)) - 1, -1
            continue
        row, column = _position(attributes.get(b"r"), row, column)
        mark = _mark(attributes, data[tag.end() : end], percent)
        if mark:
            yield (row, column), mark


def _position(reference: bytes | None, row: int, column: int) -> tuple[int, int]:
    match = _CELL.fullmatch(reference.decode("ascii", "replace")) if reference else None
    if match is None:
        return row, column + 1
    index = 0
    for letter in match[1]:
        index = index * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, index - 1


def _mark(attributes: dict[bytes, bytes], content: bytes, percent: set[bytes]) -> str | None:
    kind = attributes.get(b"t", b"n")
    value = _VALUE.search(content)
    if kind == b"e":
        return Kind.ERROR + (value[1].decode("utf-8", "replace").strip() if value else "#VALUE!")
    if kind == b"n" and value is None and _FORMULA.search(content):
        return Kind.UNCALCULATED.value
    return Kind.PERCENT.value if kind == b"n" and attributes.get(b"s", b"0") in percent else None


def _percent_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the cell style numbers whose number format shows a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = parse_part(archive.read("xl/styles.xml"), WORKBOOK)
    numbers = set(_BUILT_IN_PERCENT)
    for element in root.iter():
        if element.tag.endswith("}numFmt") and "%" in _QUOTED.sub("", element.get("formatCode", "")):
            numbers.add(int(element.get("numFmtId", "0")))
    styles = next((each for each in root if each.tag.endswith("}cellXfs")), ())
    return {str(i).encode() for i, each in enumerate(styles) if int(each.get("numFmtId", "0")) in numbers}
