"""Turn faultless tables into the rows of rows.py."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fivestep_web.workbook.columns import (
    ABSTAINED,
    ADJUSTMENTS,
    ESTABLISHMENTS,
    GROUPS,
    NOT_APPLICABLE,
    ROLES,
    TIERS,
    UNIT_KINDS,
)
from fivestep_web.workbook.rows import (
    AdjustmentRow,
    AnnualWorkbook,
    GoalRow,
    MilestoneRow,
    PersonRow,
    ProgressRow,
    RatingRow,
    SettingsRow,
    TopicRow,
    UnitRow,
)
from fivestep_web.workbook.tables import Line, Table

Row = TypeVar("Row")


def build(tables: Mapping[str, Table], settings: SettingsRow) -> AnnualWorkbook:
    """Return the typed rows of tables that were checked and found right."""

    def rows(name: str, make: Callable[[Line], Row]) -> tuple[Row, ...]:
        return tuple(make(line) for line in tables[name].lines)

    return AnnualWorkbook(
        units=rows("单位", _unit),
        people=rows("人员", _person),
        topics=rows("课题", _topic),
        goals=rows("目标", _goal),
        milestones=rows("里程碑", _milestone),
        progress=rows("进展", _progress),
        ratings=rows("评价", _rating),
        adjustments=rows("加减分", _adjustment),
        settings=settings,
    )


def _text(line: Line, heading: str) -> str:
    return str(line.get(heading) or "")


def _numeric(line: Line, heading: str, word: str) -> Any:
    value = line.get(heading)
    return None if value == word else value


def _unit(line: Line) -> UnitRow:
    return UnitRow(
        row=line.number,
        code=line.get("单位编码"),
        name=line.get("单位名称"),
        kind=UNIT_KINDS[line.get("类别")],
        parent=_text(line, "上级单位编码"),
        head=_text(line, "负责人工号"),
        leader=_text(line, "主管领导工号"),
        is_assessed=line.get("参评") == "是",
    )


def _person(line: Line) -> PersonRow:
    return PersonRow(
        row=line.number,
        code=line.get("工号"),
        name=line.get("姓名"),
        unit=line.get("单位编码"),
        title=_text(line, "职务"),
        establishment=ESTABLISHMENTS.get(_text(line, "编制")),
        roles=tuple(dict.fromkeys(ROLES[role] for role in line.get("角色"))),
        username=_text(line, "登录名") or line.get("工号"),
        phone=_text(line, "手机"),
    )


def _topic(line: Line) -> TopicRow:
    return TopicRow(
        row=line.number,
        code=line.get("课题编号"),
        name=line.get("课题名称"),
        category=line.get("类别"),
        tier=TIERS[line.get("类型")],
        lead_unit=line.get("牵头单位编码"),
        leader=line.get("主管领导工号"),
        requirements=_text(line, "目标要求"),
        key_points=_text(line, "重点"),
        difficulties=_text(line, "难点"),
        measures=_text(line, "具体措施"),
    )


def _goal(line: Line) -> GoalRow:
    return GoalRow(
        row=line.number,
        code=line.get("目标编号"),
        topic=line.get("课题编号"),
        parent=_text(line, "上级目标编号"),
        name=line.get("目标名称"),
        unit=line.get("责任单位编码"),
        owner=line.get("责任人工号"),
        leader=_text(line, "主管领导工号"),
        measure_unit=_text(line, "计量单位"),
        target=line.get("目标值"),
        standard=_text(line, "完成标准"),
        start=line.get("开始日期"),
        deadline=line.get("完成时限"),
        base_points=line.get("基本分"),
        method=line.get("计分方式"),
        parameters=_text(line, "计分参数"),
    )


def _milestone(line: Line) -> MilestoneRow:
    return MilestoneRow(
        row=line.number,
        goal=line.get("目标编号"),
        position=line.get("序号"),
        name=line.get("阶段名称"),
        deadline=line.get("完成时限"),
        ratio=line.get("应完成比例"),
    )


def _progress(line: Line) -> ProgressRow:
    return ProgressRow(
        row=line.number,
        goal=line.get("目标编号"),
        day=line.get("日期"),
        done=_numeric(line, "累计完成值", NOT_APPLICABLE),
        completed_on=line.get("完成日期"),
        note=_text(line, "情况说明"),
    )


def _rating(line: Line) -> RatingRow:
    return RatingRow(
        row=line.number,
        group=GROUPS[line.get("评价组")],
        rater=line.get("评价人"),
        unit=line.get("被评单位编码"),
        score=_numeric(line, "分值", ABSTAINED),
    )


def _adjustment(line: Line) -> AdjustmentRow:
    return AdjustmentRow(
        row=line.number,
        unit=line.get("单位编码"),
        kind=ADJUSTMENTS[line.get("类型")],
        points=line.get("分值"),
        reason=line.get("事由"),
        basis=_text(line, "依据"),
    )
