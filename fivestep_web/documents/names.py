"""Names of files (official-documents.md B6)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.values import allowed_text

SUFFIX: Final = ".docx"
NAME_BYTES: Final = 255  # of one file name on Linux
_FULL_WIDTH: Final = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_SCOPE: Final = re.compile(r"[A-Za-z0-9_-]+")


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
    return fitted(name, SUFFIX)


def fitted(stem: str, ending: str) -> str:
    """Return *stem* with *ending*, the stem cut where both are longer than a file name may be."""
    room = NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending
