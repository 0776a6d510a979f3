"""R2.1, R2.12: a goal made after its letter went out gets into the letter by a change order."""

import re
from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import services as ledger_services
from fivestep_web.ledger.queries import standings
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes import taken_in
from fivestep_web.responsibility.changes.queries import facts_before
from fivestep_web.responsibility.goals.services import find_fixing_letter
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.rules import ChangeState, LetterState
from tests.factories.responsibility import DAY, GoalFactory, acting, issue, letter_of
from tests.responsibility.changes import (
    approve,
    drawn_up,
    object_to,
    proposal,
    propose,
    refuse,
    sign_both,
    stored,
    take_back,
    void,
)
from tests.web import get, post


@pytest.fixture
def late(signed):
    """A unit goal made after the section's letter came into force."""
    head = signed.head.person_id
    return GoalFactory(topic=signed.topic, unit=signed.section, person_id=head, points=Decimal(10))


def weights(letter):
    return {item.goal_id: item.weight for item in stored(letter).goals}


def taking(user, letter, *goals, changes=()):
    return propose(user, letter, changes, taken_in=goals, reason="上级新部署")


def test_it_is_in_the_new_letter_and_in_the_ledger_once_both_signed(signed, late):
    old = letter_of(signed.head)
    order = taking(signed.clerk, old, late)
    (item,) = order.items
    assert (item.field, item.before) == ("taken_in", "")
    assert {f"名称：{late.name}", "完成时限：2026年11月30日", "基本分（权重）：10"} <= set(
        item.after.split("\n")
    )
    new = approve(signed.leader, order)
    assert weights(old).keys() == {goal.id for goal in signed.goals[:2]}
    assert weights(new) == dict(
        zip(
            [goal.id for goal in (*signed.goals[:2], late)],
            [Decimal(25), Decimal(50), Decimal(25)],
            strict=True,
        )
    )
    assert late.code in {row["code"] for row in letter_services.current_version(stored(new)).content["goals"]}
    assert find_fixing_letter(late) == new.number
    sign_both(new, signed.head, signed.leader)
    with unit_of_work():
        ledger_services.open_entries(SYSTEM, new.id)
    assert late.id in {row.goal_id for row in standings(DAY, year=2026)}
    assert facts_before(date(2026, 1, 11)) == {}
    assert taken_in.list_left_out(stored(new)) == []
    assert stored(order).state is ChangeState.IN_FORCE
    assert verify().faults == ()


def test_other_facts_change_in_the_same_order(signed, late):
    first, second = signed.goals[:2]
    changes = {first.id: {"points": "30"}, second.id: {"points": "60"}}
    new = approve(signed.leader, taking(signed.clerk, letter_of(signed.head), late, changes=changes))
    assert weights(new) == {first.id: Decimal(30), second.id: Decimal(60), late.id: Decimal(10)}


def test_typed_weights_are_shares_of_the_new_sheet(signed, late):
    for goal, points in zip((*signed.goals[:2], late), (40, 60, 25), strict=True):
        goal.points, goal.is_weight_typed = Decimal(points), True
    db.session.commit()
    new = approve(signed.leader, taking(signed.clerk, letter_of(signed.head), late))
    assert list(weights(new).values()) == [Decimal(32), Decimal(48), Decimal(20)]


def test_only_what_the_letter_was_to_carry_can_be_taken_in(signed, late):
    due = GoalFactory(
        topic=signed.topic, unit=signed.section, person_id=signed.head.person_id, deadline=date(2026, 1, 11)
    )
    others = GoalFactory(topic=signed.topic, unit=signed.township, person_id=signed.secretary.person_id)
    task = GoalFactory(topic=signed.topic, unit=signed.section, parent=late, person_id=signed.head.person_id)
    for goal in (due, others, task, signed.goals[0]):
        with pytest.raises(DomainError, match="还没有写进责任书"):
            taking(signed.clerk, letter_of(signed.head), late, goal)


def test_what_changed_since_it_was_asked_for_is_not_approved(signed, late):
    order = taking(signed.clerk, letter_of(signed.head), late)
    late.completion_standard = "10 个后进村全部验收合格"
    db.session.commit()
    with pytest.raises(Conflict, match="已有变化"):
        approve(signed.leader, order)
    assert stored(order).state is ChangeState.PROPOSED


def test_what_fell_due_or_went_elsewhere_since_is_not_approved(signed, late):
    order = taking(signed.clerk, letter_of(signed.head), late)
    late.unit_id = signed.township.id
    db.session.commit()
    with pytest.raises(DomainError, match="移交"):
        approve(signed.leader, order)


def test_after_an_objection_it_goes_out_again_only_as_approved(signed, late):
    old = letter_of(signed.head)
    order = taking(signed.clerk, old, late)
    new = approve(signed.leader, order)
    object_to(signed.head, new)
    take_back(signed.clerk, new)
    late.points = Decimal(70)
    db.session.commit()
    with pytest.raises(Conflict, match="已有变化"):
        issue(new, signed.clerk)
    with unit_of_work():
        held, asked = stored(order), proposal({signed.goals[0].id: {"name": "整顿改名"}})
        change_services.revise(acting(signed.clerk), held, stored(old), asked, revision=held.revision)
    again = approve(signed.leader, order)
    assert (again.id, weights(again).keys()) == (new.id, weights(old).keys())
    assert verify().faults == ()


@pytest.mark.parametrize("end", [refuse, None], ids=["refused", "voided"])
def test_where_the_order_comes_to_nothing_it_is_left_out_as_before(signed, late, end):
    old = letter_of(signed.head)
    order = taking(signed.clerk, old, late)
    if end:
        end(signed.leader, order)
    else:
        approve(signed.leader, order)
        void(signed.clerk, drawn_up(order)[0])
    assert [goal.id for goal in taken_in.list_left_out(stored(old))] == [late.id]
    assert stored(old).state is LetterState.IN_FORCE


def test_a_task_below_a_goal_outside_the_units_letter_waits_for_that_one(signed, late):
    member = signed.members[0]
    task = GoalFactory(topic=signed.topic, unit=signed.section, parent=late, person_id=member.person_id)
    order = taking(signed.clerk, letter_of(member), task)
    with pytest.raises(DomainError, match="不在上级责任书"):
        approve(signed.leader, order)
    refuse(signed.leader, order)
    unit = approve(signed.leader, taking(signed.clerk, letter_of(signed.head), late))
    sign_both(unit, signed.head, signed.leader)
    new = approve(signed.leader, taking(signed.clerk, letter_of(member), task))
    assert task.id in weights(new)


def test_it_is_ticked_on_the_form_and_shown_to_who_approves(signed, late, login):
    letter, clerk = letter_of(signed.head), login(signed.clerk)
    assert f"/letters/{letter.id}" in get(clerk, f"/goals/{late.id}").text
    url = f"/letters/{letter.id}/changes/new"
    assert f"{late.code} {late.name}（基本分10，2026年11月30日前完成）" in get(clerk, url).text
    data = {"reason": "", "effective_on": "2026-01-12", "taken_in": str(late.id)}
    answer = post(clerk, url, data)
    assert answer.status_code == 422
    assert re.search(
        rf'name="taken_in"[^>]*value="{late.id}"[^>]*checked|checked[^>]*value="{late.id}"', answer.text
    )
    answer = post(clerk, url, data | {"reason": "上级新部署"})
    assert answer.status_code == 303
    page = get(login(signed.leader), answer.location).text
    assert "列入责任书" in page
    assert f"完成标准：{late.completion_standard}" in page
    assert "<ins>" not in page
    edit = get(login(signed.clerk), f"{answer.location}/edit").text
    assert re.search(rf'checked[^>]*value="{late.id}"|value="{late.id}"[^>]*checked', edit)


def test_a_tick_that_is_no_longer_possible_is_refused_at_its_field(signed, late, login):
    url = f"/letters/{letter_of(signed.head).id}/changes/new"
    data = {"reason": "上级新部署", "effective_on": "2026-01-12", "taken_in": "999999"}
    answer = post(login(signed.clerk), url, data)
    assert answer.status_code == 422
    assert "taken_in-error" in answer.text
    assert "上级新部署" in answer.text
