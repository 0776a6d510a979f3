"""What both sides' signatures under a change order's letter bring about (R2.1)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update

from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import checks as change_checks
from fivestep_web.responsibility.changes import hooks
from fivestep_web.responsibility.changes import letters as change_letters
from fivestep_web.responsibility.changes.content import values_of
from fivestep_web.responsibility.changes.fields import MILESTONE, PEOPLE
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.turns import unsigned_of
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.rules import stored_target
from fivestep_web.responsibility.letters import drafting, payloads
from fivestep_web.responsibility.models import Goal, Letter, Milestone
from fivestep_web.responsibility.row_log import letter_rows, order_rows
from fivestep_web.responsibility.rules import (
    GONE,
    UPPER_KIND,
    ChangeKind,
    ChangeState,
    LetterState,
    MilestoneState,
)

OPEN_PHASE = frozenset({MilestoneState.PLANNED, MilestoneState.IN_PROGRESS})


def hold(letter: Letter) -> None:
    """Lock what coming into force will change, before the last signature is logged.

    Who holds one of these rows will want to log too, and the log has one writer at a time.
    """
    _below_others(letter)
    order = letter.change_order
    if order is not None:
        change_letters.replaced_by(letter)
        lock_goals({item.goal_id for item in order.items})


def take_effect(letter: Letter) -> None:
    """Carry out the change order behind *letter*, which just came into force; nothing for any other letter.

    Goals take their new values, their leads change from the order's day with both periods kept, the letters
    replaced become 已变更, and the year's documents are made anew. Of two new letters the first carries the
    order out, with the second it is in force. Raises Conflict when a goal to be changed fell due while the
    new letter waited to be signed, or its comrade has another letter.
    """
    order = letter.change_order
    if order is None or order.state is not ChangeState.APPROVED:
        return
    change_letters.check_alone(letter)
    people = {letter.responsible_id}
    if order.in_force_at is None:
        people |= _carry_out(order)
        order.in_force_at = letter.in_force_at
    if change_letters.regroups(order):
        for item in letter.goals:
            item.goal.is_weight_typed = False
    replaced = change_letters.replaced_by(letter)
    for old in replaced:
        old.state = LetterState.SUPERSEDED
        db.session.flush()
        record(SYSTEM, "letter.superseded", f"letter:{old.id}", version=letter.version, **letter_rows(old))
    if unsigned_of(order):
        record(SYSTEM, "change.carried_out", f"change:{order.id}", **order_rows(order))
    else:
        order.state = ChangeState.IN_FORCE
        db.session.flush()
        record(SYSTEM, "change.in_force", f"change:{order.id}", **order_rows(order))
    for goal_id in sorted({item.goal_id for item in order.items}):
        events.tell(events.Event.GOAL_CHANGED, goal_id)
    _renew_documents(letter, replaced, people)


def _carry_out(order: ChangeOrder) -> set[int]:
    """Change the goals; return who carried them before or carries them now."""
    today = clock.today()
    goals = lock_goals({item.goal_id for item in order.items})
    check_still_open(order, goals, today)
    people = {goal.person_id for goal in goals.values()}
    hooks.carrying_out(order)
    _apply(order, goals, today if order.kind is ChangeKind.AMEND else order.effective_on)
    hooks.carried_out(order)
    return people | {goal.person_id for goal in goals.values()}


def lock_goals(goal_ids: set[int]) -> Mapping[int, Goal]:
    """Return the goals of these ids as they are now, locked until the end of the unit of work."""
    goals = db.session.scalars(
        select(Goal)
        .where(Goal.id.in_(goal_ids))
        .order_by(Goal.id)
        .with_for_update(of=Goal)
        .execution_options(populate_existing=True)
    )
    return {goal.id: goal for goal in goals}


def check_still_open(order: ChangeOrder, goals: Mapping[int, Goal], today: date) -> None:
    """Raise Conflict, with the way out at this stage, when what a goal is judged by fell due since."""
    for item in order.items:
        goal = goals[item.goal_id]
        if day := change_checks.fell_due(goal, item.field, item.before, today):
            why = change_checks.why_fixed(goal, day)
            if order.state is ChangeState.PROPOSED:
                raise Conflict(_("%(why)s，请申请人修改变更单，去掉这一项", why=why))
            raise Conflict(_("%(why)s，请作废新责任书，去掉这一项后重新申请", why=why))


def _apply(order: ChangeOrder, goals: Mapping[int, Goal], day: date) -> None:
    changes = values_of(order)
    if any(item.field == "person_id" for item in order.items):
        assignments.follow_leads(order.year)
    for goal_id, values in changes.items():
        goal = goals[goal_id]
        for field, value in values.items():
            if field == "person_id":
                assignments.change_lead(goal, value, day, change_order_id=order.id)
            elif field.startswith(MILESTONE):
                _reschedule(_milestone(goal, field), value)
            elif field not in {name.removesuffix("_id") for name in PEOPLE}:
                setattr(goal, field, stored_target(value) if field == "target" else value)
        db.session.flush()
        facts = {item.field: [item.before, item.after] for item in order.items if item.goal_id == goal_id}
        record(SYSTEM, "goal.changed_by_order", f"goal:{goal_id}", order=order.number, changes=facts)
    for unit_id in {goal.unit_id for goal in goals.values()}:
        drafting.refresh_drafts(order.year, unit_id)


def _milestone(goal: Goal, field: str) -> Milestone:
    sequence = int(field.removeprefix(MILESTONE))
    return db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal.id, Milestone.sequence == sequence)
    ).one()


def _reschedule(milestone: Milestone, due_on: date) -> None:
    """Move a phase's end; the original day stays in the order's items and is printed beside (domain.md 5.3).

    A begin laid out for the old end that would lie after the new one no longer holds.
    """
    milestone.due_on = due_on
    if milestone.starts_on is not None and milestone.starts_on > due_on:
        milestone.starts_on = milestone.workdays = None
    if milestone.state in OPEN_PHASE:
        milestone.state = MilestoneState.RESCHEDULED


def move_lower(letter: Letter) -> None:
    """Hang the letters of a unit's comrades under the unit's own letter that just came into force (R2.11).

    They hung under the one it replaced, or let out early under one that was voided; their signed text goes on
    naming the old text's hash.
    """
    for item in _below_others(letter):
        item.upper_id = letter.id
        db.session.flush()
        record(SYSTEM, "letter.upper_changed", f"letter:{item.id}", **letter_rows(item))


def _below_others(letter: Letter) -> Sequence[Letter]:
    """Return the living letters of the unit's comrades that hang under another than *letter*, locked."""
    kinds = [lower for lower, upper in UPPER_KIND.items() if upper is letter.kind]
    if not kinds:
        return []
    return db.session.scalars(
        select(Letter)
        .where(
            Letter.year == letter.year,
            Letter.unit_id == letter.unit_id,
            Letter.kind.in_(kinds),
            Letter.upper_id.is_distinct_from(letter.id),
            Letter.state.not_in(GONE),
        )
        .order_by(Letter.id)
        .with_for_update(of=Letter)
    ).all()


def _renew_documents(letter: Letter, replaced: Sequence[Letter], people: Collection[int]) -> None:
    """Mark the files of the letters replaced as superseded and ask for the books they outdate anew (R2.6)."""
    db.session.execute(
        update(GeneratedDocument)
        .where(
            GeneratedDocument.kind == DocumentKind.RESPONSIBILITY_LETTER,
            GeneratedDocument.subject.in_([f"letter:{old.id}" for old in replaced]),
            GeneratedDocument.state.in_((DocumentState.READY, DocumentState.NUMBERED, DocumentState.ISSUED)),
        )
        .values(state=DocumentState.SUPERSEDED)
        .execution_options(synchronize_session="fetch")
    )
    payloads.remake_books(letter.year, letter.unit_id, people, cause=str(letter.id))
