"""Goals made, given to many, deleted; duties of a unit (R2.2, R2.3, R2.5)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.services import Report, append_event
from fivestep_web.extensions import db
from fivestep_web.responsibility.coverage import loads
from fivestep_web.responsibility.coverage.rules import Share
from fivestep_web.responsibility.goals import assignments, completion, duty_services
from fivestep_web.responsibility.goals import bulk as goal_bulk
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.bulk import ManyError, Receiver
from fivestep_web.responsibility.goals.services import FieldError, GoalFacts, Place
from fivestep_web.responsibility.models import Goal, LetterGoal
from tests.factories.responsibility import DAY, YEAR, acting, draft, issue, letter_of

FACTS = GoalFacts(
    name="培训党务干部",
    completion_standard="培训200人次，考试合格",
    target=Decimal(200),
    measure_unit="人次",
    starts_on=date(2026, 2, 1),
    deadline=date(2026, 10, 31),
    points=Decimal(10),
)


def make(user, place, facts=FACTS):
    with unit_of_work():
        return goal_services.create_goal(acting(user), place, facts).id


def unit_goal(department, facts=FACTS, user=None):
    place = Place(YEAR, department.topic.id, department.section.id, department.head.person_id)
    return make(user or department.head, place, facts)


def task_of(department, parent_id, facts=FACTS):
    place = Place(YEAR, 0, 0, department.members[0].person_id, parent_id)
    return make(department.head, place, facts)


def add_duty(department, text="党员教育管理"):
    with unit_of_work():
        unit = duty_services.get_unit(acting(department.head), department.section.id)
        return duty_services.add_duty(acting(department.head), unit, text).id


def actions():
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.sequence)]


def test_a_unit_goal_has_code_leader_lead_and_a_line_in_the_log(department):
    goal = db.session.get(Goal, unit_goal(department))
    assert (goal.code, goal.leader_id) == (f"{department.topic.code}-1", department.topic.leader_id)
    assert [(row.person_id, row.valid_from) for row in assignments.list_periods(goal.id)] == [
        (department.head.person_id, FACTS.starts_on)
    ]
    assert actions()[-1] == "goal.created"


def test_tasks_go_to_any_depth_below_topic_and_unit_of_their_goal(department):
    first = unit_goal(department)
    second = task_of(department, first)
    third = db.session.get(Goal, task_of(department, second))
    assert third.code == f"{department.topic.code}-1-1-1"
    assert (third.topic_id, third.unit_id) == (department.topic.id, department.section.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measure_unit": ""}, "completion_standard"),
        ({"completion_standard": "进一步加强"}, "completion_standard"),
        ({"deadline": date(2027, 1, 1)}, "deadline"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(department, changes, field):
    with pytest.raises(FieldError) as caught:
        unit_goal(department, replace(FACTS, **changes))
    assert caught.value.field == field


def test_a_deliverable_needs_no_target(department):
    facts = replace(
        FACTS, target=None, measure_unit="", deliverable="考察办法", acceptance="部务会审议通过\n印发"
    )
    goal = db.session.get(Goal, unit_goal(department, facts))
    assert (goal.target, goal.deliverable) == (1, "考察办法")


def test_long_texts_are_kept_whole(department):
    text = "第一责任人职责。" * 1000
    goal = db.session.get(Goal, unit_goal(department, replace(FACTS, measures=text)))
    assert goal.measures == text


def test_another_units_goal_and_a_stranger_as_lead_are_refused(department):
    with pytest.raises(NotAllowed):
        unit_goal(department, user=department.secretary)
    place = Place(YEAR, department.topic.id, department.section.id, department.organizer.person_id)
    with pytest.raises(FieldError, match="不在这个单位任职"):
        make(department.head, place)


def test_outside_the_units_duties_a_goal_needs_a_reason_which_is_kept(department):
    unit_goal(department)
    duty_id = add_duty(department)
    with pytest.raises(FieldError, match="职责以外"):
        unit_goal(department)
    assert db.session.get(Goal, unit_goal(department, replace(FACTS, duty_id=duty_id))).duty_id == duty_id
    outside = unit_goal(department, replace(FACTS, outside_duties_reason="县委专项部署"))
    assert db.session.get(Goal, outside).outside_duties_reason == "县委专项部署"
    task = db.session.get(Goal, task_of(department, outside))
    assert task.outside_duties_reason == "县委专项部署"


def test_a_duty_taken_off_the_list_takes_no_more_goals(department):
    duty_id = add_duty(department)
    with unit_of_work():
        actor = acting(department.head)
        duty_services.end_duty(actor, duty_services.get_duty(actor, duty_id))
    unit_goal(department)
    with pytest.raises(FieldError, match="不在本单位现行职责"):
        unit_goal(department, replace(FACTS, duty_id=duty_id))


def test_duties_are_not_given_twice_nor_empty(department):
    add_duty(department)
    with pytest.raises(Conflict, match="不用重复登记"):
        add_duty(department, " 党员教育管理 ")
    with pytest.raises(DomainError, match="请填写职责内容"):
        add_duty(department, " ")


def delete(department, goal_id):
    with unit_of_work():
        goal = db.session.get(Goal, goal_id)
        goal_services.delete_goal(acting(department.head), goal, revision=goal.revision)


def test_a_goal_in_a_draft_only_is_deleted_and_logged(department):
    draft()
    task_id = department.tasks[1].id
    delete(department, task_id)
    assert db.session.get(Goal, task_id) is None
    assert db.session.query(LetterGoal).filter_by(goal_id=task_id).count() == 0
    assert actions()[-1] == "goal.deleted"


def test_what_has_tasks_a_letter_or_progress_is_not_deleted(department):
    with pytest.raises(Conflict, match="下级任务"):
        delete(department, department.goals[0].id)
    fresh = unit_goal(department)
    with unit_of_work():
        append_event(acting(department.head), db.session.get(Goal, fresh), Report(DAY, None))
    with pytest.raises(Conflict, match="进展"):
        delete(department, fresh)
    draft()
    issue(letter_of(department.head), department.clerk)
    with pytest.raises(Conflict, match="责任书"):
        delete(department, fresh)
    assert db.session.get(Goal, fresh) is not None


def give(department, receivers, parent=None):
    base = Place(YEAR, department.topic.id, parent.unit_id if parent else 0, 0, parent.id if parent else None)
    with unit_of_work():
        return [goal.id for goal in goal_bulk.create_many(acting(department.clerk), base, FACTS, receivers)]


def test_one_goal_goes_to_many_comrades_at_once(department):
    parent = department.goals[0]
    people = [user.person_id for user in (department.head, *department.members)]
    made = give(department, [Receiver(parent.unit_id, person_id) for person_id in people], parent)
    goals = [db.session.get(Goal, goal_id) for goal_id in made]
    assert [(goal.person_id, goal.parent_id) for goal in goals] == [(person, parent.id) for person in people]
    assert len({goal.code for goal in goals}) == len(people)


def test_one_goal_goes_to_many_units_under_their_own_duties(department):
    duty_id = add_duty(department)
    heads = goal_bulk.heads_of([department.section.id, department.township.id])
    receivers = [
        Receiver(unit_id, head, duty_id if unit_id == department.section.id else None)
        for unit_id, head in heads.items()
    ]
    goals = [db.session.get(Goal, goal_id) for goal_id in give(department, receivers)]
    assert [goal.person_id for goal in goals] == [department.head.person_id, department.secretary.person_id]
    assert [goal.duty_id for goal in goals] == [duty_id, None]


def test_where_one_cannot_be_given_the_goal_nobody_is(department):
    add_duty(department)
    receivers = [
        Receiver(department.township.id, department.secretary.person_id),
        Receiver(department.section.id, department.head.person_id),
        Receiver(department.section.id, None),
    ]
    before = db.session.query(Goal).count()
    with pytest.raises(ManyError) as caught:
        give(department, receivers)
    assert set(caught.value.errors) == {1, 2}
    assert db.session.query(Goal).count() == before
    with pytest.raises(DomainError, match="至少选择"):
        give(department, [])


def test_what_tasks_come_to_is_read_from_the_progress_above(department):
    goal, task = department.goals[0], department.tasks[1]
    with unit_of_work():
        append_event(acting(department.head), db.session.get(Goal, task.id), Report(DAY, Decimal(5)))
    shares, found = completion.of_year(YEAR)
    assert shares[task.id] == Decimal("0.25")
    assert (found[goal.id].tasks, found[goal.id].points) == (2, 20)
    assert found[goal.id].share == Decimal("0.13")


def test_loads_total_the_sheets_of_the_units(department):
    found = loads.list_loads(YEAR)
    assert abs(sum(share.weight for share in found.values()) - 200) < Decimal("0.05")
    assert found[department.organizer.person_id] == Share(1, Decimal(100))
    assert found[department.members[1].person_id] == Share(1, Decimal("66.67"))
    assert found[department.secretary.person_id] == Share(1, Decimal(0), is_passed_on=True)
