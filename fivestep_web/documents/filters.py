"""What a template may do to a value before it is printed."""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from fivestep_web.documents.dates import CHINESE_DATE

_PERIOD_CHARACTERS: Final = 8  # surely fit a line of the period column of C05
_SENTENCE_ENDS: Final = ("。", "！", "？", "……", "。”", "！”", "？”", "……”")
# Light enough for black text in print; the shape tells the signals apart without them.
_SHADES: Final = {
    "▲": "F8D7DA",
    "◆": "FFF3CD",
    "●": "D6E6F8",
    "■": "DDF0DD",
    "□": "E9ECEF",
    "√": "EEF6E8",
    "": "auto",
}
_TWENTY: Final = 20  # 十九, but 二十
_DIGITS: Final[tuple[str, ...]] = ("", *"一二三四五六七八九")
_VISIBLE: Final = re.compile("[^\\s\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def _cell(value: str) -> str:
    """Return a table value, `—` where there is none (B11)."""
    return value if _VISIBLE.search(value) else "—"


def _dated(value: str) -> str:
    """Return a date or period for a narrow column, broken after its year or dash and not inside a number."""
    if CHINESE_DATE.fullmatch(value):
        return value.replace("年", "年\n")
    return value.replace("—", "—\n", 1) if len(value) > _PERIOD_CHARACTERS else _cell(value)


def _weeks(value: str) -> str:
    """Return 第5—10周 for the narrow column of C04, broken after its dash and not inside a number."""
    return _cell(value.replace("—", "—\n", 1))


def ordinal(number: int) -> str:
    """Return 1 to 999 as a heading counts, `一` to `九百九十九`."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    shown = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        shown += f"{_DIGITS[tens] if number >= _TWENTY else ''}十"
    elif hundreds and ones:
        shown += "零"
    return shown + _DIGITS[ones]


def _names(rows: list[dict[str, str]], field: str) -> str:
    """Return one field of all *rows*, listed."""
    return "、".join(row[field] for row in rows)


def _sentence(value: str) -> str:
    """Return *value* as a whole sentence, with its full stop; `无。` where there is none (B11)."""
    if not _VISIBLE.search(value):
        return "无。"
    return value if value.rstrip().endswith(_SENTENCE_ENDS) else f"{value}。"


FILTERS: Final[MappingProxyType[str, Callable[..., Any]]] = MappingProxyType(
    {
        "cell": _cell,
        "dated": _dated,
        "weeks": _weeks,
        "join": "、".join,
        "length": len,
        "ordinal": ordinal,
        "names": _names,
        "shade": _SHADES.__getitem__,
        "sentence": _sentence,
    }
)
