import re
import zipfile

from fivestep_web.workbook.checker import check
from fivestep_web.workbook.columns import SETTINGS, SHEETS
from fivestep_web.workbook.known import KnownCodes
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.template import write_marked, write_template
from tests.workbook.builders import raw, sheets, write

NOTHING = KnownCodes()


def template(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path, year=2026)
    return path


def test_the_empty_template_passes_with_the_defaults(tmp_path):
    result = check(read_workbook(template(tmp_path)), NOTHING)
    assert result.problems == ()
    assert result.data.goals == ()
    assert result.data.settings.year == 2026
    assert result.data.settings.given.keys() == {each.name for each in SETTINGS}


def test_the_template_has_every_sheet_and_heading_and_explains_every_column(tmp_path):
    book = {sheet.name: sheet for sheet in read_workbook(template(tmp_path)).sheets}
    assert list(book) == [*(sheet.name for sheet in SHEETS), "说明"]
    for sheet in SHEETS:
        assert [each.text for each in book[sheet.name].rows[0].cells] == [c.heading for c in sheet.columns]
    explained = {row.cells[1].text for row in book["说明"].rows if len(row.cells) > 2 and row.cells[1]}
    assert {column.heading for sheet in SHEETS for column in sheet.columns} <= explained


def test_the_template_offers_choices_as_lists_and_marks_required_headings(tmp_path):
    with zipfile.ZipFile(template(tmp_path)) as archive:
        goals = archive.read("xl/worksheets/sheet4.xml").decode()
    assert "按比例,完成得满分,分档,逐例扣分,人工评定" in goals
    assert "'课题'!$A$2" in goals.replace("&apos;", "'")
    styles = dict(re.findall(r'<c r="([A-O]1)" s="(\d+)"', goals))
    required = {styles[letter + "1"] for letter in "ABDEFL"}
    optional = {styles[letter + "1"] for letter in "CGHIJKMNO"}
    assert len(required) == len(optional) == 1
    assert required != optional


def test_the_same_template_has_the_same_bytes(tmp_path):
    first = template(tmp_path).read_bytes()
    assert template(tmp_path).read_bytes() == first


def test_a_filled_template_goes_round(tmp_path):
    blank = {sheet.name: sheet for sheet in read_workbook(template(tmp_path)).sheets}
    filled = {}
    for sheet in raw(sheets()).sheets:
        rows = (
            blank[sheet.name].rows if sheet.name == "设置" else (blank[sheet.name].rows[0], *sheet.rows[1:])
        )
        filled[sheet.name] = [list(row.cells) for row in rows]
    path = tmp_path / "filled.xlsx"
    write_marked(path, RawWorkbook(tuple(_sheet(name, rows) for name, rows in filled.items())), [])
    result = check(read_workbook(path), NOTHING)
    assert result.problems == ()
    assert result.data.goals == check(raw(sheets()), NOTHING).data.goals


def _sheet(name, rows):
    return RawSheet(name, tuple(RawRow(number, tuple(cells)) for number, cells in enumerate(rows, 1)))


def test_a_marked_workbook_keeps_all_values_and_comments_the_wrong_cells(tmp_path):
    data = sheets()
    data["目标"][1][8] = RawCell(Kind.PERCENT, "0.45")
    data["目标"][2][11] = "2026-02-30"
    data["目标"][3][5] = None
    original = read_workbook(write(tmp_path / "wrong.xlsx", data))
    problems = check(original, NOTHING).problems
    assert [each.cell for each in problems] == ["I2", "L3", "F4"]
    marked = tmp_path / "marked.xlsx"
    write_marked(marked, original, problems)
    again = read_workbook(marked)
    assert again.sheets[:-1] == original.sheets
    assert [each.cell for each in check(again, NOTHING).problems] == ["I2", "L3", "F4"]
    listed = [[cell.text for cell in row.cells] for row in again.sheets[-1].rows[1:]]
    assert listed[1] == ["目标", "L3", "完成时限", problems[1].message]
    with zipfile.ZipFile(marked) as archive:
        comments = archive.read("xl/comments1.xml").decode()
        goals = archive.read("xl/worksheets/sheet4.xml").decode()
    assert re.findall(r'<comment ref="([A-Z]\d)"', comments) == ["I2", "L3", "F4"]
    styles = dict(re.findall(r'<c r="([A-O]\d)" s="(\d+)"', goals))
    assert styles["L3"] != styles["L2"]


def test_a_marked_workbook_takes_any_sheet_name_and_problems_without_a_cell(tmp_path):
    names = ["a/b", "长" * 40, "'x'", "说明", "A", "a"]
    cells = (RawCell(Kind.TEXT, "=1+1"), RawCell(Kind.DATE, "0001-01-01"), RawCell(Kind.NUMBER, "inf"))
    book = RawWorkbook(tuple(RawSheet(name, (RawRow(1, cells),)) for name in names))
    path = tmp_path / "odd.xlsx"
    write_marked(path, book, [Problem("A", 1, "", "", "没有这张表"), Problem("A", 3, "D", "", "缺少")])
    again = read_workbook(path)
    assert len(again.sheets) == len(names)
    assert again.sheets[0].rows[0].cells[0] == RawCell(Kind.TEXT, "=1+1")
    assert again.sheets[-1].rows[1].cells[1].text == "第 1 行"
