"""Who carries a goal from when to when; what helpers may do (R2.5)."""

from datetime import date

import pytest

from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.services import Report, append_event
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Assignment, Goal
from fivestep_web.responsibility.rules import AssignmentRole
from tests.factories.responsibility import DAY, acting

LEAD, ASSIST, READ = AssignmentRole.LEAD, AssignmentRole.ASSIST, AssignmentRole.READ


def stored(goal):
    return db.session.get(Goal, goal.id)


def periods(goal):
    return [
        (row.role, row.person_id, row.valid_from, row.valid_to) for row in assignments.list_periods(goal.id)
    ]


def hand_over(user, goal, to):
    with unit_of_work():
        return assignments.set_lead(acting(user), stored(goal), to.person_id)


def help_with(department, goal, user, role):
    with unit_of_work():
        return assignments.add_helper(acting(department.head), stored(goal), user.person_id, role).id


def test_handing_over_keeps_both_periods_and_moves_the_lead(department):
    goal, old, new = department.tasks[1], department.members[0], department.members[1]
    assert hand_over(department.head, goal, new)
    assert stored(goal).person_id == new.person_id
    assert periods(goal) == [
        (LEAD, new.person_id, DAY, None),
        (LEAD, old.person_id, date(2026, 1, 5), date(2026, 1, 11)),
    ]
    assert not hand_over(department.head, goal, new)
    assert len(periods(goal)) == 2


def test_a_period_that_had_not_begun_is_taken_away(department):
    goal, new = department.tasks[1], department.members[1]
    with unit_of_work():
        assignments.change_lead(stored(goal), new.person_id, date(2026, 1, 3))
    assert periods(goal) == [(LEAD, new.person_id, date(2026, 1, 3), None)]


def test_a_helper_who_takes_the_lead_helps_no_longer(department):
    goal, member = department.tasks[1], department.members[1]
    help_with(department, goal, member, ASSIST)
    hand_over(department.head, goal, member)
    assert [row[:2] for row in periods(goal) if row[3] is None] == [(LEAD, member.person_id)]


def test_who_is_not_in_post_in_the_unit_cannot_lead(department):
    with pytest.raises(DomainError, match="不在这个单位任职"):
        hand_over(department.head, department.tasks[1], department.organizer)
    with pytest.raises(NotAllowed):
        hand_over(department.secretary, department.tasks[1], department.members[1])


def test_a_helper_of_another_unit_sees_the_goal_with_its_weight_until_the_role_ends(department):
    goal, organizer = department.goals[0], department.organizer
    with pytest.raises(NotFound):
        goal_queries.get_goal(acting(organizer), goal.id)
    added = help_with(department, goal, organizer, READ)
    assert goal_queries.get_goal(acting(organizer), goal.id).id == goal.id
    rows = {row.id: row for row in goal_queries.list_goals(acting(organizer), 2026)}
    everything = {row.id: row for row in goal_queries.list_goals(acting(department.clerk), 2026)}
    assert goal.id in rows
    assert department.goals[1].id not in rows
    assert rows[goal.id].weight == everything[goal.id].weight
    with unit_of_work():
        assignments.end(acting(department.head), stored(goal), added)
    with pytest.raises(NotFound):
        goal_queries.get_goal(acting(organizer), goal.id)
    assert (READ, organizer.person_id, DAY, DAY) in periods(goal)


@pytest.mark.parametrize(("role", "may"), [(ASSIST, True), (AssignmentRole.SUPERVISE, False), (READ, False)])
def test_only_who_assists_may_report(department, role, may):
    goal, organizer = department.goals[0], department.organizer
    help_with(department, goal, organizer, role)
    with unit_of_work():
        if may:
            assert append_event(acting(organizer), stored(goal), Report(DAY, None)).goal_id == goal.id
        else:
            with pytest.raises(NotAllowed):
                append_event(acting(organizer), stored(goal), Report(DAY, None))


def test_a_role_given_anew_ends_the_one_before(department):
    goal, organizer = department.goals[0], department.organizer
    first = help_with(department, goal, organizer, READ)
    assert help_with(department, goal, organizer, READ) == first
    help_with(department, goal, organizer, ASSIST)
    living = [row[:2] for row in periods(goal) if row[3] is None]
    assert living == [(LEAD, department.head.person_id), (ASSIST, organizer.person_id)]


def test_the_lead_cannot_help_too_nor_be_ended(department):
    goal = department.goals[0]
    with pytest.raises(Conflict, match="已是责任人"):
        help_with(department, goal, department.head, ASSIST)
    lead = assignments.list_periods(goal.id)[0].id
    with unit_of_work(), pytest.raises(Conflict, match="移交"):
        assignments.end(acting(department.head), stored(goal), lead)
    with unit_of_work(), pytest.raises(NotFound):
        assignments.end(acting(department.head), stored(department.goals[1]), lead)


def test_an_import_gives_each_goal_its_period_and_a_new_owner_a_new_one(department):
    db.session.query(Assignment).delete()
    with unit_of_work():
        assignments.follow_leads(2026)
    goal, new = department.tasks[1], department.members[1]
    assert len(periods(goal)) == 1
    with unit_of_work():
        stored(goal).person_id = new.person_id
        assignments.follow_leads(2026)
    assert [row[:2] for row in periods(goal)] == [
        (LEAD, new.person_id),
        (LEAD, department.members[0].person_id),
    ]
