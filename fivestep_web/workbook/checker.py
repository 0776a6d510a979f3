"""Check a whole annual workbook at once: every fault with its place, or the typed rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fivestep_web.workbook.build import build
from fivestep_web.workbook.columns import BY_NAME, NOTES_SHEET, SHEETS
from fivestep_web.workbook.known import KnownCodes
from fivestep_web.workbook.problems import Findings, Problem, shown
from fivestep_web.workbook.raw import RawSheet, RawWorkbook
from fivestep_web.workbook.relations import Book, check_relations
from fivestep_web.workbook.rows import AnnualWorkbook
from fivestep_web.workbook.settings import check_settings, settings_row
from fivestep_web.workbook.tables import Table, read_table
from fivestep_web.workbook.values import clean


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All problems in order; *data* only when there are none."""

    problems: tuple[Problem, ...]
    data: AnnualWorkbook | None
    letters: Mapping[str, Mapping[str, str]]

    @property
    def is_ok(self) -> bool:
        """Say whether the workbook may be loaded."""
        return not self.problems

    def has_column(self, sheet: str, heading: str) -> bool:
        """Say whether the file speaks of *heading*; what it leaves out stays as stored."""
        return heading in self.letters[sheet]

    def problem_at(self, sheet: str, row: int, heading: str, message: str, value: str = "") -> Problem:
        """Return a problem found after the check, such as a change to what is signed, with its address."""
        return Problem(sheet, row, self.letters[sheet].get(heading, ""), heading, message, shown(value))

    def in_order(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return *problems* by sheet, row and column."""
        findings = Findings([sheet.name for sheet in SHEETS])
        for problem in problems:
            findings.add(problem)
        return findings.in_order()


def check(raw: RawWorkbook, known: KnownCodes) -> CheckResult:
    """Return every error of *raw* at once, else its rows with defaults (interfaces.md, Annual workbook)."""
    findings = Findings([sheet.name for sheet in SHEETS])
    sheets = _sheets(raw, findings)
    tables = {
        sheet.name: read_table(sheet, sheets.get(sheet.name), findings, known.categories) for sheet in SHEETS
    }
    values = check_settings(tables["设置"], findings, known.settings)
    check_relations(Book(tables, known, findings))
    problems = findings.in_order()
    data = None if problems else build(tables, settings_row(values, tables["设置"]))
    return CheckResult(problems, data, _letters(tables))


def _letters(tables: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    return {name: dict(table.letters) for name, table in tables.items()}


def _sheets(raw: RawWorkbook, findings: Findings) -> dict[str, RawSheet]:
    found: dict[str, RawSheet] = {}
    for sheet in raw.sheets:
        name = clean(sheet.name)
        if name == NOTES_SHEET:
            continue
        if name not in BY_NAME:
            message = f"没有“{shown(name)}”这张表，请改为规定的表名或删去；可用的表：{'、'.join(BY_NAME)}"
            findings.add(Problem(shown(name), 1, "", "", message, shown(name)))
        elif name in found:
            findings.add(Problem(name, 1, "", "", f"“{name}”表有两张，请合并为一张", name))
        else:
            found[name] = sheet
    return found
