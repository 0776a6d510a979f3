"""What may be extended: each feature with dates of its own registers how its things are found and moved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """A thing with a date: *is_open* while it may still be late, *person_id* who has to do it, if one has.

    *latest_on* is the day no extension passes: the signed deadline of the goal it belongs to, or for another
    reason that *bound* says. *barred* says why it is not extended here at all, though it is open.
    """

    id: int
    label: str
    year: int
    unit_id: int
    due_on: date
    is_open: bool
    endpoint: str
    values: Mapping[str, Any]
    person_id: int | None = None
    latest_on: date | None = None
    bound: str = ""
    barred: str = ""


@dataclass(frozen=True, slots=True)
class ItemKind:
    """A kind of thing.

    *find* returns one the actor may see, locked where the third argument says so, and raises NotFound for
    others; *move* writes the new date in the running unit of work, the thing being locked.
    """

    code: str
    label: LazyString
    find: Callable[[Actor, int, bool], Item]
    move: Callable[[int, date], None]


_kinds: dict[str, ItemKind] = {}


def register(kind: ItemKind) -> None:
    """Let things of *kind* be extended; one of the same code is replaced."""
    _kinds[kind.code] = kind


def get_kind(code: str) -> ItemKind:
    """Return a kind; NotFound for one that cannot be extended."""
    if code not in _kinds:
        raise NotFound(_("没有这类可以延期的事项。"))
    return _kinds[code]


def label_of(code: str) -> str:
    """Return what a kind is called."""
    return str(_kinds[code].label) if code in _kinds else code
