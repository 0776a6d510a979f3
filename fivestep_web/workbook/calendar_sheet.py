"""A year's days off as a sheet: columns 开始日期, 结束日期, 安排, 说明, read into lines of text; pure.

Every error names sheet, row and column. What was read is the list a clerk could have typed (org.rules).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fivestep_web.org.rules import KINDS, LONGEST_RUN, MAX_LINES, MAX_NOTE
from fivestep_web.workbook.problems import Problem, shown
from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, RawWorkbook, column_letter

SHEET = "工作日历"
FIRST, LAST, KIND, NOTE = "开始日期", "结束日期", "安排", "说明"
HEADINGS = (FIRST, LAST, KIND, NOTE)
ALIASES = {"日期": FIRST, "开始": FIRST, "结束": LAST, "休/班": KIND, "休班": KIND}
ONE_DAY = timedelta(days=1)
SATURDAY = 5
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")


@dataclass(frozen=True)
class Read:
    """What a sheet comes to: a line for each run of days, or every error in it."""

    lines: Sequence[str]
    problems: Sequence[Problem]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(book: RawWorkbook, year: int) -> Read:
    """Return the days off and make-up days of *year* as the lines of the calendar's page."""
    sheet = next((sheet for sheet in book.sheets if sheet.name.strip() == SHEET), None)
    if sheet is None:
        named = next((sheet.name for sheet in book.sheets), "")
        message = f"没有名为“{SHEET}”的表，请下载模板，把日期填在这张表里"
        return Read((), [Problem(named or SHEET, 1, "", "", message)])
    if not sheet.rows:
        return Read((), [Problem(SHEET, 1, "", "", "表是空的，请下载模板，按第一行的栏目填写")])
    reader = _Reader(sheet, year)
    lines = list(reader.lines())
    if not lines and not reader.problems:
        reader.problems.append(Problem(SHEET, 2, "", "", "没有一行日期，请每行写一段放假或一天上班"))
    return Read(() if reader.problems else lines, reader.problems)


class _Reader:
    """Reads the rows of one sheet and collects what is wrong with them."""

    def __init__(self, sheet: RawSheet, year: int) -> None:
        self.problems: list[Problem] = []
        self._year, self._rows = year, sheet.rows
        self._seen: dict[date, tuple[int, bool]] = {}
        self._columns: dict[str, int] = {}
        for index, cell in enumerate(sheet.rows[0].cells):
            name = cell.text.strip() if cell else ""
            self._columns.setdefault(ALIASES.get(name, name), index)

    def lines(self) -> Iterator[str]:
        """Yield a line for each sound row."""
        missing = [name for name in (FIRST, KIND) if name not in self._columns]
        if missing:
            message = f"缺少栏目“{'”“'.join(missing)}”，请对照模板补上"
            self.problems.append(Problem(SHEET, self._rows[0].number, "", "", message))
            return
        if len(self._rows) - 1 > MAX_LINES:
            message = f"最多{MAX_LINES}行，请删去与这一年无关的行"
            self.problems.append(Problem(SHEET, self._rows[MAX_LINES + 1].number, "", "", message))
            return
        for row in self._rows[1:]:
            if any(self._text(row, name) for name in HEADINGS):
                yield from self._line(row)

    def _line(self, row: RawRow) -> Iterator[str]:
        before = len(self.problems)
        first = self._day(row, FIRST)
        last = self._day(row, LAST) if self._text(row, LAST) else first
        kind, note = self._text(row, KIND), self._text(row, NOTE)
        if kind not in KINDS:
            self._add(row, KIND, "应填“休”或“班”")
        if len(note) > MAX_NOTE or not note.isprintable():
            self._add(row, NOTE, f"最多{MAX_NOTE}个字，不能换行")
        if first and last and len(self.problems) == before:
            self._check_run(row, first, last, is_workday=KINDS[kind])
        if len(self.problems) == before:
            yield f"{first}至{last} {'班' if KINDS[kind] else '休'} {note}".strip()

    def _check_run(self, row: RawRow, first: date, last: date, *, is_workday: bool) -> None:
        if not first <= last < first + LONGEST_RUN * ONE_DAY:
            column = LAST if LAST in self._columns else FIRST
            self._add(row, column, f"结束日期须不早于开始日期，一次不超过{LONGEST_RUN}天")
            return
        if self._year not in (first.year, last.year):
            self._add(row, FIRST, f"不在{self._year}年，请删去这一行或改选年度")
            return
        for day in (first + i * ONE_DAY for i in range((last - first).days + 1)):
            if is_workday and day.weekday() < SATURDAY:
                self._add(row, KIND, f"{day}是星期{'一二三四五'[day.weekday()]}，本来就上班，不用调休")
                return
            if day in self._seen:
                number, before = self._seen[day]
                words = "又休又班，互相矛盾" if before != is_workday else "重复"
                self._add(row, FIRST, f"{day}与第{number}行{words}，请留一处")
                return
            self._seen[day] = (row.number, is_workday)

    def _day(self, row: RawRow, column: str) -> date | None:
        text = self._text(row, column)
        match = _DATE.fullmatch(text)
        try:
            return date(*map(int, match.groups() if match else (0, 0, 0)))
        except ValueError:
            self._add(row, column, "不是有效日期，请写成2027-10-01" if text else "没有填日期")
            return None

    def _cell(self, row: RawRow, column: str) -> RawCell | None:
        index = self._columns.get(column)
        return None if index is None or index >= len(row.cells) else row.cells[index]

    def _text(self, row: RawRow, column: str) -> str:
        cell = self._cell(row, column)
        if cell is None or cell.kind in {Kind.ERROR, Kind.UNCALCULATED}:
            return ""
        return cell.text.split("T")[0].strip() if cell.kind is Kind.DATE else cell.text.strip()

    def _add(self, row: RawRow, column: str, message: str) -> None:
        letter = column_letter(self._columns[column]) if column in self._columns else ""
        text = shown(self._text(row, column))
        self.problems.append(Problem(SHEET, row.number, letter, column, message, text))
