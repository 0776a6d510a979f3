"""Pages of tasks that go to another comrade: form, order, both letters, and what strangers verify."""

import pytest
from sqlalchemy import select

from fivestep_web.audit.verification import verify
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.rules import LetterState
from tests.factories.evidence import evidence_text, verifier
from tests.factories.responsibility import letter_of, sign
from tests.responsibility.changes import approve, drawn_up, reassign, sign_both, stored
from tests.web import get, post

pytestmark = pytest.mark.one_database


def test_the_pages_lead_from_the_letter_to_both_new_ones(signed, giver, taker, login):
    old, tasks = letter_of(giver), giver.tasks
    url = f"/letters/{old.id}/changes/new?kind=reassign"
    assert url.removeprefix("/letters") in get(login(signed.clerk), f"/letters/{old.id}").text
    assert "kind=reassign" not in get(login(signed.clerk), f"/letters/{letter_of(signed.head).id}").text
    form = get(login(signed.clerk), url).text
    assert f"{taker.person.name}（{taker.person.code}），现有目标 1 项" in form
    data = {
        "kind": "reassign",
        "tasks": [task.id for task in tasks],
        "successor_id": taker.person_id,
        "reason": "任务过重，分给新同志",
        "effective_on": "2026-01-12",
    }
    refused = post(login(signed.clerk), url, data)
    assert refused.status_code == 422
    assert "整份移交" in refused.text
    assert "任务过重，分给新同志" in refused.text
    assert refused.text.count(" checked ") == len(tasks)
    assert post(login(signed.clerk), url, data | {"tasks": [tasks[0].id]}).status_code == 303
    order = db.session.scalars(select(ChangeOrder)).one()
    edit = f"/changes/{order.id}/edit"
    assert get(login(signed.clerk), edit).text.count(" checked ") == 1
    again = data | {"tasks": [tasks[1].id, tasks[2].id], "revision": order.revision}
    assert post(login(signed.clerk), edit, again).status_code == 303
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    shown = get(login(signed.leader), f"/changes/{order.id}").text
    for letter, person in ((new, taker.person), (kept, giver.person)):
        assert f"{letter.number} 第2版" in shown
        assert person.name in shown
    assert "与第1版的不同" in get(login(taker), f"/letters/{new.id}").text
    assert order.number in get(login(taker), f"/letters/{new.id}").text
    assert f"/changes/{order.id}" not in get(login(taker), f"/letters/{new.id}").text
    sign(new, taker)
    assert f"要等{giver.person.name}签署" in get(login(signed.head), f"/letters/{new.id}").text
    assert "确认签署" not in get(login(signed.head), f"/letters/{new.id}").text
    assert "轮到甲方" not in get(login(signed.head), f"/letters/{new.id}").text
    assert f"要等{giver.person.name}签署" in get(login(signed.leader), f"/changes/{order.id}").text


def test_a_whole_letter_is_handed_over_from_its_page_though_nobody_moved(signed, giver, taker, login):
    old = letter_of(giver)
    url = f"/letters/{old.id}/changes/new?kind=handover"
    assert "承接人" in get(login(signed.clerk), url).text
    data = {"kind": "handover", "reason": "分工调整", "effective_on": "2026-01-12"}
    assert "请选择由谁承接" in post(login(signed.clerk), url, data).text
    assert post(login(signed.clerk), url, data | {"successor_id": taker.person_id}).status_code == 303
    new = approve(signed.leader, db.session.scalars(select(ChangeOrder)).one())
    sign_both(new, taker, signed.head)
    assert stored(old).state is LetterState.SUPERSEDED
    assert verify().faults == ()


def test_both_new_letters_prove_themselves_and_the_old_ones_lead_to_them(signed, giver, taker, client):
    old = [letter_of(taker), letter_of(giver)]
    order = reassign(signed.clerk, old[1], giver.tasks[:1], taker=taker)
    approve(signed.leader, order)
    new = drawn_up(order)
    sign(new[1], giver)
    for letter, responsible in zip(new, ([taker], []), strict=True):
        for user in (*responsible, signed.head):
            sign(letter, user)
        verifier.check(evidence_text(signed, stored(letter)).encode())
    for before, after in zip(old, new, strict=True):
        page = get(client, f"/verify/{stored(before).versions[-1].serial}").text
        assert "已变更" in page
        assert stored(after).versions[-1].serial in page
        assert "真实有效" in get(client, f"/verify/{stored(after).versions[-1].serial}").text
        verifier.check(evidence_text(signed, stored(before)).encode())
