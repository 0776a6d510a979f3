"""What a template is tried on: the samples of its kind, what they may lack, texts that try to break out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payload_checks import check_payload
from fivestep_web.documents.payloads import UNPRINTED
from fivestep_web.documents.payloads.letters import LETTER_CODES
from fivestep_web.documents.samples import draft_payload, letter_payload, sample_payload
from fivestep_web.documents.word_templates.fields import Field, Shape, fields_of

HOSTILE: Final = "<w:p/>&‹副›]]>{{7*7}}{% raw %}𠮷"
_FIXED: Final = UNPRINTED | {"number", "signal", "shape", "colour", "quarter", "form", "serial", "address"}
_CLAUSE: Final = re.compile("[，；（：]")
_FIXED_SHAPES: Final = ("好", "较好", "一般", "较差", "待评估")


@dataclass(frozen=True)
class Trial:
    """A payload and what it shows; *in_full* where all of part D is looked at."""

    name: str
    payload: Mapping[str, Any]
    in_full: bool = False


def trials(kind: DocumentKind) -> Iterator[Trial]:
    """Yield what a template of *kind* is tried on, the most telling first."""
    yield Trial("印发件样例", sample_payload(kind), in_full=True)
    yield Trial("草稿样例", draft_payload(kind), in_full=True)
    yield Trial("示例数据", draft_payload(kind, demo=True), in_full=True)
    if kind is DocumentKind.RESPONSIBILITY_LETTER:
        for letter_kind in LETTER_CODES:
            yield Trial("各类责任书", letter_payload(letter_kind))
    yield Trial("特殊字符", _marked(kind))
    payload = sample_payload(kind)
    for name, each in fields_of(kind).items():
        if name in payload:
            yield from _lacking(kind, each)


def _lacking(kind: DocumentKind, each: Field) -> Iterator[Trial]:
    """Yield the sample without what may be absent and with empty lists, one at a time."""
    called = _CLAUSE.split(each.meaning, maxsplit=1)[0]
    if each.may_be_absent and each.name != "number":
        yield Trial(f"没有{called}的样例", _changed(kind, each.path, None))
    if each.shape is Shape.LIST and each.item is not None:
        yield Trial(f"{called}为空的样例", _changed(kind, each.path, []))
    inner = each.item.inner if each.item else each.inner
    for one in inner.values():
        yield from _lacking(kind, one)


def _changed(kind: DocumentKind, path: str, value: list[Any] | None) -> dict[str, Any]:
    """Return the sample with *value* at *path*, in every row of a list on the way."""
    payload = sample_payload(kind)
    *way, last = path.split(".")
    holders: list[Any] = [payload]
    for name in way:
        inside = [holder[name] for holder in holders]
        holders = [one for value in inside for one in (value if isinstance(value, list) else [value])]
        holders = [holder for holder in holders if isinstance(holder, dict)]
    for holder in holders:
        holder[last] = value
    return payload


def _marked(kind: DocumentKind) -> dict[str, Any]:
    """Return the sample with a hostile text of its own in each field that people write."""
    payload = sample_payload(kind)
    for name, each in fields_of(kind).items():
        if name in payload:
            payload[name] = _with_mark(each, payload[name])
    return cast("dict[str, Any]", check_payload(kind, payload))


def _with_mark(each: Field, value: Any, place: str = "") -> Any:
    """Return *value* with a text of its own in each text, also where rows are alike."""
    if isinstance(value, dict):
        return {name: _with_mark(each.inner[name], item, place) for name, item in value.items()}
    if isinstance(value, list) and each.item is not None:
        return [_with_mark(each.item, item, f"{place}·{row}") for row, item in enumerate(value, 1)]
    is_free = each.shape is Shape.TEXT and type(value) is str and each.name not in _FIXED
    if not is_free or each.name.endswith("date") or value in _FIXED_SHAPES:
        return value
    return f"{HOSTILE}{each.path}{place}·{value}"
