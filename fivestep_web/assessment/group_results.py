"""What a group of evaluators says of a unit: validity, trimmed mean, satisfaction (domain 7.2, 7.3); pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Self

from fivestep_web.assessment.score_settings import TRIMMED_LINES, Grade, Group, Satisfaction, Settings
from fivestep_web.core.rounding import percent


class Validity(StrEnum):
    """Whether a group's vote stands."""

    VALID = "valid"
    INSUFFICIENT = "insufficient"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class VoteCount:
    """Ballots of one group; *issued* is None where nobody knows it (imported scores)."""

    issued: int | None
    returned: int
    valid: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The scores a group gave one unit: how many, their sum, the lowest and the highest together.

    All that a trimmed mean needs; *extremes* is the sum of the two, so that no single score stands in it.
    """

    count: int = 0
    total: Fraction = Fraction(0)
    extremes: Fraction = Fraction(0)
    abstentions: int = 0

    @classmethod
    def of(cls, histogram: Mapping[Decimal, int], abstentions: int = 0) -> Self:
        """Return the sums of how often each score was given."""
        given = [Fraction(score) for score, count in histogram.items() if count]
        total = sum((Fraction(score) * count for score, count in histogram.items()), Fraction(0))
        extremes = min(given) + max(given) if given else Fraction(0)
        return cls(sum(histogram.values()), total, extremes, abstentions)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group's result for one unit, unrounded; None with the reason in *problem*.

    *ballots* counts all lines for the unit, *valid* the numeric ones; *trimmed* says how many scores were
    left out, the highest and the lowest, or none. *untrimmed* is the mean of all, never printed: beside the
    result it would tell the sum of the two.
    """

    ballots: int
    valid: int
    result: Fraction | None
    trimmed: int
    problem: str | None
    untrimmed: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SatisfactionFigures:
    """The survey's score (0–100) and rate (0–1), both unrounded, over the lines that rate."""

    rated: int
    score: Fraction
    rate: Fraction


def check_validity(count: VoteCount, settings: Settings) -> tuple[Validity, str | None]:
    """Tell whether the vote stands, and why not (domain 7.2; E7)."""
    if count.issued is None:
        return Validity.VALID, None
    if count.returned > count.issued:
        return Validity.VOID, f"收回{count.returned}张，多于发出的{count.issued}张，本组无效，须重新投票"
    if count.issued == 0:
        return Validity.INSUFFICIENT, "没有发出评价票，本组没有结果"
    if count.valid < settings.min_valid_rate * count.issued:
        least = percent(settings.min_valid_rate)
        return (
            Validity.INSUFFICIENT,
            f"有效票{count.valid}张，不足发出{count.issued}张的{least}，本组票数不足",
        )
    return Validity.VALID, None


def is_ballot_valid(offered: int, usable: int) -> bool:
    """Tell whether a ballot stands: not more than half of its *offered* lines are invalid or missing.

    Abstentions are usable lines (domain 7.2).
    """
    return 0 < offered <= 2 * usable


def result_of(group: Group, marks: Marks, settings: Settings) -> GroupResult:
    """Return the group's result for a unit (domain 7.3).

    Leaders and peers (by the settings) lose one highest and one lowest score when there are enough.
    """
    valid, ballots = marks.count, marks.count + marks.abstentions
    if valid < settings.min_valid_lines:
        problem = f"{group.label}有效票{valid}张，少于{settings.min_valid_lines}张，没有结果"
        return GroupResult(ballots, valid, None, 0, problem)
    if group not in settings.trimmed_groups or valid < settings.min_lines_to_trim:
        mean = marks.total / valid
        return GroupResult(ballots, valid, mean, 0, None, mean)
    mean = (marks.total - marks.extremes) / (valid - TRIMMED_LINES)
    return GroupResult(ballots, valid, mean, TRIMMED_LINES, None, marks.total / valid)


def satisfaction_histogram(
    counts: Mapping[Satisfaction, int], settings: Settings
) -> tuple[dict[Decimal, int], int]:
    """Turn survey answers into scores and the number of 不了解."""
    histogram: dict[Decimal, int] = {}
    for option, points in settings.satisfaction_points.items():
        histogram[points] = histogram.get(points, 0) + counts.get(option, 0)
    return histogram, counts.get(Satisfaction.UNKNOWN, 0)


def grade_histogram(counts: Mapping[Grade, int], settings: Settings) -> tuple[dict[Decimal, int], int]:
    """Turn ballots by grades into scores and the number of 弃权."""
    histogram: dict[Decimal, int] = {}
    for option, points in settings.grade_points.items():
        histogram[points] = histogram.get(points, 0) + counts.get(option, 0)
    return histogram, counts.get(Grade.ABSTAINED, 0)


def satisfaction_of(counts: Mapping[Satisfaction, int], settings: Settings) -> SatisfactionFigures | None:
    """Return satisfaction score and rate (满意 and 基本满意 among those rating); None when nobody rates."""
    points = settings.satisfaction_points
    rated = sum(counts.get(option, 0) for option in points)
    if not rated:
        return None
    score = sum((Fraction(points[option]) * counts.get(option, 0) for option in points), Fraction(0))
    content = counts.get(Satisfaction.SATISFIED, 0) + counts.get(Satisfaction.BASICALLY_SATISFIED, 0)
    return SatisfactionFigures(rated, score / rated, Fraction(content, rated))
