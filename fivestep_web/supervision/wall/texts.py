"""How wide words are when drawn, and how they break into lines; pure.

A Chinese sign is as wide as the type is high, figures and small letters a little over half of that.
"""

from functools import lru_cache

NARROW, CAPITAL, WIDE = 0.58, 0.78, 1.0
FIRST_WIDE = "\u0250"
ELLIPSIS = "…"
NOT_FIRST = frozenset("，。、；：？！）】》”’…—%")
NOT_LAST = frozenset("（【《“‘")


def _advance(sign: str) -> float:
    if sign >= FIRST_WIDE:
        return WIDE
    return CAPITAL if sign.isupper() or sign in "mw%@&" else NARROW


@lru_cache(maxsize=4096)
def width_in_ems(text: str) -> float:
    """Return how wide *text* is, in heights of its type."""
    return sum(map(_advance, text))


def width_of(text: str, size: float) -> float:
    """Return how wide *text* is in type of *size*."""
    return width_in_ems(text) * size


@lru_cache(maxsize=4096)
def wrap(text: str, width: float, size: float, most: int) -> tuple[str, ...]:
    """Break *text* into at most *most* lines no wider than *width*; what does not fit ends in …."""
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < most:
        if width_of(rest, size) <= width:
            lines.append(rest)
            break
        if len(lines) == most - 1:
            lines.append(cut(rest, width, size))
            break
        end = _break(rest, width, size)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return tuple(lines)


def cut(text: str, width: float, size: float) -> str:
    """Return *text* no wider than *width*, ending in … where it was longer; empty where nothing fits."""
    if width_of(text, size) <= width:
        return text
    room = width - width_of(ELLIPSIS, size)
    end = _fitting(text, room, size)
    return text[:end] + ELLIPSIS if end else ""


def _fitting(text: str, width: float, size: float) -> int:
    used = 0.0
    for place, sign in enumerate(text):
        used += _advance(sign) * size
        if used > width:
            return place
    return len(text)


def _break(text: str, width: float, size: float) -> int:
    """Return where the first line ends: no closing sign begins a line, no opening one ends it.

    Closing words in brackets are not torn where they fit the next line.
    """
    end = most = max(1, _fitting(text, width, size))
    bracket = text.rfind("（", 0, end)
    if bracket > 0 and "）" not in text[bracket:end] and width_of(text[bracket:], size) <= width:
        return bracket
    while end > 1 and (text[end] in NOT_FIRST or text[end - 1] in NOT_LAST):
        end -= 1
    return end if end > 1 else most
