"""Who carries a goal, in which role and from when to when (R2.1, R2.5, domain.md 2.9, 2.10).

The lead is Goal.person_id; its living assignment says since when. Both change here and nowhere else.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.models import Assignment, Goal
from fivestep_web.responsibility.rules import ASSIGNMENT_LABELS, AssignmentRole

ONE_DAY = timedelta(days=1)
HELPING = (AssignmentRole.ASSIST, AssignmentRole.SUPERVISE, AssignmentRole.READ)


# Reads


def of_actor(actor: Actor, *roles: AssignmentRole) -> Select[int]:
    """Select the ids of the goals the actor has one of *roles* on now (any role when none is named)."""
    query = select(Assignment.goal_id).where(
        Assignment.valid_to.is_(None), Assignment.person_id == actor.person_id
    )
    return query.where(Assignment.role.in_(roles)) if roles else query


def assisted_by(actor: Actor) -> frozenset[int]:
    """Return the goals the actor helps with as 协办, and so may report on."""
    if actor.person_id is None:
        return frozenset()
    return frozenset(db.session.scalars(of_actor(actor, AssignmentRole.ASSIST)))


def assists(actor: Actor, goal_id: int) -> bool:
    """Say whether the actor helps with this goal as 协办."""
    return goal_id in assisted_by(actor)


def is_concerned(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor has a role on this goal", which shows it whatever its unit."""
    return false() if actor.person_id is None else Goal.id.in_(of_actor(actor))


def list_periods(goal_id: int) -> Sequence[Assignment]:
    """Return everybody who carried or carries a goal: the lead first, then by role, the latest first."""
    order = {role: place for place, role in enumerate(AssignmentRole)}
    rows = db.session.scalars(
        select(Assignment).where(Assignment.goal_id == goal_id).options(joinedload(Assignment.person))
    ).all()
    return sorted(
        rows,
        key=lambda row: (row.valid_to is not None, order[row.role], -row.valid_from.toordinal(), row.id),
    )


def helpers_of(goal_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Return who helps now (协办) with each goal, as (person id, name) in the order of staff codes."""
    rows = db.session.execute(
        select(Assignment.goal_id, Person.id, Person.name)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.goal_id.in_(goal_ids),
            Assignment.valid_to.is_(None),
            Assignment.role == AssignmentRole.ASSIST,
        )
        .order_by(Person.code)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for goal_id, person_id, name in rows:
        found.setdefault(goal_id, []).append((person_id, name))
    return found


def people_of(unit_id: int) -> list[tuple[int, str, str]]:
    """Return who holds a post in a unit today, as (id, name, code) in the order of codes."""
    return people_by_unit([unit_id])[unit_id]


def people_by_unit(units: Collection[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Return for each of *units* what people_of says, by one statement."""
    found: dict[int, list[tuple[int, str, str]]] = {unit_id: [] for unit_id in units}
    rows = db.session.execute(
        select(Position.unit_id, Person.id, Person.name, Person.code)
        .join(PostHolding, PostHolding.position_id == Position.id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(Position.unit_id.in_(units), holds_on(clock.today()))
        .distinct()
        .order_by(Person.code)
    )
    for unit_id, person_id, name, code in rows:
        found[unit_id].append((person_id, name, code))
    return found


def _in_post(unit_id: int) -> Select[int]:
    today = clock.today()
    return (
        select(PostHolding.person_id)
        .join(Position, Position.id == PostHolding.position_id)
        .where(
            Position.unit_id == unit_id,
            holds_on(today),
        )
    )


# Changes


def change_lead(goal: Goal, person_id: int, day: date, *, change_order_id: int | None = None) -> None:
    """Make *person_id* the lead from *day* on; the period before ends the day before and is kept.

    Without questions and unlogged: for set_lead, for change orders and for whoever makes a goal. A period
    that had not begun is taken away.
    """
    living = db.session.scalars(
        select(Assignment).where(
            Assignment.goal_id == goal.id,
            Assignment.valid_to.is_(None),
            or_(Assignment.role == AssignmentRole.LEAD, Assignment.person_id == person_id),
        )
    ).all()
    goal.person_id = person_id
    if any(row.role is AssignmentRole.LEAD and row.person_id == person_id for row in living):
        return
    for row in living:
        _close(row, day - ONE_DAY)
    db.session.flush()
    db.session.add(_period(goal, person_id, AssignmentRole.LEAD, day, change_order_id))
    db.session.flush()


def _close(row: Assignment, last_day: date) -> None:
    if last_day < row.valid_from:
        db.session.delete(row)
    else:
        row.valid_to = last_day


def _period(
    goal: Goal, person_id: int, role: AssignmentRole, day: date, change_order_id: int | None = None
) -> Assignment:
    return Assignment(
        goal_id=goal.id, person_id=person_id, role=role, valid_from=day, change_order_id=change_order_id
    )


def first_day_of(goal: Goal) -> date:
    """Return from when the first lead carries a goal: its start, or the year's."""
    return goal.starts_on or date(goal.year, 1, 1)


def follow_leads(year: int) -> None:
    """Give every goal of a year whose Goal.person_id has no living lead period its period (after an import).

    The first period begins with the goal, a later one today.
    """
    db.session.flush()
    lead = and_(
        Assignment.goal_id == Goal.id,
        Assignment.valid_to.is_(None),
        Assignment.role == AssignmentRole.LEAD,
    )
    goals = db.session.execute(
        select(Goal, Assignment.id)
        .outerjoin(Assignment, lead)
        .where(Goal.year == year, or_(Assignment.id.is_(None), Assignment.person_id != Goal.person_id))
    ).all()
    for goal, period_id in goals:
        if period_id is None:
            db.session.add(_period(goal, goal.person_id, AssignmentRole.LEAD, first_day_of(goal)))
        else:
            change_lead(goal, goal.person_id, clock.today())
    db.session.flush()


def check_carrier(unit_id: int, person_id: int) -> None:
    """Raise DomainError unless the person holds a post in the unit today: who else could carry its goals."""
    if db.session.scalar(_in_post(unit_id).where(PostHolding.person_id == person_id).limit(1)) is None:
        raise DomainError(_("责任人现在不在这个单位任职，请选择本单位在岗的同志"))


def set_lead(actor: Actor, goal: Goal, person_id: int) -> bool:
    """Hand a goal over from today (R2.5); say whether that changed anything. The caller checks it is free.

    Raises NotAllowed for another's goal, DomainError for somebody who holds no post in the goal's unit.
    """
    if not policy.can_edit_goal(actor, goal):
        raise NotAllowed(_("这个目标不由您编制"))
    before = goal.person_id
    if before == person_id:
        return False
    check_carrier(goal.unit_id, person_id)
    change_lead(goal, person_id, clock.today())
    db.session.expire(goal, ["person"])
    record(actor, "goal.handed_over", f"goal:{goal.id}", changes={"person": [before, person_id]})
    return True


def add_helper(actor: Actor, goal: Goal, person_id: int, role: AssignmentRole) -> Assignment:
    """Give somebody, of whatever unit, a role beside the lead from today; a role held before ends.

    Raises NotAllowed for another's goal, Conflict for the lead, DomainError for somebody without a post.
    """
    if not policy.can_edit_goal(actor, goal):
        raise NotAllowed(_("这个目标不由您编制"))
    if role not in HELPING:
        raise DomainError(_("责任人请用“移交”更换"))
    if person_id == goal.person_id:
        raise Conflict(_("这位同志已是责任人，不需要再列为%(role)s", role=ASSIGNMENT_LABELS[role]))
    _check_in_any_post(person_id)
    today = clock.today()
    held = db.session.scalar(
        select(Assignment).where(
            Assignment.goal_id == goal.id,
            Assignment.person_id == person_id,
            Assignment.valid_to.is_(None),
        )
    )
    if held is not None and held.role is role:
        return held
    if held is not None:
        _close(held, today - ONE_DAY)
        db.session.flush()
    added = _period(goal, person_id, role, today)
    db.session.add(added)
    db.session.flush()
    record(actor, "goal.helper_added", f"goal:{goal.id}", person=person_id, role=role)
    return added


def _check_in_any_post(person_id: int) -> None:
    today = clock.today()
    held = db.session.scalar(
        select(PostHolding.id)
        .where(
            PostHolding.person_id == person_id,
            holds_on(today),
        )
        .limit(1)
    )
    if held is None:
        raise DomainError(_("这位同志现在没有任职，请选择在岗的同志"))


def end(actor: Actor, goal: Goal, assignment_id: int) -> None:
    """End a helper's role with today; the period stays on record.

    Raises NotFound for one that is not this goal's or has ended, Conflict for the lead.
    """
    if not policy.can_edit_goal(actor, goal):
        raise NotAllowed(_("这个目标不由您编制"))
    row = db.session.get(Assignment, assignment_id)
    if row is None or row.goal_id != goal.id or row.valid_to is not None:
        raise NotFound(_("没有这项分工，可能已经结束"))
    if row.role is AssignmentRole.LEAD:
        raise Conflict(_("每个目标都要有责任人，请用“移交”更换"))
    facts = {"person": row.person_id, "role": row.role}
    _close(row, clock.today())
    db.session.flush()
    record(actor, "goal.helper_ended", f"goal:{goal.id}", **facts)


def set_assistants(actor: Actor, goal: Goal, people: Iterable[int]) -> None:
    """Make exactly *people* those who help (协办) from today."""
    wanted = set(people)
    rows = db.session.scalars(
        select(Assignment).where(
            Assignment.goal_id == goal.id,
            Assignment.valid_to.is_(None),
            Assignment.role == AssignmentRole.ASSIST,
        )
    ).all()
    for row in rows:
        if row.person_id not in wanted:
            end(actor, goal, row.id)
    for person_id in sorted(wanted - {row.person_id for row in rows}):
        add_helper(actor, goal, person_id, AssignmentRole.ASSIST)
