"""Exact figures and the one rounding they get, at the moment they are printed."""

from decimal import Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int


def round_half_up(value: Exact, places: int = 2) -> Decimal:
    """Return *value* rounded to *places* decimals, halves away from zero (domain 7.1)."""
    exact = Fraction(value)
    scale = 10**places
    units = (2 * abs(exact.numerator) * scale + exact.denominator) // (2 * exact.denominator)
    if exact < 0:
        units = -units
    return Decimal(units).scaleb(-places)


def plain(value: Exact, places: int = 4) -> str:
    """Return the shortest text of *value* for a sentence: 270, 31.5, 0.3333."""
    text = format(round_half_up(value, places), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Exact, places: int = 2) -> str:
    """Return *ratio* (1 is the whole) as per cent without needless zeros: 37.5%."""
    return f"{plain(Fraction(ratio) * 100, places)}%"
