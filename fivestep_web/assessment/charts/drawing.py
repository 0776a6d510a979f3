"""Shapes, labels and axes of a chart, told apart by pattern and form, not by colour; pure.

A drawing is WIDTH wide and as high as it says; x runs right, y down, both in its own units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from fivestep_web.core.rounding import Exact

WIDTH = 400
LINE_HEIGHT = 16


class Look(StrEnum):
    """How a shape is filled or drawn; the stylesheet has a class for each."""

    SOLID = "solid"
    HATCHED = "hatched"
    HOLLOW = "hollow"
    AXIS = "axis"
    GRID = "grid"
    STROKE = "stroke"
    DASHED = "dashed"


class Anchor(StrEnum):
    """Which end of a label stands at its point."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Shape:
    """A path (SVG path data) and how it looks."""

    path: str
    look: Look


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a point; *y* is their base line."""

    x: float
    y: float
    text: str
    anchor: Anchor = Anchor.START


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart, shapes from back to front."""

    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps *low* … *high* to *start* … *end* of the drawing."""

    low: Exact
    high: Exact
    start: float
    end: float

    def at(self, value: Exact) -> float:
        part = (Fraction(value) - Fraction(self.low)) / (Fraction(self.high) - Fraction(self.low))
        return round(self.start + float(part) * (self.end - self.start), 1)


def ticks(values: Iterable[Exact], most: int) -> range:
    """Return round steps (1, 2, 5, 10 …) from below the values to above them, *most* (≥ 2) gaps or fewer."""
    found = [Fraction(value) for value in values]
    low, high = min(found), max(found)
    scale = 1
    while True:
        for step in (scale, 2 * scale, 5 * scale):
            first, last = floor(low / step), ceil(high / step)
            if last - first <= most:
                return range(first * step, (max(last, first + 1) + 1) * step, step)
        scale *= 10


def box(x: float, y: float, width: float, height: float, look: Look) -> Shape:
    """Return a rectangle from its upper left corner."""
    return Shape(f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z", look)


def line(points: Sequence[tuple[float, float]], look: Look) -> Shape:
    """Return the line through *points*."""
    return Shape("M" + "L".join(f"{x:g} {y:g}" for x, y in points), look)


def dot(x: float, y: float, look: Look, radius: float = 4) -> Shape:
    """Return a round mark."""
    arc = f"a{radius:g} {radius:g} 0 1 0"
    return Shape(f"M{x - radius:g} {y:g}{arc} {2 * radius:g} 0{arc} {-2 * radius:g} 0z", look)


def square(x: float, y: float, look: Look, reach: float = 4) -> Shape:
    """Return a square mark."""
    return box(x - reach, y - reach, 2 * reach, 2 * reach, look)
