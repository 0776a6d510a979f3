"""Small workbooks for tests: as raw cells, and as real files."""

import datetime as dt
import zipfile
from copy import deepcopy
from pathlib import Path

import xlsxwriter

from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, RawWorkbook

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
D = dt.date

SHEETS = {
    "单位": [
        ["单位编码", "单位名称", "类别", "上级单位编码", "负责人工号", "主管领导工号", "参评"],
        ["B00", "部领导", "部领导", None, "P1", "P1", "否"],
        ["K01", "办公室", "科室", None, "P2", "P1", "是"],
        ["K02", "组织科", "科室", None, "P3", "P1", "是"],
    ],
    "人员": [
        ["工号", "姓名", "单位编码", "职务", "编制", "角色", "登录名", "手机"],
        ["P1", "林某甲", "B00", "部长", "公务员", "部长、主管领导", None, None],
        ["P2", "张某甲", "K01", "主任", "公务员", "科室负责人、办公室", "zhang", 13800000000],
        ["P3", "李某甲", "K02", "科长", "事业", "科室负责人", None, None],
    ],
    "课题": [
        ["课题编号", "课题名称", "类别", "类型", "牵头单位编码", "主管领导工号", "目标要求", "重点"],
        ["T01", "后进村整顿", "基层党组织建设", "重点", "K02", "P1", "=整顿", "+先难后易"],
        ["T02", "组工信息", "组织部门自身建设", "常规", "K01", "P1", None, None],
    ],
    "目标": [
        [
            *[
                "目标编号",
                "课题编号",
                "上级目标编号",
                "目标名称",
                "责任单位编码",
                "责任人工号",
                "主管领导工号",
            ],
            *["计量单位", "目标值", "完成标准", "开始日期", "完成时限", "基本分", "计分方式", "计分参数"],
        ],
        [
            *["M1", "T01", None, "整顿", "K02", "P3", "P1", "个", 30, "合格", D(2026, 1, 4), D(2026, 10, 31)],
            *[10, "分档", "档=15:5,30:10"],
        ],
        ["M2", "T01", "M1", "包村", "K02", "P3", None, "%", 45, None, None, "2026-09-30", None, None, None],
        [
            *["M3", "T02", None, "信息", "K01", "P2", None, "篇", None, None, None, D(2026, 12, 10)],
            *[20, "逐例扣分", "每例扣=2"],
        ],
    ],
    "里程碑": [
        ["目标编号", "序号", "阶段名称", "完成时限", "应完成比例"],
        ["M1", 1, "调研", D(2026, 3, 31), "25%"],
        ["M1", 2, "验收", D(2026, 10, 31), RawCell(Kind.PERCENT, "1")],
        ["M3", 1, "报送", D(2026, 6, 30), None],
    ],
    "进展": [
        ["目标编号", "日期", "累计完成值", "完成日期", "情况说明"],
        ["M1", D(2026, 3, 31), 7.5, None, "推进中"],
        ["M1", D(2026, 10, 31), 30, D(2026, 10, 30), None],
        ["M2", D(2026, 3, 31), "不涉及", None, None],
    ],
    "评价": [
        ["评价组", "评价人", "被评单位编码", "分值"],
        ["社会调查", "S1", "K01", 92.5],
        ["社会调查", "S1", "K02", "不了解"],
        ["科室互评", "K01", "K02", 88],
    ],
    "加减分": [
        ["单位编码", "类型", "分值", "事由", "依据"],
        ["K01", "加分", 2, "经验交流", "简报"],
        ["K02", "一票否决", None, "信访", None],
    ],
    "设置": [["项目", "值"], ["年度", 2026], ["社会调查权重", "20%"], ["单组最少有效票", 5]],
}


def cell(value):
    """The raw cell of a Python value."""
    if value is None or isinstance(value, RawCell):
        return value
    if isinstance(value, dt.date):
        return RawCell(Kind.DATE, value.isoformat())
    if isinstance(value, int | float):
        return RawCell(Kind.NUMBER, str(value))
    return RawCell(Kind.TEXT, value)


def sheets():
    """A faultless small workbook, free to change."""
    return deepcopy(SHEETS)


def raw(data):
    """The raw workbook of *data*."""
    return RawWorkbook(
        tuple(
            RawSheet(
                name,
                tuple(
                    RawRow(number, tuple(map(cell, row)))
                    for number, row in enumerate(rows, 1)
                    if any(value is not None for value in row)
                ),
            )
            for name, rows in data.items()
        )
    )


def write(path: Path, data):
    """A real file of *data*."""
    with xlsxwriter.Workbook(path, PLAIN) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        percent = book.add_format({"num_format": "0.0%"})
        for name, rows in data.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, RawCell):
                        sheet.write_number(r, c, float(value.text), percent)
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(r, c, value, day)
                    elif value is not None:
                        sheet.write(r, c, value)
    return path


def rezip(source: Path, target: Path, changes=None, extra=None):
    """A copy of a package with some parts changed (a function of their bytes) or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            change = (changes or {}).get(entry.filename)
            new.writestr(entry.filename, change(data) if change else data)
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return target
