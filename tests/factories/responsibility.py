"""A small department with its topic and goals, and its letters, through the services people use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import factory
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear, Unit, UnitKind
from fivestep_web.responsibility.goals.assignments import change_lead, first_day_of
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter, Milestone
from fivestep_web.responsibility.rules import UPPER_KIND, LetterKind
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import Tier, TopicState
from tests.factories.accounts import user_with_role
from tests.factories.keys import open_key
from tests.factories.org import PlanYearFactory, Stored, UnitFactory, stored_at_once
from tests.remembered import remembered

YEAR = 2026
DAY = date(YEAR, 1, 12)
ADDRESS = "127.0.0.1"


class TopicCategoryFactory(Stored):
    class Meta:
        model = TopicCategory

    code = factory.Sequence(lambda n: f"category{n:05}")
    name = factory.Sequence(lambda n: f"第{n}类")
    position = factory.Sequence(lambda n: n)


class TopicFactory(Stored):
    """A final topic; `lead_unit` and `leader` are the caller's."""

    class Meta:
        model = Topic

    year = YEAR
    code = factory.Sequence(lambda n: f"T{n:05}")
    name = factory.Sequence(lambda n: f"第{n}课题")
    category = factory.SubFactory(TopicCategoryFactory)
    tier = Tier.KEY
    state = TopicState.FINAL
    requirements = "年底前见效"


class GoalFactory(Stored):
    """A unit goal, a personal task with a `parent`; topic, unit and person are the caller's."""

    class Meta:
        model = Goal

    year = YEAR
    code = factory.Sequence(lambda n: f"G{n:05}")
    name = factory.Sequence(lambda n: f"完成第{n}项整顿")
    completion_standard = "20 个后进村全部验收合格"
    target = Decimal(20)
    measure_unit = "个"
    starts_on = date(YEAR, 1, 5)
    deadline = date(YEAR, 11, 30)
    points = Decimal(10)

    @factory.post_generation
    def lead(self, *_generated: object) -> None:
        """Keep the lead's period, as whatever makes goals does."""
        change_lead(self, self.person_id, first_day_of(self))
        db.session.commit()


class MilestoneFactory(Stored):
    class Meta:
        model = Milestone

    sequence = factory.Sequence(lambda n: n + 1)
    name = "摸底排查"
    due_on = date(YEAR, 3, 31)
    share = Decimal("0.25")


@dataclass
class Department:
    """Minister, leader in charge, office clerk, a section with head and two members, a township with two.

    The section has two unit goals, one task of its head and one task of each member; the township one unit
    goal and one task of its organizer.
    """

    minister: User
    leader: User
    clerk: User
    head: User
    members: tuple[User, User]
    secretary: User
    organizer: User
    section: Unit
    township: Unit
    topic: Topic
    goals: tuple[Goal, Goal, Goal]
    tasks: tuple[Goal, Goal, Goal, Goal]

    def users(self) -> Iterator[User]:
        """Yield everybody."""
        yield from (self.minister, self.leader, self.clerk, self.head, *self.members)
        yield from (self.secretary, self.organizer)


@remembered
@stored_at_once()
def make_department(*, is_open: bool = True, **of_users: Any) -> Department:
    """Return a department ready for drafting on DAY; *of_users* (a password) go to every account."""
    PlanYearFactory(year=YEAR, step_two_open=is_open)
    section, township = UnitFactory(name="组织科"), UnitFactory(name="城关镇", kind=UnitKind.TOWNSHIP)
    office = UnitFactory(name="办公室")
    leadership = UnitFactory(name="部领导", kind=UnitKind.LEADERSHIP)
    minister = user_with_role(Role.MIN, unit=leadership, title="部长", **of_users)
    leader = user_with_role(Role.DEP, unit=leadership, title="副部长", charge=(section,), **of_users)
    clerk = user_with_role(Role.OFC, unit=office, title="科员", **of_users)
    head = user_with_role(Role.SHD, unit=section, title="科长", **of_users)
    members = tuple(
        user_with_role(Role.STF, unit=section, title=title, **of_users) for title in ("副科长", "科员")
    )
    secretary = user_with_role(Role.TSC, unit=township, title="党委书记", **of_users)
    organizer = user_with_role(Role.ORG, unit=township, title="组织委员", **of_users)
    section.periods[-1].head, township.periods[-1].head = head.person, secretary.person
    db.session.commit()
    topic = TopicFactory(lead_unit=section, leader=leader.person)
    goals = (
        GoalFactory(topic=topic, unit=section, person=head.person, leader=leader.person),
        GoalFactory(topic=topic, unit=section, person=head.person, leader=leader.person, points=Decimal(20)),
        GoalFactory(topic=topic, unit=township, person=secretary.person),
    )
    MilestoneFactory(goal=goals[0], sequence=1)
    owners = ((goals[0], head), (goals[0], members[0]), (goals[1], members[1]), (goals[2], organizer))
    tasks = tuple(
        GoalFactory(topic=topic, unit=parent.unit, person=owner.person, parent=parent)
        for parent, owner in owners
    )
    return Department(
        minister, leader, clerk, head, members, secretary, organizer, section, township, topic, goals, tasks
    )  # fmt: skip


def acting(user: User, day: date = DAY) -> Actor:
    """Return who an account is on *day*."""
    return get_actor(user, day)


@remembered
def draft(year: int = YEAR) -> list[Letter]:
    """Draft the year's letters and return all of them, upper kinds first."""
    with unit_of_work():
        drafting.draft_letters(SYSTEM, year)
    letters = db.session.scalars(select(Letter).where(Letter.year == year).order_by(Letter.id)).all()
    return sorted(letters, key=lambda letter: letter.kind in UPPER_KIND)


def letter_of(user: User, kind: LetterKind | None = None) -> Letter:
    """Return the latest letter for which *user* is the responsible side."""
    query = select(Letter).where(Letter.responsible_id == user.person_id).order_by(Letter.id.desc())
    return db.session.scalars(query.where(Letter.kind == kind) if kind else query).first()


def issue(letter: Letter, user: User, day: date = DAY) -> None:
    with unit_of_work():
        letter_services.issue(acting(user, day), db.session.get(Letter, letter.id))


def sign(letter: Letter, user: User, day: date = DAY) -> None:
    """Sign the text as it stands with the account's own key, made when there is none."""
    letter_id, key = letter.id, open_key(user)
    with unit_of_work():
        stored = db.session.get(Letter, letter_id)
        shown = letter_services.current_version(stored).content_sha256
        letter_services.sign(acting(user, day), stored, key=key, shown_sha256=shown, address=ADDRESS)


@remembered
def bring_into_force(letter: Letter, clerk: User, responsible: User, issuer: User) -> None:
    """Issue a draft and sign it on both sides."""
    issue(letter, clerk)
    sign(letter, responsible)
    sign(letter, issuer)


def plan_year(year: int = YEAR) -> PlanYear:
    return db.session.get(PlanYear, year)
