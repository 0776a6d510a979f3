"""A small county for the year's score: units, ratings and goals as sheets, loaded like an annual workbook."""

import datetime as dt
from fractions import Fraction

from tests.workbook import loading

GROUPS = ("社会调查", "群众评价", "领导评价", "科室互评")
D = dt.date
RATERS = 10
DUE = D(2026, 9, 30)
GOAL_COLUMNS = (
    "目标编号", "课题编号", "上级目标编号", "目标名称", "责任单位编码", "责任人工号",
    "计量单位", "目标值", "完成时限", "基本分", "计分方式", "计分参数",
)  # fmt: skip


def county(units=3, *, marks=(80, 84, 88, 92, 96), settings=()):
    """Sections K01… with a head and one member each, rated alike by *marks*, one goal done of ten points."""
    codes = [f"K{number:02}" for number in range(1, units + 1)]
    return {
        "单位": [
            ["单位编码", "单位名称", "类别", "负责人工号", "参评"],
            ["B00", "部领导", "部领导", "P00", "否"],
            *([code, f"第{code}科", "科室", f"H{code}", "是"] for code in codes),
            *([f"X{number}", f"评价科{number}", "科室", None, "否"] for number in range(RATERS)),
        ],
        "人员": [
            ["工号", "姓名", "单位编码", "职务", "编制", "角色", "登录名"],
            ["P00", "林某甲", "B00", "部长", "公务员", "部长", None],
            *([f"H{code}", "张某甲", code, "科长", "公务员", "科室负责人", None] for code in codes),
            *([f"S{code}", "李某甲", code, "科员", "公务员", "科室人员", None] for code in codes),
        ],
        "课题": [
            ["课题编号", "课题名称", "类别", "类型", "牵头单位编码", "主管领导工号"],
            ["T01", "组工信息", "组织部门自身建设", "常规", "K01", "P00"],
        ],
        "目标": [list(GOAL_COLUMNS), *(goal(f"M{code}", code) for code in codes)],
        "进展": [
            ["目标编号", "日期", "累计完成值", "完成日期"],
            *([f"M{code}", D(2026, 6, 30), 10, D(2026, 6, 30)] for code in codes),
        ],
        "评价": [["评价组", "评价人", "被评单位编码", "分值"], *ratings(codes, marks)],
        "加减分": [["单位编码", "类型", "分值", "事由", "依据"]],
        "设置": [["项目", "值"], ["年度", 2026], *map(list, settings)],
    }


def goal(code, unit, *, parent=None, person=None, method=None, parameters=None, due=DUE, target=10):
    """A row of 目标."""
    owner = person or f"H{unit}"
    return [code, "T01", parent, f"目标{code}", unit, owner, "篇", target, due, 10, method, parameters]


def ratings(codes, marks, groups=GROUPS):
    """Every group gives each unit *marks*."""
    return [
        [group, f"R{number}" if group != "科室互评" else f"X{number}", code, mark]
        for group in groups
        for code in codes
        for number, mark in enumerate(marks)
    ]


def load(sheets):
    """Load the sheets as `fivestep import load` does."""
    return loading.load(sheets)


def mean(marks, *, trimmed=False):
    """The mean of the marks, without one highest and one lowest where *trimmed*."""
    kept = sorted(marks)[1:-1] if trimmed else marks
    return Fraction(sum(kept), len(kept))
