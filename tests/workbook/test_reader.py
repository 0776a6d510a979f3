import datetime as dt
import re
import subprocess
import sys

import pytest
import xlsxwriter

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.workbook.raw import Kind, RawCell, column_index, column_letter
from fivestep_web.workbook.reader import plain_number
from fivestep_web.workbook.reading import read_workbook
from tests.workbook.builders import PLAIN, raw, rezip, sheets, write


@pytest.fixture
def book(tmp_path):
    """A book whose sheet 甲 the test fills; call it with the function that does."""

    def make(fill):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path, PLAIN) as workbook:
            fill(workbook, workbook.add_worksheet("甲"))
        return read_workbook(path).sheets[0]

    return make


def test_a_written_workbook_reads_back_cell_by_cell(tmp_path):
    assert _trimmed(read_workbook(write(tmp_path / "a.xlsx", sheets()))) == _trimmed(raw(sheets()))


def _trimmed(workbook):
    return [
        (sheet.name, row.number, [(i, each) for i, each in enumerate(row.cells) if each])
        for sheet in workbook.sheets
        for row in sheet.rows
    ]


def test_rows_and_columns_keep_their_true_place_when_the_first_ones_are_empty(book):
    sheet = book(lambda _workbook, sheet: sheet.write(4, 2, "x"))
    assert [(row.number, row.cells) for row in sheet.rows] == [(5, (None, None, RawCell(Kind.TEXT, "x")))]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.1, "0.1"), (20.0, "20"), (0.1 + 0.2, "0.3"), (91.3333333333333, "91.3333333333333"), (-2.5, "-2.5")],
)
def test_numbers_are_kept_as_typed(number, text):
    assert plain_number(number) == text


def test_numbers_beyond_all_bounds_stay_text_of_a_number():
    assert plain_number(1e300) == str(int(1e300))
    assert plain_number(float("inf")) == "inf"


def test_percent_cells_are_told_from_numbers_and_from_a_quoted_sign(book):
    def fill(workbook, sheet):
        sheet.write_number(0, 0, 0.45, workbook.add_format({"num_format": "0.0%"}))
        sheet.write_number(0, 1, 45, workbook.add_format({"num_format": '0"%"'}))
        sheet.write_number(0, 2, 0.2, workbook.add_format({"num_format": 9}))

    assert book(fill).rows[0].cells == (
        RawCell(Kind.PERCENT, "0.45"),
        RawCell(Kind.NUMBER, "45"),
        RawCell(Kind.PERCENT, "0.2"),
    )


def test_dates_times_and_truth_values(book):
    def fill(workbook, sheet):
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(0, 0, dt.datetime(2026, 3, 31, 14, 30), moment)  # noqa: DTZ001
        sheet.write_datetime(0, 1, dt.time(14, 30), workbook.add_format({"num_format": "hh:mm"}))
        sheet.write(0, 2, True)  # noqa: FBT003

    cells = book(fill).rows[0].cells
    assert cells[0] == RawCell(Kind.DATE, "2026-03-31")
    assert (cells[1].kind, cells[2]) == (Kind.TIME, RawCell(Kind.BOOLEAN, "TRUE"))


def test_formulas_give_their_value_and_errors_are_seen(book):
    def fill(_workbook, sheet):
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=A9/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, '=""', None, "")
        sheet.write_formula(2, 4, "=NA()", None, "#N/A")
        sheet.write_formula(1, 3, '="=" & 1', None, "=1")

    rows = book(fill).rows
    assert rows[0].cells[:2] == (RawCell(Kind.NUMBER, "2"), RawCell(Kind.ERROR, "#DIV/0!"))
    assert rows[0].cells[3] == RawCell(Kind.TEXT, "=1")
    assert (rows[1].number, rows[1].cells[4]) == (3, RawCell(Kind.ERROR, "#N/A"))


def test_a_formula_that_was_never_calculated_is_seen(tmp_path):
    path = write(tmp_path / "a.xlsx", {"甲": [["x", 5]]})
    part = {"xl/worksheets/sheet1.xml": lambda data: data.replace(b"<v>5</v>", b"<f>1+4</f>")}
    cells = read_workbook(rezip(path, tmp_path / "b.xlsx", part)).sheets[0].rows[0].cells
    assert cells[1].kind is Kind.UNCALCULATED


def test_cells_without_an_address_are_counted(tmp_path):
    path = write(tmp_path / "a.xlsx", {"甲": [[None, 5]]})

    def change(data):
        return re.sub(rb'<row [^>]*><c r="B1">', b'<row><c t="e"><v>#REF!</v></c><c>', data)

    changed = rezip(path, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": change})
    assert read_workbook(changed).sheets[0].rows[0].cells == (
        RawCell(Kind.ERROR, "#REF!"),
        RawCell(Kind.NUMBER, "5"),
    )


def test_a_stray_cell_at_the_far_end_does_not_fill_the_memory(tmp_path):
    path = write(tmp_path / "a.xlsx", {"甲": [["x"]]})

    def change(data):
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return data.replace(b"</sheetData>", far)

    with pytest.raises(UnsafeFile, match="删去"):
        read_workbook(rezip(path, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": change}))


def test_a_reader_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(confined, "SECONDS", 0.3)
    with pytest.raises(UnsafeFile, match="限定时间"):
        read_workbook(write(tmp_path / "a.xlsx", sheets()))


def test_the_reader_loads_neither_the_web_application_nor_the_database():
    names = "'flask', 'sqlalchemy', 'xlsxwriter'"
    loaded = f"; print([n for n in ({names}) if n in sys.modules])"
    code = confined._START.replace(".main()", loaded)
    command = [sys.executable, "-I", "-c", code, str(confined._HERE), "fivestep_web.workbook.reader"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.strip() == b"[]"


def test_column_letters_go_both_ways():
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(column_index(column_letter(index)) == index for index in range(2000))
