"""The list that goes with every zip: what each file is, and by which hash to know it."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

CSV_NAME: Final = "清单.csv"
JSON_NAME: Final = "清单.json"
_HEADINGS: Final = ("序号", "文件", "种类", "年度", "文号", "核验编号", "字节数", "SHA-256")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Item:
    """One file of a zip; *serial* is the code that /verify asks for, empty where there is none."""

    file: str
    kind: str
    year: int | None
    number: str
    serial: str
    size: int
    sha256: str


def as_csv(items: Sequence[Item], notes: Sequence[str] = ()) -> bytes:
    """Return the list for people: opens in Excel with its Chinese, holds no formula; *notes* stand below."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    for place, item in enumerate(items, 1):
        row = (item.file, item.kind, item.year or "", item.number, item.serial, item.size, item.sha256)
        writer.writerow((place, *map(_plain, row)))
    writer.writerows(("说明", _plain(note)) for note in notes)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_json(items: Sequence[Item], notes: Sequence[str] = ()) -> bytes:
    """Return the list for programs."""
    listed = {"files": [asdict(item) for item in items], "notes": list(notes)}
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()
