"""The form of a new goal: nothing is chosen for the person, nothing typed is lost."""

import re

import pytest

from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import duty_services
from fivestep_web.responsibility.models import Goal
from tests.factories.responsibility import TopicFactory, acting
from tests.web import get, post


@pytest.fixture
def topics(department):
    """Two topics, so that one of them has to be chosen."""
    other = TopicFactory(lead_unit=department.section, leader=department.leader.person)
    return department.topic.id, other.id


def lists_of(page):
    """Return the first label of each list of a page and the label chosen in it, by the list's name."""
    found = {}
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        options = re.findall(r"<option([^>]*)>([^<]*)</option>", inside)
        chosen = [label for attributes, label in options if "selected" in attributes]
        found[name] = (options[0][1], chosen[0] if chosen else options[0][1])
    return found


def new_goal(department, **changes):
    data = {
        "unit_id": department.section.id,
        "topic_id": department.topic.id,
        "person_id": department.head.person_id,
        "name": "培训党务干部",
        "completion_standard": "培训200人次，考试合格",
        "target": "200",
        "measure_unit": "人次",
        "deadline": "2026-10-31",
        "points": "10",
    }
    return data | changes


@pytest.mark.usefixtures("topics")
def test_topic_and_person_of_a_new_goal_have_to_be_chosen(login, department):
    page = get(login(department.clerk), f"/goals/new?unit_id={department.section.id}")
    lists = lists_of(page)
    assert (lists["topic_id"], lists["person_id"]) == (("请选择", "请选择"), ("请选择", "请选择"))
    for label in ("课题", "责任人"):
        assert re.search(rf'<label class="form-label"[^>]*>{label}\s*</label>', page.text)


@pytest.mark.parametrize("missing", [{"topic_id": "", "person_id": ""}, {}])
@pytest.mark.usefixtures("topics")
def test_without_a_choice_nothing_is_made_and_what_was_typed_stays(login, department, missing):
    before = db.session.query(Goal).count()
    data = new_goal(department)
    del data["topic_id"], data["person_id"]
    answer = post(login(department.clerk), "/goals/new", data | missing)
    assert answer.status_code == 422
    for field, message in (("topic_id", "请选择课题"), ("person_id", "请选择责任人")):
        assert f'id="{field}-error">{message}<' in answer.text
    assert "培训200人次，考试合格" in answer.text
    assert db.session.query(Goal).count() == before


@pytest.mark.parametrize("field", ["topic_id", "person_id"])
@pytest.mark.usefixtures("topics")
def test_what_is_not_on_the_list_is_refused_at_the_list(login, department, field):
    answer = post(login(department.clerk), "/goals/new", new_goal(department, **{field: "9" * 30}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_the_only_topic_there_is_needs_no_choosing(login, department):
    page = get(login(department.clerk), f"/goals/new?unit_id={department.section.id}")
    assert lists_of(page)["topic_id"][1].endswith(department.topic.name)


@pytest.mark.parametrize(
    ("field", "most", "message"),
    [
        ("name", 400, "目标名称最多 400 字"),
        ("indicator", 200, "指标名称最多 200 字"),
        ("measure_unit", 40, "计量单位最多 40 字"),
        ("outside_duties_reason", 2000, "理由最多 2000 字"),
    ],
)
def test_a_text_that_is_too_long_is_refused_and_stays_whole(login, department, field, most, message):
    client, long = login(department.clerk), "长" * (most + 50)
    actor, unit = acting(department.head), department.section
    duty_services.add_duty(actor, duty_services.get_unit(actor, unit.id), "党员教育管理")
    page = get(client, f"/goals/new?unit_id={unit.id}")
    assert "maxlength" not in re.search(rf'<[^>]* name="{field}"[^>]*>', page.text).group()
    answer = post(client, "/goals/new", new_goal(department, duty="outside", **{field: long}))
    assert answer.status_code == 422
    assert f'id="{field}-error">{message}' in answer.text
    assert long in answer.text


def test_a_duty_that_is_too_long_is_refused_and_stays_whole(login, department):
    client, long = login(department.clerk), "长" * 550
    page = get(client, f"/duties?unit_id={department.section.id}")
    assert "maxlength" not in re.search(r'<textarea id="text"[^>]*>', page.text).group()
    answer = post(client, f"/duties/units/{department.section.id}", {"text": long})
    assert (answer.status_code, "最多 500 字" in answer.text, long in answer.text) == (422, True, True)


@pytest.mark.usefixtures("topics")
def test_a_task_has_the_topic_of_its_goal_and_needs_a_person(login, department):
    client, parent = login(department.head), department.goals[0].id
    assert lists_of(get(client, f"/goals/new?parent_id={parent}")) == {"person_id": ("请选择", "请选择")}
    data = new_goal(department, parent_id=parent)
    del data["topic_id"]
    assert "请选择责任人" in post(client, "/goals/new", data | {"person_id": ""}).text
    assert post(client, "/goals/new", data).status_code == 303
    assert db.session.query(Goal).filter_by(name="培训党务干部").one().parent_id == parent


@pytest.mark.usefixtures("topics")
def test_a_goal_for_many_units_needs_a_topic_and_a_duty_or_the_word_outside(login, department):
    actor, client = acting(department.head), login(department.clerk)
    unit = department.section
    duty_services.add_duty(actor, duty_services.get_unit(actor, unit.id), "党员教育管理")
    lists = lists_of(get(client, "/goals/many"))
    assert lists["topic_id"] == ("请选择", "请选择")
    assert lists[f"duty-{unit.id}"] == ("请选择对应的职责", "请选择对应的职责")
    data = new_goal(department, receiver=str(unit.id), outside_duties_reason="部务会议定")
    assert "请选择课题" in post(client, "/goals/many", data | {"topic_id": ""}).text
    refused = post(client, "/goals/many", data | {f"duty-{unit.id}": ""})
    assert re.search(rf'id="receiver-{unit.id}-error">请选择对应的职责', refused.text)
    data |= {f"duty-{unit.id}": "outside"}
    assert post(
        client, "/goals/many", data | {"confirmed": stamp_in(post(client, "/goals/many", data))}
    ).location
    made = db.session.query(Goal).filter_by(name="培训党务干部").one()
    assert (made.duty_id, made.outside_duties_reason) == (None, "部务会议定")


def stamp_in(page):
    return re.search(r'name="confirmed" value="([0-9a-f]{64})"', page.text).group(1)


@pytest.mark.usefixtures("topics")
def test_what_changed_after_the_preview_is_shown_again_before_it_is_given_to_many(login, department):
    client = login(department.head)
    first, second = (str(member.person_id) for member in department.members)
    data = new_goal(department, parent_id=department.goals[0].id, receiver=first)
    confirmed = {"confirmed": stamp_in(post(client, "/goals/many", data))}
    again = post(client, "/goals/many", data | {"receiver": [first, second]} | confirmed)
    assert (again.status_code, "核对：将下达 2 项" in again.text) == (200, True)
    assert "核对以后又改过，还没有下达" in again.text
    assert db.session.query(Goal).filter_by(name="培训党务干部").count() == 0
    post(client, "/goals/many", data | confirmed)
    assert db.session.query(Goal).filter_by(name="培训党务干部").count() == 1


def test_a_helpers_role_has_to_be_chosen_and_the_comrade_stays(login, department):
    client, goal = login(department.head), department.goals[0].id
    assert lists_of(get(client, f"/goals/{goal}"))["role"] == ("请选择", "请选择")
    data = {"person_id": department.members[0].person_id, "role": ""}
    answer = post(client, f"/goals/{goal}/helpers", data)
    assert (answer.status_code, "请选择分工" in answer.text) == (422, True)
    assert f'value="{data["person_id"]}" selected' in answer.text
