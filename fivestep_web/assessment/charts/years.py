"""A figure over several years beside the mean of its series; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from fivestep_web.assessment.charts.drawing import (
    LINE_HEIGHT,
    Anchor,
    Drawing,
    Label,
    Look,
    Scale,
    Shape,
    dot,
    line,
    square,
    ticks,
)

LEFT, RIGHT = 40.0, 388.0
INNER = 30.0
TOP, BOTTOM = 36.0, 216.0


@dataclass(frozen=True, slots=True)
class YearPair:
    """One year's figure and the mean beside it, as printed; None where there is none."""

    year: int
    own: Decimal | None
    mean: Decimal | None


def draw_years(years: Sequence[YearPair], names: tuple[str, str]) -> Drawing:
    """Return two lines with marks; a year without a figure breaks its line. At least one figure is needed.

    *names* says what the unbroken line with round marks and the dashed one with squares are.
    """
    figures = [figure for each in years for figure in (each.own, each.mean) if figure is not None]
    steps = ticks(figures, 6)
    heights = Scale(steps[0], steps[-1], BOTTOM, TOP)
    across = Scale(0, max(len(years) - 1, 1), LEFT + INNER, RIGHT - INNER)
    shapes = [line([(LEFT, heights.at(step)), (RIGHT, heights.at(step))], Look.GRID) for step in steps]
    labels = [Label(LEFT - 6, heights.at(step) + 4, str(step), Anchor.END) for step in steps]
    shapes += _legend(labels, names)
    shapes += _line(
        [(across.at(place), _height(heights, each.mean)) for place, each in enumerate(years)], Look.DASHED
    )
    shapes += _line(
        [(across.at(place), _height(heights, each.own)) for place, each in enumerate(years)], Look.STROKE
    )
    for place, each in enumerate(years):
        x = across.at(place)
        labels.append(Label(x, BOTTOM + 2 * LINE_HEIGHT, str(each.year), Anchor.MIDDLE))
        if each.mean is not None:
            shapes.append(square(x, heights.at(each.mean), Look.HOLLOW))
        if each.own is not None:
            is_above = each.mean is None or each.own >= each.mean
            shapes.append(dot(x, heights.at(each.own), Look.SOLID))
            offset = -9 if is_above else 18
            labels.append(Label(x, heights.at(each.own) + offset, str(each.own), Anchor.MIDDLE))
    return Drawing(BOTTOM + 2 * LINE_HEIGHT + 8, tuple(shapes), tuple(labels))


def _height(heights: Scale, figure: Decimal | None) -> float | None:
    return None if figure is None else heights.at(figure)


def _line(points: Sequence[tuple[float, float | None]], look: Look) -> list[Shape]:
    """Return the stretches between neighbours that both have a figure."""
    return [
        line([(x1, y1), (x2, y2)], look)
        for (x1, y1), (x2, y2) in pairwise(points)
        if y1 is not None and y2 is not None
    ]


def _legend(labels: list[Label], names: tuple[str, str]) -> list[Shape]:
    shapes: list[Shape] = []
    for place, (name, look) in enumerate(zip(names, (Look.STROKE, Look.DASHED), strict=True)):
        x = LEFT + 110 * place
        shapes.append(line([(x, 10), (x + 28, 10)], look))
        shapes.append(dot(x + 14, 10, Look.SOLID) if place == 0 else square(x + 14, 10, Look.HOLLOW))
        labels.append(Label(x + 33, 15, name))
    return shapes
