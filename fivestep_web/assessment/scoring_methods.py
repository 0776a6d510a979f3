"""Read 计分方式 and 计分参数 (interfaces, "how a goal earns points"); pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ScoringError(ValueError):
    """计分方式 or 计分参数 cannot be read; the message says what, where and how to mend it."""


class Method(StrEnum):
    """计分方式."""

    PROPORTIONAL = "proportional"
    ALL_OR_NOTHING = "all_or_nothing"
    STEPS = "steps"
    PER_INCIDENT = "per_incident"
    ASSESSOR = "assessor"

    @property
    def label(self) -> str:
        return METHOD_LABELS[self]


METHOD_LABELS = {
    Method.PROPORTIONAL: "按比例",
    Method.ALL_OR_NOTHING: "完成得满分",
    Method.STEPS: "分档",
    Method.PER_INCIDENT: "逐例扣分",
    Method.ASSESSOR: "人工评定",
}
_METHODS = {label: method for method, label in METHOD_LABELS.items()}


class NotApplicable(StrEnum):
    """What a goal that does not apply earns: its base, or it leaves both sums."""

    FULL = "full"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Step:
    """In 分档: from *threshold* upwards the goal earns *points*."""

    threshold: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """One goal's 计分方式 with its 计分参数; a parameter not given is None."""

    method: Method = Method.PROPORTIONAL
    steps: tuple[Step, ...] = ()
    bonus_per_unit: Decimal | None = None
    shortfall_per_unit: Decimal | None = None
    incomplete: Decimal | None = None
    late_per_day: Decimal | None = None
    per_incident: Decimal | None = None
    bonus_cap: Decimal | None = None
    deduction_cap: Decimal | None = None
    not_applicable: NotApplicable = NotApplicable.LEFT_OUT


AMOUNTS = {
    "超额每个加": "bonus_per_unit",
    "不足每个扣": "shortfall_per_unit",
    "未完成扣": "incomplete",
    "逾期每天扣": "late_per_day",
    "每例扣": "per_incident",
    "加分上限": "bonus_cap",
    "扣分上限": "deduction_cap",
}
_NOT_APPLICABLE = {"满分": NotApplicable.FULL, "不计": NotApplicable.LEFT_OUT}
PARAMETER_NAMES = ("档", *AMOUNTS, "不涉及")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")


def parse_rule(method_text: str, parameter_text: str) -> ScoringRule:
    """Read both cells of a goal into a rule; raise ScoringError with a sentence for the office.

    An empty 计分方式 is 按比例. Full-width punctuation, digits and spaces read like their ASCII ones.
    """
    rule = ScoringRule(method=_parse_method(method_text))
    given: set[str] = set()
    for part in re.split("[;；]", parameter_text):
        if not _normal(part):
            continue
        name, value = _split_pair(part)
        if name in given:
            raise ScoringError(f"计分参数：“{name}”写了两次，请只留一个。")
        given.add(name)
        rule = replace(rule, **_read_value(name, value))
    _check_combination(rule, given)
    return rule


def _normal(text: str) -> str:
    """Return the text with full-width forms folded and every space removed."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _parse_method(text: str) -> Method:
    name = _normal(text)
    if not name:
        return Method.PROPORTIONAL
    if name not in _METHODS:
        raise ScoringError(f"计分方式：没有“{text.strip()}”，请从{'、'.join(_METHODS)}中选一个。")
    return _METHODS[name]


def _split_pair(part: str) -> tuple[str, str]:
    name, equals, value = _normal(part).partition("=")
    shown = part.strip()
    if not equals or not name or not value:
        raise ScoringError(f"计分参数：“{shown}”应写成“名称=值”，多个之间用分号隔开。")
    if name not in PARAMETER_NAMES:
        raise ScoringError(f"计分参数：没有“{name}”这个名称，可用的有{'、'.join(PARAMETER_NAMES)}。")
    return name, value


def _read_value(name: str, value: str) -> dict[str, Any]:
    if name == "档":
        return {"steps": _parse_steps(value)}
    if name == "不涉及":
        if value not in _NOT_APPLICABLE:
            raise ScoringError(f"计分参数：“不涉及={value}”的值应为满分或不计。")
        return {"not_applicable": _NOT_APPLICABLE[value]}
    return {AMOUNTS[name]: _number(value, f"{name}={value}")}


def _number(text: str, shown: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ScoringError(f"计分参数：“{shown}”中的“{text}”应为不小于0的数，不带百分号和单位。")
    return Decimal(text)


def _parse_steps(value: str) -> tuple[Step, ...]:
    shown = f"档={value}"
    steps: list[Step] = []
    for pair in value.split(","):
        threshold, colon, points = pair.partition(":")
        if not colon:
            raise ScoringError(f"计分参数：“{shown}”中的“{pair}”应写成“起点:得分”，各档之间用逗号隔开。")
        step = Step(_number(threshold, shown), _number(points, shown))
        if steps and step.threshold <= steps[-1].threshold:
            raise ScoringError(
                f"计分参数：“{shown}”的起点应从小到大，{threshold}不大于{steps[-1].threshold}。"
            )
        steps.append(step)
    return tuple(steps)


_Check = Callable[[ScoringRule, set[str]], str | None]


def _check_combination(rule: ScoringRule, given: set[str]) -> None:
    for check in (_refuse_foreign, _refuse_both_ways, _require_own):
        problem = check(rule, given)
        if problem:
            raise ScoringError(problem)


def _refuse_foreign(rule: ScoringRule, given: set[str]) -> str | None:
    method = rule.method
    if method in {Method.PER_INCIDENT, Method.ASSESSOR}:
        for name in ("不足每个扣", "未完成扣", "超额每个加"):
            if name in given:
                return f"计分参数：“{name}”不能与计分方式“{method.label}”同用，请删去或改用其他计分方式。"
    for name, owner in (("档", Method.STEPS), ("每例扣", Method.PER_INCIDENT)):
        if name in given and method is not owner:
            return f"计分参数：“{name}”只用于计分方式“{owner.label}”，现为“{method.label}”，请改其中一处。"
    return None


def _refuse_both_ways(_rule: ScoringRule, given: set[str]) -> str | None:
    if {"不足每个扣", "未完成扣"} <= given:
        return "计分参数：“不足每个扣”与“未完成扣”不能同用，请只留一个。"
    return None


def _require_own(rule: ScoringRule, given: set[str]) -> str | None:
    if rule.method is Method.STEPS and "档" not in given:
        return "计分参数：计分方式“分档”须写明各档，如“档=50:10,200:20”。"
    if rule.method is Method.PER_INCIDENT and "每例扣" not in given:
        return "计分参数：计分方式“逐例扣分”须写明每例扣几分，如“每例扣=2”。"
    return None
