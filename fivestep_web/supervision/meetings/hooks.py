"""What other means of step 3 make of a meeting's outcome."""

from datetime import date
from typing import Final, Protocol

from fivestep_web.core.permissions import Actor


class OrderMaker(Protocol):
    """Orders a correction (纠偏措施) for a goal; *source* names the meeting ("meeting:3")."""

    def __call__(
        self,
        actor: Actor,
        /,
        *,
        goal_id: int,
        what: str,
        person_id: int,
        due_on: date,
        source: str,
        reason: str,
        ordered_on: date,
    ) -> object: ...


_makers: Final[list[OrderMaker]] = []


def register_orders(maker: OrderMaker) -> None:
    """Let an item of a meeting end in a corrective order (R3.13); registering again replaces the maker."""
    _makers[:] = [maker]


def find_order_maker() -> OrderMaker | None:
    """Return what orders corrections, where something does."""
    return _makers[0] if _makers else None
