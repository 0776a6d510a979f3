"""Put texts of people into Word: exact, and never as markup or as template code (trust.md D2, D3)."""

import re
from fractions import Fraction

from markupsafe import Markup

from fivestep_web.core.rounding import round_half_up
from fivestep_web.documents.wordml import LINE_BREAK

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\t\n\r\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def allowed_text(value: str) -> str:
    """Return *value* without the characters XML 1.0 forbids and with line feeds for all line ends."""
    if _FORBIDDEN.search(value) is None:
        return value
    return _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(value: str) -> str:
    """Return *value* as XML character data."""
    return allowed_text(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def word_text(value: object) -> Markup:
    """Return *value* for a `w:t`; line ends and tabs become `w:br` and `w:tab`.

    Markup made by this package passes; anything but text and whole numbers raises TypeError, so that no
    `None` or `True` is ever printed.
    """
    if isinstance(value, Markup):
        return value
    if type(value) is int:
        return Markup(value)  # noqa: S704 - digits
    if not isinstance(value, str):
        str(value)  # an undefined name raises with its own text
        raise TypeError(f"不能打印 {type(value).__name__}")
    if _SPECIAL.search(value) is None:
        return Markup(value)  # noqa: S704 - nothing to escape
    return Markup(escaped(value).replace("\n", LINE_BREAK).replace("\t", _TAB))  # noqa: S704 - escaped


def word_bytes(value: object) -> bytes:
    """Return `word_text` of *value* in UTF-8: what stands where a template prints a value."""
    if type(value) is str and _SPECIAL.search(value) is None:
        return value.encode()
    if type(value) is int:
        return b"%d" % value
    return word_text(value).encode()


def percentage(part: int, whole: int) -> str:
    """Return *part* of *whole* with one decimal, rounded half up, `87.5%`; `—` of nothing."""
    if not whole:
        return "—"
    return f"{round_half_up(Fraction(100 * part, whole), 1)}%"
