"""Goals: the lists, the task book, one goal and its form."""

import re

import pytest

from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from tests.factories.responsibility import (
    YEAR,
    GoalFactory,
    letter_of,
)
from tests.web import get, post

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("address", ["/goals", "/goals/task-book"])
def test_goal_lists_and_the_task_book(login, drafted, address):
    page = get(login(drafted.clerk), f"{address}?unit_id={drafted.section.id}&topic_id={drafted.topic.id}")
    assert page.status_code == 200
    assert drafted.goals[0].name in page.text
    assert f'type="hidden" name="topic_id" value="{drafted.topic.id}"' in page.text
    assert drafted.goals[2].name not in page.text


def test_the_goal_list_fragment_is_the_rows(login, drafted):
    assert get(login(drafted.clerk), "/goals", htmx=True).text.lstrip().startswith('<div id="goal-rows"')


def form_of(goal, **changes):
    data = {
        "name": goal.name,
        "completion_standard": goal.completion_standard,
        "target": "20",
        "measure_unit": "个",
        "starts_on": "2026-01-05",
        "deadline": "2026-11-30",
        "points": "10",
        "revision": str(goal.revision),
    }
    return data | changes


def test_a_goal_shows_its_tasks_milestones_and_letters(login, drafted):
    page = get(login(drafted.clerk), f"/goals/{drafted.goals[0].id}")
    assert page.status_code == 200
    for text in ("摸底排查", drafted.tasks[1].name, "责〔2026〕Z1号", "33.33"):
        assert text in page.text


def test_a_goal_made_after_its_letter_went_out_says_that_it_is_in_none(login, in_force, drafted):
    late = GoalFactory(topic=drafted.topic, unit=drafted.section, person=drafted.head.person)
    client, notice = login(drafted.clerk), "这项目标不在责任书 责〔2026〕Z1号 里"
    assert notice in get(client, f"/goals/{late.id}").text
    for goal in (drafted.goals[0], drafted.goals[2], drafted.tasks[1]):
        assert "这项目标不在责任书" not in get(client, f"/goals/{goal.id}").text


def test_only_who_may_ask_for_a_change_is_led_to_its_form(login, in_force, drafted):
    goal, letter = drafted.goals[0], letter_of(drafted.head)
    form, told = f"/letters/{letter.id}/changes/new", "由办公室或单位负责人申请"
    for user, is_led in ((drafted.clerk, True), (drafted.head, True), (drafted.leader, False)):
        page = get(login(user), f"/goals/{goal.id}").text
        assert (form in page, told in page) == (is_led, not is_led)
        assert get(login(user), form).status_code == (200 if is_led else 403)


def test_a_goal_without_a_first_day_runs_until_its_deadline(login, drafted):
    client, goal = login(drafted.clerk), db.session.get(Goal, drafted.goals[0].id)
    goal.starts_on, deadline = None, goal.deadline
    until = f"<dd>至{deadline.year}年{deadline.month}月{deadline.day}日</dd>"
    assert until in re.sub(r"\s+", "", get(client, f"/goals/{goal.id}").text)
    stale = post(client, f"/goals/{goal.id}/edit", form_of(goal, revision="0"))
    assert (stale.status_code, until in re.sub(r"\s+", "", stale.text)) == (409, True)


def test_a_goal_is_edited_and_the_drafts_follow(login, drafted):
    goal = db.session.get(Goal, drafted.goals[0].id)
    answer = post(login(drafted.clerk), f"/goals/{goal.id}/edit", form_of(goal, points="60"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/goals/{goal.id}")
    db.session.expire_all()
    assert str(letter_of(drafted.head).goals[0].weight) == "75"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "请填写目标名称"),
        ({"name": "长" * 401}, "最多 400 字"),
        ({"completion_standard": "  "}, "请填写完成标准"),
        ({"target": "NaN"}, "目标值应为"),
        ({"target": "Infinity"}, "目标值应为"),
        ({"target": "1e400"}, "目标值应为"),
        ({"target": "-1"}, "目标值应为"),
        ({"points": "1e-30"}, "最多 6 位小数"),
        ({"deadline": "2026-02-30"}, "完成时限"),
        ({"deadline": "2025-12-31"}, "早于开始日期"),
    ],
)
def test_a_wrong_goal_form_is_422_and_keeps_what_was_typed(login, drafted, changes, message):
    goal = db.session.get(Goal, drafted.goals[0].id)
    answer = post(login(drafted.clerk), f"/goals/{goal.id}/edit", form_of(goal, **changes))
    assert answer.status_code == 422
    assert message in answer.text
    typed = form_of(goal, **changes)
    assert all(typed[name] in answer.text for name in ("name", "completion_standard", *changes))
    assert db.session.get(Goal, goal.id).points == 10


@pytest.mark.parametrize("revision", ["", "abc", "9" * 30])
def test_a_mangled_revision_is_no_failure(login, drafted, revision):
    goal = db.session.get(Goal, drafted.goals[0].id)
    answer = post(login(drafted.clerk), f"/goals/{goal.id}/edit", form_of(goal, revision=revision))
    assert answer.status_code in {409, 422}


def test_a_stale_goal_form_is_409_beside_what_is_stored_now(login, drafted):
    goal = db.session.get(Goal, drafted.goals[0].id)
    client = login(drafted.clerk)
    old = form_of(goal, name="我的改法")
    post(client, f"/goals/{goal.id}/edit", form_of(goal, name="别人的改法"))
    answer = post(client, f"/goals/{goal.id}/edit", old)
    assert answer.status_code == 409
    assert "我的改法" in answer.text
    assert "别人的改法" in answer.text


def test_a_goal_in_an_issued_letter_offers_no_edit(login, drafted, letter):
    goal = db.session.get(Goal, drafted.goals[0].id)
    client = login(drafted.clerk)
    assert f"/goals/{goal.id}/edit" not in get(client, f"/goals/{goal.id}").text
    assert get(client, f"/goals/{goal.id}/edit").status_code == 409
    answer = post(client, f"/goals/{goal.id}/edit", form_of(goal, name="改"))
    assert answer.status_code == 409
    assert "变更程序" in answer.text


def test_fields_that_are_no_part_of_the_form_are_ignored(login, drafted):
    goal = db.session.get(Goal, drafted.goals[0].id)
    data = form_of(goal, unit_id=str(drafted.township.id), person_id="1", year="2027", state="void")
    assert post(login(drafted.clerk), f"/goals/{goal.id}/edit", data).status_code == 303
    db.session.expire_all()
    stored = db.session.get(Goal, goal.id)
    assert (stored.unit_id, stored.year) == (drafted.section.id, YEAR)
    assert stored.person_id == drafted.head.person_id


def test_others_goals_are_hidden_or_refused(login, drafted):
    own = db.session.get(Goal, drafted.goals[0].id)
    foreign = db.session.get(Goal, drafted.goals[2].id)
    township = login(drafted.secretary)
    assert get(township, f"/goals/{own.id}").status_code == 404
    assert post(township, f"/goals/{own.id}/edit", form_of(own)).status_code == 404
    section = login(drafted.head)
    assert get(section, f"/goals/{foreign.id}/edit").status_code == 403
    assert post(section, f"/goals/{foreign.id}/edit", form_of(foreign, name="x")).status_code == 403
    member = login(drafted.members[0])
    assert get(member, f"/goals/{own.id}/edit").status_code == 403
    assert get(member, "/goals/999999").status_code == 404
