"""Whatever is done to change orders: the letter in force stays whole until it is replaced."""

import contextlib
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.audit.facts import facts_of
from fivestep_web.core.errors import Refusal
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.evidence import changes as change_evidence
from fivestep_web.responsibility.models import Goal, Letter, LetterVersion
from fivestep_web.responsibility.rules import ChangeState, LetterState
from tests.factories.responsibility import DAY, acting, issue, letter_of, sign
from tests.responsibility.changes import approve, object_to, propose, refuse, take_back, void, withdraw

OPEN = (ChangeState.PROPOSED, ChangeState.APPROVED)
PENDING = (LetterState.DRAFT, LetterState.ISSUED, LetterState.OBJECTED, LetterState.ACCEPTED)


class Changes(RuleBasedStateMachine):
    """One letter in force, changed again and again by whoever may; refusals leave everything as it was."""

    users: ClassVar[dict[str, int]] = {}
    goal = 0

    @initialize()
    def begin(self):
        self.number = letter_of(self.user("head")).number
        self.target = 20

    def user(self, name):
        return db.session.get(User, self.users[name])

    def standing(self):
        query = select(Letter).where(Letter.number == self.number, Letter.state == LetterState.IN_FORCE)
        return db.session.scalars(query).all()

    def pending(self):
        query = select(Letter).where(Letter.number == self.number, Letter.state.in_(PENDING))
        return db.session.scalars(query).all()

    def order(self):
        query = select(ChangeOrder).order_by(ChangeOrder.id.desc()).limit(1)
        return db.session.scalars(query).first()

    def attempt(self, action, *arguments, **facts):
        with contextlib.suppress(Refusal):
            action(*arguments, **facts)
        db.session.rollback()

    @rule()
    def ask(self):
        (letter,) = self.standing()
        self.attempt(propose, self.user("clerk"), letter, {self.goal: {"target": str(self.target + 1)}})

    @rule()
    def mend(self):
        order = self.order()
        if order is None:
            return
        facts = change_services.Proposal(
            order.kind, "再改", DAY, {self.goal: {"target": str(self.target + 2)}}
        )

        def revise():
            with unit_of_work():
                held = db.session.get(ChangeOrder, order.id)
                letter = db.session.get(Letter, held.letter_id)
                actor = acting(self.user("clerk"))
                change_services.revise(actor, held, letter, facts, revision=held.revision)

        self.attempt(revise)

    @rule()
    def agree(self):
        if self.order():
            self.attempt(approve, self.user("leader"), self.order())

    @rule()
    def decline(self):
        if self.order():
            self.attempt(refuse, self.user("leader"), self.order())

    @rule()
    def take_it_back(self):
        if self.order():
            self.attempt(withdraw, self.user("clerk"), self.order())

    def on_pending(self, action, user):
        for letter in self.pending():
            self.attempt(action, user, letter)

    @rule()
    def object(self):
        self.on_pending(object_to, self.user("head"))

    @rule()
    def draft_again(self):
        self.on_pending(take_back, self.user("clerk"))

    @rule()
    def send_again(self):
        for letter in self.pending():
            self.attempt(issue, letter, self.user("clerk"))

    @rule()
    def give_it_up(self):
        self.on_pending(void, self.user("clerk"))

    @rule()
    def sign_next(self):
        for letter in self.pending():
            for user in (self.user("head"), self.user("leader")):
                self.attempt(sign, letter, user)
        goal = db.session.get(Goal, self.goal, populate_existing=True)
        self.target = int(goal.target)

    @invariant()
    def one_letter_stands(self):
        if not hasattr(self, "number"):
            return
        db.session.expire_all()
        standing, pending = self.standing(), self.pending()
        assert len(standing) == 1
        assert len(pending) <= 1
        (letter,) = standing
        assert letter.successor_id == (pending[0].id if pending else None)
        open_orders = db.session.scalars(select(ChangeOrder).where(ChangeOrder.state.in_(OPEN))).all()
        assert len(open_orders) <= 1
        if pending:
            assert [order.id for order in open_orders] == [pending[0].change_order_id]
        text = db.session.scalars(
            select(LetterVersion).where(
                LetterVersion.letter_id == letter.id, LetterVersion.version == letter.version
            )
        ).one()
        goal = db.session.get(Goal, self.goal)
        row = next(item for item in text.content["goals"] if item["code"] == goal.code)
        assert row["target"] == f"{facts_of(goal)['target']}个"

    @invariant()
    def the_log_vouches_for_every_row(self):
        if hasattr(self, "number"):
            assert list(change_evidence.faults()) == []


def test_any_course_of_events_leaves_one_letter_in_force_and_the_log_in_step(signed):
    people = {"head": signed.head.id, "leader": signed.leader.id, "clerk": signed.clerk.id}
    goal_id = signed.goals[0].id

    class Course(Changes):
        users = people
        goal = goal_id

        def __init__(self):
            db.session.remove()
            self.savepoint = db.engines[None].begin_nested()
            super().__init__()

        def teardown(self):
            db.session.remove()
            self.savepoint.rollback()

    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=6,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
