"""Which letters count where: a change order puts a new row beside the one in force."""

from sqlalchemy import ColumnElement, and_, not_, or_

from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import GONE, UNSIGNED, ChangeState


def is_pending_change() -> ColumnElement[bool]:
    """Return the condition "drawn up by a change order and not yet signed by both sides"."""
    return and_(Letter.change_order_id.is_not(None), Letter.state.in_(UNSIGNED))


def stands() -> ColumnElement[bool]:
    """Return the condition "the letter there is": not void, not superseded, not a change yet to be signed.

    Of one number at most one row stands.
    """
    return and_(
        Letter.state.not_in(GONE),
        not_(is_pending_change()),
    )


def is_approved() -> ColumnElement[bool]:
    """Return the condition "no change order is behind it, or an approved one": it may be issued."""
    return or_(
        Letter.change_order_id.is_(None),
        Letter.change_order.has(ChangeOrder.state == ChangeState.APPROVED),
    )
