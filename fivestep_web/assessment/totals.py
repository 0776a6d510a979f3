"""Totals, ranks, bands and personal figures (domain 7.4–7.9; interfaces, "Total = …"); pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from fivestep_web.assessment.score_settings import Band, Group, Settings
from fivestep_web.core.rounding import percent, round_half_up

ZERO = Fraction(0)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The weighted score of the four groups, unrounded; None with the reasons in *problems*.

    *weights* are those used; *note* says so where they are not those of the settings (E6).
    """

    score: Fraction | None
    weights: Mapping[Group, Fraction]
    problems: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TotalParts:
    """What a unit's total is made of, unrounded; None where a part is not known, with the reason."""

    evaluation: Fraction | None
    completion: Fraction | None
    daily: Fraction | None
    bonus: Decimal = Decimal(0)
    deduction: Decimal = Decimal(0)
    evaluation_problems: tuple[str, ...] = ()
    completion_problem: str | None = None
    daily_problem: str | None = None


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One line of 为什么是这个分: a part and what it adds to the total."""

    label: str
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Total:
    """A unit's total: *exact* is the sum of *lines*, *printed* is rounded once; None with *problems*."""

    exact: Fraction | None
    printed: Decimal | None
    lines: tuple[TotalLine, ...] = ()
    problems: tuple[str, ...] = ()


def evaluate(
    results: Mapping[Group, Fraction | None],
    settings: Settings,
    *,
    left_out: frozenset[Group] = frozenset(),
) -> Evaluation:
    """Return Σ weight × result over the four groups (R5.14).

    *left_out* are the groups the minister decided to do without (重新折算, domain 7.6): the other
    weights are divided by their sum. Without such a decision a missing result leaves no score.
    """
    kept = [group for group in Group if group not in left_out]
    missing = [group for group in kept if results.get(group) is None]
    whole = sum((Fraction(settings.weights[group]) for group in kept), ZERO)
    if not whole:
        return Evaluation(None, {}, ("没有可用的评价组，请重新投票",))
    weights = {group: Fraction(settings.weights[group]) / whole for group in kept}
    if missing:
        return Evaluation(None, weights, tuple(f"{group.label}没有结果" for group in missing))
    score = sum(((results[group] or ZERO) * weights[group] for group in kept), ZERO)
    return Evaluation(score, weights, note=_reweight_note(left_out, weights))


def _reweight_note(left_out: frozenset[Group], weights: Mapping[Group, Fraction]) -> str | None:
    if not left_out:
        return None
    invalid = "、".join(group.label for group in Group if group in left_out)
    used = "、".join(f"{group.label}{percent(weight)}" for group, weight in weights.items())
    return f"{invalid}无效，按{used}折算"


def total_of(parts: TotalParts, settings: Settings) -> Total:
    """Return the unit's total, not capped; a part whose share is 0 is not needed."""
    lost, missing = parts.completion_problem, parts.daily_problem
    shares = (
        ("四组评价", settings.evaluation_share, parts.evaluation, parts.evaluation_problems),
        ("完成情况", settings.completion_share, parts.completion, (f"完成情况：{lost}",) if lost else ()),
        ("日常考核", settings.daily_share, parts.daily, (f"日常考核：{missing}",) if missing else ()),
    )
    lines: list[TotalLine] = []
    problems: list[str] = []
    for label, share, score, reasons in shares:
        if not share:
            continue
        if score is None:
            problems += reasons or (f"{label}没有得分",)
        else:
            lines.append(TotalLine(f"{label}占{percent(share)}", Fraction(share) * score))
    if problems:
        return Total(None, None, problems=tuple(problems))
    lines += _adjustment_lines(parts)
    exact = sum((line.amount for line in lines), ZERO)
    return Total(exact, round_half_up(exact, settings.decimals), tuple(lines))


def _adjustment_lines(parts: TotalParts) -> list[TotalLine]:
    lines = []
    if parts.bonus:
        lines.append(TotalLine("加分", Fraction(parts.bonus)))
    if parts.deduction:
        lines.append(TotalLine("扣分", -Fraction(parts.deduction)))
    return lines


def rank(totals: Mapping[Key, Decimal | None]) -> dict[Key, int | None]:
    """Return each key's place by rounded total, highest first; equals share it and the next is skipped (E8).

    What has no total has no place and takes none.
    """
    scored = sorted((total for total in totals.values() if total is not None), reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(scored, start=1)))}
    return {key: None if total is None else first[total] for key, total in totals.items()}


def band_of(total: Decimal, settings: Settings) -> Band:
    """Return the band of a rounded total or personal figure."""
    for band, lowest in sorted(settings.bands.items(), key=lambda item: item[1], reverse=True):
        if total >= lowest:
            return band
    return Band.POOR


def personal_figure(
    unit_total: Decimal | None, own_completion: Fraction | None, settings: Settings
) -> Decimal | None:
    """Return the person's figure, rounded once (domain 7.9, E12); None without one of its two parts.

    The unit's total enters as rounded and published, the own completion unrounded.
    """
    if unit_total is None or own_completion is None:
        return None
    share = Fraction(settings.personal_unit_share)
    return round_half_up(share * Fraction(unit_total) + (1 - share) * own_completion, settings.decimals)
