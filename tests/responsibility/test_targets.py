"""A goal with a deliverable alone: nobody typed a target, so none is shown and none counts (R2.3)."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.core.errors import DomainError
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.services import FieldError, GoalFacts, Place
from fivestep_web.responsibility.letters.content import compose
from fivestep_web.responsibility.models import Goal
from tests.factories.responsibility import DAY, YEAR, acting, draft, letter_of
from tests.responsibility.changes import approve, propose, sign_both, stored
from tests.web import get, post

FACTS = GoalFacts(
    name="制定考察办法",
    completion_standard="办法印发",
    target=None,
    measure_unit="",
    starts_on=None,
    deadline=date(2026, 11, 30),
    points=Decimal(10),
    deliverable="考察办法",
    acceptance="部务会审议通过并印发",
)


@pytest.fixture
def goal_id(department):
    """The id of a unit goal with a deliverable, in the draft of its letter."""
    place = Place(YEAR, department.topic.id, department.section.id, department.head.person_id)
    with unit_of_work():
        made = goal_services.create_goal(acting(department.head), place, FACTS).id
    draft()
    return made


def target_field(page):
    """Return what stands in the field of the target."""
    field = re.search(r'<input[^>]* name="target"[^>]*>', page.text).group()
    return re.search(r'value="([^"]*)"', field).group(1)


def test_its_pages_show_no_target_and_its_progress_is_measured_by_one(login, department, goal_id):
    client = login(department.clerk)
    page = get(client, f"/goals/{goal_id}")
    assert "<dt>目标值</dt>" not in page.text
    assert target_field(get(client, f"/goals/{goal_id}/edit")) == ""
    row = get(client, "/goals", htmx=True).text.split("制定考察办法")[1].split("</tr>")[0]
    assert '<td class="numeric">—</td>' in row
    assert db.session.get(Goal, goal_id).target == 1


def test_its_letter_names_no_target(login, department, goal_id):
    code = db.session.get(Goal, goal_id).code
    letter = letter_of(department.head)
    content = compose(letter, DAY)
    assert {goal["code"]: goal["target"] for goal in content["goals"]}[code] == ""
    page = get(login(department.clerk), f"/letters/{letter.id}").text
    cell = page.split("制定考察办法<br>")[1].split("</div>")[0]
    assert "目标值" not in cell


def test_saving_it_untouched_changes_nothing(department, goal_id):
    goal = db.session.get(Goal, goal_id)
    assert goal_services.facts_of(goal) == FACTS
    with unit_of_work():
        assert not goal_services.change_facts(acting(department.head), goal, FACTS)


def test_a_unit_without_a_target_is_refused_at_the_target(department, goal_id):
    goal = db.session.get(Goal, goal_id)
    with pytest.raises(FieldError, match="还没有写目标值") as caught:
        goal_services.change_facts(acting(department.head), goal, replace(FACTS, measure_unit="个"))
    assert caught.value.field == "target"


def test_the_form_refuses_a_unit_whose_target_was_cleared(login, department, goal_id):
    data = {
        "name": FACTS.name,
        "completion_standard": FACTS.completion_standard,
        "target": "",
        "measure_unit": "个",
        "deadline": "2026-11-30",
        "points": "10",
        "revision": str(db.session.get(Goal, goal_id).revision),
    }
    client = login(department.clerk)
    answer = post(client, f"/goals/{goal_id}/edit", data)
    assert (answer.status_code, "请填写目标值和计量单位" in answer.text) == (422, True)
    kept = {"deliverable": FACTS.deliverable, "acceptance": FACTS.acceptance}
    answer = post(client, f"/goals/{goal_id}/edit", data | kept)
    assert 'id="target-error">写了计量单位' in answer.text
    assert post(client, f"/goals/{goal_id}/edit", data | kept | {"target": "3"}).status_code == 303
    assert "3个" in get(client, f"/goals/{goal_id}").text


def test_a_goal_for_many_starts_without_the_target_of_its_goal(login, department, goal_id):
    page = get(login(department.head), f"/goals/many?parent_id={goal_id}")
    assert target_field(page) == ""


def test_an_order_can_turn_a_number_into_a_deliverable(signed, login):
    goal, letter = signed.goals[0], letter_of(signed.head)
    product = {"target": "", "measure_unit": "", "deliverable": "验收报告", "acceptance": "县委组织部批复"}
    with pytest.raises(DomainError, match="还没有写目标值"):
        propose(signed.clerk, letter, {goal.id: product | {"measure_unit": "个"}})
    order = propose(signed.clerk, letter, {goal.id: product})
    new = approve(signed.leader, order)
    assert compose(new, DAY)["goals"][0]["target"] == ""
    sign_both(new, signed.head, signed.leader)
    assert stored(goal).target == 1
    client = login(signed.clerk)
    page = get(client, f"/letters/{letter_of(signed.head).id}/changes/new").text
    assert re.search(rf'name="goal-{goal.id}-target"[^>]* value=""', page)
