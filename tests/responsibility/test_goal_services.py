import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal
from tests.factories.responsibility import acting, draft, issue, letter_of

CHANGED = goal_services.GoalFacts(
    name="整顿后进村",
    completion_standard="25 个后进村全部验收合格",
    target=Decimal(25),
    measure_unit="村",
    starts_on=date(2026, 2, 1),
    deadline=date(2026, 10, 31),
    points=Decimal(60),
    indicator="验收合格村数",
    baseline=Decimal(5),
    deliverable="整顿验收报告",
    acceptance="县委组织部验收合格\n报市委组织部备案",
    measures="一村一策，每月调度",
    duty_id=None,
    outside_duties_reason="上级交办",
)


def update(user, goal, facts=CHANGED, revision=None):
    with unit_of_work():
        stored = goal_queries.get_goal(acting(user), goal.id, lock=True)
        wanted = stored.revision if revision is None else revision
        goal_services.update_goal(acting(user), stored, facts, revision=wanted)


def with_facts(**changes):
    return goal_services.GoalFacts(**{**vars(CHANGED), **changes})


def test_all_fields_change_and_the_log_keeps_the_old_values(department):
    goal = department.goals[0]
    update(department.clerk, goal)
    stored = db.session.get(Goal, goal.id)
    assert {name: getattr(stored, name) for name in vars(CHANGED)} == vars(CHANGED)
    body = db.session.scalars(select(AuditEntry.body).where(AuditEntry.action == "goal.updated")).one()
    changes = json.loads(body)["detail"]["changes"]
    assert set(changes) == set(vars(CHANGED)) - {"duty_id"}
    assert changes["deadline"] == ["2026-11-30", "2026-10-31"]


def test_saving_what_is_there_changes_and_logs_nothing(department):
    goal = db.session.get(Goal, department.goals[0].id)
    same = goal_services.GoalFacts(**{name: getattr(goal, name) for name in vars(CHANGED)})
    revision = goal.revision
    update(department.clerk, goal, same)
    assert db.session.get(Goal, goal.id).revision == revision
    assert db.session.query(AuditEntry).filter_by(action="goal.updated").count() == 0


def test_a_stale_form_is_refused(department):
    goal = department.goals[0]
    revision = goal.revision
    update(department.clerk, goal)
    with pytest.raises(Conflict, match="已被修改"):
        update(department.clerk, goal, with_facts(name="又改"), revision=revision)
    assert db.session.get(Goal, goal.id).name == "整顿后进村"


@pytest.mark.parametrize("who", ["minister", "secretary"])
def test_others_goals_are_refused(department, who):
    goal = db.session.get(Goal, department.goals[0].id)
    actor = acting(getattr(department, who))
    with pytest.raises(NotAllowed):
        goal_services.update_goal(actor, goal, CHANGED, revision=goal.revision)


@pytest.mark.parametrize("who", ["clerk", "leader", "head"])
def test_those_the_matrix_names_edit_it(department, who):
    update(getattr(department, who), department.goals[0])
    assert db.session.get(Goal, department.goals[0].id).name == "整顿后进村"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "  "}, "目标名称"),
        ({"completion_standard": " \n"}, "完成标准"),
        ({"deadline": date(2026, 1, 31)}, "早于开始日期"),
        ({"deadline": date(2027, 1, 1)}, "2026 年内"),
        ({"starts_on": date(2026, 4, 1)}, "开始日期不能晚于"),
        ({"starts_on": None, "deadline": date(2026, 3, 1)}, "完成时限不能早于"),
    ],
)
def test_what_cannot_be_is_refused_by_name(department, changes, message):
    with pytest.raises(DomainError, match=message):
        update(department.clerk, department.goals[0], with_facts(**changes))


def test_a_goal_in_an_issued_letter_is_read_only_until_it_is_objected_to_or_voided(department):
    draft()
    letter = letter_of(department.head)
    issue(letter, department.clerk)
    with pytest.raises(Conflict, match="变更程序"):
        update(department.clerk, department.goals[0])
    with unit_of_work():
        stored = queries.get_letter(acting(department.head), letter.id)
        letter_services.object_to(acting(department.head), stored, "标准过高")
    update(department.clerk, department.goals[0])
    assert db.session.get(Goal, department.goals[0].id).name == "整顿后进村"


def test_drafts_follow_changed_points_at_once(department):
    draft()
    update(department.clerk, department.goals[0])
    weights = [item.weight for item in letter_of(department.head).goals]
    assert weights == [Decimal("75.00"), Decimal("25.00")]


def test_weights_in_the_list_are_those_of_the_letters(department):
    draft()
    rows = goal_queries.list_goals(acting(department.clerk), 2026)
    shown = {row.id: row.weight for row in rows}
    for user in (department.head, department.secretary, *department.members, department.organizer):
        for item in letter_of(user).goals:
            assert shown[item.goal_id] == item.weight


def test_a_township_sees_its_own_goals_only_with_the_same_weights(department):
    everything = {row.id: row.weight for row in goal_queries.list_goals(acting(department.clerk), 2026)}
    own = goal_queries.list_goals(acting(department.organizer), 2026)
    assert {row.unit_id for row in own} == {department.township.id}
    assert all(everything[row.id] == row.weight for row in own)
