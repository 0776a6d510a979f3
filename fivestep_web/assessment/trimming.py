"""What dropping the highest and the lowest mark does to ranks: advice to the department, never applied.

Ranks and coarse steps only. The exact difference would tell the sum of the two marks left out, and with it
a voter who knows the one would learn the other (trust.md B7).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fivestep_web.assessment.score_settings import Settings
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.assessment.totals import rank
from fivestep_web.core.rounding import round_half_up

STEPS = (Fraction(1, 2), Fraction(1), Fraction(2))


@dataclass(frozen=True, slots=True)
class TrimLine:
    """A unit whose rank would be another without trimming; *effect* says how far its total moves."""

    unit: str
    rank: int
    untrimmed_rank: int
    effect: str


@dataclass(frozen=True, slots=True)
class TrimEffect:
    """One series: how many units have trimmed groups, and those whose rank depends on it, by rank."""

    series: str
    trimmed_units: int
    lines: tuple[TrimLine, ...]


def trim_effects(score: YearScore) -> list[TrimEffect]:
    """Return the effect of trimming in each series where any mark was left out."""
    effects = [_effect(label, units, score.settings) for label, units in score.series()]
    return [effect for effect in effects if effect.trimmed_units]


def _effect(series: str, units: list[UnitScore], settings: Settings) -> TrimEffect:
    shifts = {unit.id: _shift(unit, settings) for unit in units}
    without: dict[int, Decimal | None] = {
        unit.id: None
        if unit.total.exact is None
        else round_half_up(unit.total.exact + shifts[unit.id], settings.decimals)
        for unit in units
    }
    places = rank(without)
    lines = tuple(
        TrimLine(unit.name, unit.rank, place, _step(shifts[unit.id]))
        for unit in units
        if unit.rank is not None and (place := places[unit.id]) is not None and place != unit.rank
    )
    trimmed = sum(any(result.trimmed for result in unit.groups.values()) for unit in units)
    return TrimEffect(series, trimmed, lines)


def _shift(unit: UnitScore, settings: Settings) -> Fraction:
    """Return by how much the total would move if no mark were left out."""
    moved = Fraction(0)
    for group, weight in unit.evaluation.weights.items():
        result = unit.groups[group]
        if result.result is not None and result.untrimmed is not None:
            moved += weight * (result.untrimmed - result.result)
    return Fraction(settings.evaluation_share) * moved


def _step(shift: Fraction) -> str:
    size = abs(shift)
    reached = [step for step in STEPS if size >= step]
    if not reached:
        return "不到0.5分"
    if reached[-1] == STEPS[-1]:
        return "2分以上"
    low = reached[-1]
    return f"{float(low):g}至{float(STEPS[STEPS.index(low) + 1]):g}分"
