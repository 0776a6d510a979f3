"""Write workbooks for people: the empty annual workbook, and a checked one with its wrong cells marked.

Everything is written as what it is; text that starts with =, +, - or @ stays text (trust.md D4).
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from fivestep_web.workbook.columns import (
    NOTES_SHEET,
    SETTINGS,
    SETTINGS_SHEET,
    SHEETS,
    YES_NO,
    Column,
    Sheet,
    Type,
)
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.raw import Kind, RawCell, RawSheet, RawWorkbook, column_index
from fivestep_web.workbook.values import clean, display

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A fixed time, so that the same template has the same bytes.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file format knows no zone
_FIRST_YEAR = 1900
_LAST_ROW = 20_000
_MAX_CELL = 32_000
_MAX_SHEET_NAME = 31
_WIDTHS = {Type.TEXT: 36, Type.NAME: 24, Type.ROLES: 24, Type.CATEGORY: 24}
_NUMBER_FORMATS = {Type.DATE: "yyyy-mm-dd", Type.PERCENT: "0%", Type.CODE: "@"}
_SCORING = (
    ("计分方式", "计分参数", "说明"),
    ("按比例", "", "基本分 ×（累计完成值 ÷ 目标值），最多得基本分；不填即为此方式"),
    ("按比例", "超额每个加=0.5；加分上限=3", "超过目标值每满 1 个加 0.5 分，最多加 3 分"),
    ("按比例", "不足每个扣=2；扣分上限=5", "从基本分起，少 1 个扣 2 分，最多扣 5 分"),
    ("按比例", "未完成扣=2", "未达到目标值的，得基本分减 2 分"),
    ("完成得满分", "逾期每天扣=0.5；扣分上限=5", "达到目标值得基本分，否则 0 分；逾期一天扣 0.5 分"),
    ("分档", "档=50:10,200:20", "达到 50 得 10 分，达到 200 得 20 分，不到 50 得 0 分"),
    ("逐例扣分", "每例扣=2", "累计完成值填发生的件数，每件扣 2 分"),
    ("人工评定", "", "由评定人在 0 到基本分之间给分并写明理由"),
    ("各方式", "不涉及=满分", "累计完成值填“不涉及”的得基本分；不写则不计入"),
)


def write_template(path: Path, *, year: int) -> None:
    """Write the empty annual workbook of *year*, with drop-down lists and a notes sheet, to *path*."""
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        book.set_properties({"title": f"{year}年度工作簿", "created": _CREATED})
        styles = _Styles(book)
        for sheet in SHEETS:
            _write_sheet(book.add_worksheet(sheet.name), sheet, styles)
        _write_settings(book.get_worksheet_by_name(SETTINGS_SHEET.name), styles, year)
        _write_notes(book.add_worksheet(NOTES_SHEET), styles)


def write_marked(path: Path, raw: RawWorkbook, problems: Iterable[Problem]) -> None:
    """Write the cells of *raw* again, the wrong ones coloured and commented, and list all under 说明."""
    found = list(problems)
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        book.set_properties({"created": _CREATED})
        styles = _Styles(book)
        used = {NOTES_SHEET}
        for sheet in raw.sheets:
            name = clean(sheet.name)
            if name == NOTES_SHEET:
                continue
            target = book.add_worksheet(_sheet_name(sheet.name, used))
            _write_raw(target, sheet, [each for each in found if each.sheet == name], styles)
        _write_problems(book.add_worksheet(NOTES_SHEET), found, styles)


class _Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def heading(self, *, required: bool) -> Any:
        color = "#F8CBAD" if required else "#E7E6E6"
        return self.get(bold=True, bg_color=color, border=1, align="center", num_format="@")

    def cell(self, kind: Kind, *, is_wrong: bool) -> Any:
        formats = {Kind.DATE: "yyyy-mm-dd", Kind.PERCENT: "0.00%"}
        properties: dict[str, Any] = {"bg_color": "#FFC7CE", "font_color": "#9C0006"} if is_wrong else {}
        return self.get(num_format=formats.get(kind, "General"), **properties)


def _write_sheet(target: Any, sheet: Sheet, styles: _Styles) -> None:
    target.freeze_panes(1, 0)
    for index, column in enumerate(sheet.columns):
        width = _WIDTHS.get(column.type, 0) or max(12, 2 * len(column.heading) + 4)
        number_format = _NUMBER_FORMATS.get(column.type, "General")
        target.set_column(index, index, width, styles.get(num_format=number_format))
        target.write_string(0, index, column.heading, styles.heading(required=column.required))
        target.write_comment(0, index, _describe(column), {"x_scale": 2})
        source = _choices(column)
        if source:
            rule = {"validate": "list", "source": source, "ignore_blank": True}
            target.data_validation(1, index, _LAST_ROW, index, rule | _advice(column))


def _choices(column: Column) -> list[str] | str | None:
    """Return a drop-down list: the choices, or the codes typed into the sheet the column refers to."""
    if column.type in {Type.CHOICE, Type.CATEGORY}:
        return list(column.choices)
    return f"='{column.refers}'!$A$2:$A${_LAST_ROW}" if column.refers else None


def _advice(column: Column) -> dict[str, str]:
    if column.type is Type.CHOICE:
        return {"error_title": "请从列表中选择", "error_message": f"{column.heading}只能填列表中的值"}
    return {
        "error_type": "information",
        "error_title": "列表中没有",
        "error_message": "系统中已有的也可以填写",
    }


def _describe(column: Column) -> str:
    parts = ["必填" if column.required else "选填", column.note]
    if column.choices and column.type is not Type.ROLES:
        parts.append("可填：" + "、".join(column.choices))
    if column.default:
        parts.append(f"不填按“{column.default}”")
    if column.example:
        parts.append(f"例：{column.example}")
    return "；".join(parts)


def _write_settings(target: Any, styles: _Styles, year: int) -> None:
    for row, setting in enumerate(SETTINGS, 1):
        target.write_string(row, 0, setting.name)
        text = setting.default or str(year)
        if setting.type is Type.PERCENT:
            share = Decimal(text.removesuffix("%")) / 100
            target.write_number(row, 1, float(share), styles.get(num_format="0%"))
        elif setting.type is Type.CHOICE:
            target.write_string(row, 1, text)
            target.data_validation(row, 1, row, 1, {"validate": "list", "source": list(YES_NO)})
        else:
            target.write_number(row, 1, float(text))


def _write_notes(target: Any, styles: _Styles) -> None:
    bold, wrapped = styles.get(bold=True), styles.get(text_wrap=True, valign="top")
    for index, width in enumerate((14, 28, 90)):
        target.set_column(index, index, width, wrapped)
    lines: list[tuple[str, str, str]] = [
        ("填表说明", "", "底色较深的列必填。“设置”以外的表可以留空或删去；不要改动表名和列标题。"),
        ("", "", "日期填写如 2026-03-31；百分比填写如 20%；目标值、累计完成值只填数字，不带百分号。"),
        ("", "", "编码可以引用系统中已有的；同一编码在一张表里只能出现一次。"),
        ("表", "列", "填写要求"),
    ]
    for sheet in SHEETS:
        lines.append((sheet.name, "", sheet.note))
        lines.extend(("", column.heading, _describe(column)) for column in sheet.columns)
    lines.extend(("设置", each.name, each.note) for each in SETTINGS)
    lines.append(("计分办法", "", "计分参数由“名称=值”组成，多项之间用分号分开，举例如下。"))
    for row, line in enumerate(lines + list(_SCORING)):
        for column, text in enumerate(line):
            is_title = column == 0 or line in {lines[3], _SCORING[0]}
            target.write_string(row, column, text, bold if is_title else wrapped)


def _sheet_name(name: str, used: set[str]) -> str:
    """Return *name* where the file format takes it and it is still free, else a numbered one."""
    is_bad = set("[]:*?/\\") & set(name) or not 0 < len(name) <= _MAX_SHEET_NAME or "'" in {name[0], name[-1]}
    if is_bad or name.lower() in used:
        name = f"表{len(used)}"
    used.add(name.lower())
    return name


def _write_raw(target: Any, sheet: RawSheet, problems: list[Problem], styles: _Styles) -> None:
    messages: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        if problem.column:
            place = (problem.row - 1, column_index(problem.column))
            messages.setdefault(place, []).append(problem.message)
    target.freeze_panes(1, 0)
    for row in sheet.rows:
        for index, cell in enumerate(row.cells):
            if cell is not None:
                style = styles.cell(cell.kind, is_wrong=(row.number - 1, index) in messages)
                _write_cell(target, (row.number - 1, index), cell, style)
            elif (row.number - 1, index) in messages:
                target.write_blank(row.number - 1, index, None, styles.cell(Kind.TEXT, is_wrong=True))
    filled = {(row.number - 1, index) for row in sheet.rows for index in range(len(row.cells))}
    for (row_index, index), texts in messages.items():
        if (row_index, index) not in filled:
            target.write_blank(row_index, index, None, styles.cell(Kind.TEXT, is_wrong=True))
        target.write_comment(row_index, index, "\n".join(texts)[:_MAX_CELL], {"x_scale": 2})


def _write_cell(target: Any, place: tuple[int, int], cell: RawCell, style: Any) -> None:
    if cell.kind in {Kind.NUMBER, Kind.PERCENT} and Decimal(cell.text).is_finite():
        target.write_number(*place, float(cell.text), style)
    elif cell.kind is Kind.DATE and date.fromisoformat(cell.text).year >= _FIRST_YEAR:
        target.write_datetime(*place, date.fromisoformat(cell.text), style)
    elif cell.kind is Kind.BOOLEAN:
        target.write_boolean(*place, cell.text == "TRUE", style)
    else:
        target.write_string(*place, display(cell)[:_MAX_CELL], style)


def _write_problems(target: Any, problems: list[Problem], styles: _Styles) -> None:
    target.set_column(0, 2, 14)
    target.set_column(3, 3, 100)
    for index, heading in enumerate(("表", "单元格", "列", "问题和改法")):
        target.write_string(0, index, heading, styles.get(bold=True))
    for row, problem in enumerate(problems, 1):
        place = problem.cell or f"第 {problem.row} 行"
        for index, text in enumerate((problem.sheet, place, problem.heading, problem.message)):
            target.write_string(row, index, text)
