"""States, dates and bars of an admonition 诫勉 (domain.md 5.7, N9, N10, R5.16); pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from fivestep_web.core.workdays import months_after

EFFECT_MONTHS: Final = 6
NEAR: Final = timedelta(days=15)  # before the effect period ends
SERIES: Final = "诫勉"


class AdmonitionState(StrEnum):
    """How far an admonition is."""

    CANDIDATE = "candidate"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    DOWNGRADED = "downgraded"
    NOTIFIED = "notified"
    TALKED = "talked"
    RECTIFYING = "rectifying"
    FOLLOWED_UP = "followed_up"
    LIFTED = "lifted"
    FURTHER_ACTION = "further_action"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: Final = {
    AdmonitionState.CANDIDATE: "建议对象",
    AdmonitionState.PROPOSED: "拟定名单",
    AdmonitionState.APPROVED: "已批准",
    AdmonitionState.DECLINED: "不予诫勉",
    AdmonitionState.DOWNGRADED: "改为提醒谈话",
    AdmonitionState.NOTIFIED: "已通知",
    AdmonitionState.TALKED: "已谈话",
    AdmonitionState.RECTIFYING: "整改期",
    AdmonitionState.FOLLOWED_UP: "回访评估",
    AdmonitionState.LIFTED: "期满",
    AdmonitionState.FURTHER_ACTION: "另行处理",
}


class Source(StrEnum):
    """What made somebody a candidate: a trigger of the year's results (R5.18), N6, or another reason."""

    RESULTS = "results"
    BASICALLY_COMPETENT = "basically_competent"
    OTHER = "other"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS: Final = {
    Source.RESULTS: "考核结果触发",
    Source.BASICALLY_COMPETENT: "年度考核基本称职",
    Source.OTHER: "干部监督提出",
}


class Step(StrEnum):
    """What takes an admonition on; the value is its name in forms and addresses."""

    PROPOSE = "propose"
    APPROVE = "approve"
    DECLINE = "decline"
    DOWNGRADE = "downgrade"
    NOTIFY = "notify"
    TALK = "talk"
    RECTIFY = "rectify"
    FOLLOW_UP = "follow_up"
    LIFT = "lift"
    FURTHER = "further"


_S = AdmonitionState
TRANSITIONS: Final[Mapping[Step, tuple[AdmonitionState, AdmonitionState]]] = {
    Step.PROPOSE: (_S.CANDIDATE, _S.PROPOSED),
    Step.APPROVE: (_S.PROPOSED, _S.APPROVED),
    Step.DECLINE: (_S.PROPOSED, _S.DECLINED),
    Step.DOWNGRADE: (_S.PROPOSED, _S.DOWNGRADED),
    Step.NOTIFY: (_S.APPROVED, _S.NOTIFIED),
    Step.TALK: (_S.NOTIFIED, _S.TALKED),
    Step.RECTIFY: (_S.TALKED, _S.RECTIFYING),
    Step.FOLLOW_UP: (_S.RECTIFYING, _S.FOLLOWED_UP),
    Step.LIFT: (_S.FOLLOWED_UP, _S.LIFTED),
    Step.FURTHER: (_S.FOLLOWED_UP, _S.FURTHER_ACTION),
}
DECISIONS: Final = (Step.APPROVE, Step.DECLINE, Step.DOWNGRADE)
CONCLUSIONS: Final = (Step.LIFT, Step.FURTHER)
LINE: Final = (
    _S.CANDIDATE, _S.PROPOSED, _S.APPROVED, _S.NOTIFIED, _S.TALKED, _S.RECTIFYING, _S.FOLLOWED_UP, _S.LIFTED,
)  # fmt: skip
ENDED: Final = frozenset({_S.DECLINED, _S.DOWNGRADED, _S.LIFTED, _S.FURTHER_ACTION})
OPEN: Final = tuple(state for state in _S if state not in ENDED)
TOLD: Final = (_S.NOTIFIED, _S.TALKED, _S.RECTIFYING, _S.FOLLOWED_UP, _S.LIFTED, _S.FURTHER_ACTION)
IN_EFFECT: Final = (_S.APPROVED, *TOLD)  # once approved, whatever became of it


def after(state: AdmonitionState, step: Step) -> AdmonitionState | None:
    """Return the state that *step* leads to from *state*, None where 5.7 lists no such transition."""
    before, following = TRANSITIONS[step]
    return following if state is before else None


def path_of(state: AdmonitionState) -> tuple[AdmonitionState, ...]:
    """Return the line of states to show: up to the side branch where *state* is one."""
    if state in LINE:
        return LINE
    begun = LINE[:2] if state in {_S.DECLINED, _S.DOWNGRADED} else LINE[:-1]
    return (*begun, state)


def effect_until(talked_on: date) -> date:
    """Return the effect period's last day: six calendar months after the talk (2026-08-31 → 2027-02-28)."""
    return months_after(talked_on, EFFECT_MONTHS)


class ReminderKind(StrEnum):
    """What the clock reminds supervisors of."""

    NEARING = "nearing"
    DUE = "due"


def reminder_on(effect_until: date, today: date) -> ReminderKind | None:
    """Return what to remind of: the follow-up is due from the effect period's last day on (N9)."""
    if today >= effect_until:
        return ReminderKind.DUE
    return ReminderKind.NEARING if effect_until - today <= NEAR else None


def follow_up_fault(talked_on: date, visited_on: date, today: date) -> str:
    """Return why the follow-up cannot be of *visited_on*; empty if it can (N9: after six months)."""
    due = effect_until(talked_on)
    if visited_on < due:
        return f"谈话满六个月（{due:%Y-%m-%d}）后才能回访评估"
    if visited_on > today:
        return f"回访日期不能晚于今天（{today:%Y-%m-%d}）"
    return ""


def span_fault(day: date, not_before: date, not_after: date, name: str) -> str:
    """Return why *day* cannot be the date called *name*; empty if it lies within both ends."""
    if day < not_before:
        return f"{name}不能早于{not_before:%Y-%m-%d}"
    if day > not_after:
        return f"{name}不能晚于{not_after:%Y-%m-%d}"
    return ""


def number_text(year: int, number: int) -> str:
    """Return 诫勉〔2026〕1号."""
    return f"{SERIES}〔{year}〕{number}号"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an admonition bars its person; *talked_on* None before the talk."""

    state: AdmonitionState
    year: int
    talked_on: date | None


def bar(standing: Standing, year: int, day: date) -> str | None:
    """Return why its person may not be commended or recommended for *year* on *day*; None if nothing bars.

    From the approval until the talk; then for the effect period, its last day included, and for the year
    that gave rise to it and the year of the talk (N9: 当年评优资格).
    """
    if standing.state not in IN_EFFECT:
        return None
    if standing.talked_on is None:
        return "诫勉已批准，正在办理"
    until = effect_until(standing.talked_on)
    if day <= until:
        return f"诫勉影响期内（{standing.talked_on:%Y-%m-%d}至{until:%Y-%m-%d}）"
    if year in {standing.year, standing.talked_on.year}:
        return f"{standing.talked_on:%Y-%m-%d}诫勉谈话，取消{year}年度评优资格"
    return None
