"""Tables have the heads and widths of official-documents.md part C."""

import pytest

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import W, WordFile, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload

WIDTHS = """
# annual_work_priorities
序号 600 · 课题 3200 · 类别 1500 · 层次 900 · 牵头单位 1445 · 完成时限 1200
# task_book
序号 600 · 类别 1300 · 工作目标 3000 · 完成标准 2600 · 完成时限 1256 · 责任单位 1300 · 责任人 1200 ·
主管领导 1500
# timetable
序号 560 · 类别 1150 · 工作目标 2100 · 阶段及完成标志 2350 · 起止时间 1700 · 周次 846 · 完成时限 1150 ·
责任单位 1100 · 责任人 900 · 主管领导 900
# responsibility_letter
序号 600 · 工作目标 2500 · 完成标准 2500 · 完成时限 1345 · 权重 800 · 责任人 1100
甲方（盖章/签字） 4422 · 乙方（盖章/签字） 4423
序号 600 · 阶段 2245 · 完成标志 3000 · 起止时间 2000 · 责任人 1000
# ledger_book
序号 560 · 工作时间 1300 · 任务目标 2500 · 工作措施 2700 · 完成时限 1200 · 责任人 1000 · 完成情况 2496 ·
信号 1000
# monthly_bulletin
序号 600 · 单位 2000 · 到期目标 1100 · 已完成 1100 · 完成率 1145 · 滞后 1000 · 逾期 1000 · 信号 900
# quarterly_review
单位 1500 · 汇报要点 2800 · 肯定成绩 2800 · 指出不足 2800 · 纠偏措施及时限 2856
# annual_assessment_result
评价类别 1845 · 发出 1000 · 收回 1000 · 无效 1000 · 有效 1000 · 有效率 1200 · 说明 1800
位次 700 · 单位 2256 · 社会调查 1300 · 群众评价 1300 · 领导评价 1300 · 科室互评 1300 · 总分 1300 ·
指标完成率 1300 · 满意率 1000 · 等次 1000
# commendation_decision
序号 700 · 单位 4845 · 表彰类别 3300
序号 700 · 姓名 2400 · 单位及职务 3845 · 表彰类别 1900
# recommendation_list
推荐顺序 800 · 姓名 1200 · 性别 600 · 出生年月 1100 · 政治面貌 1000 · 单位及职务 2600 · 考核结果 1500 ·
主要事迹 3156 · 备注 800
# admonition_list
序号 600 · 姓名 1200 · 单位及职务 2500 · 触发情形 2345 · 建议方式 1100 · 批准意见 1100
# admonition_record
谈话对象 1500 · 马某甲 2922 · 单位及职务 1500 · 马厂乡党委副书记 2923
# achievement_file
年度 800 · 承担目标 900 · 完成率 1000 · 单位总分 1200 · 单位位次 1000 · 个人得分 1200 · 年度等次 1245 ·
备注 1500
序号 600 · 工作目标 2500 · 完成标准 2100 · 完成时限 1245 · 完成情况 1400 · 完成日期 1000
"""


def columns_by_kind():
    """Return the columns of each kind's tables; a line that ends with a point goes on in the next."""
    wanted = {}
    for line in WIDTHS.replace("·\n", "· ").strip().splitlines():
        if line.startswith("# "):
            wanted[DocumentKind(line[2:])] = tables = []
        else:
            tables.append(line)
    return wanted


def columns_of(table):
    widths = [column.get(f"{W}w") for column in table.iter(f"{W}gridCol")]
    heads = (text_of(cell).replace("\n", "") for cell in next(table.iter(f"{W}tr")).iter(f"{W}tc"))
    return " · ".join(f"{head} {width}" for head, width in zip(heads, widths, strict=False))


@pytest.mark.parametrize(("kind", "wanted"), columns_by_kind().items())
def test_each_table_has_the_heads_and_widths_given_for_it(kind, wanted):
    document = WordFile.open(render(kind, sample_payload(kind))).document
    found = {columns_of(table) for table in document.iter(f"{W}tbl")}
    assert set(wanted) <= found
