"""What the pages of corrective orders show, as ready texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.supervision.correctives import queries, rules
from fivestep_web.supervision.correctives.extending import KIND
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.queries import OPEN, OVERDUE, Filter
from fivestep_web.supervision.correctives.rules import OrderState
from fivestep_web.supervision.extensions.queries import Extended, extended

TONES = {
    OrderState.ORDERED: "open",
    OrderState.REPORTED: "waiting",
    OrderState.SENT_BACK: "refused",
    OrderState.VERIFIED: "done",
}
LINE = ("待落实", "待核实", "已核实")


@dataclass(frozen=True, slots=True)
class Line:
    """An order of the list; *days_left* is none once it is reported."""

    order: CorrectiveOrder
    tone: str
    days_left: int | None
    is_carried_over: bool
    moved: Extended | None


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of the list with its sums."""

    lines: Sequence[Line]
    sums: Sequence[tuple[str, int] | tuple[str, int, str]]
    has_more: bool


def line_of(order: CorrectiveOrder, moved: Extended | None = None) -> Line:
    """Return an order with what today makes of it."""
    today = clock.today()
    return Line(
        order,
        TONES[order.state],
        (order.due_on - today).days if order.state.is_with_owner else None,
        rules.is_carried_over(order.state, order.ordered_on, today),
        moved,
    )


def index_page(actor: Actor, wanted: Filter, number: int) -> IndexPage:
    """Return a page of the orders of a year."""
    rows = queries.list_orders(actor, wanted, number)
    shown = rows[: queries.PAGE]
    moved = extended(KIND, [row.id for row in shown])
    counts = queries.count_states(actor, wanted)
    sums: list[tuple[str, int] | tuple[str, int, str]] = [
        (str(_("未办结")), counts[OPEN]),
        (str(_("逾期")), counts[OVERDUE], "red"),
        (OrderState.REPORTED.label, counts[OrderState.REPORTED]),
        (OrderState.VERIFIED.label, counts[OrderState.VERIFIED]),
    ]
    lines = [line_of(row, moved.get(row.id)) for row in shown]
    return IndexPage(lines, sums, len(rows) > queries.PAGE)


def place_of(order: CorrectiveOrder) -> str:
    """Return where on the line 待落实 → 待核实 → 已核实 an order stands; one sent back is open again."""
    return LINE[0] if order.state.is_with_owner else order.state.label
