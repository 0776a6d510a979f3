"""The kinds of hand-over: each feature that passes things on registers how its steps are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString

from fivestep_web.supervision.limits.rules import LimitKind, Seat


@dataclass(frozen=True, slots=True)
class Step:
    """A matter in somebody's hands from one moment to another; *until* is None while it still is.

    *matter* is "kind:id": all steps of one matter share it. *seat* holds it in relation to *unit_id* (None:
    the department's own), or *person_id* does in that seat. Who asked never holds the own request.
    """

    matter: str
    label: str
    endpoint: str
    values: Mapping[str, Any]
    unit_id: int | None
    seat: Seat
    since: datetime
    until: datetime | None
    person_id: int | None = None
    asked_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of hand-over; *read* gives the steps of a plan year in a fixed number of statements."""

    code: str
    label: LazyString
    limit: LimitKind
    read: Callable[[int], Iterable[Step]]


_kinds: dict[str, StepKind] = {}


def register(kind: StepKind) -> None:
    """Count the hand-overs of *kind*; one of the same code is replaced."""
    _kinds[kind.code] = kind


def list_kinds() -> list[StepKind]:
    """Return the kinds in the order of their limits."""
    order = list(LimitKind)
    return sorted(_kinds.values(), key=lambda kind: (order.index(kind.limit), kind.code))
