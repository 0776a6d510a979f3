"""The check of what is around the cells: sheets, headings, blank rows."""

import datetime as dt

from tests.workbook.builders import sheets
from tests.workbook.checking import SHEET_HEADINGS, edited, only, problems

D = dt.date


def test_sheets_other_than_the_settings_may_be_missing_or_empty():
    assert (
        problems({"设置": [["项目", "值"], ["年度", 2026]], "单位": [], "人员": SHEET_HEADINGS["人员"]}) == []
    )


def test_the_settings_and_their_year_are_required():
    assert only({})[0::2] == ("设置", "缺少“年度”一行，请在“设置”表中填写考核年度")
    assert "缺少“年度”" in only({"设置": [["项目", "值"], ["保留小数", 1]]})[2]


def test_unknown_sheets_are_faults_and_the_notes_are_not():
    data = sheets() | {"说明": [["随便", "写"]], "汇总": [["x"]]}
    assert only(data)[0:2] == ("汇总", 1)


def test_wrong_missing_and_repeated_headings_are_named():
    data = sheets()
    data["单位"][0] = ["单位编码", "单位名称*", "类别", "类别", "负责人工号", "主管领导工号", "备注"]
    found = problems(data)
    assert [(place, message[:14]) for _sheet, place, message in found] == [
        (1, "缺少“单位名称”列，请在第 "),
        ("B1", "没有“单位名称*”这一列，应"),
        ("D1", "列标题“类别”重复（C 列已"),
        ("G1", "没有“备注”这一列，请删去这"),
    ]


def test_a_value_beside_the_headings_is_a_fault():
    assert only(edited("加减分", "H3", "x"))[1] == "H3"


def test_headings_must_stand_in_the_first_row():
    data = sheets()
    data["加减分"].insert(0, [None])
    assert "第 1 行没有列标题" in only(data)[2]


def test_a_misspelt_key_column_does_not_make_every_reference_a_fault():
    data = sheets()
    data["单位"][0][0] = "单位编号"
    assert [place for _sheet, place, _message in problems(data)] == [1, "A1"]


def test_blank_rows_and_cells_of_spaces_are_nothing():
    data = sheets()
    data["单位"] += [[None], ["  ", "　"]]
    assert problems(data) == []
