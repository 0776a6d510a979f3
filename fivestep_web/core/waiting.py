"""What waits for somebody, as each feature tells it to the today page."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """A thing to do; *endpoint* and *values* make its address."""

    label: str
    note: str
    endpoint: str
    values: dict[str, Any]
