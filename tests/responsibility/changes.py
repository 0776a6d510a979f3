"""Change orders as the people who do the work drive them."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import PostHolding
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.services import Proposal
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Assignment, Letter
from fivestep_web.responsibility.rules import AssignmentRole, ChangeKind, LetterState
from tests.factories.responsibility import (
    DAY,
    GoalFactory,
    acting,
    bring_into_force,
    draft,
    letter_of,
    sign,
)


def proposal(
    changes, *, kind=ChangeKind.AMEND, reason="上级验收时间提前", on=DAY, successor=None, taken_in=()
):
    return Proposal(
        kind=kind,
        reason=reason,
        effective_on=on,
        changes=changes,
        successor_id=successor.person_id if successor else None,
        taken_in=[goal.id for goal in taken_in],
    )


def propose(user, letter, changes=(), *, day: date = DAY, **of_proposal):
    """Ask for a change; return the order."""
    with unit_of_work():
        return change_services.propose(
            acting(user, day),
            db.session.get(Letter, letter.id),
            proposal(dict(changes), on=day, **of_proposal),
        )


def hand_over(user, letter, *, successor=None, day: date = DAY):
    """Ask for a handover; return the order."""
    return propose(user, letter, kind=ChangeKind.HANDOVER, reason="岗位调整", successor=successor, day=day)


def reassign(user, letter, tasks, *, taker, day: date = DAY, reason="任务过重"):
    """Ask for tasks to go to another comrade; return the order."""
    changes = {task.id: {} for task in tasks}
    return propose(user, letter, changes, kind=ChangeKind.REASSIGN, successor=taker, day=day, reason=reason)


def give_tasks(department, user, count):
    """Let a comrade of the section carry *count* tasks by a letter in force; return the tasks."""
    tasks = [
        GoalFactory(
            topic=department.topic,
            unit=department.section,
            person=user.person,
            parent=department.goals[0],
            points=Decimal(10 * (number + 1)),
        )
        for number in range(count)
    ]
    draft()
    bring_into_force(letter_of(user), department.clerk, user, department.head)
    return tasks


def approve(user, order, day: date = DAY, note=""):
    """Approve; return the new letter."""
    with unit_of_work():
        stored = db.session.get(ChangeOrder, order.id)
        letter = db.session.get(Letter, stored.letter_id)
        return change_services.approve(acting(user, day), stored, letter, note)


def refuse(user, order, reason="理由不充分"):
    with unit_of_work():
        stored = db.session.get(ChangeOrder, order.id)
        letter = db.session.get(Letter, stored.letter_id)
        change_services.refuse(acting(user), stored, letter, reason)


def withdraw(user, order):
    with unit_of_work():
        stored = db.session.get(ChangeOrder, order.id)
        change_services.withdraw(acting(user), stored, db.session.get(Letter, stored.letter_id))


def object_to(user, letter, reason="时限太紧"):
    with unit_of_work():
        letter_services.object_to(acting(user), db.session.get(Letter, letter.id), reason)


def take_back(user, letter):
    """Take an objected letter back into draft."""
    with unit_of_work():
        letter_services.revise(acting(user), db.session.get(Letter, letter.id))


def void(user, letter, reason="不再变更"):
    with unit_of_work():
        letter_services.void(acting(user), db.session.get(Letter, letter.id), reason)


def sign_both(letter, responsible, issuer, day: date = DAY):
    sign(letter, responsible, day)
    sign(letter, issuer, day)


def stored(row):
    """Return a row as it is stored now."""
    return db.session.get(type(row), row.id, populate_existing=True)


def end_post(user):
    """Let somebody's post end the day before."""
    for holding in db.session.scalars(select(PostHolding).where(PostHolding.person_id == user.person_id)):
        holding.valid_from, holding.valid_to = date(2026, 1, 1), DAY - timedelta(days=1)
    db.session.commit()


def periods(goal):
    """Return who led a goal from when to when."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.goal_id == goal.id, Assignment.role == AssignmentRole.LEAD)
        .order_by(Assignment.valid_from)
    )
    return [(row.person_id, row.valid_from, row.valid_to) for row in rows]


def drawn_up(order):
    """Return the new letters of an order that are not void: where there are two, the taker's first."""
    query = select(Letter).where(Letter.change_order_id == order.id, Letter.state != LetterState.VOID)
    return db.session.scalars(query.order_by(Letter.id)).all()
