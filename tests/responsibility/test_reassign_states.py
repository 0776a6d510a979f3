"""Whatever is done, in whatever order: each task has one owner, whose letter in force carries it (R2.1)."""

import contextlib
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.core.errors import Refusal
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.evidence import changes as change_evidence
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.models import Assignment, Goal, Letter, LetterGoal
from fivestep_web.responsibility.rules import (
    OPEN,
    UNSIGNED,
    AssignmentRole,
    ChangeKind,
    ChangeState,
    LetterState,
)
from tests.factories.accounts import user_with_role
from tests.factories.keys import open_key
from tests.factories.responsibility import acting, issue, letter_of, sign
from tests.responsibility.changes import (
    approve,
    give_tasks,
    object_to,
    proposal,
    reassign,
    refuse,
    take_back,
    void,
    withdraw,
)


@pytest.fixture
def shared(signed):
    """A giver with three tasks; the taker has a letter with one."""
    signed.giver = user_with_role(Role.STF, unit=signed.section, title="科员二")
    signed.moving = give_tasks(signed, signed.giver, 3)
    signed.taker = signed.members[0]
    return signed


def attempt(action, *arguments, **facts):
    with contextlib.suppress(Refusal):
        action(*arguments, **facts)
    db.session.rollback()


def check_tasks(goal_ids):
    """Each task has one lead, and the lead's one letter in force carries it."""
    db.session.expire_all()
    for goal_id in goal_ids:
        goal = db.session.get(Goal, goal_id)
        leads = db.session.scalars(
            select(Assignment.person_id).where(
                Assignment.goal_id == goal_id,
                Assignment.role == AssignmentRole.LEAD,
                Assignment.valid_to.is_(None),
            )
        ).all()
        assert leads == [goal.person_id]
        own = select(Letter).where(
            Letter.responsible_id == goal.person_id, Letter.state == LetterState.IN_FORCE
        )
        (letter,) = db.session.scalars(own).all()
        assert goal_id in {item.goal_id for item in letter.goals}
        assert sum(item.weight for item in letter.goals) == 100


@pytest.mark.parametrize("is_newcomer", [False, True], ids=["takers-letter", "newcomer"])
def test_no_order_of_signatures_leaves_a_task_without_owner_or_letter(shared, is_newcomer):
    taker = shared.taker
    if is_newcomer:
        taker = user_with_role(Role.STF, unit=shared.section, title="科员三")
    order = reassign(shared.clerk, letter_of(shared.giver), shared.moving[:2], taker=taker)
    approve(shared.leader, order)
    new, kept = db.session.scalars(select(Letter).where(Letter.change_order_id == order.id)).all()
    goal_ids = [goal.id for goal in shared.moving]
    order_id, head_id = order.id, shared.head.id
    signatures = [(new.id, taker.id), (kept.id, shared.giver.id), (new.id, head_id), (kept.id, head_id)]
    for user in (taker, shared.giver, shared.head):
        open_key(user)
    for course in permutations(signatures):
        db.session.remove()
        savepoint = db.engines[None].begin_nested()
        for letter_id, user_id in course * len(course):
            attempt(sign, db.session.get(Letter, letter_id), db.session.get(User, user_id))
            check_tasks(goal_ids)
        assert db.session.get(ChangeOrder, order_id).state is ChangeState.IN_FORCE
        db.session.remove()
        savepoint.rollback()


class Course:
    """What people do to the three tasks and the letters that carry them; refusals change nothing."""

    def __init__(self, users, goal_ids):
        self.users, self.goal_ids = users, goal_ids

    def user(self, name):
        return db.session.get(User, self.users[name])

    def pending(self):
        query = select(Letter).where(Letter.change_order_id.is_not(None), Letter.state.in_(UNSIGNED))
        return db.session.scalars(query.order_by(Letter.id)).all()

    def order(self):
        return db.session.scalars(select(ChangeOrder).order_by(ChangeOrder.id.desc()).limit(1)).first()

    def signatory(self, letter):
        return db.session.scalars(select(User).where(User.person_id == letter.responsible_id)).one()

    def on_pending(self, place, act, who=None):
        for letter in self.pending()[place : place + 1]:
            user = self.user(who) if who else self.signatory(letter)
            attempt(act, *((letter, user) if act in (sign, issue) else (user, letter)))

    def ask(self):
        """Ask for the first task, or the first two, to go from who has them to the other."""
        task = db.session.get(Goal, self.goal_ids[0])
        letter = db.session.scalars(
            select(Letter).where(
                Letter.responsible_id == task.person_id, Letter.state == LetterState.IN_FORCE
            )
        ).one()
        taker = next(
            user
            for user in (self.user("giver"), self.user("taker"))
            if user.person_id != letter.responsible_id
        )
        attempt(reassign, self.user("clerk"), letter, [task], taker=taker)

    def mend(self):
        order = self.order()
        if order is None:
            return
        item, who = order.items[0].goal_id, order.successor_id

        def revise():
            with unit_of_work():
                held = db.session.get(ChangeOrder, order.id)
                letter = db.session.get(Letter, held.letter_id)
                asked = replace(proposal({item: {}}, kind=ChangeKind.REASSIGN), successor_id=who)
                actor = acting(self.user("clerk"))
                change_services.revise(actor, held, letter, asked, revision=held.revision)

        attempt(revise)

    def on_order(self, act, who):
        if self.order():
            attempt(act, self.user(who), self.order())

    def check(self):
        check_tasks(self.goal_ids)
        who = acting(self.user("head"))
        listed = {item.letter_id for item in queries.list_waiting(who)}
        assert listed == {letter.id for letter in self.pending() if policy.can_sign(who, letter)}
        tied = db.session.scalars(
            select(Letter).where(Letter.successor_id.is_not(None), Letter.state == LetterState.IN_FORCE)
        ).all()
        assert all(letter.successor.state in UNSIGNED for letter in tied)
        open_orders = db.session.scalars(select(ChangeOrder.id).where(ChangeOrder.state.in_(OPEN))).all()
        assert {letter.change_order_id for letter in self.pending()} <= set(open_orders)
        assert len(open_orders) <= 1
        assert list(change_evidence.faults()) == []


ACTS = [
    *[lambda course: (course.ask(), course.on_order(approve, "leader"))] * 3,
    *[lambda course: course.on_pending(0, sign)] * 3,
    *[lambda course: course.on_pending(1, sign)] * 3,
    *[lambda course: course.on_pending(0, sign, "head")] * 3,
    *[lambda course: course.on_pending(1, sign, "head")] * 2,
    lambda course: course.on_pending(0, object_to),
    lambda course: course.on_pending(1, object_to),
    *[lambda course: [course.on_pending(place, take_back, "clerk") for place in (0, 1)]] * 2,
    lambda course: [course.on_pending(place, issue, "clerk") for place in (0, 1)],
    lambda course: course.on_pending(0, void, "clerk"),
    lambda course: course.on_pending(1, void, "clerk"),
    lambda course: (course.mend(), course.on_order(approve, "leader")),
    lambda course: (course.mend(), course.on_order(refuse, "leader")),
    lambda course: (course.ask(), course.on_order(withdraw, "clerk")),
]


def test_any_course_of_events_leaves_each_task_with_one_owner_and_a_letter(shared):
    names = ("giver", "taker", "head", "leader", "clerk")
    course = Course({name: getattr(shared, name).id for name in names}, [goal.id for goal in shared.moving])
    for name in ("giver", "taker", "head"):
        open_key(course.user(name))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(ACTS), min_size=12, max_size=20))
    def run(acts):
        db.session.remove()
        savepoint = db.engines[None].begin_nested()
        try:
            for act in acts:
                act(course)
                course.check()
        finally:
            db.session.remove()
            savepoint.rollback()

    run()


def test_every_task_carried_by_a_letter_stays_in_one(shared):
    """The check itself finds a task that no letter in force of its owner carries."""
    check_tasks([goal.id for goal in shared.moving])
    row = db.session.get(LetterGoal, (letter_of(shared.giver).id, shared.moving[0].id))
    db.session.delete(row)
    db.session.commit()
    with pytest.raises(AssertionError):
        check_tasks([shared.moving[0].id])
