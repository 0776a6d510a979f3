"""A year's notice as a workbook: read, refused with sheet, row and column, shown, stored as a whole."""

import io
from datetime import date

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.core.sheets import write_workbook
from fivestep_web.org.queries import get_calendar, list_days
from fivestep_web.workbook.calendar_sheet import HEADINGS, SHEET, read
from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, RawWorkbook
from tests.factories.accounts import user_with_role
from tests.web import get, post

GOOD = ("2031-10-01", "2031-10-07", "休", "国庆节")


def book(*rows, headings=HEADINGS, name=SHEET):
    cells = (tuple(RawCell(Kind.TEXT, text) if text else None for text in row) for row in (headings, *rows))
    return RawWorkbook((RawSheet(name, tuple(RawRow(number, row) for number, row in enumerate(cells, 1))),))


def test_rows_become_the_lines_of_the_page():
    found = read(book(GOOD, ("2031-10-11", "", "班", "")), 2031)
    assert found.text == "2031-10-01至2031-10-07 休 国庆节\n2031-10-11至2031-10-11 班"


def test_other_names_of_the_columns_and_dates_as_dates_are_understood():
    sheet = RawSheet(
        SHEET,
        (
            RawRow(1, (RawCell(Kind.TEXT, "日期"), RawCell(Kind.TEXT, "休/班"))),
            RawRow(3, (RawCell(Kind.DATE, "2031-05-01"), RawCell(Kind.TEXT, "休"))),
        ),
    )
    assert read(RawWorkbook((sheet,)), 2031).text == "2031-05-01至2031-05-01 休"


def test_a_new_year_may_begin_in_december():
    assert read(book(("2030-12-30", "2031-01-01", "休", "元旦")), 2031).problems == []


@pytest.mark.parametrize(
    ("rows", "cell", "words"),
    [
        ([("2031-02-30", "", "休", "")], "A2", "不是有效日期"),
        ([("", "2031-02-03", "休", "")], "A2", "没有填日期"),
        ([("2031-10-07", "2031-10-01", "休", "")], "B2", "不早于开始日期"),
        ([("2031-01-01", "2031-06-01", "休", "")], "B2", "不超过31天"),
        ([("2031-10-01", "", "放", "")], "C2", "应填“休”或“班”"),
        ([("2030-10-01", "", "休", "")], "A2", "不在2031年"),
        ([GOOD, ("2031-10-04", "", "班", "")], "A3", "与第2行又休又班，互相矛盾"),
        ([GOOD, GOOD], "A3", "与第2行重复"),
        ([("2031-10-09", "", "班", "")], "C2", "星期四，本来就上班"),
        ([("2031-10-01", "", "休", "字" * 61)], "D2", "最多60个字"),
        ([], "", "没有一行日期"),
    ],
)
def test_an_error_names_its_cell_and_nothing_is_read(rows, cell, words):
    found = read(book(*rows), 2031)
    assert found.lines == ()
    assert (found.problems[0].cell, found.problems[0].sheet) == (cell, SHEET)
    assert words in found.problems[0].message


def test_a_workbook_of_something_else_is_refused():
    assert "没有名为“工作日历”的表" in read(book(GOOD, name="单位"), 2031).problems[0].message
    assert "缺少栏目“安排”" in read(book(GOOD, headings=("开始日期", "结束日期")), 2031).problems[0].message
    empty = RawWorkbook((RawSheet(SHEET, ()),))
    assert "表是空的" in read(empty, 2031).problems[0].message


def upload(*rows):
    file = io.BytesIO()
    write_workbook(file, [(SHEET, [HEADINGS, *rows])])
    file.seek(0)
    return {"file": (file, "2031.xlsx"), "calendar_year": "2031"}


@pytest.mark.one_database
def test_a_notice_is_checked_shown_and_stored_as_a_whole(login, db):
    client = login(user_with_role(Role.OFC))
    address = "/admin/calendar/import"
    assert get(client, f"{address}/template").data[:2] == b"PK"
    assert get(client, f"{address}?calendar_year=2031").status_code == 200
    bad = post(client, address, upload(GOOD, GOOD))
    assert bad.status_code == 422
    assert "没有导入任何一天" in bad.text
    assert post(client, address, {"file": (io.BytesIO(b"PK\x03\x04"), "x.xlsx")}).status_code == 422
    assert post(client, address, {}).status_code == 422
    shown = post(client, address, upload(GOOD))
    assert "变动 7 天" in shown.text
    assert list_days(2031) == []
    text = "2031-10-01至2031-10-07 休 国庆节"
    assert post(client, f"{address}/store", {"days": "看不懂", "calendar_year": "2031"}).status_code == 422
    assert post(client, f"{address}/store", {"days": text, "calendar_year": "2031"}).status_code == 303
    assert list_days(2031)[0].day == date(2031, 10, 1)
    assert "变动 0 天，不变 7 天" in post(client, address, upload(GOOD)).text
    assert get_calendar().is_known(2031)
