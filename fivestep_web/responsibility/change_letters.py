"""The new letter a change order draws up beside the one in force, and its undoing (R2.1)."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.responsibility import signatories
from fivestep_web.responsibility.change_content import Changes, goal_as_changed, values_of
from fivestep_web.responsibility.change_models import ChangeOrder
from fivestep_web.responsibility.letter_conditions import stands
from fivestep_web.responsibility.models import Letter, LetterGoal
from fivestep_web.responsibility.row_log import letter_rows, order_rows
from fivestep_web.responsibility.rules import (
    UPPER_KIND,
    ChangeState,
    LetterState,
    SheetError,
    sheet_weights,
)


def find_own_letter(letter: Letter, person_id: int) -> Letter | None:
    """Return the letter a comrade of the same unit has beside *letter*, whatever its state."""
    return db.session.scalar(
        select(Letter)
        .where(
            Letter.year == letter.year,
            Letter.kind == letter.kind,
            Letter.unit_id == letter.unit_id,
            Letter.responsible_id == person_id,
            Letter.id != letter.id,
            stands(),
        )
        .with_for_update(of=Letter)
    )


def replaced_by(letter: Letter) -> Sequence[Letter]:
    """Return the letters that *letter* will supersede, locked: one, or two where tasks are taken over."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.successor_id == letter.id)
        .order_by(Letter.id)
        .with_for_update(of=Letter)
        .execution_options(populate_existing=True)
    ).all()


def draw_up(actor: Actor, order: ChangeOrder, old: Letter) -> Letter:
    """Return the new letter of *order* in draft, the next version of the number, tied to what it replaces.

    Tasks taken over join the successor's own letter where there is one. Raises Conflict where that one is
    being changed itself.
    """
    base, replaced = old, [old]
    own = find_own_letter(old, order.successor_id) if order.successor_id else None
    if own is not None:
        base, replaced = own, [own, old]
    for letter in replaced:
        if letter.state is not LetterState.IN_FORCE or letter.successor_id is not None:
            raise Conflict(_("责任书 %(number)s 没有生效或正在变更，请先办结再变更", number=letter.number))
    new = Letter(
        year=base.year,
        kind=base.kind,
        serial=base.serial,
        number=base.number,
        title=base.title,
        unit_id=base.unit_id,
        responsible_id=order.successor_id or base.responsible_id,
        issuer_id=base.issuer_id,
        version=1 + _last_version(base.number),
        state=LetterState.DRAFT,
        change_order_id=order.id,
        goals=[],
    )
    carried = {item.goal_id: item.goal for letter in replaced for item in letter.goals}
    for position, goal in enumerate(sorted(carried.values(), key=lambda goal: goal.code), 1):
        new.goals.append(LetterGoal(goal=goal, position=position, weight=Decimal(0)))
    db.session.add(new)
    db.session.flush()
    for letter in replaced:
        letter.successor_id = new.id
    refresh(new)
    record(
        actor,
        "letter.drawn_up",
        f"letter:{new.id}",
        replaces=[letter.id for letter in replaced],
        order=order.number,
        **letter_rows(new),
    )
    for letter in replaced:
        record(actor, "letter.change_begun", f"letter:{letter.id}", order=order.number, **letter_rows(letter))
    return new


def _last_version(number: str) -> int:
    return db.session.scalar(select(func.max(Letter.version)).where(Letter.number == number)) or 0


def refresh(letter: Letter) -> None:
    """Bring a new letter up to date with its order, today's posts and the letter above it.

    The sides of a unit's letter follow from posts; who takes over personal tasks stays as picked (R2.10).
    Raises DomainError when a post is vacant or the weights do not total 100.
    """
    if letter.change_order is None:
        raise ValueError("no change order is behind this letter")
    unit = letter.unit
    issuer_id = signatories.find_issuer(letter.kind, unit, clock.today())
    if issuer_id is None:
        raise DomainError(_("“%(unit)s”的甲方签署人（部长、主管领导）空缺，请先确定", unit=unit.name))
    responsible_id: int | None = letter.responsible_id
    if letter.kind not in UPPER_KIND:
        responsible_id = unit.current.head_id
        if responsible_id is None:
            raise DomainError(_("“%(unit)s”现在没有负责人，请先任命负责人", unit=unit.name))
    letter.issuer = db.session.get_one(Person, issuer_id)
    letter.responsible = db.session.get_one(Person, responsible_id)
    letter.upper_id = _find_upper_id(letter)
    _weigh(letter, values_of(letter.change_order))
    db.session.flush()
    db.session.refresh(letter)


def _find_upper_id(letter: Letter) -> int | None:
    kind = UPPER_KIND.get(letter.kind)
    if kind is None:
        return None
    return db.session.scalar(
        select(Letter.id).where(
            Letter.year == letter.year, Letter.unit_id == letter.unit_id, Letter.kind == kind, stands()
        )
    )


def _weigh(letter: Letter, changes: Changes) -> None:
    goals = [goal_as_changed(item.goal, changes) for item in letter.goals]
    try:
        shares = sheet_weights([goal.points for goal in goals], [goal.is_weight_typed for goal in goals])
    except SheetError as error:
        raise DomainError(str(error)) from error
    for item, share in zip(letter.goals, shares, strict=True):
        item.weight = share


def give_up(actor: Actor, letter: Letter, reason: str) -> None:
    """End the order behind a new letter that is void: what it was to replace stays in force untouched."""
    order = letter.change_order
    if order is None or order.state is not ChangeState.APPROVED:
        return
    order.state = ChangeState.WITHDRAWN
    db.session.flush()
    record(actor, "change.withdrawn", f"change:{order.id}", reason=reason, **order_rows(order))
    release(actor, letter, order)


def release(actor: Actor, letter: Letter, order: ChangeOrder) -> None:
    """Untie the letters in force from a new letter that will not come."""
    for old in replaced_by(letter):
        old.successor_id = None
        db.session.flush()
        record(actor, "letter.change_ended", f"letter:{old.id}", order=order.number, **letter_rows(old))
