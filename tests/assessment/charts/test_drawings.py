"""What is drawn stays on the paper, keeps the order of the figures and counts every unit once."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.charts.comparison import Pair, draw_comparison
from fivestep_web.assessment.charts.distribution import (
    MOST_CLASSES,
    Spread,
    classes_of,
    draw_classes,
    draw_spreads,
    quantile,
)
from fivestep_web.assessment.charts.drawing import WIDTH, Look, ticks
from fivestep_web.assessment.charts.years import YearPair, draw_years

TOTALS = st.decimals(-50, 300, places=2)
MARKS = st.decimals(0, 100, places=2)
MAYBE = st.none() | MARKS
NAMES = ("本单位", "科室平均")


def corners(path):
    """The absolute points of a path that begins with one and goes on by absolute or relative ones."""
    points, x, y = [], 0.0, 0.0
    for word, numbers in re.findall(r"([MLhva])([^MLhvaz]*)", path):
        values = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        if word in "ML":
            x, y = values
        elif word == "a":
            x, y = x + values[5], y + values[6]
        else:
            x, y = (x + values[0], y) if word == "h" else (x, y + values[0])
        points.append((x, y))
    return points


def assert_on_paper(drawing):
    points = [point for shape in drawing.shapes for point in corners(shape.path)]
    points += [(label.x, label.y) for label in drawing.labels]
    assert all(-0.1 <= x <= WIDTH and -0.1 <= y <= drawing.height for x, y in points), points


def lengths(drawing, look):
    boxes = [corners(shape.path) for shape in drawing.shapes if shape.look is look]
    return [round(points[1][0] - points[0][0], 1) for points in boxes]


@given(st.lists(TOTALS, min_size=1, max_size=40), st.integers(2, 12))
def test_the_steps_are_round_rise_and_hold_every_value(values, most):
    found = ticks(values, most)
    assert found[0] <= min(values) <= max(values) <= found[-1]
    assert 2 <= len(found) <= most + 1
    assert str(found.step).strip("0") in {"1", "2", "5"}


@given(st.lists(TOTALS, min_size=1, max_size=60))
def test_every_total_is_counted_in_one_class_whatever_their_order(totals):
    classes = classes_of(totals)
    assert sum(each.count for each in classes) == len(totals)
    assert len(classes) <= MOST_CLASSES + 1
    assert classes_of(sorted(totals)) == classes
    drawing = draw_classes(classes, [("优秀", Decimal(90)), ("一般", Decimal(60))])
    assert_on_paper(drawing)
    assert len(lengths(drawing, Look.HATCHED)) == len(classes)


def test_a_total_on_an_edge_belongs_to_the_class_that_begins_there():
    classes = classes_of([Decimal("79.99"), Decimal("80.00"), Decimal("90.00")])
    assert [(each.low, each.high) for each in classes if each.count] == [(78, 80), (80, 82), (90, 92)]


@given(st.lists(MARKS, min_size=1, max_size=30))
def test_the_quartiles_rise_from_the_lowest_to_the_highest(values):
    parts = [Fraction(part, 4) for part in range(5)]
    five = [quantile(values, part) for part in parts]
    assert five == sorted(five)
    assert (five[0], five[-1]) == (min(values), max(values))
    assert quantile([*values, *values[::-1]], Fraction(0)) == five[0]


def test_quartiles_lie_between_neighbours_in_proportion():
    assert [quantile([4, 1, 3, 2], Fraction(part, 4)) for part in (1, 2, 3)] == [
        Fraction(7, 4),
        Fraction(5, 2),
        Fraction(13, 4),
    ]


@given(st.lists(st.lists(TOTALS, min_size=5, max_size=5).map(sorted), min_size=1, max_size=8))
def test_the_spreads_stay_on_the_paper(rows):
    drawing = draw_spreads([Spread("总分", *row) for row in rows])
    assert_on_paper(drawing)
    assert all(length >= 0 for length in lengths(drawing, Look.HATCHED))


@given(st.lists(st.tuples(MAYBE, MAYBE), min_size=1, max_size=8))
def test_bars_start_at_nought_and_are_as_long_as_their_figures(figures):
    drawing = draw_comparison([Pair("社会调查", *pair) for pair in figures], NAMES)
    assert_on_paper(drawing)
    for place, look in enumerate((Look.SOLID, Look.HATCHED)):
        drawn = lengths(drawing, look)[1:]
        known = [pair[place] for pair in figures if pair[place] is not None]
        assert len(drawn) == len(known)
        for length, value in zip(drawn, known, strict=True):
            assert abs(length - float(value) * 2.7) < 0.1
    texts = [label.text for label in drawing.labels]
    assert all(str(value) in texts for pair in figures for value in pair if value is not None)


@given(st.lists(st.tuples(st.none() | TOTALS, st.none() | TOTALS), min_size=1, max_size=5))
def test_a_year_without_a_figure_breaks_the_line(figures):
    if all(pair == (None, None) for pair in figures):
        return
    drawing = draw_years([YearPair(2022 + place, *pair) for place, pair in enumerate(figures)], NAMES)
    assert_on_paper(drawing)
    for place, look in enumerate((Look.STROKE, Look.DASHED)):
        known = [pair[place] is not None for pair in figures]
        stretches = sum(a and b for a, b in pairwise(known))
        assert sum(shape.look is look for shape in drawing.shapes) == stretches + 1
    dots = sum(shape.look is Look.SOLID for shape in drawing.shapes)
    assert dots == 1 + sum(pair[0] is not None for pair in figures)
