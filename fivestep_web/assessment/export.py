"""A year's assessment for other programs and for recomputing: JSON by interfaces.md, table, workbook.

Counts and means only: no line of a ballot and no trimmed mark leaves the system.
"""

import json
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console
from rich.table import Table

from fivestep_web.assessment.daily.scores import MonthScore
from fivestep_web.assessment.recount import RULES_SHEET, TOTALS_SHEET, rule_rows, total_rows
from fivestep_web.assessment.result_table import result_tables
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.scores import ScoredGoal, UnitScore, YearScore
from fivestep_web.core import sheets
from fivestep_web.core.rounding import percent, plain, round_half_up

WEIGHT_PLACES = 2
TABLE_WIDTH = 160
HEADINGS = (
    "位次", "单位编码", "单位", *(group.label for group in Group),
    "总分", "指标完成率", "满意率", "等次", "说明",
)  # fmt: skip


def as_json(score: YearScore) -> dict[str, Any]:
    """Return the object of interfaces.md; units in the order of their codes."""
    settings = score.settings
    return {
        "year": score.year,
        "rule_version": score.rule_version,
        "weights": {group.value: _share(settings.weights[group], WEIGHT_PLACES) for group in Group},
        "shares": {
            "evaluation": _share(settings.evaluation_share),
            "completion": _share(settings.completion_share),
            "daily": _share(settings.daily_share),
        },
        "units": [_unit(unit, settings) for unit in score.units],
    }


def fingerprint(score: YearScore) -> str:
    """Return the SHA-256 of the result as JSON with sorted keys and no spaces, 64 hexadecimal digits.

    The issued bulletin (C09) freezes it in its text: a result with the same fingerprint is that result.
    """
    text = json.dumps(as_json(score), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _share(value: Decimal, least: int = 0) -> str:
    """Return a part of 1 exactly, with *least* decimals or more: 0.20, 0.125, 1."""
    digits = format(value.normalize() + 0, "f")
    decimals = len(digits.partition(".")[2])
    return digits if decimals >= least else str(round_half_up(value, least))


def _figure(value: Fraction | Decimal | None, settings: Settings) -> str | None:
    return None if value is None else str(round_half_up(value, settings.decimals))


def _unit(unit: UnitScore, settings: Settings) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "category": unit.series,
        "groups": {
            group.value: {
                "ballots": unit.groups[group].ballots,
                "valid": unit.groups[group].valid,
                "result": _figure(unit.groups[group].result, settings),
            }
            for group in Group
        },
        "evaluation_score": _figure(unit.evaluation.score, settings),
        "completion_score": _figure(unit.completion.score, settings),
        "daily_score": _figure(unit.daily.score, settings),
        "bonus": _figure(unit.bonus, settings),
        "deduction": _figure(unit.deduction, settings),
        "vetoed": unit.is_vetoed,
        "total": None if unit.total.printed is None else str(unit.total.printed),
        "rank": unit.rank,
        "problems": list(unit.problems),
    }


def as_text(score: YearScore, *, width: int | None = None) -> str:
    """Return a table for each series, as wide as the screen or *width* characters."""
    console = Console(width=width or TABLE_WIDTH, color_system=None)
    with console.capture() as capture:
        for series in result_tables(score):
            table = Table(title=f"{score.year}年度考核结果 · {series.series}", title_justify="left")
            for heading in HEADINGS:
                is_text = heading in {"单位编码", "单位", "等次", "说明"}
                table.add_column(heading, justify="left" if is_text else "right")
            for line in series.lines:
                table.add_row(
                    line.rank, line.code, line.unit, *line.groups, line.total, line.completion,
                    line.satisfaction, line.band, _remark(line.problems, is_vetoed=line.is_vetoed),
                )  # fmt: skip
            console.print(table)
        if not score.units:
            console.print("没有参加考核的单位。")
        console.print(f"规则版本 {score.rule_version}，截至{score.year}年12月31日。")
    return capture.get()


def _remark(problems: tuple[str, ...], *, is_vetoed: bool) -> str:
    return "；".join((*(["一票否决"] if is_vetoed else []), *problems))


def write_workbook(score: YearScore, target: Path | BinaryIO) -> None:
    """Write the results, a sheet that computes the totals again, what they are made of and the rules."""
    sheets.write_workbook(target, [*_sheets(score), *_recount(score)])


_Rows = list[tuple[str | int | Decimal, ...]]


def _recount(score: YearScore) -> list[tuple[str, sheets.Rows]]:
    rules = [*rule_rows(score.settings), ("结果校验码", fingerprint(score))]
    return [(TOTALS_SHEET, total_rows(score)), (RULES_SHEET, rules)]


def _sheets(score: YearScore) -> list[tuple[str, _Rows]]:
    return [
        ("考核结果", _result_rows(score)),
        ("评价", _group_rows(score)),
        ("完成情况", _goal_rows(score)),
        ("日常考核", _daily_rows(score)),
        ("加减分", _adjustment_rows(score)),
        ("规则", _rule_rows(score)),
    ]


def _result_rows(score: YearScore) -> _Rows:
    rows: _Rows = [("类别", *HEADINGS)]
    for series in result_tables(score):
        for line in series.lines:
            figures = (*line.groups, line.total)
            rows.append(
                (
                    series.series,
                    int(line.rank) if line.rank.isdigit() else line.rank,
                    line.code,
                    line.unit,
                    *(_number(text) for text in figures),
                    line.completion,
                    line.satisfaction,
                    line.band,
                    _remark(line.problems, is_vetoed=line.is_vetoed),
                )
            )
    return rows


def _number(text: str) -> Decimal | str:
    return Decimal(text) if text[:1].isdigit() or text[:1] == "-" else text


def _group_rows(score: YearScore) -> _Rows:
    rows: _Rows = [
        ("单位编码", "单位", "评价组", "评价数", "有效数", "去掉的高低分个数", "结果", "权重", "说明")
    ]
    for unit in score.units:
        for group in Group:
            result = unit.groups[group]
            weight = unit.evaluation.weights.get(group)
            rows.append(
                (
                    unit.code,
                    unit.name,
                    group.label,
                    result.ballots,
                    result.valid,
                    result.trimmed,
                    "—" if result.result is None else _exact(result.result),
                    "—" if weight is None else percent(weight),
                    result.problem or "",
                )
            )
    return rows


def _exact(value: Fraction) -> Decimal:
    """Return ten decimals: enough to compute a total again to the last printed digit."""
    return round_half_up(value, 10)


def _goal_rows(score: YearScore) -> _Rows:
    rows: _Rows = [
        (
            "单位编码",
            "单位",
            "目标编号",
            "目标名称",
            "基本分",
            "得分",
            "计分方式",
            "完成时限",
            "完成日期",
            "得分由来",
        )
    ]
    for unit in score.units:
        for goal in unit.goals:
            rows.append(
                (
                    unit.code,
                    unit.name,
                    goal.code,
                    goal.name,
                    goal.base,
                    "—" if goal.score.points is None else _exact(goal.score.points),
                    goal.rule,
                    goal.due_on.isoformat(),
                    goal.completed_on.isoformat() if goal.completed_on else "—",
                    _steps(goal),
                )
            )
    return rows


def _steps(goal: ScoredGoal) -> str:
    return "；".join(f"{step.label}：{plain(step.amount)}" for step in goal.score.steps)


def _daily_rows(score: YearScore) -> _Rows:
    """Return each month of each unit, then its year: enough to compute the daily score again."""
    rows: _Rows = [
        ("单位编码", "单位", "月份", "到期目标", "已完成", "完成率×100", "加分", "扣分", "得分", "说明")
    ]
    for unit in score.units:
        rows += [(unit.code, unit.name, f"{month.month}月", *_month(month)) for month in unit.daily.months]
        year = "—" if unit.daily.score is None else _exact(unit.daily.score)
        mean = f"{len(unit.daily.counted)}个月得分的平均"
        note = unit.daily.problem or mean
        rows.append((unit.code, unit.name, "全年", "—", "—", "—", "—", "—", year, note))
    return rows


def _month(month: MonthScore) -> tuple[str | int | Decimal, ...]:
    if month.due is None:
        return ("—", "—", "—", "—", "—", "—", "月通报没有印发")
    if month.rate is None or month.score is None:
        return (0, 0, "—", month.plus, month.minus, "—", "没有到期目标，不计")
    return (
        month.due,
        month.done,
        _exact(100 * month.rate),
        month.plus,
        month.minus,
        _exact(month.score),
        "",
    )


def _adjustment_rows(score: YearScore) -> _Rows:
    rows: _Rows = [("单位编码", "单位", "类型", "分值", "事由", "依据")]
    for unit in score.units:
        for line in unit.adjustments:
            rows.append(
                (
                    unit.code,
                    unit.name,
                    line.kind.label,
                    "—" if line.points is None else line.points,
                    line.reason,
                    line.basis or "—",
                )
            )
    return rows


def _rule_rows(score: YearScore) -> _Rows:
    settings = score.settings
    return [
        ("项目", "值"),
        ("年度", score.year),
        ("规则版本", score.rule_version),
        *((f"{group.label}权重", percent(settings.weights[group])) for group in Group),
        ("评价占比", percent(settings.evaluation_share)),
        ("完成情况占比", percent(settings.completion_share)),
        ("日常考核占比", percent(settings.daily_share)),
        ("单组最少有效票", settings.min_valid_lines),
        ("逾期每工作日扣比例", percent(settings.late_rate_per_workday)),
        ("逾期扣减上限", percent(settings.late_cut_cap)),
        ("完成分上限", settings.completion_cap),
        ("保留小数", settings.decimals),
    ]
