"""The settings of a year's scoring, with the defaults of domain 7.1 and the 设置 sheet; pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from types import MappingProxyType

from fivestep_web.core.rounding import percent

VERSION_LENGTH = 12
TRIMMED_LINES = 2
LEAST_VALID = 3  # domain 7.2: the mean of fewer would tell single marks
LEAST_TO_TRIM = 5  # k of trust.md B7: of fewer, what is left after trimming would tell single marks
MAX_SCORE = 100
MAX_QUOTA, MAX_QUOTA_APPROVED = Decimal("0.20"), Decimal("0.25")  # N2


class SettingsError(ValueError):
    """The settings contradict each other; the message is a sentence for the office."""


class Group(StrEnum):
    """The four groups of evaluators (R5.10–R5.13)."""

    SOCIAL_SURVEY = "social_survey"
    MASS_EVALUATION = "mass_evaluation"
    LEADER_EVALUATION = "leader_evaluation"
    PEER_EVALUATION = "peer_evaluation"

    @property
    def label(self) -> str:
        return GROUP_LABELS[self]


GROUP_LABELS = {
    Group.SOCIAL_SURVEY: "社会调查",
    Group.MASS_EVALUATION: "群众评价",
    Group.LEADER_EVALUATION: "领导评价",
    Group.PEER_EVALUATION: "科室互评",
}


class Satisfaction(StrEnum):
    """The options of the social survey (R5.10)."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return SATISFACTION_LABELS[self]


SATISFACTION_LABELS = {
    Satisfaction.SATISFIED: "满意",
    Satisfaction.BASICALLY_SATISFIED: "基本满意",
    Satisfaction.DISSATISFIED: "不满意",
    Satisfaction.UNKNOWN: "不了解",
}


class Grade(StrEnum):
    """The options of a ballot by grades; ABSTAINED is 弃权."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    ABSTAINED = "abstained"

    @property
    def label(self) -> str:
        return GRADE_LABELS[self]


GRADE_LABELS = {
    Grade.EXCELLENT: "优秀",
    Grade.GOOD: "良好",
    Grade.FAIR: "一般",
    Grade.POOR: "较差",
    Grade.ABSTAINED: "弃权",
}


class Band(StrEnum):
    """The band of a unit's rounded total (unit_grade_bands)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"

    @property
    def label(self) -> str:
        return BAND_LABELS[self]


BAND_LABELS = {
    Band.EXCELLENT: "优秀",
    Band.GOOD: "良好",
    Band.FAIR: "一般",
    Band.POOR: "较差",
}

_WEIGHTS = MappingProxyType(
    {
        Group.SOCIAL_SURVEY: Decimal("0.20"),
        Group.MASS_EVALUATION: Decimal("0.30"),
        Group.LEADER_EVALUATION: Decimal("0.30"),
        Group.PEER_EVALUATION: Decimal("0.20"),
    }
)
_SATISFACTION_POINTS = MappingProxyType(
    {
        Satisfaction.SATISFIED: Decimal(100),
        Satisfaction.BASICALLY_SATISFIED: Decimal(80),
        Satisfaction.DISSATISFIED: Decimal(0),
    }
)
_GRADE_POINTS = MappingProxyType(
    {
        Grade.EXCELLENT: Decimal(100),
        Grade.GOOD: Decimal(80),
        Grade.FAIR: Decimal(60),
        Grade.POOR: Decimal(0),
    }
)
_BANDS = MappingProxyType({Band.EXCELLENT: Decimal(90), Band.GOOD: Decimal(80), Band.FAIR: Decimal(60)})


@dataclass(frozen=True)
class Settings:
    """One year's rules of scoring; shares, rates and weights are parts of 1, scores run 0–100.

    *bands* gives the lowest total of each band, below the last is 较差. Raises SettingsError when
    a sum is not 100 %, a figure is out of range or a weight is missing.
    """

    weights: Mapping[Group, Decimal] = field(default_factory=lambda: _WEIGHTS)
    evaluation_share: Decimal = Decimal(1)
    completion_share: Decimal = Decimal(0)
    daily_share: Decimal = Decimal(0)
    trimmed_groups: frozenset[Group] = frozenset({Group.LEADER_EVALUATION, Group.PEER_EVALUATION})
    min_lines_to_trim: int = 5
    min_valid_lines: int = 3
    min_valid_rate: Fraction = Fraction(2, 3)
    late_rate_per_workday: Decimal = Decimal("0.02")
    late_cut_cap: Decimal = Decimal("0.20")
    completion_cap: Decimal = Decimal(100)
    decimals: int = 2
    satisfaction_points: Mapping[Satisfaction, Decimal] = field(default_factory=lambda: _SATISFACTION_POINTS)
    grade_points: Mapping[Grade, Decimal] = field(default_factory=lambda: _GRADE_POINTS)
    bands: Mapping[Band, Decimal] = field(default_factory=lambda: _BANDS)
    admonition_total_below: Decimal = Decimal(60)
    admonition_satisfaction_below: Decimal = Decimal("0.60")
    personal_unit_share: Decimal = Decimal("0.50")
    excellent_quota: Decimal = Decimal("0.20")
    excellent_quota_approved: Decimal = Decimal("0.25")

    def __post_init__(self) -> None:
        missing = [group.label for group in Group if group not in self.weights]
        if missing:
            raise SettingsError(f"缺少{'、'.join(missing)}的权重，请四组都填。")
        _require_whole("社会调查、群众评价、领导评价、科室互评四项权重", list(self.weights.values()))
        shares = [self.evaluation_share, self.completion_share, self.daily_share]
        _require_whole("评价占比、完成情况占比、日常考核占比", shares)
        for label, rate in (
            ("逾期每工作日扣比例", self.late_rate_per_workday),
            ("逾期扣减上限", self.late_cut_cap),
        ):
            if not 0 <= rate <= 1:
                raise SettingsError(f"{label}为{percent(rate)}，应在0%到100%之间。")
        if self.min_valid_lines < LEAST_VALID:
            raise SettingsError(
                f"单组最少有效票为{self.min_valid_lines}，至少应为{LEAST_VALID}：再少，结果就会露出个别人的评价。"
            )
        if self.min_lines_to_trim < LEAST_TO_TRIM:
            raise SettingsError(f"去高去低的最少票数为{self.min_lines_to_trim}，至少应为{LEAST_TO_TRIM}。")
        if self.completion_cap < 0:
            raise SettingsError(f"完成分上限为{self.completion_cap}，不能小于0。")
        if self.decimals < 0:
            raise SettingsError(f"保留小数为{self.decimals}，不能小于0。")
        self._check_points()
        self._check_quotas()

    def _check_points(self) -> None:
        """Refuse points outside 0–100, and options or bands worth no less than the better ones."""
        scales: tuple[tuple[str, list[Decimal]], ...] = (
            ("满意、基本满意、不满意的折算分", list(self.satisfaction_points.values())),
            ("优秀、良好、一般、较差的折算分", list(self.grade_points.values())),
            ("优秀、良好、一般等次的分数线", list(self.bands.values())),
        )
        for label, points in scales:
            if any(not 0 <= each <= MAX_SCORE for each in points):
                raise SettingsError(f"{label}应在0到{MAX_SCORE}之间。")
            if any(better <= worse for better, worse in pairwise(points)):
                raise SettingsError(f"{label}应从高到低，不能相等。")
        if not 0 <= self.admonition_total_below <= MAX_SCORE:
            raise SettingsError(f"诫勉建议的总分线应在0到{MAX_SCORE}之间。")

    def _check_quotas(self) -> None:
        """Refuse rates outside 0–100 %, and quotas above those of N2."""
        rates: tuple[tuple[str, Decimal | Fraction], ...] = (
            ("最低有效票比例", self.min_valid_rate),
            ("诫勉建议的满意率线", self.admonition_satisfaction_below),
            ("个人实绩中单位总分的占比", self.personal_unit_share),
        )
        for label, rate in rates:
            if not 0 <= rate <= 1:
                raise SettingsError(f"{label}为{percent(rate)}，应在0%到100%之间。")
        for label, quota, most in (
            ("优秀名额", self.excellent_quota, MAX_QUOTA),
            ("经批准的优秀名额", self.excellent_quota_approved, MAX_QUOTA_APPROVED),
        ):
            if not 0 <= quota <= most:
                raise SettingsError(f"{label}为{percent(quota)}，不得超过{percent(most)}。")
        if self.excellent_quota_approved < self.excellent_quota:
            raise SettingsError("经批准的优秀名额不能少于未经批准的。")

    @property
    def rule_version(self) -> str:
        """Return the short fingerprint of these settings; equal settings, however written, share it."""
        values = {item.name: _canonical(getattr(self, item.name)) for item in fields(self)}
        return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:VERSION_LENGTH]


def _require_whole(label: str, shares: list[Decimal]) -> None:
    if any(share < 0 for share in shares):
        raise SettingsError(f"{label}不能小于0%。")
    if sum(shares) != 1:
        raise SettingsError(f"{label}之和为{percent(sum(shares))}，应为100%。")


def _canonical(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, Decimal):
        return str(Fraction(value))
    return str(value)
