"""Pages of change orders and versions: what is typed stays, what is new is shown."""

import re

import pytest
import time_machine

from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.rules import ChangeState
from tests.factories.responsibility import letter_of
from tests.responsibility.changes import approve, object_to, propose, sign_both, take_back, void, withdraw
from tests.web import get, post

pytestmark = pytest.mark.one_database


def test_a_change_is_asked_for_and_approved_on_its_pages(signed, login):
    letter, goal = letter_of(signed.head), signed.goals[0]
    url = f"/letters/{letter.id}/changes/new"
    page = get(login(signed.clerk), url)
    assert page.status_code == 200
    assert goal.name in page.text
    data = {"reason": "上级要求提前", "effective_on": "2026-01-12", f"goal-{goal.id}-target": "24"}
    assert post(login(signed.clerk), url, data).status_code == 303
    order = db.session.query(ChangeOrder).one()
    assert order.number in get(login(signed.leader), "/changes?mine=1").text
    shown = get(login(signed.leader), f"/changes/{order.id}").text
    assert "目标值" in shown
    assert post(login(signed.leader), f"/changes/{order.id}/approve").status_code == 303
    assert db.session.get(ChangeOrder, order.id).state is ChangeState.APPROVED


def test_what_was_typed_stays_when_it_is_refused_at_its_cell(signed, login):
    letter, goal = letter_of(signed.head), signed.goals[0]
    data = {
        "reason": "写了很久的理由",
        "effective_on": "2026-01-12",
        f"goal-{goal.id}-target": "二十四",
        f"goal-{goal.id}-name": "改过的名称",
    }
    answer = post(login(signed.clerk), f"/letters/{letter.id}/changes/new", data)
    assert answer.status_code == 422
    for text in ("写了很久的理由", "二十四", "改过的名称", f'id="goal-{goal.id}-target-error"'):
        assert text in answer.text
    assert db.session.query(ChangeOrder).count() == 0


@pytest.mark.parametrize(
    ("data", "field", "why"),
    [
        ({"kind": "amend", "effective_on": "2027-01-05"}, "effective_on", "最晚为今天"),
        ({"kind": "handover", "successor_id": "0"}, "successor_id", "请选择由谁承接"),
        ({"kind": "reassign", "successor_id": "0"}, "successor_id", "请选择由谁承接"),
    ],
)
def test_a_refusal_stands_at_its_field_and_once_above_the_form(signed, login, data, field, why):
    letter = letter_of(signed.head if data["kind"] == "amend" else signed.members[0])
    goal = letter.goals[0].goal
    typed = {"reason": "分工调整", "effective_on": "2026-01-12", f"goal-{goal.id}-target": "24"}
    answer = post(login(signed.clerk), f"/letters/{letter.id}/changes/new", typed | data)
    assert answer.status_code == 422
    assert re.search(f'id="{field}-error">[^<]*{why}', answer.text)
    assert len(re.findall(f"<li>[^\n]*{why}", answer.text)) == 1


def test_while_it_waits_an_order_says_who_decides(signed, login):
    order = propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: {"target": "24"}})
    words = "等主管领导、常务副部长或部长批准"
    assert words in get(login(signed.clerk), f"/changes/{order.id}").text
    assert words not in get(login(signed.leader), f"/changes/{order.id}").text


def test_what_a_goal_already_due_is_judged_by_is_shown_but_not_offered(signed, login):
    letter, goal = letter_of(signed.head), signed.goals[0]
    url, cell = f"/letters/{letter.id}/changes/new", f"goal-{goal.id}-target"
    assert f'name="{cell}"' in get(login(signed.clerk), url).text
    with time_machine.travel("2026-12-31T02:00:00+00:00", tick=True):
        client = login(signed.clerk)
        page = get(client, url).text
        assert "按到期时的要求考核，以下内容不能再变更" in page
        assert f'name="{cell}"' not in page
        assert f'name="goal-{goal.id}-measures"' in page
        data = {
            "reason": "上级要求提前",
            "effective_on": "2026-12-31",
            f"goal-{goal.id}-measures": "每周调度",
        }
        refused = post(client, url, data | {cell: "24"})
        assert refused.status_code == 422
        assert f'id="{cell}-error"' in refused.text
        assert "请去掉这一项" in refused.text
        assert post(client, url, data).status_code == 303
    assert [item.field for item in db.session.query(ChangeOrder).one().items] == ["measures"]


def test_a_letter_shows_every_version_and_what_is_new_in_this_one(signed, login):
    old, goal = letter_of(signed.head), signed.goals[0]
    new = approve(signed.leader, propose(signed.clerk, old, {goal.id: {"name": "整顿后进村二十个"}}))
    client = login(signed.head)
    assert "正在变更" in get(client, f"/letters/{old.id}").text
    page = get(client, f"/letters/{new.id}").text
    assert "与第1版的不同" in page
    assert "<del>" in page
    assert "<ins>" in page
    sign_both(new, signed.head, signed.leader)
    page = get(login(signed.head), f"/letters/{old.id}").text
    assert "已由第2版替换" in page
    assert "已变更" in page
    for number in (1, 2):
        shown = get(login(signed.head), f"/letters/{new.id}/versions/{number}")
        assert signed.head.person.name in shown.text
        assert "签署情况" in shown.text
    compared = get(login(signed.head), f"/letters/{old.id}/compare?old=1&new=2").text
    assert "（新增：）</span>整顿后进村二十个" in compared
    assert get(login(signed.secretary), f"/letters/{old.id}/versions/1").status_code == 404
    assert get(login(signed.head), f"/letters/{old.id}/versions/9").status_code == 404


def test_after_an_objection_the_new_version_shows_who_objected_what_changed(signed, login):
    old, goal = letter_of(signed.head), signed.goals[0]
    order = propose(signed.clerk, old, {goal.id: {"target": "40"}})
    new = approve(signed.leader, order)
    object_to(signed.head, new)
    take_back(signed.clerk, new)
    data = {"reason": "改为三十个", "effective_on": "2026-01-12", f"goal-{goal.id}-target": "30"}
    revision = db.session.get(ChangeOrder, order.id).revision
    edit = f"/changes/{order.id}/edit"
    assert get(login(signed.clerk), edit).status_code == 200
    assert post(login(signed.clerk), edit, data | {"revision": revision - 1}).status_code == 422
    assert post(login(signed.clerk), edit, data | {"revision": revision}).status_code == 303
    approve(signed.leader, order)
    page = get(login(signed.head), f"/letters/{new.id}").text
    assert "与第2版的不同" in page
    assert "（删去：）</span>40" in page
    assert "（新增：）</span>30" in page


def test_the_order_says_why_it_was_objected_to_and_what_comes_next(signed, login):
    order = propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: {"target": "40"}})
    new = approve(signed.leader, order)
    url, link = f"/changes/{order.id}", f'href="/letters/{new.id}">打开新责任书'
    assert "提出异议" not in get(login(signed.leader), url).text
    object_to(signed.head, new, "人手不够")
    reader = get(login(signed.head), url).text
    assert f"{signed.head.person.name}对新责任书提出异议：人手不够" in reader
    assert "请先在新责任书页面上退回起草" in get(login(signed.clerk), url).text
    assert link in get(login(signed.clerk), url).text
    assert link not in reader
    take_back(signed.clerk, new)
    page = get(login(signed.clerk), url).text
    assert "请修改变更内容后重新提交" in page
    assert f'href="{url}/edit"' in page


def test_an_order_that_ended_says_who_ended_it_and_why(signed, login):
    letter, change = letter_of(signed.head), {signed.goals[0].id: {"target": "40"}}
    voided = propose(signed.clerk, letter, change)
    void(signed.clerk, approve(signed.leader, voided), "县里取消了这项任务")
    page = get(login(signed.head), f"/changes/{voided.id}").text
    assert "终止" in page
    assert "县里取消了这项任务" in page
    withdrawn = propose(signed.clerk, letter, change)
    assert "终止" not in get(login(signed.head), f"/changes/{withdrawn.id}").text
    withdraw(signed.clerk, withdrawn)
    assert "终止" in get(login(signed.head), f"/changes/{withdrawn.id}").text


@pytest.mark.parametrize("who", ["members", "organizer"])
def test_those_outside_see_neither_order_nor_form(signed, login, who):
    order = propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: {"name": "别的"}})
    user = getattr(signed, who)
    client = login(user[0] if who == "members" else user)
    assert get(client, f"/changes/{order.id}").status_code == 404
    assert get(client, f"/letters/{letter_of(signed.head).id}/changes/new").status_code in (403, 404)


def test_a_letter_in_force_offers_its_change(signed, login):
    page = get(login(signed.clerk), f"/letters/{letter_of(signed.head).id}").text
    assert "申请变更" in page
    assert "申请变更" not in get(login(signed.leader), f"/letters/{letter_of(signed.head).id}").text
