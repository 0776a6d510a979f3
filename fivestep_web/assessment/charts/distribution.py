"""How the units of a series lie: how many in each class of totals, the spread of several figures; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from fivestep_web.assessment.charts.drawing import (
    LINE_HEIGHT,
    Anchor,
    Drawing,
    Label,
    Look,
    Scale,
    Shape,
    box,
    line,
    ticks,
)
from fivestep_web.core.rounding import Exact

LEFT, RIGHT = 76.0, 384.0
MOST_CLASSES = 10
TOP, COLUMNS_HEIGHT = 44.0, 150.0
ROW, BOX = 38.0, 16.0


@dataclass(frozen=True, slots=True)
class ScoreClass:
    """The totals from *low* to below *high*."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Five figures of a series, as printed; the quartiles lie between neighbours in proportion."""

    label: str
    lowest: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    highest: Decimal


def classes_of(totals: Sequence[Decimal]) -> list[ScoreClass]:
    """Return classes of one width that hold every total; at most MOST_CLASSES and the one of the highest."""
    edges = ticks(totals, MOST_CLASSES)
    if max(totals) == edges[-1]:
        edges = range(edges.start, edges.stop + edges.step, edges.step)
    return [
        ScoreClass(low, high, sum(low <= total < high for total in totals)) for low, high in pairwise(edges)
    ]


def quantile(values: Iterable[Exact], part: Fraction) -> Fraction:
    """Return the value below which *part* (0–1) of the values lie, between neighbours in proportion."""
    ordered = sorted(Fraction(value) for value in values)
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def draw_classes(classes: Sequence[ScoreClass], thresholds: Sequence[tuple[str, Decimal]]) -> Drawing:
    """Return a column for each class with its count; the *thresholds* within stand as dashed lines."""
    left, bottom = 16.0, TOP + COLUMNS_HEIGHT
    scale = Scale(classes[0].low, classes[-1].high, left, RIGHT)
    heights = Scale(0, max(each.count for each in classes), 0, COLUMNS_HEIGHT - LINE_HEIGHT)
    shapes: list[Shape] = []
    labels = [Label(scale.at(classes[0].low), bottom + LINE_HEIGHT, str(classes[0].low), Anchor.MIDDLE)]
    for each in classes:
        start, end = scale.at(each.low), scale.at(each.high)
        height = heights.at(each.count)
        shapes.append(box(start + 2, bottom - height, end - start - 4, height, Look.HATCHED))
        labels.append(Label(end, bottom + LINE_HEIGHT, str(each.high), Anchor.MIDDLE))
        if each.count:
            labels.append(Label((start + end) / 2, bottom - height - 5, str(each.count), Anchor.MIDDLE))
    for name, threshold in thresholds:
        if classes[0].low < threshold < classes[-1].high:
            x = scale.at(threshold)
            shapes.append(line([(x, 22), (x, bottom)], Look.DASHED))
            labels.append(Label(x, LINE_HEIGHT, name, Anchor.MIDDLE))
    shapes.append(line([(left, bottom), (RIGHT, bottom)], Look.AXIS))
    return Drawing(bottom + LINE_HEIGHT + 8, tuple(shapes), tuple(labels))


def draw_spreads(spreads: Sequence[Spread]) -> Drawing:
    """Return a row for each figure: a line from the lowest to the highest, a box for the middle half."""
    steps = ticks([edge for each in spreads for edge in (each.lowest, each.highest)], 6)
    scale = Scale(steps[0], steps[-1], LEFT + 8, RIGHT)
    top = 4.0
    bottom = top + ROW * len(spreads)
    shapes = [line([(scale.at(step), top), (scale.at(step), bottom)], Look.GRID) for step in steps]
    labels = [Label(scale.at(step), bottom + LINE_HEIGHT, str(step), Anchor.MIDDLE) for step in steps]
    for place, each in enumerate(spreads):
        middle = top + ROW * place + ROW / 2
        labels.append(Label(LEFT - 6, middle + 5, each.label, Anchor.END))
        shapes += _spread_row(each, scale, middle)
    return Drawing(bottom + LINE_HEIGHT + 8, tuple(shapes), tuple(labels))


def _spread_row(each: Spread, scale: Scale, middle: float) -> list[Shape]:
    lowest, lower, median, upper, highest = (
        scale.at(value) for value in (each.lowest, each.lower, each.median, each.upper, each.highest)
    )
    top, bottom = middle - BOX / 2, middle + BOX / 2
    return [
        line([(lowest, middle), (highest, middle)], Look.STROKE),
        line([(lowest, top + 3), (lowest, bottom - 3)], Look.STROKE),
        line([(highest, top + 3), (highest, bottom - 3)], Look.STROKE),
        box(lower, top, round(upper - lower, 1), BOX, Look.HATCHED),
        box(median - 1.5, top - 4, 3, BOX + 8, Look.SOLID),
    ]
