"""R2.1: some tasks of a comrade's letter go to another comrade by an order; both letters are signed anew."""

from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.queries import facts_before
from fivestep_web.responsibility.coverage import reminders
from fivestep_web.responsibility.letters import drafting, queries
from fivestep_web.responsibility.rules import ChangeState, LetterState
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import DAY, GoalFactory, acting, draft, issue, letter_of, sign
from tests.responsibility.changes import (
    approve,
    drawn_up,
    end_post,
    give_tasks,
    hand_over,
    object_to,
    periods,
    proposal,
    propose,
    reassign,
    refuse,
    sign_both,
    stored,
    take_back,
    void,
    withdraw,
)


def goals_of(letter):
    return {item.goal_id: item.weight for item in stored(letter).goals}


def waiting(user):
    return {item.letter_id for item in queries.list_waiting(acting(user))}


def remind(user, letter, stage):
    with unit_of_work():
        return reminders.remind(acting(user), letter.year, letter.kind, stage)


def test_tasks_join_the_takers_letter_and_the_rest_stays_with_the_giver(signed, giver, taker):
    first, *rest = giver.tasks
    old, own = letter_of(giver), letter_of(taker)
    order = reassign(signed.clerk, old, [first], taker=taker)
    assert [(item.field, item.before, item.after) for item in order.items] == [
        ("person_id", giver.person.code, taker.person.code)
    ]
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    assert (new.number, new.version, new.responsible_id) == (own.number, 2, taker.person_id)
    assert (kept.number, kept.version, kept.responsible_id) == (old.number, 2, giver.person_id)
    assert (stored(own).successor_id, stored(old).successor_id) == (new.id, kept.id)
    assert goals_of(new) == {signed.tasks[1].id: Decimal(50), first.id: Decimal(50)}
    assert goals_of(kept) == {rest[0].id: Decimal(40), rest[1].id: Decimal(60)}
    sign(new, taker)
    sign(kept, giver)
    assert stored(first).person_id == giver.person_id
    sign(new, signed.head)
    assert (stored(new).state, stored(own).state) == (LetterState.IN_FORCE, LetterState.SUPERSEDED)
    assert (stored(kept).state, stored(old).state) == (LetterState.ACCEPTED, LetterState.IN_FORCE)
    assert stored(order).state is ChangeState.APPROVED
    assert stored(first).person_id == taker.person_id
    assert periods(first) == [
        (giver.person_id, date(2026, 1, 5), date(2026, 1, 11)),
        (taker.person_id, DAY, None),
    ]
    assert facts_before(date(2026, 1, 11)) == {first.id: {"person_id": giver.person_id}}
    assert verify().faults == ()
    sign(kept, signed.head)
    assert (stored(kept).state, stored(old).state) == (LetterState.IN_FORCE, LetterState.SUPERSEDED)
    assert (stored(order).state, stored(order).in_force_at) == (
        ChangeState.IN_FORCE,
        stored(new).in_force_at,
    )
    assert verify().faults == ()
    with unit_of_work():
        assert drafting.draft_letters(acting(signed.clerk), 2026) == 0


def test_who_has_no_letter_gets_one_with_a_number_of_the_own(signed, giver):
    fresh = user_with_role(Role.STF, unit=signed.section, title="科员三")
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:2], taker=fresh)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    assert (new.number, new.version) == ("责〔2026〕K4号", 1)
    assert goals_of(kept) == {giver.tasks[2].id: Decimal(100)}
    sign(kept, giver)
    sign_both(new, fresh, signed.head)
    sign(kept, signed.head)
    assert {stored(task).person_id for task in giver.tasks[:2]} == {fresh.person_id}
    assert stored(order).state is ChangeState.IN_FORCE
    assert verify().faults == ()


def test_the_issuing_side_countersigns_in_turn_and_is_told_what_it_waits_for(signed, giver, taker):
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    sign(new, taker)
    with pytest.raises(Conflict, match=f"等{giver.person.name}签署 {kept.number}"):
        sign(new, signed.head)
    assert waiting(signed.head) == set()
    with pytest.raises(Conflict, match="没有在等签署"):
        remind(signed.clerk, new, "issuing")
    sign(kept, giver)
    assert remind(signed.clerk, new, "issuing") == 1
    with pytest.raises(Conflict, match=f"先签承接人{taker.person.name}"):
        sign(kept, signed.head)
    assert waiting(signed.head) == {new.id}
    sign(new, signed.head)
    assert waiting(signed.head) == {kept.id}
    with pytest.raises(NotAllowed):
        sign(kept, signed.leader)


def test_what_is_asked_for_must_make_sense(signed, giver, taker):
    old, tasks = letter_of(giver), giver.tasks
    for chosen, who, sentence in (
        ([], taker, "请勾选"),
        (tasks, taker, "整份移交"),
        ([signed.tasks[2]], taker, "这份责任书里的任务"),
        (tasks[:1], giver, "现在的责任人"),
        (tasks[:1], signed.head, "本单位在岗"),
        (tasks[:1], signed.organizer, "本单位在岗"),
        (tasks[:1], None, "由谁承接"),
    ):
        with pytest.raises(DomainError, match=sentence):
            reassign(signed.clerk, old, chosen, taker=who)
    with pytest.raises(DomainError, match="申请变更"):
        reassign(signed.clerk, letter_of(signed.head), signed.goals[:1], taker=taker)
    with pytest.raises(DomainError, match="调整责任人"):
        propose(signed.clerk, old, {tasks[0].id: {"person_id": taker.person.code}})
    with pytest.raises(DomainError, match="理由"):
        reassign(signed.clerk, old, tasks[:1], taker=taker, reason=" ")
    with pytest.raises(NotAllowed):
        reassign(giver, old, tasks[:1], taker=taker)


def test_a_taker_whose_letter_is_not_in_force_or_under_change_cannot_take(signed, giver, taker):
    old, own = letter_of(giver), letter_of(taker)
    amended = propose(signed.clerk, own, {signed.tasks[1].id: {"name": "别的"}})
    with pytest.raises(Conflict, match=f"{own.number} 还没有生效或正在变更"):
        reassign(signed.clerk, old, giver.tasks[:1], taker=taker)
    withdraw(signed.clerk, amended)
    late = user_with_role(Role.STF, unit=signed.section, title="科员三")
    GoalFactory(topic=signed.topic, unit=signed.section, person=late.person, parent=signed.goals[0])
    draft()
    issue(letter_of(late), signed.clerk)
    with pytest.raises(Conflict, match="还没有生效"):
        reassign(signed.clerk, old, giver.tasks[:1], taker=late)


def test_two_givers_cannot_make_two_letters_for_one_newcomer(signed, giver):
    fresh = user_with_role(Role.STF, unit=signed.section, title="科员三")
    other = user_with_role(Role.STF, unit=signed.section, title="科员四")
    tasks = give_tasks(signed, other, 2)
    one = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=fresh)
    two = reassign(signed.clerk, letter_of(other), tasks[:1], taker=fresh)
    approve(signed.leader, one)
    with pytest.raises(Conflict, match="没有生效"):
        approve(signed.leader, two)


def test_a_letter_drafted_meanwhile_for_a_newcomer_comes_first_to_an_end(signed, giver):
    fresh = user_with_role(Role.STF, unit=signed.section, title="科员三")
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=fresh)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    GoalFactory(topic=signed.topic, unit=signed.section, person=fresh.person, parent=signed.goals[0])
    draft()
    second = letter_of(fresh)
    sign(new, fresh)
    sign(kept, giver)
    with pytest.raises(Conflict, match=f"另有责任书 {second.number}"):
        sign(new, signed.head)
    void(signed.clerk, second)
    sign(new, signed.head)
    assert stored(new).state is LetterState.IN_FORCE


def test_refused_withdrawn_or_voided_both_letters_in_force_stay_untouched(signed, giver, taker):
    old, own = letter_of(giver), letter_of(taker)
    refuse(signed.leader, reassign(signed.clerk, old, giver.tasks[:1], taker=taker))
    withdraw(signed.clerk, reassign(signed.clerk, old, giver.tasks[:1], taker=taker))
    for place in (0, 1):
        order = reassign(signed.clerk, old, giver.tasks[:1], taker=taker)
        approve(signed.leader, order)
        letters = drawn_up(order)
        sign(letters[0], taker)
        void(signed.clerk, letters[place])
        assert {stored(letter).state for letter in letters} == {LetterState.VOID}
        assert stored(order).state is ChangeState.WITHDRAWN
        assert {(stored(item).state, stored(item).successor_id) for item in (old, own)} == {
            (LetterState.IN_FORCE, None)
        }
    assert stored(giver.tasks[0]).person_id == giver.person_id
    assert verify().faults == ()


def test_after_an_objection_other_tasks_are_asked_for_and_approved_again(signed, giver, taker):
    old = letter_of(giver)
    order = reassign(signed.clerk, old, giver.tasks[:2], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    sign(kept, giver)
    object_to(taker, new)
    with pytest.raises(Conflict, match="退回起草"):
        void(signed.clerk, kept)
    take_back(signed.clerk, new)
    asked = proposal({giver.tasks[1].id: {}}, kind=order.kind, successor=taker)
    with unit_of_work():
        held = stored(order)
        change_services.revise(acting(signed.clerk), held, stored(old), asked, revision=held.revision)
    assert {stored(letter).state for letter in (new, kept)} == {LetterState.VOID}
    assert stored(old).successor_id is None
    approve(signed.leader, order)
    again, rest = drawn_up(order)
    assert set(goals_of(rest)) == {giver.tasks[0].id, giver.tasks[2].id}
    sign(rest, giver)
    sign_both(again, taker, signed.head)
    sign(rest, signed.head)
    assert stored(giver.tasks[1]).person_id == taker.person_id
    assert verify().faults == ()


def test_after_an_objection_the_same_letter_may_go_out_again(signed, giver, taker):
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    object_to(giver, kept)
    take_back(signed.clerk, kept)
    issue(kept, signed.clerk)
    sign(kept, giver)
    sign_both(new, taker, signed.head)
    sign(kept, signed.head)
    assert stored(order).state is ChangeState.IN_FORCE
    assert stored(kept).version == 3


def test_once_the_taker_carries_the_tasks_the_givers_letter_is_not_voided(signed, giver, taker):
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    sign(kept, giver)
    sign_both(new, taker, signed.head)
    with pytest.raises(Conflict, match="不能作废"):
        void(signed.clerk, kept)
    assert stored(kept).state is LetterState.ACCEPTED


def test_who_leaves_before_the_last_signature_hands_over_only_what_is_left(signed, giver, taker):
    old, tasks = letter_of(giver), giver.tasks
    order = reassign(signed.clerk, old, tasks[:1], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    sign(kept, giver)
    sign_both(new, taker, signed.head)
    end_post(giver)
    with pytest.raises(Conflict, match="作废"):
        sign(kept, signed.head)
    void(signed.clerk, kept)
    assert (stored(order).state, stored(old).successor_id) == (ChangeState.IN_FORCE, None)
    other = signed.members[1]
    last = approve(signed.leader, hand_over(signed.clerk, old, successor=other))
    assert set(goals_of(last)) == {signed.tasks[2].id, tasks[1].id, tasks[2].id}
    sign_both(last, other, signed.head)
    assert [stored(task).person_id for task in tasks] == [
        taker.person_id,
        other.person_id,
        other.person_id,
    ]
    assert verify().faults == ()


def test_weights_typed_for_a_sheet_of_100_become_shares_of_the_new_sheets(signed, giver, taker):
    tasks = [*giver.tasks, signed.tasks[1]]
    for task, points in zip(tasks, (20, 30, 50, 100), strict=True):
        task.points, task.is_weight_typed = Decimal(points), True
    db.session.commit()
    order = reassign(signed.clerk, letter_of(giver), tasks[:1], taker=taker)
    approve(signed.leader, order)
    new, kept = drawn_up(order)
    assert goals_of(new) == {tasks[3].id: Decimal("83.33"), tasks[0].id: Decimal("16.67")}
    assert goals_of(kept) == {tasks[1].id: Decimal("37.5"), tasks[2].id: Decimal("62.5")}
    assert all(stored(task).is_weight_typed for task in tasks)
    sign(new, taker)
    sign(kept, giver)
    sign(new, signed.head)
    sign(kept, signed.head)
    assert not any(stored(task).is_weight_typed for task in tasks)


def test_typed_weights_stay_typed_where_the_new_letters_do_not_come(signed, giver, taker):
    tasks = giver.tasks[:3]
    for task, points in zip(tasks, (20, 30, 50), strict=True):
        task.points, task.is_weight_typed = Decimal(points), True
    db.session.commit()
    order = reassign(signed.clerk, letter_of(giver), tasks[:1], taker=taker)
    approve(signed.leader, order)
    void(signed.clerk, drawn_up(order)[0])
    assert all(stored(task).is_weight_typed for task in tasks)


def test_an_order_about_the_takers_letter_waits_and_leaves_the_new_letter_alone(signed, giver, taker):
    own, task = letter_of(taker), signed.tasks[1]
    order = reassign(signed.clerk, letter_of(giver), giver.tasks[:1], taker=taker)
    amended = propose(signed.clerk, own, {task.id: {"name": "别的"}})
    approve(signed.leader, order)
    with pytest.raises(Conflict, match="正在变更"):
        approve(signed.leader, amended)
    refuse(signed.leader, amended)
    assert {letter.state for letter in drawn_up(order)} == {LetterState.ISSUED}
    assert stored(own).successor_id == drawn_up(order)[0].id
    assert verify().faults == ()


def test_a_draft_voided_while_its_order_waits_again_ends_the_order(signed, giver):
    old = letter_of(giver)
    order = propose(signed.clerk, old, {giver.tasks[0].id: {"name": "别的"}})
    new = approve(signed.leader, order)
    object_to(giver, new)
    take_back(signed.clerk, new)
    with unit_of_work():
        held = stored(order)
        asked = proposal({giver.tasks[0].id: {"name": "再改"}})
        change_services.revise(acting(signed.clerk), held, stored(old), asked, revision=held.revision)
    void(signed.clerk, new)
    assert (stored(order).state, stored(old).successor_id) == (ChangeState.WITHDRAWN, None)
