"""Order of names by strokes of the surname, 姓氏笔画 (official-documents.md C10).

Characters stand in the standard order of GB 13000.1 (GF 3003-1999): fewer strokes first, then 横竖撇点折.
The cn-sort package has that table of 20,897 characters. Names are written with others too, which are added
here: the 276 further ones of 通用规范汉字表 at their place, the rest after all of as many strokes.
"""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeVar

Item = TypeVar("Item")
Place = tuple[int, int, int]

_FOLDER: Final = Path(__file__).parent
_LAST: Final = [  # numbers of strokes with the last character of the table that has as many
    *enumerate("乛巜巛幻廵巡災甾紁鸶巢幾勦緇巤疀繅邋鶅繼鶭纑鷥纛纘鼊蠿爧纞麣灩灪爩", 1),
    *((35, "齾"), (36, "齉"), (39, "靐"), (48, "龘")),
]
_COUNTED: Final = 1 << 10  # after every character that is placed behind the same one
_UNKNOWN: Final = 1 << 20
_SELECTORS: Final = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))  # of a variant of the character before
_NO_PART: Final = dict.fromkeys((*map(ord, " 　·•‧・"), *_SELECTORS))


def sort_by_strokes(items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """Return *items* by the surnames of their names, those of one surname by their given names.

    As in the lists of party congresses: 单姓 before 复姓 of the same first character, a given name of one
    character before those of two (王勇, 王小洪). Spaces and marks of variants do not count; equal names keep
    their order.
    """
    return sorted(items, key=lambda item: _key(name(item)))


def _key(name: str) -> tuple[list[Place], bool, list[Place]]:
    written = unicodedata.normalize("NFC", name.translate(_NO_PART))
    is_compound = len(written) > len(written[:2]) and written[:2] in _compound_surnames()
    surname, given = (written[:2], written[2:]) if is_compound else (written[:1], written[1:])
    return [*map(_place, surname)], len(given) > 1, [*map(_place, given)]


@cache
def _compound_surnames() -> frozenset[str]:
    return frozenset(surname for line in _lines("compound.txt") for surname in line.split())


def _place(character: str) -> Place:
    """Return where *character* stands; one of unknown strokes after all others, by code point."""
    order = _standard_order()
    if character in order:
        return order[character], 0, 0
    if character in _placed():
        before, number = _placed()[character]
        return order[before], number, 0
    strokes = _strokes(character)
    if strokes == 0:
        return _UNKNOWN, 0, ord(character)
    _count, last = _LAST[bisect_right(_LAST, strokes, key=itemgetter(0)) - 1]
    return order[last], _COUNTED + strokes, ord(character)


@cache
def _standard_order() -> dict[str, int]:
    """Return the place of each character in the table of cn-sort.

    Its code is not imported: on import it replaces the logging set-up, opens log files in the working
    directory and loads NumPy.
    """
    spec = find_spec("cn_sort")
    if spec is None or spec.origin is None:
        raise RuntimeError("缺少 cn-sort，无法按姓氏笔画排序")
    table = Path(spec.origin).parent / "res" / "all_word.json"
    rows = json.loads(table.read_text("utf-8"))["all_word"]
    return {row["chinese"]: row["stroke_increment_level"] for row in rows}


@cache
def _placed() -> dict[str, tuple[str, int]]:
    """Return the character of the table behind which a character stands, and as the how manieth."""
    return {
        character: (line[0], number)
        for line in _lines("placed.txt")
        for number, character in enumerate(line[1:], 1)
    }


def _strokes(character: str) -> int:
    """Return the number of strokes of a character outside the table, 0 where it is not known."""
    block = _counted().get(ord(character) // 64, "")
    return ord(block[ord(character) % 64]) - ord("0") if block else 0


@cache
def _counted() -> dict[int, str]:
    blocks = (line.split(" ") for line in _lines("counted.txt"))
    return {int(start, 16) // 64: counts for start, counts in blocks}


def _lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
