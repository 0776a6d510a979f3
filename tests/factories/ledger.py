"""Goals, the ledger opened from them, and the people who move it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger import services
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear, Unit
from fivestep_web.responsibility.goals.assignments import change_lead, first_day_of
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import LetterKind, LetterState
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import Tier, TopicState
from tests.factories.accounts import user_with_role
from tests.factories.org import Stored, UnitFactory, stored_at_once
from tests.factories.responsibility import sign
from tests.remembered import remembered

START = date(2026, 1, 4)
MOMENT = datetime(2026, 1, 4, 1, tzinfo=UTC)


class TopicCategoryFactory(Stored):
    class Meta:
        model = TopicCategory

    code = factory.Sequence(lambda n: f"category{n:05}")
    name = factory.Sequence(lambda n: f"第{n}类")
    position = factory.Sequence(int)


class TopicFactory(Stored):
    """A topic in force; `lead_unit` and `leader` are wanted."""

    class Meta:
        model = Topic

    year = 2026
    code = factory.Sequence(lambda n: f"T{n:05}")
    name = factory.Sequence(lambda n: f"课题{n}")
    category = factory.SubFactory(TopicCategoryFactory)
    tier = Tier.KEY
    measures = "调研论证、倒排工期"
    state = TopicState.FINAL


class GoalFactory(Stored):
    """A unit goal of 10 by the end of September; `topic`, `unit` and `person` are wanted."""

    class Meta:
        model = Goal

    year = 2026
    code = factory.Sequence(lambda n: f"M{n:05}")
    name = factory.Sequence(lambda n: f"目标{n}")
    measure_unit = "个"
    target = Decimal(10)
    completion_standard = "完成10个，资料齐全"
    starts_on = START
    deadline = date(2026, 9, 30)

    @factory.post_generation
    def lead(self, *_generated: object) -> None:
        """Keep the lead's period, as whatever makes goals does."""
        change_lead(self, self.person_id, first_day_of(self))
        db.session.commit()


class MilestoneFactory(Stored):
    class Meta:
        model = Milestone

    sequence = factory.Sequence(int)
    name = "中期"
    due_on = date(2026, 6, 30)
    share = Decimal("0.5")


class LedgerEntryFactory(Stored):
    """An entry opened on the first working day of the year."""

    class Meta:
        model = LedgerEntry

    state = LedgerState.NOT_STARTED
    opened_on = START
    changes = factory.LazyAttribute(
        lambda made: [LedgerChange(state=made.state, changed_on=made.opened_on, recorded_at=MOMENT)]
    )


class ProgressEventFactory(Stored):
    class Meta:
        model = ProgressEvent

    happened_on = date(2026, 3, 28)
    done = Decimal(3)
    recorded_at = MOMENT


@dataclass
class County:
    """One section with its head and a member, the leader in charge, the office and the minister."""

    unit: Unit
    topic: Topic
    minister: User
    leader: User
    office: User
    head: User
    member: User

    def goal(self, **facts: Any) -> Goal:
        return GoalFactory(**{"topic": self.topic, "unit": self.unit, "person": self.member.person, **facts})

    def entry(self, state: LedgerState = LedgerState.NOT_STARTED, **facts: Any) -> LedgerEntry:
        return LedgerEntryFactory(goal=self.goal(**facts), state=state)

    def completed_entry(self, state: LedgerState = LedgerState.IN_PROGRESS, **facts: Any) -> LedgerEntry:
        """Return an entry whose goal is completed and may be written off."""
        entry = self.entry(state, **facts)
        day = date(2026, 9, 10)
        ProgressEventFactory(
            goal=entry.goal, happened_on=day, done=Decimal(10), completed_on=day, evidence="验收报告"
        )
        return entry


@remembered
@stored_at_once()
def make_county() -> County:
    db.session.merge(PlanYear(year=2026))
    minister = user_with_role(Role.MIN)
    unit = UnitFactory()
    head = user_with_role(Role.SHD, unit=unit)
    leader = user_with_role(Role.DEP, charge=(unit,))
    unit.periods[-1].head = head.person
    db.session.commit()
    return County(
        unit=unit,
        topic=TopicFactory(lead_unit=unit, leader=leader.person),
        minister=minister,
        leader=leader,
        office=user_with_role(Role.OFC),
        head=head,
        member=user_with_role(Role.STF, unit=unit),
    )


def actor_of(user: User) -> Actor:
    return get_actor(user, clock.today())


def letter_in_force(county: County, goals: Sequence[Goal], **facts: Any) -> Letter:
    """Return a section head's letter that is in force since 30 January."""
    values = {
        "year": 2026,
        "kind": LetterKind.MINISTER_SECTION_HEAD,
        "serial": 1,
        "number": "责〔2026〕Z1号",
        "title": "责任书",
        "unit_id": county.unit.id,
        "responsible_id": county.head.person_id,
        "issuer_id": county.leader.person_id,
        "state": LetterState.IN_FORCE,
        "in_force_at": datetime(2026, 1, 30, 2, tzinfo=UTC),
        **facts,
    }
    letter = Letter(**values)
    letter.goals = [
        LetterGoal(goal_id=goal.id, position=position, weight=Decimal(1))
        for position, goal in enumerate(goals, 1)
    ]
    db.session.add(letter)
    db.session.commit()
    return letter


def bring_letters_into_force(year: int, today: date) -> int:
    """Draft, issue and sign every letter of the year, open the entries; return how many."""
    with unit_of_work():
        db.session.get(PlanYear, year).step_two_open = True
        drafting.draft_letters(SYSTEM, year)
    letters = db.session.scalars(select(Letter).where(Letter.year == year).order_by(Letter.id))
    uppers_first = sorted((letter.upper_id or 0, letter.id) for letter in letters)
    return sum(_bring_into_force(letter_id, today) for _upper_id, letter_id in uppers_first)


def _bring_into_force(letter_id: int, today: date) -> int:
    office = Actor(None, None, "办公室", roles=frozenset({Role.OFC}))
    with unit_of_work():
        letter = db.session.get(Letter, letter_id)
        if letter.state is LetterState.DRAFT:
            letter_services.issue(office, letter)
    for person_id in (letter.responsible_id, letter.issuer_id):
        sign(letter, db.session.scalars(select(User).where(User.person_id == person_id)).one(), today)
    with unit_of_work():
        return services.open_entries(SYSTEM, letter_id)
