"""A county of any size, written in bulk: units whose letters are in force, members with tasks."""

from datetime import date
from decimal import Decimal

from sqlalchemy import insert, select, update

from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import (
    Person,
    PlanYear,
    Position,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
    UnitPeriod,
)
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterKind, LetterState
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import Tier, TopicState

SINCE = date(2020, 1, 1)
UPPER = LetterKind.DEPARTMENT_UNIT


def make_county(year: int, units: int, members: int, *, tasks: int = 3, in_force: bool = True) -> User:
    """Store *units* townships of a secretary and *members* with *tasks* each; return the clerk's account.

    With *in_force* the townships' own letters are issued and in force, so that those of members may go out.
    """
    with unit_of_work():
        clerk = _people(year, units, members, tasks)
    if in_force:
        with unit_of_work():
            drafting.draft_letters(SYSTEM, year, UPPER)
            for letter in db.session.scalars(select(Letter).where(Letter.kind == UPPER)).all():
                letter_services.issue(SYSTEM, letter)
        with unit_of_work():
            facts = {"state": LetterState.IN_FORCE, "in_force_at": clock.now()}
            db.session.execute(update(Letter).where(Letter.kind == UPPER).values(**facts))
    return db.session.get_one(User, clerk)


def _people(year: int, units: int, members: int, tasks: int) -> int:
    if db.session.get(PlanYear, year) is None:
        db.session.add(PlanYear(year=year, step_two_open=True))
    category = TopicCategory(code="county", name="基层组织建设", position=1)
    leadership = _unit("L00", "部领导", UnitKind.LEADERSHIP)
    office = _unit("O00", "办公室", UnitKind.SECTION)
    minister = _appoint("M0", "部长甲", leadership, "部长", Role.MIN)
    clerk = User(
        person=_appoint("C0", "文书甲", office, "科员", Role.OFC), username="county-clerk", password_hash=""
    )
    clerk.must_change_password = False
    db.session.add_all([category, minister, clerk])
    db.session.flush()
    for number in range(units):
        _township(year, number, members, tasks, (category.id, minister.id))
    return clerk.id


def _unit(code: str, name: str, kind: UnitKind) -> Unit:
    unit = Unit(code=code, is_assessed=True)
    unit.periods = [UnitPeriod(name=name, kind=kind, valid_from=SINCE)]
    db.session.add(unit)
    return unit


def _appoint(code: str, name: str, unit: Unit, title: str, role: Role) -> Person:
    person = Person(code=code, name=name)
    position = Position(unit=unit, title=title)
    db.session.add(
        PostHolding(person=person, position=position, valid_from=SINCE, roles=[PostRole(role=role)])
    )
    return person


def _township(year: int, number: int, members: int, tasks: int, of_all: tuple[int, int]) -> None:
    category_id, minister_id = of_all
    unit = _unit(f"T{number:03}", f"第{number}镇", UnitKind.TOWNSHIP)
    secretary = _appoint(f"S{number:03}", f"书记{number}", unit, "党委书记", Role.TSC)
    unit.periods[0].head = secretary
    topic = Topic(
        year=year, code=f"K{number:03}", name=f"第{number}镇党建", category_id=category_id, tier=Tier.KEY,
        state=TopicState.FINAL, requirements="", lead_unit=unit, leader_id=minister_id,
    )  # fmt: skip
    db.session.add(topic)
    db.session.flush()
    common = {
        "year": year, "topic_id": topic.id, "unit_id": unit.id, "measure_unit": "个", "target": Decimal(20),
        "completion_standard": "全部验收合格", "starts_on": date(year, 1, 5), "deadline": date(year, 11, 30),
        "points": Decimal(10), "leader_id": minister_id,
    }  # fmt: skip
    goal = Goal(code=f"G{number:03}", name="整顿后进村", person_id=secretary.id, **common)
    db.session.add(goal)
    position = Position(unit=unit, title="组织干事")
    db.session.add(position)
    db.session.flush()
    rows = [{"code": f"P{number:03}-{each:03}", "name": f"干事{number}-{each}"} for each in range(members)]
    people = db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows).all()
    posts = db.session.scalars(
        insert(PostHolding).returning(PostHolding.id, sort_by_parameter_order=True),
        [{"person_id": person, "position_id": position.id, "valid_from": SINCE} for person in people],
    ).all()
    db.session.execute(insert(PostRole), [{"holding_id": post, "role": Role.ORG} for post in posts])
    db.session.execute(
        insert(Goal),
        [
            {
                **common,
                "code": f"G{number:03}-{place:03}-{task}",
                "name": f"第{task}项任务",
                "person_id": person,
                "parent_id": goal.id,
            }
            for place, person in enumerate(people)
            for task in range(tasks)
        ],
    )
