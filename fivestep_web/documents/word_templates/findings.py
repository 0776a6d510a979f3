"""What the check of a template has to say, each with its place and how to mend it."""

import re
from dataclasses import dataclass
from typing import Any, Final

BODY: Final = "正文"
WHOLE: Final = "整个文件"
_PARTS: Final = (
    ("word/document.xml", BODY),
    ("word/header", "页眉"),
    ("word/footer", "页脚"),
    ("word/footnotes", "脚注"),
    ("word/endnotes", "尾注"),
    ("word/styles", "样式"),
    ("word/numbering", "编号"),
    ("word/settings", "文档设置"),
    ("docProps/", "文件属性"),
)
_PART: Final = re.compile(r"word/[A-Za-z0-9_]+\.xml")
_LONGEST: Final = 60  # characters of a paragraph


@dataclass(frozen=True)
class Finding:
    """One thing wrong: *place* is the part, *text* the paragraph it stands in, *tag* the tag itself."""

    problem: str
    remedy: str
    place: str = WHOLE
    text: str = ""
    tag: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Finding":
        """Return what `asdict` made plain."""
        return cls(**value)


def place_of(part: str) -> str:
    """Return what a clerk calls a part of the package."""
    return next((label for start, label in _PARTS if part.startswith(start)), part)


def in_words(text: str) -> str:
    """Return what part D found without its code and with parts called as a clerk calls them."""
    _code, _colon, told = text.partition("：")
    return _PART.sub(lambda match: f"{place_of(match[0])}中", told).replace("中中", "中")


def shortened(text: str) -> str:
    """Return *text* as a list can show it."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
