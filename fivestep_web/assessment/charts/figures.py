"""The charts of a year's results, each with its title, its numbers as a table and a sentence that sums it up.

Drawn from the units' means and counts alone; nothing in them breaks a group down further (trust.md B7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from fivestep_web.assessment.charts.comparison import Pair, draw_comparison
from fivestep_web.assessment.charts.distribution import (
    Spread,
    classes_of,
    draw_classes,
    draw_spreads,
    quantile,
)
from fivestep_web.assessment.charts.drawing import Drawing
from fivestep_web.assessment.charts.years import YearPair, draw_years
from fivestep_web.assessment.result_table import NONE, figure, rate
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.core.rounding import Exact, percent, round_half_up

QUARTERS = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart: *drawing* is None while there is nothing to draw, the *notes* then say why.

    The first cell of each row names it; *name* is its id on the page.
    """

    name: str
    title: str
    summary: str
    drawing: Drawing | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """The charts of one series."""

    series: str
    unit_count: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class PastYear:
    """A year of the line; *score* is None where it cannot be computed, *reason* says why."""

    year: int
    score: YearScore | None
    reason: str = ""


def series_figures(score: YearScore) -> list[SeriesFigures]:
    """Return the charts of each series: the distribution of the totals and the spread of what makes them."""
    return [
        SeriesFigures(
            label, len(units), (_totals(score, place, label, units), _spreads(score, place, label, units))
        )
        for place, (label, units) in enumerate(score.series(), start=1)
    ]


def unit_figures(score: YearScore, unit: UnitScore, years: Sequence[PastYear]) -> tuple[Figure, ...]:
    """Return the charts of one unit: its figures beside its series, and its totals over *years*."""
    return (_comparison(score, unit), _years(unit, years))


def _totals(score: YearScore, place: int, series: str, units: Sequence[UnitScore]) -> Figure:
    totals = [unit.total.printed for unit in units if unit.total.printed is not None]
    name, title = f"totals-{place}", _("%(series)s总分分布", series=series)
    columns = (_("分数段"), _("单位数"), _("占比"))
    unscored = len(units) - len(totals)
    notes = [_("另有%(count)s个单位还没有总分，没有计入。", count=unscored)] if unscored else []
    if not totals:
        return Figure(name, title, "", None, columns, (), (_("还没有单位有总分，有了评价数据后自动画出。"),))
    classes = classes_of(totals)
    bands = sorted(score.settings.bands.items(), key=lambda item: item[1])
    drawing = draw_classes(classes, [(f"{band.label}≥{lowest}", lowest) for band, lowest in bands])
    rows = tuple(
        (f"{each.low}–{each.high}", str(each.count), percent(Fraction(each.count, len(totals))))
        for each in classes
    )
    summary = _(
        "%(count)s个单位有总分：最低%(lowest)s，最高%(highest)s，中位数%(median)s。",
        count=len(totals),
        lowest=min(totals),
        highest=max(totals),
        median=figure(quantile(totals, Fraction(1, 2)), score.settings.decimals),
    )
    notes.append(_("每段含下限、不含上限；虚线是等次的分数线。"))
    return Figure(name, title, summary, drawing, columns, rows, tuple(notes))


def _items(unit: UnitScore) -> list[tuple[str, Exact | None]]:
    """Return what a unit is measured by, on 0–100 (R5.1); None where it is not known."""
    satisfaction = None if unit.satisfaction is None else 100 * unit.satisfaction
    return [
        *((group.label, unit.groups[group].result) for group in Group),
        (_("指标完成率"), unit.completion.score),
        (_("满意率"), satisfaction),
    ]


def _columns_of(units: Iterable[UnitScore]) -> dict[str, list[Exact]]:
    """Return the known figures of the units by what they measure."""
    found: dict[str, list[Exact]] = {}
    for unit in units:
        for label, value in (*_items(unit), (_("总分"), unit.total.printed)):
            known = found.setdefault(label, [])
            if value is not None:
                known.append(value)
    return found


def _spreads(score: YearScore, place: int, series: str, units: Sequence[UnitScore]) -> Figure:
    places = score.settings.decimals
    spreads, rows = [], []
    for label, values in _columns_of(units).items():
        if not values:
            rows.append((label, "0", *(NONE for _quarter in QUARTERS)))
            continue
        five = [round_half_up(quantile(values, part), places) for part in QUARTERS]
        spreads.append(Spread(label, *five))
        rows.append((label, str(len(values)), *map(str, five)))
    return Figure(
        f"spreads-{place}",
        _("%(series)s各项结果的高低", series=series),
        _("%(series)s各项结果的最低、最高、中位数和居中一半单位所在的范围。", series=series),
        draw_spreads(spreads) if spreads else None,
        (_("项目"), _("单位数"), _("最低"), _("下四分位"), _("中位数"), _("上四分位"), _("最高")),
        tuple(rows),
        (_("横线从最低到最高，斜纹框是居中的一半单位，粗竖线是中位数。"),),
    )


def _comparison(score: YearScore, unit: UnitScore) -> Figure:
    places = score.settings.decimals
    peers = [each for each in score.units if each.kind is unit.kind]
    columns = _columns_of(peers)
    pairs, rows = [], []
    for label, value in _items(unit):
        known = columns[label]
        mean = _mean(known)
        own = None if value is None else round_half_up(value, places)
        pairs.append(Pair(label, own, None if mean is None else round_half_up(mean, places)))
        edges = (Fraction(max(known)), Fraction(min(known))) if known else (None, None)
        rows.append((label, *(_printed(each, places) for each in (value, mean, *edges))))
    return Figure(
        "comparison",
        _("与本类别比较"),
        _(
            "%(unit)s四组评价、指标完成率、满意率与%(series)s平均的比较。",
            unit=unit.name,
            series=unit.series,
        ),
        draw_comparison(pairs, (_("本单位"), _("%(series)s平均", series=unit.series))),
        (_("项目"), _("本单位"), _("平均"), _("最高"), _("最低")),
        tuple(rows),
        tuple(_("%(problem)s。", problem=each.problem) for each in unit.groups.values() if each.problem),
    )


def _printed(value: Exact | None, places: int) -> str:
    return NONE if value is None else str(round_half_up(value, places))


def _mean(values: Sequence[Exact]) -> Fraction | None:
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values) if values else None


def _years(unit: UnitScore, years: Sequence[PastYear]) -> Figure:
    pairs, rows = [], []
    for past in years:
        pair, row = _past(unit, past)
        pairs.append(pair)
        rows.append(row)
    has_figures = any(pair.own is not None or pair.mean is not None for pair in pairs)
    notes = () if has_figures else (_("这几年都还没有总分。"),)
    return Figure(
        "years",
        _("近五年总分"),
        _("%(unit)s各年度总分与本类别平均总分。", unit=unit.name),
        draw_years(pairs, (_("本单位"), _("本类别平均"))) if has_figures else None,
        (
            _("年度"),
            _("总分"),
            _("本类别平均"),
            _("位次"),
            _("等次"),
            _("指标完成率"),
            _("满意率"),
            _("规则版本"),
        ),
        tuple(rows),
        (*notes, _("各年度按当年的规则计算，规则版本不同的，分数不宜直接相比。")),
    )


def _past(unit: UnitScore, past: PastYear) -> tuple[YearPair, tuple[str, ...]]:
    """Return the point and the line of the table of one year."""
    units = past.score.units if past.score else ()
    found = next((each for each in units if each.id == unit.id), None)
    label = str(past.year)
    if past.score is None or found is None:
        reason = past.reason or _("没有参评")
        return YearPair(past.year, None, None), (label, NONE, NONE, NONE, NONE, NONE, NONE, reason)
    places = past.score.settings.decimals
    peers = [each for each in units if each.kind is found.kind]
    mean = _mean([each.total.printed for each in peers if each.total.printed is not None])
    rounded = None if mean is None else round_half_up(mean, places)
    completion = figure(found.completion.score, places)
    row = (
        label,
        NONE if found.total.printed is None else str(found.total.printed),
        NONE if rounded is None else str(rounded),
        NONE if found.rank is None else _("%(rank)s / %(count)s", rank=found.rank, count=len(peers)),
        found.band.label if found.band else NONE,
        completion if completion == NONE else f"{completion}%",
        rate(found.satisfaction),
        past.score.rule_version,
    )
    return YearPair(past.year, found.total.printed, rounded), row
