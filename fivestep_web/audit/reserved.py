"""Entries that the log holds and verifies, yet its page does not show (domain.md section 6).

The page is the administrator's, who may not know of admonitions: not of whom, not of how many. Features above
the log say which entries these are; who may know reads them on the pages of the matter itself.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, false, not_, or_

Condition = Callable[[], ColumnElement[bool]]
_reserved: Final[dict[str, Condition]] = {}


def add(kind: str, condition: Condition) -> None:
    """Keep the entries for which *condition* holds off the page; adding a kind again replaces it."""
    _reserved[kind] = condition


def is_shown() -> ColumnElement[bool]:
    """Return the condition that an entry may stand on the page."""
    return not_(or_(false(), *(condition() for condition in _reserved.values())))
