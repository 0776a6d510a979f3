"""The check of cells and of what they refer to: each fault named once, at its cell."""

import datetime as dt

import pytest

from fivestep_web.workbook.checker import check
from fivestep_web.workbook.columns import BY_NAME, METHODS, ROLES
from fivestep_web.workbook.known import KnownCodes, KnownGoal
from fivestep_web.workbook.raw import Kind, RawCell
from tests.workbook.builders import raw, sheets
from tests.workbook.checking import NOTHING, SHEET_HEADINGS, edited, only, percent, problems

D = dt.date


def test_a_faultless_workbook_gives_typed_rows_with_defaults():
    data = check(raw(sheets()), NOTHING).data
    assert data.units[1].kind == "section"
    assert [each.is_assessed for each in data.units] == [False, True, True]
    assert [each.username for each in data.people] == ["P1", "zhang", "P3"]
    assert data.people[0].roles == ("MIN", "DEP")
    assert data.people[1].phone == "13800000000"
    assert (data.topics[0].requirements, data.topics[0].key_points) == ("=整顿", "+先难后易")
    task = data.goals[1]
    assert (task.row, task.parent, str(task.target), str(task.base_points)) == (3, "M1", "45", "10")
    assert (task.method, task.start, task.deadline) == ("按比例", None, D(2026, 9, 30))
    assert [each.ratio and str(each.ratio) for each in data.milestones] == ["0.25", "1", None]
    assert [each.done and str(each.done) for each in data.progress] == ["7.5", "30", None]
    assert [each.score and str(each.score) for each in data.ratings] == ["92.5", None, "88"]
    assert [(each.kind, each.points and str(each.points)) for each in data.adjustments] == [
        ("bonus", "2"),
        ("veto", None),
    ]
    assert (data.settings.year, data.settings.min_valid_lines, data.settings.trims_peers) == (2026, 5, True)
    assert data.settings.given.keys() == {"年度", "社会调查权重", "单组最少有效票"}


FAULTS = [
    ("单位", "B3", "", "缺少单位名称"),
    ("单位", "B3", "办" * 201, "缩短到 200 字"),
    ("单位", "B3", "办\n公室", "换行"),
    ("单位", "B3", "办\x01公室", "控制字符"),
    ("单位", "C3", "处室", "可选范围"),
    ("单位", "D3", "K99", "“K99”在“单位”表和系统中都没有"),
    ("单位", "D3", "K01", "首尾相接"),
    ("单位", "E3", "P9", "“P9”在“人员”表"),
    ("单位", "F3", "P9", "“P9”在“人员”表"),
    ("单位", "G3", "√", "是、否"),
    ("单位", "G3", RawCell(Kind.BOOLEAN, "TRUE"), "逻辑值"),
    ("人员", "C2", "K9", "“K9”在“单位”表"),
    ("人员", "D2", "长" * 201, "200"),
    ("人员", "E2", "公务", "公务员、事业"),
    ("人员", "F2", "部长，主管领导", "没有“部长，主管领导”这个角色"),
    ("人员", "F2", "部长、书记", "没有“书记”这个角色"),
    ("人员", "G3", "P1", "登录名“P1”已由工号“P1”使用"),
    ("人员", "G4", "zhang", "登录名“zhang”已由工号“P2”使用"),
    ("人员", "G4", "a" * 41, "40 字"),
    ("课题", "C2", "党建", "可选范围"),
    ("课题", "D2", "普通", "常规、重点、特色"),
    ("课题", "E2", "K9", "“单位”表"),
    ("课题", "F2", "P9", "“人员”表"),
    ("课题", "F3", None, "缺少主管领导工号"),
    ("课题", "G2", "长" * 5001, "5000"),
    ("目标", "B2", "T9", "“课题”表"),
    ("目标", "C3", "M9", "“目标”表"),
    ("目标", "C3", "M2", "首尾相接"),
    ("目标", "C2", "M2", "首尾相接（M1→M2→M1）"),
    ("目标", "C3", "M3", "与本目标的课题“T01”不同"),
    ("目标", "E2", "K9", "“单位”表"),
    ("目标", "F2", "P9", "“人员”表"),
    ("目标", "I2", "30%", "“30%”带有百分号"),
    ("目标", "I2", percent("0.45"), "“45%”带有百分号，请按计量单位填写数字（如 45）"),
    ("目标", "I2", "三十", "不是数字"),
    ("目标", "I2", "1,200", "不带单位和逗号"),
    ("目标", "I2", -1, "小于 0"),
    ("目标", "I2", RawCell(Kind.NUMBER, "1" + "0" * 300), "过大"),
    ("目标", "I2", RawCell(Kind.ERROR, "#REF!"), "“#REF!”，请改为具体的值"),
    ("目标", "I2", RawCell(Kind.UNCALCULATED, ""), "没有计算结果"),
    ("目标", "I2", D(2026, 1, 1), "不是数字"),
    ("目标", "L3", "2026-02-30", "“2026-02-30”不是有效日期，请改为 2026-02-28 或之前"),
    ("目标", "L3", "2026/09/30", "不是有效日期，请填写如 2026-03-31"),
    ("目标", "L3", "2026-13-01", "不是有效日期"),
    ("目标", "L3", 46112, "是数字，请把单元格设为日期格式"),
    ("目标", "L3", D(1900, 1, 1), "年份不对"),
    ("目标", "L3", None, "缺少完成时限"),
    ("目标", "M2", "十分", "不是数字"),
    ("目标", "N3", "按进度", "可选范围"),
    ("目标", "O2", "档=30:10,15:5", "从小到大"),
    ("目标", "O3", "加分=1", "没有“加分”这个名称"),
    ("目标", "O4", None, "每例扣"),
    ("里程碑", "A4", "M9", "“目标”表"),
    ("里程碑", "B3", 1.5, "整数"),
    ("里程碑", "B3", 0, "不小于 1 的整数"),
    ("里程碑", "B3", "二", "不是数字"),
    ("里程碑", "B3", 1, "重复"),
    ("里程碑", "D3", D(2026, 11, 1), "晚于目标的完成时限 2026-10-31"),
    ("里程碑", "D2", D(2026, 1, 3), "早于目标的开始日期 2026-01-04"),
    ("里程碑", "E3", "20%", "小于前一阶段（第 2 行）的 25%"),
    ("里程碑", "E3", "120%", "0% 到 100%"),
    ("里程碑", "E3", 0.5, "请填写如 20%（带百分号）"),
    ("进展", "A4", "M9", "“目标”表"),
    ("进展", "B4", "3月", "不是有效日期"),
    ("进展", "C3", "不适用", "不是数字"),
    ("进展", "C3", "100%", "百分号"),
    ("进展", "C3", None, "缺少累计完成值"),
    ("进展", "D3", D(2026, 11, 1), "晚于填报日期 2026-10-31"),
    ("评价", "A2", "社会评价", "可选范围"),
    ("评价", "C3", "K01", "与第 2 行重复"),
    ("评价", "C2", "K9", "“单位”表"),
    ("评价", "C4", "K01", "不能评价自己"),
    ("评价", "B4", "L1", "单位编码"),
    ("评价", "D2", 100.5, "0 到 100"),
    ("评价", "D2", -1, "小于 0"),
    ("评价", "D2", "弃权", "或填“不了解”"),
    ("评价", "D2", percent("0.9"), "百分号"),
    ("加减分", "A2", "K9", "“单位”表"),
    ("加减分", "B2", "奖励", "可选范围"),
    ("加减分", "C2", None, "加分缺少分值"),
    ("加减分", "C2", 0, "大于 0"),
    ("加减分", "C2", -2, "小于 0"),
    ("加减分", "D2", None, "缺少事由"),
    ("设置", "B2", "二〇二六", "不是数字"),
    ("设置", "B2", 1999, "2000 到 2100"),
    ("设置", "B2", None, "缺少值"),
    ("设置", "B3", "30%", "四个权重之和为 110%，应为 100%"),
    ("设置", "B3", 20, "百分比"),
    ("设置", "B4", 2, "3 到 1000"),
    ("设置", "B4", 2.5, "整数"),
    ("设置", "A4", "年度", "重复"),
    ("设置", "A4", "最少票", "可选范围"),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "words"), FAULTS)
def test_each_fault_is_the_only_one_and_named_at_its_cell(sheet, cell, value, words):
    where, place, message = only(edited(sheet, cell, value))
    assert (where, place) == (sheet, cell)
    assert words in message


@pytest.mark.parametrize(
    ("sheet", "key_column"),
    [
        ("单位", "A"),
        ("人员", "A"),
        ("课题", "A"),
        ("目标", "A"),
        ("里程碑", "B"),
        ("进展", "B"),
        ("评价", "C"),
        ("加减分", "D"),
    ],
)
def test_a_key_given_twice_names_the_first_row(sheet, key_column):
    data = sheets()
    data[sheet].append(list(data[sheet][1]))
    where, place, message = only(data)
    assert (where, place) == (sheet, f"{key_column}{len(data[sheet])}")
    assert "与第 2 行重复" in message


def test_keys_are_compared_without_surrounding_space_and_in_one_unicode_form():
    data = sheets()
    data["单位"][1][0] = "e\u0301"
    data["单位"].append(["　\u00e9 ", "重名", "科室"])
    for person in data["人员"][1:]:
        person[2] = "K01" if person[2] == "B00" else person[2]
    assert "重复" in only(data)[2]


def test_a_missing_code_is_reported_where_it_stands_and_where_it_is_used():
    found = problems(edited("单位", "A3", None))
    assert found[0] == ("单位", "A3", "缺少单位编码，请填写")
    assert all("“K01”在“单位”表和系统中都没有" in message for _sheet, _cell, message in found[1:])


def test_a_goal_may_not_end_before_it_starts():
    assert only(edited("目标", "K3", D(2026, 10, 1)))[1] == "L3"


def test_a_circle_of_three_units_is_reported_once():
    data = sheets()
    for row, parent in ((1, "K01"), (2, "K02"), (3, "B00")):
        data["单位"][row][3] = parent
    assert only(data)[1] == "D2"


def test_a_task_may_hang_below_a_task():
    data = sheets()
    data["目标"].append(["M4", "T01", "M2", "入户", "K01", "P2", *[None] * 4, None, D(2026, 9, 1)])
    assert problems(data) == []


def test_codes_may_refer_to_what_is_stored():
    known = KnownCodes(
        units={"K01": "", "K02": ""},
        people={"P1": "P1"},
        topics=frozenset({"T01"}),
        goals={"M1": KnownGoal("T01", "", D(2026, 2, 1), D(2026, 6, 30))},
        categories=frozenset({"智慧党建"}),
    )
    data = {
        "课题": [SHEET_HEADINGS["课题"][0], ["T05", "平台", "智慧党建", "特色", "K01", "P1"]],
        "目标": [
            SHEET_HEADINGS["目标"][0],
            ["M8", "T01", "M1", "任务", "K01", "P1", *[None] * 5, D(2026, 6, 1)],
        ],
        "里程碑": [SHEET_HEADINGS["里程碑"][0], ["M1", 1, "甲", D(2026, 6, 30), "100%"]],
        "评价": [SHEET_HEADINGS["评价"][0], ["科室互评", "K01", "K02", 90]],
        "设置": sheets()["设置"],
    }
    assert problems(data, known) == []
    data["里程碑"][1][3] = D(2026, 7, 1)
    assert only(data, known)[1] == "D2"
    data["里程碑"][1][3] = D(2026, 1, 1)
    assert only(data, known)[1] == "D2"


def test_a_circle_or_foreign_topic_through_stored_goals_is_found():
    known = KnownCodes(
        goals={
            "M7": KnownGoal("T01", "M1", None, D(2026, 6, 30)),
            "M9": KnownGoal("T02", "", None, D(2026, 6, 30)),
        }
    )
    assert "首尾相接" in only(edited("目标", "C2", "M7"), known)[2]
    assert "属于课题“T02”" in only(edited("目标", "C2", "M9"), known)[2].replace("M3", "")


def test_a_user_name_of_a_stored_person_is_taken_but_may_move_within_the_file():
    known = KnownCodes(people={"P8": "zhang", "P3": "li"})
    assert "已由工号“P8”使用" in only(sheets(), known)[2]
    assert problems(edited("人员", "G3", "li"), known) == []


def test_the_loader_can_add_problems_with_their_address():
    result = check(raw(sheets()), NOTHING)
    problem = result.problem_at("目标", 2, "完成时限", "责任书已签订，完成时限不能更改，请走变更程序")
    assert (problem.cell, result.has_column("目标", "完成时限"), result.has_column("课题", "难点")) == (
        "L2",
        True,
        False,
    )


def test_roles_and_scoring_methods_are_those_of_the_rest_of_the_system():
    from fivestep_web.assessment.scoring_methods import METHOD_LABELS
    from fivestep_web.core.permissions import Role

    assert set(ROLES.values()) == set(Role)
    assert set(METHODS) == set(METHOD_LABELS.values())
    assert BY_NAME["目标"].column("计分方式").choices == METHODS
