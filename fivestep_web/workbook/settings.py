"""Check the sheet 设置: one value per row, ranges, and the sums of weights and shares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fivestep_web.workbook.columns import SETTINGS, SHARES, WEIGHTS, YES_NO, Column, Setting, Type
from fivestep_web.workbook.problems import Findings, Problem
from fivestep_web.workbook.raw import Kind, RawCell
from fivestep_web.workbook.rows import SettingsRow
from fivestep_web.workbook.tables import Line, Table
from fivestep_web.workbook.values import CellError, parse

_BY_NAME = {setting.name: setting for setting in SETTINGS}
FIELDS = {
    "社会调查权重": "social_weight",
    "群众评价权重": "mass_weight",
    "领导评价权重": "leader_weight",
    "科室互评权重": "peer_weight",
    "评价占比": "evaluation_share",
    "完成情况占比": "completion_share",
    "日常考核占比": "daily_share",
    "领导评价去高去低": "trims_leaders",
    "科室互评去高去低": "trims_peers",
    "单组最少有效票": "min_valid_lines",
    "逾期每工作日扣比例": "late_rate_per_workday",
    "逾期扣减上限": "late_cut_cap",
    "完成分上限": "completion_cap",
    "保留小数": "decimals",
}


def check_settings(table: Table, findings: Findings, stored: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the values by 项目, with defaults; what is wrong or missing is left out.

    Weights and shares the file leaves out count as *stored* (field → share) in the sums: they stay so.
    """
    lines: dict[str, Line] = {}
    for line in table.lines:
        if line.get("项目") is not None:
            lines.setdefault(line.get("项目"), line)
    values = {
        each.name: _value(RawCell(Kind.TEXT, each.default), each)
        for each in SETTINGS
        if each.default and each.name not in lines
    }
    for name, line in lines.items():
        try:
            if line.get("值") is not None:
                values[name] = _value(line.get("值"), _BY_NAME[name])
        except CellError as error:
            findings.add(table.problem(line, "值", str(error)))
    if "年度" not in lines:
        _report_missing_year(table, findings)
    kept = {name: Decimal(stored[FIELDS[name]]) for name in WEIGHTS + SHARES if FIELDS[name] in stored}
    merged = values | {name: share for name, share in kept.items() if name not in lines}
    for what, names in (("四个权重", WEIGHTS), ("三个占比", SHARES)):
        if all(name in merged for name in names):
            _check_sum(table, findings, [(name, merged[name], lines.get(name)) for name in names], what)
    return values


def _report_missing_year(table: Table, findings: Findings) -> None:
    if table.is_present and "项目" not in table.letters:
        return
    message = "缺少“年度”一行，请在“设置”表中填写考核年度"
    findings.add(Problem(table.sheet.name, 1, table.letters.get("项目", ""), "项目", message))


def settings_row(values: Mapping[str, Any], table: Table) -> SettingsRow:
    """Return the faultless settings."""
    fields = {field: values[name] for name, field in FIELDS.items()}
    given = {line.get("项目"): line.number for line in table.lines}
    return SettingsRow(year=values["年度"], given=given, **fields)


def _value(cell: RawCell, setting: Setting) -> Any:
    value: Any = parse(cell, Column(setting.name, setting.type, setting.note, choices=YES_NO))
    if setting.type is Type.CHOICE:
        return value == "是"
    if not setting.low <= value <= setting.high:
        raise CellError(f"{setting.name}“{value}”超出范围，请填写 {setting.low} 到 {setting.high} 之间的数")
    return value


def _check_sum(
    table: Table, findings: Findings, parts: list[tuple[str, Decimal, Line | None]], what: str
) -> None:
    total = sum(share for _name, share, _line in parts)
    given = [line for _name, _share, line in parts if line is not None]
    if total == 1 or not given:
        return
    listed = "、".join(f"{name} {_percent(share)}" for name, share, _line in parts)
    message = f"{what}之和为 {_percent(Decimal(total))}，应为 100%，请调整：{listed}"
    findings.add(table.problem(given[0], "值", message))


def _percent(share: Decimal) -> str:
    text = format(share * 100, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
