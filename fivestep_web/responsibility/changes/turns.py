"""In which order the two new letters of a 调整责任人 are countersigned: no goal may ever be in none (R2.1).

Both comrades sign first; then the successor's letter comes into force, then that of the one who gave.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import UNSIGNED, ChangeKind, LetterState

BEFORE_ACCEPTED = UNSIGNED - {LetterState.ACCEPTED}


def unsigned_of(order: ChangeOrder, *, lock: bool = False) -> Sequence[Letter]:
    """Return the new letters of an order that are neither in force nor void, in the order of drawing up."""
    query = (
        select(Letter)
        .where(Letter.change_order_id == order.id, Letter.state.in_(UNSIGNED))
        .order_by(Letter.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query.with_for_update(of=Letter) if lock else query).all()


def why_held_back(letter: Letter) -> str:
    """Return why the issuing side cannot countersign yet, empty when it can."""
    order = letter.change_order
    if order is None or order.kind is not ChangeKind.REASSIGN or letter.state is not LetterState.ACCEPTED:
        return ""
    if letter.responsible_id != order.successor_id:
        return "" if order.in_force_at else _first(order)
    other = next((item for item in unsigned_of(order) if item.state in BEFORE_ACCEPTED), None)
    if other is None:
        return ""
    return str(
        _(
            "任务由两份责任书一出一进，要等%(name)s签署 %(number)s 后，甲方才能签这一份",
            name=other.responsible.name,
            number=other.number,
        )
    )


def _first(order: ChangeOrder) -> str:
    name = order.successor.name if order.successor else ""
    return str(_("甲方要先签承接人%(name)s的责任书，那一份生效后才能签这一份，任务不会没有人负责", name=name))


def is_held_back() -> ColumnElement[bool]:
    """Return the condition "the issuing side cannot countersign this letter yet": what why_held_back says."""
    other, is_reassigned = aliased(Letter), ChangeOrder.kind == ChangeKind.REASSIGN
    takes = ChangeOrder.successor_id == Letter.responsible_id
    is_other_awaited = exists().where(
        other.change_order_id == Letter.change_order_id,
        other.id != Letter.id,
        other.state.in_(BEFORE_ACCEPTED),
    )
    return and_(
        Letter.state == LetterState.ACCEPTED,
        or_(
            and_(Letter.change_order.has(and_(is_reassigned, takes)), is_other_awaited),
            Letter.change_order.has(and_(is_reassigned, ~takes, ChangeOrder.in_force_at.is_(None))),
        ),
    )


def why_kept(letter: Letter) -> str:
    """Return why a new letter can be voided no more: some of its tasks are in the successor's letter.

    It can where its sides hold their posts no more, as nobody could sign it then.
    """
    order = letter.change_order
    if order is None or order.in_force_at is None or signatories.have_moved(letter, clock.today()):
        return ""
    name = order.successor.name if order.successor else ""
    return str(_("调整出去的任务已由%(name)s承接，这一份不能作废，请甲方签署", name=name))
