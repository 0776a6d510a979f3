"""The list that goes with every zip: what each file is, and by which hash to know it."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

CSV_NAME: Final = "清单.csv"
JSON_NAME: Final = "清单.json"
_HEADINGS: Final = ("序号", "文件", "种类", "年度", "文号", "核验编号", "字节数", "SHA-256")
_BYTE_ORDER_MARK: Final = "\ufeff".encode()
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝")  # trust.md D4


class Item(NamedTuple):
    """One file of a zip; *serial* is the code that /verify asks for, empty where there is none."""

    file: str
    kind: str
    year: int | None
    number: str
    serial: str
    size: int
    sha256: str


def as_csv(items: Sequence[Item], notes: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield the list for people: opens in Excel with its Chinese, holds no formula; *notes* stand below."""
    yield _BYTE_ORDER_MARK + _line(_HEADINGS)
    for place, item in enumerate(items, 1):
        row = (item.file, item.kind, item.year or "", item.number, item.serial, item.size, item.sha256)
        yield _line((place, *map(_plain, row)))
    for note in notes:
        yield _line(("说明", _plain(note)))


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_json(items: Sequence[Item], notes: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield the list for programs: an object with `files` and `notes`, a line for each file."""
    yield b'{"files": ['
    for place, item in enumerate(items):
        yield (b",\n" if place else b"\n") + _json(item._asdict())
    yield b'\n], "notes": ' + _json(list(notes)) + b"}\n"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
