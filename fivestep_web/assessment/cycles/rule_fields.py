"""The rules of a cycle one by one: what each is called, in which unit it is typed, how it is shown; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from fivestep_web.core.rounding import percent, plain


class FieldKind(StrEnum):
    """How a rule is typed and shown."""

    PERCENT = "percent"
    POINTS = "points"
    COUNT = "count"
    FLAG = "flag"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class RuleField:
    """One rule; *name* is that of settings_store."""

    name: str
    label: str
    kind: FieldKind
    note: str = ""

    def shown(self, stored: Mapping[str, Any]) -> str:
        """Return the stored value as a person writes it: 20%, 100分, 3, 是, 2/3."""
        value = str(stored[self.name])
        if self.kind is FieldKind.PERCENT:
            return percent(Decimal(value))
        if self.kind is FieldKind.POINTS:
            return f"{plain(Decimal(value))}分"
        return value


PERCENT, POINTS, COUNT, FLAG, RATE = FieldKind
WEIGHT_FIELDS = (
    RuleField("social_weight", "社会调查权重", PERCENT),
    RuleField("mass_weight", "群众评价权重", PERCENT),
    RuleField("leader_weight", "领导评价权重", PERCENT),
    RuleField("peer_weight", "科室互评权重", PERCENT),
)
SHARE_FIELDS = (
    RuleField("evaluation_share", "评价占比", PERCENT, "四组评价在总分里占的份额"),
    RuleField("completion_share", "完成情况占比", PERCENT, "指标完成率在总分里占的份额，0%即只列不计"),
    RuleField("daily_share", "日常考核占比", PERCENT, "日常考核在总分里占的份额，0%即只列不计"),
)
SECTIONS: tuple[tuple[str, tuple[RuleField, ...]], ...] = (
    ("四组权重", WEIGHT_FIELDS),
    ("总分构成", SHARE_FIELDS),
    (
        "评价票",
        (
            RuleField("min_valid_lines", "单组最少有效票", COUNT, "单位在一组里少于此数，该组没有结果"),
            RuleField("min_valid_rate", "最低有效票比例", RATE, "占发出评价码的比例，不足则该组无效，如2/3"),
            RuleField("trims_leaders", "领导评价去高去低", FLAG),
            RuleField("trims_peers", "科室互评去高去低", FLAG),
            RuleField("min_lines_to_trim", "去高去低的最少票数", COUNT, "够此数才去掉一个最高分、一个最低分"),
        ),
    ),
    (
        "选项折算",
        (
            RuleField("satisfied_points", "满意", POINTS),
            RuleField("basically_satisfied_points", "基本满意", POINTS),
            RuleField("dissatisfied_points", "不满意", POINTS, "“不了解”不计分"),
            RuleField("excellent_points", "优秀", POINTS),
            RuleField("good_points", "良好", POINTS),
            RuleField("fair_points", "一般", POINTS),
            RuleField("poor_points", "较差", POINTS, "“弃权”不计分"),
        ),
    ),
    (
        "完成情况",
        (
            RuleField(
                "late_rate_per_workday", "逾期每工作日扣比例", PERCENT, "每逾期一个工作日扣去得分的份额"
            ),
            RuleField("late_cut_cap", "逾期扣减上限", PERCENT),
            RuleField("completion_cap", "完成分上限", POINTS),
        ),
    ),
    (
        "等次和结果运用",
        (
            RuleField("excellent_from", "优秀等次分数线", POINTS),
            RuleField("good_from", "良好等次分数线", POINTS),
            RuleField("fair_from", "一般等次分数线", POINTS, "低于此线为较差"),
            RuleField("admonition_total_below", "诫勉建议：总分低于", POINTS),
            RuleField("admonition_satisfaction_below", "诫勉建议：满意率低于", PERCENT),
            RuleField("personal_unit_share", "个人实绩中单位总分的占比", PERCENT, "其余为本人完成情况"),
            RuleField("excellent_quota", "优秀名额", PERCENT, "不超过应参加考核人数的20%"),
            RuleField("excellent_quota_approved", "经批准的优秀名额", PERCENT, "须有批准文件，不超过25%"),
            RuleField("decimals", "总分保留小数", COUNT),
        ),
    ),
)
FIELDS = tuple(each for _title, group in SECTIONS for each in group)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what was changed, by its label: old and new as a person writes them."""
    return {
        item.label: [item.shown(before), item.shown(after)]
        for item in FIELDS
        if item.shown(before) != item.shown(after)
    }
