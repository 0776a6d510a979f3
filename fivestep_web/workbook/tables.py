"""Read one sheet by its headings into lines of typed values, noting every fault on the way."""

import difflib
from dataclasses import dataclass, field, replace
from typing import Any

from fivestep_web.workbook.columns import Column, Sheet, Type
from fivestep_web.workbook.problems import Findings, Problem, shown
from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, column_letter
from fivestep_web.workbook.values import CellError, clean, display, is_blank, parse


@dataclass(slots=True)
class Line:
    """One filled row: *values* of the right cells (None when blank), *broken* names the wrong ones."""

    number: int
    values: dict[str, Any]
    texts: dict[str, str]
    broken: set[str] = field(default_factory=set)

    def get(self, heading: str) -> Any:
        """Return the value under *heading*; None when it is blank, wrong or has no column."""
        return self.values.get(heading)


@dataclass(slots=True)
class Table:
    """One sheet's lines; *letters* gives the column letter of each heading found."""

    sheet: Sheet
    letters: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    is_present: bool = False

    @property
    def has_key(self) -> bool:
        """Say whether the codes this sheet declares can be known."""
        return not self.is_present or all(each in self.letters for each in self.sheet.key)

    def problem(self, line: Line, heading: str, message: str) -> Problem:
        """Return a problem at *heading* of *line*, quoting what stands there."""
        letter = self.letters.get(heading, "")
        return Problem(
            self.sheet.name, line.number, letter, heading, message, shown(line.texts.get(heading, ""))
        )


def read_table(sheet: Sheet, raw: RawSheet | None, findings: Findings, categories: frozenset[str]) -> Table:
    """Return the lines of *raw*, reporting wrong headings and cells; an absent or empty sheet has none."""
    table = Table(sheet)
    filled = [row for row in raw.rows if not all(map(is_blank, row.cells))] if raw else []
    if not filled:
        return table
    table.is_present = True
    if filled[0].number != 1:
        findings.add(Problem(sheet.name, 1, "A", "", "第 1 行没有列标题，请把列标题放在第 1 行"))
        return table
    columns = _read_headings(table, filled[0], findings)
    columns = {index: _with_categories(column, categories) for index, column in columns.items()}
    defaults = _defaults(sheet)
    for row in filled[1:]:
        line = _read_line(table, row, columns, findings)
        if line is not None:
            for heading, value in defaults.items():
                if line.values.get(heading) is None and heading not in line.broken:
                    line.values[heading] = value
            table.lines.append(line)
    _report_unheaded(table, filled, findings)
    return table


def _with_categories(column: Column, categories: frozenset[str]) -> Column:
    if column.type is not Type.CATEGORY:
        return column
    return replace(column, choices=column.choices + tuple(sorted(categories - set(column.choices))))


def _defaults(sheet: Sheet) -> dict[str, Any]:
    return {
        each.heading: parse(RawCell(Kind.TEXT, each.default), each) for each in sheet.columns if each.default
    }


def _read_headings(table: Table, row: RawRow, findings: Findings) -> dict[int, Column]:
    known = {column.heading: column for column in table.sheet.columns}
    columns = {}
    for index, cell in enumerate(row.cells):
        if is_blank(cell):
            continue
        heading, letter = clean(display(cell)), column_letter(index)
        message = None
        if heading not in known:
            message = _unknown_heading(heading, known)
        elif heading in table.letters:
            message = f"列标题“{heading}”重复（{table.letters[heading]} 列已有），请只留一列"
        else:
            table.letters[heading] = letter
            columns[index] = known[heading]
        if message:
            findings.add(Problem(table.sheet.name, 1, letter, shown(heading), message, shown(heading)))
    for column in table.sheet.columns:
        if column.required and column.heading not in table.letters:
            message = f"缺少“{column.heading}”列，请在第 1 行补上这一列标题并填写内容"
            findings.add(Problem(table.sheet.name, 1, "", column.heading, message))
    return columns


def _unknown_heading(heading: str, known: dict[str, Column]) -> str:
    bare = "".join(heading.replace("*", "").replace("＊", "").split())
    close = [bare] if bare in known else difflib.get_close_matches(heading[:100], known, n=1)
    remedy = f"应为“{close[0]}”的请改正，否则请删去这一列" if close else "请删去这一列"
    return f"没有“{shown(heading)}”这一列，{remedy}"


def _read_line(table: Table, row: RawRow, columns: dict[int, Column], findings: Findings) -> Line | None:
    cells = {index: row.cells[index] for index in columns if index < len(row.cells)}
    if all(map(is_blank, cells.values())):
        return None
    line = Line(row.number, {}, {})
    for index, column in columns.items():
        cell = cells.get(index)
        heading = column.heading
        if cell is None or is_blank(cell):
            line.values[heading] = None
            if column.required:
                line.broken.add(heading)
                findings.add(table.problem(line, heading, f"缺少{heading}，请填写"))
            continue
        line.texts[heading] = clean(display(cell))
        try:
            line.values[heading] = parse(cell, column)
        except CellError as error:
            line.broken.add(heading)
            findings.add(table.problem(line, heading, str(error)))
    return line


def _report_unheaded(table: Table, filled: list[RawRow], findings: Findings) -> None:
    head = filled[0].cells
    seen = set()
    for row in filled[1:]:
        for index, cell in enumerate(row.cells):
            if index in seen or is_blank(cell) or (index < len(head) and not is_blank(head[index])):
                continue
            seen.add(index)
            letter, text = column_letter(index), shown(display(cell))
            message = f"“{text}”所在的 {letter} 列没有列标题，请补上列标题或删去这一列"
            findings.add(Problem(table.sheet.name, row.number, letter, "", message, text))
