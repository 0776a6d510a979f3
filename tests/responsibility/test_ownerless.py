"""Goals nobody carries: one list, one count, one guard, wherever they are shown (R2.5, R2.12)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Permission
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.dashboard.queries import watched
from fivestep_web.extensions import db
from fivestep_web.org.models import PostHolding
from fivestep_web.responsibility.coverage.loads import list_loads
from fivestep_web.responsibility.coverage.queries import read_coverage
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.ownerless import list_ownerless
from fivestep_web.responsibility.models import Goal
from tests.factories.org import PositionFactory, PostHoldingFactory
from tests.factories.responsibility import DAY, YEAR, acting, bring_into_force, draft, issue, letter_of

BEFORE = DAY - timedelta(days=1)


def leave(user, last_day=BEFORE):
    db.session.query(PostHolding).filter_by(person_id=user.person_id).one().valid_to = last_day
    db.session.commit()


def join(user, unit, first_day=DAY):
    PostHoldingFactory(person=user.person, position=PositionFactory(unit=unit), valid_from=first_day)


def listed(user, permission=Permission.GOAL_EDIT):
    return [row.id for row in list_ownerless(acting(user), YEAR, permission)]


def everywhere(department):
    """Return what the list to hand over, the coverage page and the leaders' three figures say."""
    covered = read_coverage(acting(department.clerk), YEAR).ownerless
    return (
        listed(department.clerk),
        [row.id for row in covered],
        watched(acting(department.minister), YEAR, DAY).without_owner,
    )


def test_who_leaves_puts_the_goals_on_the_list_and_who_takes_over_takes_them_off(department):
    assert everywhere(department) == ([], [], 0)
    leave(department.members[0])
    task_id = department.tasks[1].id
    assert everywhere(department) == ([task_id], [task_id], 1)
    with unit_of_work():
        task = db.session.get(Goal, task_id)
        assignments.set_lead(acting(department.head), task, department.members[1].person_id)
    assert everywhere(department) == ([], [], 0)


def test_who_moves_to_another_unit_leaves_the_goals_behind_on_every_page(department):
    leave(department.members[0])
    join(department.members[0], department.township)
    task_id = department.tasks[1].id
    assert everywhere(department) == ([task_id], [task_id], 1)


def test_what_somebody_left_behind_weighs_on_nobody(department):
    assert list_loads(YEAR)[department.members[0].person_id].weight == Decimal("16.67")
    leave(department.members[0])
    join(department.members[0], department.township)
    found = list_loads(YEAR)
    assert department.members[0].person_id not in found
    assert abs(sum(share.weight for share in found.values()) - Decimal("183.33")) < Decimal("0.05")
    members = {
        member.person_id: member
        for unit in read_coverage(acting(department.clerk), YEAR).units
        for member in unit.members
    }
    assert members[department.members[0].person_id].why == "没有目标"


def test_another_post_in_the_same_unit_changes_nothing(department):
    leave(department.members[0])
    join(department.members[0], department.section)
    assert everywhere(department) == ([], [], 0)


@pytest.mark.parametrize("last_day", [DAY, date(YEAR, 12, 31)])
def test_until_the_last_day_has_passed_nobody_has_left(department, last_day):
    leave(department.members[0], last_day)
    join(department.members[0], department.township)
    assert everywhere(department) == ([], [], 0)


def test_who_leads_a_goal_from_another_unit_and_never_was_in_its_own_carries_it(department):
    with unit_of_work():
        goal = db.session.get(Goal, department.goals[0].id)
        assignments.change_lead(goal, department.leader.person_id, DAY)
    assert everywhere(department) == ([], [], 0)
    join(department.leader, department.section, DAY + timedelta(days=30))
    assert everywhere(department) == ([], [], 0)


def test_each_sees_those_of_the_own_reach(department):
    leave(department.members[0])
    assert listed(department.head) == listed(department.clerk) == [department.tasks[1].id]
    assert listed(department.secretary) == []
    assert listed(department.secretary, Permission.COVERAGE_READ) == []
    assert listed(department.leader, Permission.COVERAGE_READ) == [department.tasks[1].id]


def test_no_letter_goes_out_with_a_task_whose_owner_moved_away(department):
    draft()
    bring_into_force(letter_of(department.head), department.clerk, department.head, department.leader)
    issue(letter_of(department.members[1]), department.clerk)
    leave(department.members[0])
    join(department.members[0], department.township)
    with pytest.raises(DomainError, match="已调出本单位"):
        issue(letter_of(department.members[0]), department.clerk)


def test_the_pages_say_the_same(login, department):
    leave(department.members[0])
    join(department.members[0], department.township)
    client, name = login(department.clerk), department.members[0].person.name
    assert "没有责任人 1 项" in client.get(f"/goals?year={YEAR}").text
    assert name in client.get(f"/goals/ownerless?year={YEAR}").text
    assert f"{name}（已离岗或调出）" in client.get(f"/goals/coverage?year={YEAR}").text
    assert "没有责任人的目标 <b>1</b>" in client.get(f"/?year={YEAR}").text


def test_who_may_not_ask_for_a_change_is_told_who_does(login, department):
    draft()
    bring_into_force(letter_of(department.head), department.clerk, department.head, department.leader)
    leave(department.head)
    for user, is_led in ((department.clerk, True), (department.leader, False)):
        page = login(user).get(f"/goals/ownerless?year={YEAR}").text
        assert ("走变更程序" in page, "由办公室或单位负责人申请变更" in page) == (is_led, not is_led)


def test_the_list_needs_the_same_statements_however_many_units_it_names(login, department, count_queries):
    client = login(department.clerk)

    def statements():
        count_queries.statements.clear()
        assert client.get(f"/goals/ownerless?year={YEAR}").status_code == 200
        return len(count_queries)

    leave(department.members[0])
    statements()
    one = statements()
    leave(department.organizer)
    assert len(listed(department.clerk)) == 2
    assert statements() == one
