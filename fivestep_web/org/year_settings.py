"""The assessment settings of a year in words: what holds, what it means, whether it is the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PERCENT, POINTS, PLAIN, CHOICE = "percent", "points", "plain", "choice"

# the rows of the sheet 设置 (interfaces.md) with the defaults of domain.md 7.1
SETTINGS: tuple[tuple[str, str, str, str, str], ...] = (
    ("social_weight", "社会调查权重", "0.20", PERCENT, "社会调查得分在评价得分里占的份额"),
    ("mass_weight", "群众评价权重", "0.30", PERCENT, "群众评价得分在评价得分里占的份额"),
    ("leader_weight", "领导评价权重", "0.30", PERCENT, "领导评价得分在评价得分里占的份额"),
    ("peer_weight", "科室互评权重", "0.20", PERCENT, "科室互评得分在评价得分里占的份额"),
    ("evaluation_share", "评价占比", "1", PERCENT, "评价得分在总分里占的份额"),
    ("completion_share", "完成情况占比", "0", PERCENT, "目标完成得分在总分里占的份额"),
    ("daily_share", "日常考核占比", "0", PERCENT, "日常考核得分在总分里占的份额"),
    ("trims_leaders", "领导评价去高去低", "是", CHOICE, "领导评价去掉一个最高分和一个最低分"),
    ("trims_peers", "科室互评去高去低", "是", CHOICE, "科室互评去掉一个最高分和一个最低分"),
    ("min_valid_lines", "单组最少有效票", "3", PLAIN, "某一评价组有效票少于此数，该组没有得分"),
    ("late_rate_per_workday", "逾期每工作日扣比例", "0.02", PERCENT, "目标每逾期一个工作日扣去得分的份额"),
    ("late_cut_cap", "逾期扣减上限", "0.20", PERCENT, "逾期最多扣去得分的份额"),
    ("completion_cap", "完成分上限", "100", POINTS, "单位的完成得分最高到此数"),
    ("decimals", "保留小数", "2", PLAIN, "公布的分数保留的小数位数"),
)


@dataclass(frozen=True)
class SettingLine:
    """One setting in force."""

    label: str
    value: str
    meaning: str
    is_default: bool


def in_force(stored: Mapping[str, Any]) -> list[SettingLine]:
    """Return every setting in force, the stored value before the default."""
    return [
        SettingLine(label, _shown(str(stored.get(name, default)), kind), meaning, name not in stored)
        for name, label, default, kind, meaning in SETTINGS
    ]


def _shown(value: str, kind: str) -> str:
    if kind == PERCENT:
        return f"{(Decimal(value) * 100).normalize():f}%"
    return f"{value} 分" if kind == POINTS else value
