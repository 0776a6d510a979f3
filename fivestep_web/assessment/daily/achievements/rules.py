"""The words of the achievements register and of the self-report made from it (R5.2, R6.3); pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class AchievementKind(StrEnum):
    """What R6.3 counts."""

    SPEECH = "speech"
    ADOPTION = "adoption"
    INSTRUCTION = "instruction"
    AWARD = "award"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS: Final = {
    AchievementKind.SPEECH: "典型发言",
    AchievementKind.ADOPTION: "媒体、内刊采用",
    AchievementKind.INSTRUCTION: "领导批示",
    AchievementKind.AWARD: "获奖",
}


class Level(StrEnum):
    """From whom it comes."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]


LEVEL_LABELS: Final = {
    Level.CENTRAL: "中央",
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """An achievement as it is written out."""

    kind: AchievementKind
    level: Level
    happened_on: date
    title: str
    giver: str


def sentence(fact: Fact) -> str:
    """Return 3月5日，全省组织工作会议典型发言（省级）：《…》 without a full stop."""
    day = f"{fact.happened_on.month}月{fact.happened_on.day}日"
    return f"{day}，{fact.giver}{fact.kind.label}（{fact.level.label}级）：{fact.title}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The goals of the latest issued month."""

    month: int
    due: int
    done: int


def proposed_visible(facts: Iterable[Fact], standing: Standing | None) -> str:
    """Return the first text of 显绩: the goals as last issued, then the register by date."""
    goals = f"截至{standing.month}月底到期目标{standing.due}项，已完成{standing.done}项。" if standing else ""
    ordered = sorted(facts, key=lambda fact: (fact.happened_on, sentence(fact)))
    return "\n".join([*([goals] if goals else []), *(f"{sentence(fact)}。" for fact in ordered)])
