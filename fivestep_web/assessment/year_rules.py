"""The rules a year is scored by: those of its cycle once it is open, else the settings of the year (R5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fivestep_web.assessment import queries
from fivestep_web.assessment.score_settings import VERSION_LENGTH, Settings
from fivestep_web.assessment.scoring_methods import METHOD_LABELS, Method
from fivestep_web.assessment.settings_store import read_settings

RuleText = tuple[str, str]  # 计分方式, 计分参数
NO_RULE: RuleText = ("", "")
DEFAULT_METHOD, DEFAULT_PARAMETERS, GOAL_RULES = "default_method", "default_parameters", "goal_rules"


@dataclass(frozen=True)
class YearRules:
    """Settings, their version, and how goals earn points; *goal_rules* are by the goal's code."""

    settings: Settings
    version: str
    default_rule: RuleText = NO_RULE
    goal_rules: Mapping[str, RuleText] = field(default_factory=dict)

    def rule_of(self, code: str, own: RuleText) -> RuleText:
        """Return how a goal is scored: by the cycle's rule for it, else its own, else the year's default."""
        if code in self.goal_rules:
            return self.goal_rules[code]
        return own if is_rule_of_its_own(own) else self.default_rule


def is_rule_of_its_own(rule: RuleText) -> bool:
    """Tell whether a goal says how it is scored; a bare 按比例 is also what an empty cell becomes."""
    method, parameters = rule
    return bool(parameters.strip()) or method.strip() not in {"", METHOD_LABELS[Method.PROPORTIONAL]}


def read_year_rules(year: int) -> YearRules:
    """Return the rules in force; NotFound for a year not planned, DomainError for contradicting settings."""
    stored = queries.get_stored_rules(year)
    if stored.sha256 is None:
        settings = read_settings(stored.settings, year)
        return YearRules(settings, settings.rule_version)
    return frozen_rules(stored.settings, year, version=f"{stored.version}-{stored.sha256[:VERSION_LENGTH]}")


def frozen_rules(stored: Mapping[str, object], year: int, *, version: str = "") -> YearRules:
    """Return the rules that the settings of a cycle hold."""
    goal_rules = stored.get(GOAL_RULES, {})
    rules = goal_rules if isinstance(goal_rules, Mapping) else {}
    return YearRules(
        read_settings(stored, year),
        version,
        (str(stored.get(DEFAULT_METHOD, "")), str(stored.get(DEFAULT_PARAMETERS, ""))),
        {code: (rule[0], rule[1]) for code, rule in rules.items()},
    )
