"""The new letters a change order draws up beside those in force, and their undoing (R2.1)."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear
from fivestep_web.responsibility.changes import handover, taken_in
from fivestep_web.responsibility.changes.content import Changes, goal_as_changed, values_of
from fivestep_web.responsibility.changes.fields import TAKEN_IN
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.turns import unsigned_of
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters.conditions import stands
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal
from fivestep_web.responsibility.row_log import letter_rows, order_rows
from fivestep_web.responsibility.rules import (
    GONE,
    OPEN,
    UPPER_KIND,
    ChangeKind,
    ChangeState,
    LetterState,
    SheetError,
    letter_number,
    may_become,
    sheet_weights,
)


def find_own_letter(letter: Letter, person_id: int) -> Letter | None:
    """Return the letter a comrade of the same unit has beside *letter*: the one in force before a new one."""
    return db.session.scalar(
        select(Letter)
        .where(_is_beside(letter, person_id))
        .order_by(Letter.id)
        .limit(1)
        .with_for_update(of=Letter)
    )


def _is_beside(letter: Letter, person_id: int) -> ColumnElement[bool]:
    return and_(
        Letter.year == letter.year,
        Letter.kind == letter.kind,
        Letter.unit_id == letter.unit_id,
        Letter.responsible_id == person_id,
        Letter.id != letter.id,
        Letter.state.not_in(GONE),
    )


def check_alone(letter: Letter) -> None:
    """Raise Conflict when a comrade's new letter would come into force beside another one (R2.9)."""
    number = db.session.scalar(
        select(Letter.number)
        .where(_is_beside(letter, letter.responsible_id), Letter.successor_id.is_distinct_from(letter.id))
        .limit(1)
    )
    if letter.kind in UPPER_KIND and number:
        name = letter.responsible.name
        raise Conflict(_("%(name)s另有责任书 %(number)s，请先办结或作废那一份", name=name, number=number))


def replaced_by(letter: Letter) -> Sequence[Letter]:
    """Return the letters that *letter* will supersede, locked: none for a first letter, else one or two."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.successor_id == letter.id)
        .order_by(Letter.id)
        .with_for_update(of=Letter)
        .execution_options(populate_existing=True)
    ).all()


def draw_up(actor: Actor, order: ChangeOrder, old: Letter) -> Sequence[Letter]:
    """Return the new letters of *order* in draft, each tied to what it replaces.

    It is the next version of the number: the successor's own where there is one. Where some tasks go to
    another comrade it is his letter, with a number of its own if he has none, and that of who keeps the rest.
    Raises Conflict where a letter in question is being changed itself.
    """
    own = find_own_letter(old, order.successor_id) if order.successor_id else None
    replaced = [own, old] if own else [old]
    for letter in replaced:
        if letter.state is not LetterState.IN_FORCE or letter.successor_id is not None:
            raise Conflict(_("责任书 %(number)s 没有生效或正在变更，请先办结再变更", number=letter.number))
    goals = [goal for letter in replaced for goal in _goals_of(letter)]
    if order.successor_id is None:
        return [_draw(actor, order, _next(old, old.responsible_id), goals, replaced)]
    if order.kind is ChangeKind.HANDOVER:
        return [_draw(actor, order, _next(own or old, order.successor_id), goals, replaced)]
    moved = {item.goal_id for item in order.items}
    kept = [goal for goal in _goals_of(old) if goal.id not in moved]
    new = _next(own, order.successor_id) if own else _first(old, order.successor_id)
    return [
        _draw(actor, order, new, [goal for goal in goals if goal not in kept], [own] if own else []),
        _draw(actor, order, _next(old, old.responsible_id), kept, [old]),
    ]


def _goals_of(letter: Letter) -> list[Goal]:
    """Return the goals a letter carries, those apart that another letter of its kind in force took over."""
    carried = [item.goal for item in letter.goals]
    taken_over = db.session.scalars(
        select(LetterGoal.goal_id)
        .join(Letter, Letter.id == LetterGoal.letter_id)
        .where(
            LetterGoal.goal_id.in_([goal.id for goal in carried]),
            Letter.id != letter.id,
            Letter.kind == letter.kind,
            Letter.state == LetterState.IN_FORCE,
        )
    ).all()
    return [goal for goal in carried if goal.id not in taken_over]


def _next(letter: Letter, person_id: int) -> Letter:
    """Return the next version of a letter's number, for *person_id* to sign."""
    new = _like(letter, person_id)
    new.serial, new.number = letter.serial, letter.number
    new.version = 1 + _last_version(letter.number)
    return new


def _first(beside: Letter, person_id: int) -> Letter:
    """Return the first letter of a comrade who has none, with a number of its own."""
    db.session.execute(select(PlanYear.year).where(PlanYear.year == beside.year).with_for_update())
    new = _like(beside, person_id)
    new.serial = 1 + drafting.last_serials(beside.year)[beside.kind]
    new.number, new.version = letter_number(new.year, new.kind, new.serial), 1
    return new


def _like(letter: Letter, person_id: int) -> Letter:
    return Letter(
        year=letter.year,
        kind=letter.kind,
        title=letter.title,
        unit_id=letter.unit_id,
        responsible_id=person_id,
        issuer_id=letter.issuer_id,
        state=LetterState.DRAFT,
        goals=[],
    )


def _draw(
    actor: Actor, order: ChangeOrder, new: Letter, goals: Iterable[Goal], replaced: Sequence[Letter]
) -> Letter:
    """Fill a new letter, tie it to what it replaces and log both."""
    new.change_order_id = order.id
    _carry(new, goals)
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


def _carry(letter: Letter, goals: Iterable[Goal]) -> None:
    drafting.fill_goals(letter, tuple(sorted(goals, key=lambda goal: goal.code)))


def _last_version(number: str) -> int:
    return db.session.scalar(select(func.max(Letter.version)).where(Letter.number == number)) or 0


def refresh(letter: Letter) -> None:
    """Bring a new letter up to date with its order, today's posts and the letter above it.

    The sides of a unit's letter follow from posts; who takes over personal tasks stays as picked (R2.10).
    Raises DomainError when a post is vacant or the weights do not total 100, Conflict when a goal to be taken
    in has changed since it was asked for.
    """
    order = letter.change_order
    if order is None:
        raise ValueError("no change order is behind this letter")
    if order.kind is ChangeKind.AMEND:
        kept = [goal for old in replaced_by(letter) for goal in _goals_of(old)]
        _carry(letter, [*kept, *taken_in.goals_of(order, letter)])
    responsible_id = letter.responsible_id if letter.kind in UPPER_KIND else handover.head_of(letter)
    letter.issuer = db.session.get_one(Person, handover.issuer_of(letter))
    letter.responsible = db.session.get_one(Person, responsible_id)
    letter.upper_id = _find_upper_id(letter)
    _weigh(letter, values_of(order))
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


def regroups(order: ChangeOrder | None) -> bool:
    """Say whether an order brings goals of several sheets together, parts one or takes goals in.

    Weights typed for one sheet of 100 are then shares of 100 of the new one.
    """
    if order is None:
        return False
    return order.successor_id is not None or any(item.field == TAKEN_IN for item in order.items)


def _weigh(letter: Letter, changes: Changes) -> None:
    goals = [goal_as_changed(item.goal, changes) for item in letter.goals]
    is_typed = [goal.is_weight_typed and not regroups(letter.change_order) for goal in goals]
    try:
        shares = sheet_weights([goal.points for goal in goals], is_typed)
    except SheetError as error:
        raise DomainError(str(error)) from error
    for item, share in zip(letter.goals, shares, strict=True):
        item.weight = share


def give_up(actor: Actor, letter: Letter, reason: str) -> None:
    """End the order behind a new letter that is void: what it was to replace stays in force untouched.

    An order carried out already, whose last letter nobody in post could sign, counts as in force.
    """
    order = letter.change_order
    if order is None or order.state not in OPEN:
        return
    order.state = ChangeState.IN_FORCE if order.in_force_at else ChangeState.WITHDRAWN
    db.session.flush()
    record(
        actor,
        "change.in_force" if order.in_force_at else "change.withdrawn",
        f"change:{order.id}",
        reason=reason,
        **order_rows(order),
    )
    release(actor, letter, order)
    drop(actor, order, reason)


def drop(actor: Actor, order: ChangeOrder, reason: str) -> None:
    """Void the new letters of an order that will not be signed and untie what they were to replace.

    Raises Conflict for one that was objected to and not taken back.
    """
    for letter in unsigned_of(order, lock=True):
        if not may_become(letter.state, LetterState.VOID):
            raise Conflict(
                _("责任书 %(number)s 有异议，请先在那一份的页面上“退回起草”", number=letter.number)
            )
        letter.state = LetterState.VOID
        db.session.flush()
        record(actor, "letter.voided", f"letter:{letter.id}", reason=reason, **letter_rows(letter))
        release(actor, letter, order)


def release(actor: Actor, letter: Letter, order: ChangeOrder) -> None:
    """Untie the letters in force from a new letter that will not come."""
    for old in replaced_by(letter):
        old.successor_id = None
        db.session.flush()
        record(actor, "letter.change_ended", f"letter:{old.id}", order=order.number, **letter_rows(old))
