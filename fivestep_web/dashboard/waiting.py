"""Work that waits, as the today page lists it."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """One kind of work that waits: how many, and the first few as (label, note, address)."""

    count: int
    items: Sequence[tuple[str, str, str]]
