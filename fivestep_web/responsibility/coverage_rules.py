"""Who is covered, who carries how much, and where a letter stands on its way to force, pure (R2.12)."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from fivestep_web.responsibility.rules import LetterState

TOO_MUCH = Decimal("1.5")
TOO_LITTLE = Decimal("0.5")


class Stage(enum.StrEnum):
    """Where a letter that ought to be there stands; the columns of the matrix, in order."""

    NOT_DRAFTED = "not_drafted"
    DRAFT = "draft"
    RESPONSIBLE = "responsible"
    ISSUING = "issuing"
    OBJECTED = "objected"
    IN_FORCE = "in_force"


STAGE_LABELS = {
    Stage.NOT_DRAFTED: "未起草",
    Stage.DRAFT: "草稿",
    Stage.RESPONSIBLE: "待乙方签",
    Stage.ISSUING: "待甲方签",
    Stage.OBJECTED: "有异议",
    Stage.IN_FORCE: "已生效",
}
STAGES: dict[LetterState, Stage] = {
    LetterState.DRAFT: Stage.DRAFT,
    LetterState.ISSUED: Stage.RESPONSIBLE,
    LetterState.ACCEPTED: Stage.ISSUING,
    LetterState.OBJECTED: Stage.OBJECTED,
    LetterState.IN_FORCE: Stage.IN_FORCE,
    LetterState.SETTLED: Stage.IN_FORCE,
    LetterState.ARCHIVED: Stage.IN_FORCE,
}
WAITING = (Stage.RESPONSIBLE, Stage.ISSUING)
ORDER = tuple(Stage)


def best_stage(stages: Sequence[Stage]) -> Stage:
    """Return the furthest of a person's letters; without any, not drafted."""
    return max(stages, key=ORDER.index, default=Stage.NOT_DRAFTED)


def percentage(covered: int, total: int) -> Decimal | None:
    """Return the covered part as a percentage with one place, rounding half up; None without anybody.

    It says 100 only when nobody is missing.
    """
    if total == 0:
        return None
    exact = Decimal(100) * covered / total
    shown = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return min(shown, Decimal("99.9")) if covered < total else shown


class LoadMark(enum.StrEnum):
    """How a load compares with the median of those who carry something."""

    NONE = "none"
    LITTLE = "little"
    USUAL = "usual"
    MUCH = "much"


LOAD_LABELS = {
    LoadMark.NONE: "没有目标",
    LoadMark.LITTLE: "偏少",
    LoadMark.USUAL: "",
    LoadMark.MUCH: "偏多",
}


@dataclass(frozen=True)
class Load:
    """What somebody carries: number of goals, their points, and how that compares."""

    count: int
    points: Decimal
    ratio: Decimal | None
    mark: LoadMark


def median_points(points: Sequence[Decimal]) -> Decimal:
    """Return the median of those who carry something; zero when nobody does."""
    return Decimal(median([item for item in points if item > 0] or [Decimal(0)]))


def load_of(count: int, points: Decimal, middle: Decimal) -> Load:
    """Return a load against the median *middle*: from half as much again it is much, up to half little."""
    if count == 0:
        return Load(0, Decimal(0), None, LoadMark.NONE)
    if middle == 0:
        return Load(count, points, None, LoadMark.USUAL)
    ratio = points / middle
    mark = LoadMark.MUCH if ratio >= TOO_MUCH else LoadMark.LITTLE if ratio <= TOO_LITTLE else LoadMark.USUAL
    return Load(count, points, ratio.quantize(Decimal("0.01"), ROUND_HALF_UP), mark)
