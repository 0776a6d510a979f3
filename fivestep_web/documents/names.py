"""Order of names by strokes of the surname (姓氏笔画) and names of files (official-documents.md B6)."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.values import allowed_text

Item = TypeVar("Item")

SUFFIX: Final = ".docx"
NAME_BYTES: Final = 255  # of one file name on Linux
_FULL_WIDTH: Final = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_SCOPE: Final = re.compile(r"[A-Za-z0-9_-]+")
_UNKNOWN: Final = 1 << 20


def sort_by_strokes(items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """Return *items* by strokes of the names: fewer first, then by 横竖撇点折, then the next character.

    A character outside the table (20,992 of them) stands after all others, by code point.
    """
    order = _stroke_order()

    def key(item: Item) -> list[int]:
        characters = name(item).replace(" ", "").replace("　", "")
        return [order.get(character, _UNKNOWN + ord(character)) for character in characters]

    return sorted(items, key=key)


@cache
def _stroke_order() -> dict[str, int]:
    """Return the place of each character in stroke order.

    The table is that of the cn-sort package. Its code is not imported: on import it replaces the logging
    set-up, opens log files in the working directory and loads NumPy.
    """
    spec = find_spec("cn_sort")
    if spec is None or spec.origin is None:
        raise RuntimeError("缺少 cn-sort，无法按姓氏笔画排序")
    table = Path(spec.origin).parent / "res" / "all_word.json"
    rows = json.loads(table.read_text("utf-8"))["all_word"]
    return {row["chinese"]: row["stroke_increment_level"] for row in rows}


def file_name(kind: DocumentKind, year: int, scope: str, day: date, version: int) -> str:
    """Return `{kind}-{year}-{scope}-{yyyymmdd}-v{n}.docx`; *scope* is a unit's code or `all`.

    Raise ValueError for a scope with other characters than letters, digits, `_` and `-`.
    """
    if not _SCOPE.fullmatch(scope):
        raise ValueError(f"范围编码不能用于文件名：{scope!r}")
    return f"{kind.value}-{year}-{scope}-{day:%Y%m%d}-v{version}{SUFFIX}"


def download_name(payload: Mapping[str, Any]) -> str:
    """Return the Chinese name of a download, `青组发〔2026〕1号 关于…的通知.docx`; at most 255 bytes."""
    title = payload["title"].replace("\n", "") + ("（草稿）" if payload["draft"] else "")
    name = f"{payload['number']} {title}" if payload["number"] else title
    name = re.sub(r"[\x00-\x1f\x7f]", "", allowed_text(name)).translate(_FULL_WIDTH).strip(" .")
    room = NAME_BYTES - len(SUFFIX)
    return name.encode()[:room].decode(errors="ignore") + SUFFIX
