"""The kinds of hand-over: each feature that passes things on registers how its steps are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask_babel import LazyString

from fivestep_web.supervision.limits.rules import LimitKind, Seat


@dataclass(frozen=True, slots=True)
class Step:
    """A matter in somebody's hands from one moment to another; *until* is None while it still is.

    *matter* is "kind:id": all steps of one matter share it. *seat* holds it in relation to *unit_id* (None:
    the department's own), by who may do it now, whoever was in charge when it began. Who asked never holds
    the own request, nor does *owner_id*, where nobody decides on what they own.
    """

    matter: str
    label: str
    endpoint: str
    values: Mapping[str, Any]
    unit_id: int | None
    seat: Seat
    since: datetime
    until: datetime | None
    asked_by_id: int | None = None
    owner_id: int | None = None


class Reader(Protocol):
    """Gives the steps of a plan year in a fixed number of statements; with *open_only* those still held."""

    def __call__(self, year: int, *, open_only: bool = False) -> Iterable[Step]: ...


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of hand-over."""

    code: str
    label: LazyString
    limit: LimitKind
    read: Reader


_kinds: dict[str, StepKind] = {}


def register(kind: StepKind) -> None:
    """Count the hand-overs of *kind*; one of the same code is replaced."""
    _kinds[kind.code] = kind


def list_kinds() -> list[StepKind]:
    """Return the kinds in the order of their limits."""
    order = list(LimitKind)
    return sorted(_kinds.values(), key=lambda kind: (order.index(kind.limit), kind.code))
