"""Who is covered, who carries how much, and where a letter stands on its way to force, pure (R2.12)."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

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


@dataclass(frozen=True)
class Share:
    """What somebody carries: the goals led, and how much of the 100 of the units' sheets arrives there.

    *is_passed_on*: all goals led are broken down into tasks of others.
    """

    goals: int = 0
    weight: Decimal = Decimal(0)
    is_passed_on: bool = False


class LoadMark(enum.StrEnum):
    """How a load compares with the average of the unit."""

    NONE = "none"
    PASSED_ON = "passed_on"
    LITTLE = "little"
    USUAL = "usual"
    MUCH = "much"


LOAD_LABELS = {
    LoadMark.NONE: "没有目标",
    LoadMark.PASSED_ON: "已分解",
    LoadMark.LITTLE: "偏少",
    LoadMark.USUAL: "",
    LoadMark.MUCH: "偏多",
}


@dataclass(frozen=True)
class Load:
    """A share and how it compares; *ratio* is None where there is nothing to compare."""

    share: Share
    ratio: Decimal | None
    mark: LoadMark


def compare(shares: Sequence[Share]) -> list[Load]:
    """Return the loads of the members of one unit against their average.

    From half as much again as the average a load is much, up to half of it little, by the ratio as shown
    (two places). Every sheet has 100 to give out, so in a section of three each carries three times as much
    as in one of nine: colleagues compare, units do not, and a median of the county would only tell large
    units from small ones. The average counts who has no goal; a median of two or three people would hide
    that one of them carries all. A head who passed every goal on answers for all of them: that is said, not
    called little, and leaves the average alone.
    """
    compared = [share.weight for share in shares if not share.is_passed_on]
    average = sum(compared, Decimal(0)) / max(len(compared), 1)
    return [_load(share, average) for share in shares]


def _load(share: Share, average: Decimal) -> Load:
    if share.is_passed_on:
        return Load(share, None, LoadMark.PASSED_ON)
    ratio = (share.weight / average).quantize(Decimal("0.01"), ROUND_HALF_UP) if average else None
    mark = LoadMark.USUAL
    if share.goals == 0:
        mark = LoadMark.NONE
    elif ratio is not None and ratio >= TOO_MUCH:
        mark = LoadMark.MUCH
    elif ratio is not None and ratio <= TOO_LITTLE:
        mark = LoadMark.LITTLE
    return Load(share, ratio, mark)
