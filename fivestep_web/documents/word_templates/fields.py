"""What a template of each kind may name: the fields of its payload and what follows from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads import PAYLOAD_TYPES, Payload
from fivestep_web.documents.pictures import letter_pictures
from fivestep_web.documents.rendering import context
from fivestep_web.documents.samples import sample_payload

_EXAMPLE: Final = 40  # characters
_INTERNAL: Final = frozenset({"created", "identifier", "mark_sha256"})  # of properties and pictures
_VARIABLES: Final = ("item", "part", "piece", "entry")  # of a loop in a loop, for examples of tags


class Shape(StrEnum):
    """What a field holds; the value is what the page calls it."""

    TEXT = "文字"
    NUMBER = "数字"
    FLAG = "是或否"
    RECORD = "一项，下面各有字段"
    LIST = "一组，用 for 逐个取"
    BLOCK = "成段内容，单独成段"
    PICTURE = "图片"


PRINTABLE: Final = frozenset({Shape.TEXT, Shape.NUMBER, Shape.PICTURE})


@dataclass(frozen=True)
class Field:
    """A field as tags name it; *path* leads to it from the top, `goals.weight`.

    A list has *item*; a record has *inner*.
    """

    name: str
    path: str
    shape: Shape
    meaning: str = ""
    may_be_absent: bool = False
    inner: Mapping[str, "Field"] = field(default_factory=dict)
    item: "Field | None" = None


# What rendering.context adds to the payload, or gives another shape; the same name may do both.
_ADDED: Final[Mapping[str, Shape]] = {
    "agency_mark": Shape.BLOCK,
    "attachment_notes": Shape.BLOCK,
    "ballot_table": Shape.BLOCK,
    "book_title_lines": Shape.TEXT,
    "confidential_mark": Shape.TEXT,
    "document_date": Shape.TEXT,
    "draft_mark": Shape.TEXT,
    "goal_list": Shape.BLOCK,
    "is_request": Shape.FLAG,
    "issuing_mark": Shape.PICTURE,
    "responsible_mark": Shape.PICTURE,
    "shown_number": Shape.TEXT,
    "sign_off": Shape.BLOCK,
    "signature": Shape.BLOCK,
    "tally_table": Shape.BLOCK,
    "verification_code": Shape.PICTURE,
}
ATTACHED: Final = "attached"  # the attachments a document has, each with label and title


@cache
def fields_of(kind: DocumentKind) -> Mapping[str, Field]:
    """Return what the tags of a template of *kind* may begin with."""
    payload = PAYLOAD_TYPES[kind]
    found = {name: _field(payload, name, of, name) for name, of in get_type_hints(payload).items()}
    for name, value in sample_values(kind).items():
        if name == ATTACHED:
            found[name] = _attached(value)
        elif name in _ADDED:
            found[name] = Field(name, name, _ADDED[name], _meaning(payload.__name__, name))
    if "letterhead" in found:
        head = found["letterhead"]
        dated = head.inner["printing_date"]
        inner = {**head.inner, "printing_date": Field(dated.name, dated.path, dated.shape, dated.meaning)}
        found["letterhead"] = Field(
            "letterhead", head.path, head.shape, head.meaning, head.may_be_absent, inner
        )
    return found


@cache
def sample_values(kind: DocumentKind) -> Mapping[str, Any]:
    """Return what a template of *kind* is filled with for the sample."""
    return values_of(kind, sample_payload(kind))


def values_of(kind: DocumentKind, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template of *kind* is filled with for *payload*, which names no handwritten marks."""
    typed = cast("Payload", payload)
    pictures = letter_pictures(cast("Any", typed), {}) if kind is DocumentKind.RESPONSIBILITY_LETTER else {}
    return context(kind, typed, pictures)


def _attached(value: Mapping[str, Any]) -> Field:
    inner = {}
    for name in value:
        path = f"{ATTACHED}.{name}"
        parts = {
            part: Field(part, f"{path}.{part}", Shape.TEXT, _meaning("Attachment", part))
            for part in ("label", "title")
        }
        inner[name] = Field(name, path, Shape.RECORD, value[name]["title"], may_be_absent=True, inner=parts)
    return Field(ATTACHED, ATTACHED, Shape.RECORD, _meaning("", ATTACHED), inner=inner)


def _field(owner: type, name: str, of: Any, path: str) -> Field:
    """Return the field of type *of* that is called *name* in *owner*."""
    meaning = _meaning(owner.__name__, name)
    absent = False
    if get_origin(of) in (Union, UnionType):
        absent = True
        of = next(part for part in get_args(of) if part is not NoneType)
    if get_origin(of) is list:
        inner_type = get_args(of)[0]
        item = Field("", path, _shape(inner_type), meaning, inner=_inner(inner_type, path))
        return Field(name, path, Shape.LIST, meaning, absent, item=item)
    return Field(name, path, _shape(of), meaning, absent, _inner(of, path))


def _shape(of: Any) -> Shape:
    if get_origin(of) is Literal:
        return Shape.TEXT
    if hasattr(of, "__required_keys__"):
        return Shape.RECORD
    return {bool: Shape.FLAG, int: Shape.NUMBER}.get(of, Shape.TEXT)


def _inner(of: Any, path: str) -> Mapping[str, Field]:
    if not hasattr(of, "__required_keys__"):
        return {}
    return {name: _field(of, name, inner, f"{path}.{name}") for name, inner in get_type_hints(of).items()}


def _meaning(owner: str, name: str) -> str:
    """Return what a field means; raises KeyError for one that the list of meanings forgot."""
    known = meanings()
    return known.get(f"{owner}.{name}") or known[name]


@cache
def meanings() -> Mapping[str, str]:
    """Return the meanings by the field's name, or by type and name where the name means several things."""
    text = resources.files(__package__).joinpath("meanings.txt").read_text("utf-8")
    pairs = (line.split(" ", 1) for line in text.splitlines() if line)
    return {line[0]: line[1] for line in pairs}


@dataclass(frozen=True)
class Row:
    """A line of the page of fields: how it is written, what it is, what stands there in the sample."""

    tag: str
    field: Field
    example: str
    depth: int


def rows_of(kind: DocumentKind) -> list[Row]:
    """Return the fields of *kind* for reading, what stands in another below it."""
    values = sample_values(kind)
    rows: list[Row] = []
    for name, each in fields_of(kind).items():
        rows += _rows(each, name, [values[name]], 0, 0)
    return [row for row in rows if row.field.name not in _INTERNAL]


def _rows(each: Field, tag: str, values: list[Any], depth: int, loops: int) -> Iterator[Row]:
    """Yield the row of a field and those within; *values* are all the sample has for it."""
    given = [value for value in values if value is not None]
    if each.shape is Shape.LIST and each.item is not None:
        variable = _VARIABLES[loops]
        items = [item for value in given for item in value]
        is_record = each.item.shape is Shape.RECORD
        yield Row(f"{{%{'tr' if is_record else 'p'} for {variable} in {tag} %}}", each, _listed(given), depth)
        if not is_record:
            yield Row(f"{{{{ {variable} }}}}", each.item, _shown(items), depth + 1)
        for name, inner in each.item.inner.items():
            own = [item[name] for item in items]
            yield from _rows(inner, f"{variable}.{name}", own, depth + 1, loops + 1)
        return
    if each.path.startswith(f"{ATTACHED}.") and each.shape is Shape.RECORD:
        yield Row(f"{{%p if '{each.name}' in {ATTACHED} %}}", each, "—", depth)
    elif each.shape is Shape.RECORD and not each.may_be_absent:
        yield Row(f"{tag}.…", each, "—", depth)
    elif each.shape in {Shape.RECORD, Shape.FLAG}:
        yield Row(f"{{% if {tag} %}}", each, _shown(given), depth)
    else:
        opening = "{{p" if each.shape is Shape.BLOCK else "{{"
        yield Row(f"{opening} {tag} }}}}", each, _shown(given), depth)
    for name, inner in each.inner.items():
        own = [value[name] for value in given if name in value]
        yield from _rows(inner, f"{tag}.{name}", own, depth + 1, loops)


def _listed(values: list[Any]) -> str:
    return f"{len(values[0])} 项" if values else "—"


def _shown(values: list[Any]) -> str:
    """Return the first of *values* that a cell can show."""
    first = next((value for value in values if value not in ("", [])), None)
    if isinstance(first, bool):
        return "是" if first else "否"
    if isinstance(first, int) or type(first) is str:
        text = str(first).replace("\n", "")
        return text if len(text) <= _EXAMPLE else f"{text[:_EXAMPLE]}…"
    return "—"
