"""A unit beside the mean of its series: two bars a row, from 0; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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

LEFT, RIGHT = 76.0, 346.0
TOP, ROW, BAR = 30.0, 38.0, 12.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A row: the unit's figure and the mean beside it, as printed, not below 0; None where there is none."""

    label: str
    own: Decimal | None
    mean: Decimal | None


def draw_comparison(pairs: Sequence[Pair], names: tuple[str, str]) -> Drawing:
    """Return the bars with their figures; *names* says what the solid and the hatched ones are."""
    figures = [figure for pair in pairs for figure in (pair.own, pair.mean) if figure is not None]
    steps = ticks([Decimal(0), Decimal(100), *figures], 6)
    scale = Scale(steps[0], steps[-1], LEFT, RIGHT)
    bottom = TOP + ROW * len(pairs)
    shapes = [line([(scale.at(step), TOP), (scale.at(step), bottom)], Look.GRID) for step in steps[1:]]
    labels = [Label(scale.at(step), bottom + LINE_HEIGHT, str(step), Anchor.MIDDLE) for step in steps]
    for place, (name, look) in enumerate(zip(names, (Look.SOLID, Look.HATCHED), strict=True)):
        shapes.append(box(LEFT + 90 * place, 6, BAR, BAR, look))
        labels.append(Label(LEFT + 90 * place + BAR + 5, 17, name))
    for place, pair in enumerate(pairs):
        top = TOP + ROW * place + 5
        labels.append(Label(LEFT - 6, top + 18, pair.label, Anchor.END))
        for offset, figure, look in ((0, pair.own, Look.SOLID), (14, pair.mean, Look.HATCHED)):
            shapes += _bar(scale, top + offset, figure, look)
            labels.append(_end_label(scale, top + offset, figure))
    shapes.append(line([(LEFT, TOP), (LEFT, bottom)], Look.AXIS))
    return Drawing(bottom + LINE_HEIGHT + 8, tuple(shapes), tuple(labels))


def _bar(scale: Scale, top: float, figure: Decimal | None, look: Look) -> list[Shape]:
    return [] if figure is None else [box(LEFT, top, round(scale.at(figure) - LEFT, 1), BAR, look)]


def _end_label(scale: Scale, top: float, figure: Decimal | None) -> Label:
    end = LEFT if figure is None else scale.at(figure)
    return Label(end + 5, top + 11, "—" if figure is None else str(figure))
