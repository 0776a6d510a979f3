"""States of a commendation, what each step needs, seats of a quota (domain.md 5.8, 7.7, E9); pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class CommendationState(StrEnum):
    """How far the commendation of a unit or a person is (5.8)."""

    CANDIDATE = "candidate"
    NOMINATED = "nominated"
    PUBLICIZING = "publicizing"
    DECIDED = "decided"
    ISSUED = "issued"
    RECOMMENDED_TO_CITY = "recommended_to_city"
    RECOMMENDED_TO_PROVINCE = "recommended_to_province"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


_S = CommendationState
STATE_LABELS: Final = {
    _S.CANDIDATE: "建议对象",
    _S.NOMINATED: "已提名",
    _S.PUBLICIZING: "公示中",
    _S.DECIDED: "已决定",
    _S.ISSUED: "已印发",
    _S.RECOMMENDED_TO_CITY: "已推荐到市",
    _S.RECOMMENDED_TO_PROVINCE: "已推荐到省",
    _S.REMOVED: "已移出",
}
LINE: Final = (_S.CANDIDATE, _S.NOMINATED, _S.PUBLICIZING, _S.DECIDED, _S.ISSUED)
BRANCH: Final = (_S.RECOMMENDED_TO_CITY, _S.RECOMMENDED_TO_PROVINCE)
NAMED: Final = (_S.NOMINATED, _S.PUBLICIZING, _S.DECIDED, _S.ISSUED, *BRANCH)  # who takes a seat of a quota
DECIDED: Final = (_S.DECIDED, _S.ISSUED, *BRANCH)


class CommendationStep(StrEnum):
    """What takes a commendation on."""

    NOMINATE = "nominate"
    PUBLICIZE = "publicize"
    DECIDE = "decide"
    ISSUE = "issue"
    TO_CITY = "to_city"
    TO_PROVINCE = "to_province"
    REMOVE = "remove"


_T = CommendationStep
TRANSITIONS: Final[Mapping[CommendationStep, Mapping[CommendationState, CommendationState]]] = {
    _T.NOMINATE: {_S.CANDIDATE: _S.NOMINATED},
    _T.PUBLICIZE: {_S.NOMINATED: _S.PUBLICIZING},
    _T.DECIDE: {_S.PUBLICIZING: _S.DECIDED},
    _T.ISSUE: {_S.DECIDED: _S.ISSUED},
    _T.TO_CITY: {_S.ISSUED: _S.RECOMMENDED_TO_CITY},
    _T.TO_PROVINCE: {_S.RECOMMENDED_TO_CITY: _S.RECOMMENDED_TO_PROVINCE},
    _T.REMOVE: dict.fromkeys((_S.CANDIDATE, _S.NOMINATED, _S.PUBLICIZING, _S.DECIDED), _S.REMOVED),
}


class Source(StrEnum):
    """What put a row on the list: the rules and the figures, or people with a written reason."""

    RULES = "rules"
    ADDED = "added"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS: Final = {Source.RULES: "按考核结果列入", Source.ADDED: "补充提出"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in the way of a step: bars of R5.16, the period of the row's publicity, objections to it.

    An objection to another row holds that row only, one to the whole list every row of that list.
    """

    is_barred: bool = False
    is_publicity_over: bool = False
    has_open_objection: bool = False
    has_upheld_objection: bool = False


def after(step: CommendationStep, state: CommendationState) -> CommendationState | None:
    """Return the state that *step* leads to from *state*; None where 5.8 lists no such transition."""
    return TRANSITIONS[step].get(state)


def fault(step: CommendationStep, state: CommendationState, facts: Facts) -> str:
    """Return why *step* cannot be taken; empty if it can. What bars somebody is never said here (R5.16)."""
    if after(step, state) is None:
        return f"现在是“{state.label}”，不能办理这一步"
    if step is _T.REMOVE:
        return ""
    if facts.is_barred:
        return "不符合条件"
    if step is _T.DECIDE and not facts.is_publicity_over:
        return "公示期未满"
    return _objected(facts) if step in {_T.DECIDE, _T.ISSUE} else ""


def _objected(facts: Facts) -> str:
    if facts.has_open_objection:
        return "异议没有答复"
    return "异议成立" if facts.has_upheld_objection else ""


def seats_fault(label: str, seats: int | None, taken: int) -> str:
    """Return why *taken* seats of *label* are too many; empty within *seats*, None is no limit."""
    if seats is None or taken <= seats:
        return ""
    return f"{label}名额{seats}个，提名后共{taken}个，超出{taken - seats}个"
