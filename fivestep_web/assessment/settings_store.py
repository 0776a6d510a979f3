"""The settings of a year as they are stored with it, turned into the rules' settings (domain 7.1)."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.score_settings import Group, Settings, SettingsError
from fivestep_web.core.errors import DomainError

YES = "是"
WEIGHT_NAMES = {
    Group.SOCIAL_SURVEY: "social_weight",
    Group.MASS_EVALUATION: "mass_weight",
    Group.LEADER_EVALUATION: "leader_weight",
    Group.PEER_EVALUATION: "peer_weight",
}
TRIM_NAMES = {Group.LEADER_EVALUATION: "trims_leaders", Group.PEER_EVALUATION: "trims_peers"}
AMOUNT_NAMES = (
    "evaluation_share",
    "completion_share",
    "daily_share",
    "late_rate_per_workday",
    "late_cut_cap",
    "completion_cap",
    "admonition_total_below",
    "admonition_satisfaction_below",
)
COUNT_NAMES = ("min_valid_lines", "decimals")


def read_settings(stored: Mapping[str, Any], year: int) -> Settings:
    """Return the year's settings; what is not stored has its default.

    Rates are stored as texts of parts of 1 ("0.2"), trimming as 是 or 否. Raises DomainError with a
    sentence when the stored values contradict each other.
    """
    default = Settings()
    try:
        given: dict[str, Any] = {name: Decimal(stored[name]) for name in AMOUNT_NAMES if name in stored}
        given |= {name: int(stored[name]) for name in COUNT_NAMES if name in stored}
        return Settings(
            weights={
                group: Decimal(stored.get(name, default.weights[group]))
                for group, name in WEIGHT_NAMES.items()
            },
            trimmed_groups=_trimmed(stored, default),
            **given,
        )
    except (SettingsError, InvalidOperation, ValueError) as error:
        reason = str(error) if isinstance(error, SettingsError) else _("有一项不是数字。")
        raise DomainError(
            _("%(year)s年度的考核设置有误：%(reason)s请改正“设置”表后重新导入。", year=year, reason=reason)
        ) from error


def _trimmed(stored: Mapping[str, Any], default: Settings) -> frozenset[Group]:
    kept = {group for group in default.trimmed_groups if group not in TRIM_NAMES}
    for group, name in TRIM_NAMES.items():
        trims = stored[name] == YES if name in stored else group in default.trimmed_groups
        kept |= {group} if trims else set()
    return frozenset(kept)
