"""The settings of a year as they are stored, turned into the rules' settings and back (domain 7.1)."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.score_settings import (
    Band,
    Grade,
    Group,
    Satisfaction,
    Settings,
    SettingsError,
)
from fivestep_web.core.errors import DomainError

YES, NO = "是", "否"
WEIGHT_NAMES = {
    Group.SOCIAL_SURVEY: "social_weight",
    Group.MASS_EVALUATION: "mass_weight",
    Group.LEADER_EVALUATION: "leader_weight",
    Group.PEER_EVALUATION: "peer_weight",
}
SHARE_NAMES = ("evaluation_share", "completion_share", "daily_share")
TRIM_NAMES = {Group.LEADER_EVALUATION: "trims_leaders", Group.PEER_EVALUATION: "trims_peers"}
AMOUNT_NAMES = (
    *SHARE_NAMES,
    "late_rate_per_workday",
    "late_cut_cap",
    "completion_cap",
    "admonition_total_below",
    "admonition_satisfaction_below",
    "personal_unit_share",
    "excellent_quota",
    "excellent_quota_approved",
)
COUNT_NAMES = ("min_valid_lines", "min_lines_to_trim", "decimals")
RATE_NAME = "min_valid_rate"
SATISFACTION_NAMES = {
    Satisfaction.SATISFIED: "satisfied_points",
    Satisfaction.BASICALLY_SATISFIED: "basically_satisfied_points",
    Satisfaction.DISSATISFIED: "dissatisfied_points",
}
GRADE_NAMES = {
    Grade.EXCELLENT: "excellent_points",
    Grade.GOOD: "good_points",
    Grade.FAIR: "fair_points",
    Grade.POOR: "poor_points",
}
BAND_NAMES = {Band.EXCELLENT: "excellent_from", Band.GOOD: "good_from", Band.FAIR: "fair_from"}


def read_settings(stored: Mapping[str, Any], year: int) -> Settings:
    """Return the year's settings; what is not stored has its default.

    Raises DomainError with a sentence when the stored values contradict each other.
    """
    try:
        return parse_settings(stored)
    except SettingsError as error:
        raise DomainError(
            _("%(year)s年度的考核设置有误：%(reason)s请改正“设置”表后重新导入。", year=year, reason=error)
        ) from error


def parse_settings(stored: Mapping[str, Any]) -> Settings:
    """Return the settings of stored texts, rates as parts of 1 ("0.2"), trimming as 是 or 否.

    Raises SettingsError for what is no number or contradicts the rest.
    """
    default = Settings()
    try:
        given: dict[str, Any] = {name: Decimal(stored[name]) for name in AMOUNT_NAMES if name in stored}
        given |= {name: int(stored[name]) for name in COUNT_NAMES if name in stored}
        if RATE_NAME in stored:
            given[RATE_NAME] = Fraction(stored[RATE_NAME])
        return Settings(
            weights=_points(stored, WEIGHT_NAMES, default.weights),
            trimmed_groups=_trimmed(stored, default),
            satisfaction_points=_points(stored, SATISFACTION_NAMES, default.satisfaction_points),
            grade_points=_points(stored, GRADE_NAMES, default.grade_points),
            bands=_points(stored, BAND_NAMES, default.bands),
            **given,
        )
    except SettingsError:
        raise
    except (InvalidOperation, ValueError, ZeroDivisionError) as error:
        raise SettingsError(_("有一项不是数字。")) from error


def store_settings(settings: Settings) -> dict[str, str]:
    """Return every setting as parse_settings reads it."""
    stored = {name: format(getattr(settings, name), "f") for name in AMOUNT_NAMES}
    stored |= {name: str(getattr(settings, name)) for name in (*COUNT_NAMES, RATE_NAME)}
    scales: tuple[tuple[Mapping[Any, str], Mapping[Any, Decimal]], ...] = (
        (WEIGHT_NAMES, settings.weights),
        (SATISFACTION_NAMES, settings.satisfaction_points),
        (GRADE_NAMES, settings.grade_points),
        (BAND_NAMES, settings.bands),
    )
    for names, points in scales:
        stored |= {name: format(points[option], "f") for option, name in names.items()}
    trims = {name: group in settings.trimmed_groups for group, name in TRIM_NAMES.items()}
    return stored | {name: YES if is_trimmed else NO for name, is_trimmed in trims.items()}


def _points(stored: Mapping[str, Any], names: Mapping[Any, str], default: Mapping[Any, Decimal]) -> Any:
    return {option: Decimal(stored.get(name, default[option])) for option, name in names.items()}


def _trimmed(stored: Mapping[str, Any], default: Settings) -> frozenset[Group]:
    kept = {group for group in default.trimmed_groups if group not in TRIM_NAMES}
    for group, name in TRIM_NAMES.items():
        trims = stored[name] == YES if name in stored else group in default.trimmed_groups
        kept |= {group} if trims else set()
    return frozenset(kept)
