"""The results of the series as ready texts, alike on the page, in the workbook and in the bulletin (C09)."""

from dataclasses import dataclass
from fractions import Fraction

from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.core.rounding import round_half_up

NONE = "—"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One unit's line; texts as printed, — where there is no figure. *groups* follow the order of Group."""

    rank: str
    code: str
    unit: str
    groups: tuple[str, ...]
    total: str
    completion: str
    satisfaction: str
    band: str
    is_vetoed: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One series, by rank."""

    series: str
    lines: tuple[ResultLine, ...]


def result_tables(score: YearScore) -> list[ResultTable]:
    """Return the table of each series."""
    return [
        ResultTable(label, tuple(_line(unit, score.settings.decimals) for unit in units))
        for label, units in score.series()
    ]


def figure(value: Fraction | None, places: int) -> str:
    """Return *value* rounded once, or — for none."""
    return NONE if value is None else str(round_half_up(value, places))


def rate(value: Fraction | None) -> str:
    """Return a rate of 0–1 as 95.24%, or — for none."""
    return NONE if value is None else f"{round_half_up(value * 100, 2)}%"


def _line(unit: UnitScore, places: int) -> ResultLine:
    completion = figure(unit.completion.score, places)
    return ResultLine(
        rank=NONE if unit.rank is None else str(unit.rank),
        code=unit.code,
        unit=unit.name,
        groups=tuple(figure(unit.groups[group].result, places) for group in Group),
        total=NONE if unit.total.printed is None else str(unit.total.printed),
        completion=completion if completion == NONE else f"{completion}%",
        satisfaction=rate(unit.satisfaction),
        band=unit.band.label if unit.band else NONE,
        is_vetoed=unit.is_vetoed,
        problems=unit.problems,
    )
