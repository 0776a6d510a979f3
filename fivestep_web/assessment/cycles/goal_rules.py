"""How each goal of a year is scored by the settings of a plan, and which of these rules cannot be read."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import queries
from fivestep_web.assessment.scoring_methods import ScoringError, parse_rule
from fivestep_web.assessment.year_rules import frozen_rules


def goal_rules(year: int, stored: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return how each goal of the year is scored by these settings, by its code."""
    rules = frozen_rules(stored, year)
    return {
        goal.code: list(rules.rule_of(goal.code, (goal.scoring_method, goal.scoring_parameters)))
        for goal in queries.list_goals(year)
    }


def unreadable_rules(year: int, stored: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each goal whose rule cannot be read."""
    sentences, read = [], {}
    for code, texts in goal_rules(year, stored).items():
        rule = texts[0], texts[1]
        if rule not in read:
            read[rule] = _problem(rule)
        if read[rule]:
            sentences.append(_("目标%(code)s：%(problem)s", code=code, problem=read[rule]))
    return sentences


def _problem(rule: tuple[str, str]) -> str:
    try:
        parse_rule(*rule)
    except ScoringError as error:
        return str(error)
    return ""
