"""Coverage (R2.12): who is not covered and why, which goal has nobody, who carries how much."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import Position, PostHolding
from fivestep_web.responsibility.coverage.queries import read_coverage
from fivestep_web.responsibility.coverage.rules import LoadMark
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import LetterState
from tests.factories.accounts import user_with_role
from tests.factories.org import PositionFactory, PostHoldingFactory
from tests.factories.responsibility import YEAR, GoalFactory, acting, draft, issue, letter_of


def coverage_for(user):
    return read_coverage(acting(user), YEAR)


def why(user, department):
    members = {
        member.person_id: member for unit in coverage_for(department.clerk).units for member in unit.members
    }
    return members[user.person_id].why


def leave(user):
    """Let somebody's post end three days before."""
    db.session.execute(
        update(PostHolding).where(PostHolding.person_id == user.person_id).values(valid_to=date(2026, 1, 9))
    )
    db.session.commit()


def leave_unit(user, unit):
    """Let somebody's posts in a unit end three days before."""
    posts = db.select(Position.id).where(Position.unit_id == unit.id)
    db.session.execute(
        update(PostHolding)
        .where(PostHolding.person_id == user.person_id, PostHolding.position_id.in_(posts))
        .values(valid_to=date(2026, 1, 9))
    )
    db.session.commit()


def put(letter, state):
    db.session.execute(update(Letter).where(Letter.id == letter.id).values(state=state))
    db.session.commit()


def test_leaders_apart_everybody_in_post_is_counted_once(department):
    found = coverage_for(department.clerk)
    people = [member.person_id for unit in found.units for member in unit.members]
    assert sorted(people) == sorted(
        user.person_id for user in department.users() if user not in (department.minister, department.leader)
    )
    assert (found.total, found.covered, found.share) == (6, 0, Decimal("0.0"))


def test_each_step_to_force_has_its_reason(department):
    member = department.members[0]
    assert why(department.clerk, department) == "没有目标"
    assert why(member, department) == "责任书没有起草"
    draft()
    assert why(department.head, department) == "责任书没有发出"
    letter = letter_of(department.head)
    issue(letter, department.clerk)
    assert why(department.head, department) == f"等{department.head.person.name}（乙方）签署"
    put(letter, LetterState.ACCEPTED)
    assert why(department.head, department) == f"等{department.leader.person.name}（甲方）签署"
    put(letter, LetterState.OBJECTED)
    assert why(department.head, department) == "有异议，等甲方修改"
    put(letter, LetterState.IN_FORCE)
    assert why(department.head, department) == ""
    put(letter, LetterState.VOID)
    assert why(department.head, department) == "责任书没有起草"


@pytest.mark.parametrize("place", [0, 1])
def test_of_two_letters_of_one_comrade_the_furthest_counts(department, place):
    member = department.members[0]
    GoalFactory(
        topic=department.topic, unit=department.township, person=member.person, parent=department.goals[2]
    )
    draft()
    own = db.session.query(Letter).filter_by(responsible_id=member.person_id).order_by(Letter.id).all()
    assert len(own) == 2
    assert why(member, department) == "责任书没有发出"
    put(own[place], LetterState.IN_FORCE)
    assert why(member, department) == ""


def test_a_letter_of_the_unit_a_comrade_left_covers_nobody_until_it_is_handed_over(department):
    member = department.members[0]
    GoalFactory(
        topic=department.topic, unit=department.township, person=member.person, parent=department.goals[2]
    )
    draft()
    old, new = db.session.query(Letter).filter_by(responsible_id=member.person_id).order_by(Letter.unit_id)
    put(old, LetterState.IN_FORCE)
    PostHoldingFactory(
        person=member.person,
        position=PositionFactory(unit=department.township),
        valid_from=date(2026, 1, 10),
    )
    assert why(member, department) == ""
    leave_unit(member, department.section)
    assert why(member, department) == "责任书没有发出"
    put(new, LetterState.VOID)
    assert why(member, department) == "责任书还在原单位，没有移交"
    put(new, LetterState.IN_FORCE)
    assert why(member, department) == ""


def test_who_holds_two_posts_is_counted_once_with_the_first(department):
    member = department.members[0]
    PostHoldingFactory(person=member.person, position=PositionFactory(unit=department.township))
    found = coverage_for(department.clerk)
    assert found.total == 6
    (unit,) = [
        unit.unit for unit in found.units for each in unit.members if each.person_id == member.person_id
    ]
    assert unit == "组织科"


def test_coverage_is_counted_by_unit(department):
    draft()
    put(letter_of(department.head), LetterState.IN_FORCE)
    put(letter_of(department.members[0]), LetterState.IN_FORCE)
    units = {unit.unit: unit for unit in coverage_for(department.clerk).units}
    section = units["组织科"]
    assert (section.covered, len(section.members), section.share) == (2, 3, Decimal("66.7"))
    assert [member.person_id for member in section.uncovered] == [department.members[1].person_id]
    assert coverage_for(department.clerk).share == Decimal("33.3")


def test_who_left_is_not_counted_any_more(department):
    leave(department.members[1])
    assert coverage_for(department.clerk).total == 5


def test_loads_are_what_arrives_of_the_units_100_against_its_average(department):
    found = coverage_for(department.clerk)
    loads = {member.person_id: member.load for unit in found.units for member in unit.members}

    def shown(user):
        load = loads[user.person_id]
        return load.share.goals, load.share.weight, load.ratio, load.mark

    # Of the section's goals of 10 and 20 points the first has a task of the head and one of a member, the
    # second one of the other member: 16.67, 16.67 and 66.67 of 100, 33.34 each on average. The township's
    # one goal went to its organizer.
    assert shown(department.head) == (3, Decimal("16.67"), Decimal("0.50"), LoadMark.LITTLE)
    assert shown(department.members[0]) == (1, Decimal("16.67"), Decimal("0.50"), LoadMark.LITTLE)
    assert shown(department.members[1]) == (1, Decimal("66.67"), Decimal("2.00"), LoadMark.MUCH)
    assert shown(department.secretary) == (1, 0, None, LoadMark.PASSED_ON)
    assert shown(department.organizer) == (1, 100, 1, LoadMark.USUAL)
    assert loads[department.clerk.person_id].mark is LoadMark.NONE
    assert (found.marks[LoadMark.LITTLE], found.marks[LoadMark.MUCH]) == (2, 1)


def test_heads_see_their_unit_leaders_what_they_are_in_charge_of(department):
    assert [unit.unit for unit in coverage_for(department.head).units] == ["组织科"]
    assert [unit.unit for unit in coverage_for(department.leader).units] == ["组织科"]
    assert [unit.unit for unit in coverage_for(department.secretary).units] == ["城关镇"]
    assert len(coverage_for(department.minister).units) == 3


def test_the_page_names_posts_and_leads_to_the_lists(login, department):
    page = login(department.clerk).get(f"/goals/coverage?year={YEAR}").text
    assert "覆盖率 0.0%" in page
    assert f"科长 {department.head.person.name}：责任书没有起草" in page
    assert f"/goals?year={YEAR}&amp;person_id={department.head.person_id}" in page
    assert f"/letters?year={YEAR}&amp;unit_id={department.section.id}&amp;state=in_force" in page
    assert "负荷：本单位目标表 100 分中由本人承担的分数" in page
    assert '负荷偏多 <b><a href="#loads">1</a></b>' in page


@pytest.mark.parametrize("address", ["/goals/coverage", "/letters/matrix"])
def test_members_do_not_see_who_is_missing(login, department, address):
    assert login(department.members[0]).get(address).status_code == 403
    assert login(user_with_role(Role.ADM)).get(address).status_code == 403
