"""R2.1: a signed letter changes by an order only, approved, signed anew by both sides, never by an edit."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.audit.verification import verify
from fivestep_web.core import jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import services as ledger_services
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.queries import standings
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.checks import ItemError
from fivestep_web.responsibility.changes.fields import milestone_field
from fivestep_web.responsibility.changes.originals import Moved, moved_phases
from fivestep_web.responsibility.changes.queries import facts_before
from fivestep_web.responsibility.goals.services import find_fixing_letter
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter, Milestone
from fivestep_web.responsibility.rules import ChangeState, LetterState, MilestoneState
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import (
    DAY,
    GoalFactory,
    MilestoneFactory,
    acting,
    draft,
    issue,
    letter_of,
    sign,
)
from tests.responsibility.changes import (
    approve,
    object_to,
    propose,
    refuse,
    sign_both,
    stored,
    take_back,
    void,
    withdraw,
)


def rename(department, text="整顿后进村二十个"):
    return {department.goals[0].id: {"name": text}}


def content_of(letter):
    return letter_services.current_version(stored(letter)).content


def test_an_order_runs_from_request_to_the_new_letter_in_force(signed):
    old, goal = letter_of(signed.head), signed.goals[0]
    changes = {
        goal.id: {
            "completion_standard": "25 个后进村全部验收合格",
            "target": "25",
            "deadline": "2026-12-15",
            milestone_field(1): "2026-04-15",
        }
    }
    order = propose(signed.clerk, old, changes)
    assert order.number == "变〔2026〕1号"
    assert stored(goal).target == 20
    new = approve(signed.leader, order)
    assert (stored(old).state, stored(new).state) == (LetterState.IN_FORCE, LetterState.ISSUED)
    assert (new.number, new.version, stored(old).successor_id) == (old.number, 2, new.id)
    row = next(item for item in content_of(new)["goals"] if item["code"] == goal.code)
    assert (row["target"], row["deadline"], row["standard"]) == (
        "25个",
        "2026-12-15",
        "25 个后进村全部验收合格",
    )
    assert content_of(new)["schedule"][0]["end"] == "2026-04-15"
    assert stored(goal).target == 20
    sign_both(new, signed.head, signed.leader)
    assert (stored(old).state, stored(new).state) == (LetterState.SUPERSEDED, LetterState.IN_FORCE)
    assert (stored(goal).target, stored(goal).deadline) == (Decimal(25), date(2026, 12, 15))
    assert db.session.scalar(select(Milestone.due_on).where(Milestone.goal_id == goal.id)) == date(
        2026, 4, 15
    )
    assert stored(order).state is ChangeState.IN_FORCE
    assert content_of(old)["goals"][0]["target"] == "20个"
    assert {stored(letter_of(member)).upper_id for member in signed.members} == {new.id}
    assert db.session.scalar(select(jobs.Outbox.id).where(jobs.Outbox.task == "responsibility.remake_books"))
    assert verify().faults == ()


def test_points_changed_reweigh_the_new_letter_only(signed):
    old = letter_of(signed.head)
    new = approve(signed.leader, propose(signed.clerk, old, {signed.goals[0].id: {"points": "20"}}))
    assert [item.weight for item in stored(new).goals] == [Decimal(50), Decimal(50)]
    assert [item.weight for item in stored(old).goals] == [Decimal("33.33"), Decimal("66.67")]


def test_who_asked_does_not_decide(signed):
    both = user_with_role(Role.OFC, Role.EXD, unit=signed.section)
    order = propose(both, letter_of(signed.head), rename(signed))
    with pytest.raises(NotAllowed, match="自己申请"):
        approve(both, order)
    offered = {
        user.id: change_policy.can_decide(acting(user), order, letter_of(signed.head))
        for user in (both, signed.leader)
    }
    assert offered == {both.id: False, signed.leader.id: True}
    assert change_policy.order_actions(acting(both), order, letter_of(signed.head)) == {"withdraw", "edit"}
    for user in (signed.head, signed.clerk, signed.secretary):
        with pytest.raises(NotAllowed):
            approve(user, order)
    assert approve(signed.minister, order)


def test_an_order_is_refused_with_a_reason(signed):
    order = propose(signed.clerk, letter_of(signed.head), rename(signed))
    with pytest.raises(DomainError, match="不批准的理由"):
        refuse(signed.leader, order, " ")
    assert stored(order).state is ChangeState.PROPOSED


def test_who_asked_and_the_office_withdraw_until_it_is_decided(signed):
    letter = letter_of(signed.head)
    of_office = propose(signed.clerk, letter, rename(signed))
    with pytest.raises(NotAllowed, match="申请人或办公室"):
        withdraw(signed.head, of_office)
    withdraw(signed.clerk, of_office)
    withdraw(signed.clerk, propose(signed.head, letter, rename(signed)))
    decided = propose(signed.head, letter, rename(signed))
    approve(signed.leader, decided)
    with pytest.raises(Conflict, match="不能办理"):
        withdraw(signed.head, decided)


def test_what_changed_since_it_was_asked_for_is_not_approved(signed):
    goal = stored(signed.goals[0])
    order = propose(signed.clerk, letter_of(signed.head), {goal.id: {"target": "25"}})
    goal.target = Decimal(21)
    db.session.commit()
    with pytest.raises(Conflict, match=f"“{goal.name}”的目标值在申请之后已有变化"):
        approve(signed.leader, order)
    assert stored(order).state is ChangeState.PROPOSED


def test_a_leader_decides_for_the_units_in_charge_only(signed):
    order = propose(signed.clerk, letter_of(signed.head), rename(signed))
    stranger = user_with_role(Role.DEP, unit=signed.section, charge=(signed.township,))
    with pytest.raises(NotAllowed):
        approve(stranger, order)


def test_others_do_not_ask(signed):
    for user in (*signed.members, signed.secretary, signed.minister):
        with pytest.raises(NotAllowed):
            propose(user, letter_of(signed.head), rename(signed))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "没有任何改动"),
        ({"target": "20"}, "没有任何改动"),
        ({"name": "   "}, "不能为空"),
        ({"target": "二十"}, "不能是“二十”，请填"),
        ({"target": "NaN"}, "一万亿"),
        ({"name": "长" * 401}, "最多 400 字"),
        ({"deadline": "明天"}, "2026-03-31"),
        ({"target": "-1"}, "一万亿"),
        ({"deadline": "2027-01-31"}, "2026 年内"),
        ({"deadline": "2026-03-01"}, "晚于完成时限"),
        ({"starts_on": "2026-12-30"}, "早于开始日期"),
        ({"completion_standard": "进一步加强"}, "无法对照检查"),
        ({"deliverable": "报告"}, "验收条件"),
        ({"person_id": "nobody"}, "在岗的同志"),
        ({milestone_field(1): "2026-12-31"}, "晚于完成时限"),
        ({"starts_on": "2026-04-01"}, "早于开始日期，请一并调整"),
        ({"target": "0.1234567"}, "最多 6 位小数"),
    ],
)
def test_what_cannot_be_so_is_refused_with_the_way_out(signed, changes, sentence):
    with pytest.raises(DomainError, match=sentence):
        propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: changes})


def test_phases_end_one_after_the_other(signed):
    MilestoneFactory(goal=signed.goals[0], sequence=2, name="试点", due_on=date(2026, 6, 30))
    late = {milestone_field(1): "2026-07-31"}
    with pytest.raises(DomainError, match="一个比一个晚"):
        propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: late})
    both = late | {milestone_field(2): "2026-08-31"}
    assert len(propose(signed.clerk, letter_of(signed.head), {signed.goals[0].id: both}).items) == 2


def test_a_phase_moved_by_an_order_is_rescheduled_and_keeps_its_first_date(signed):
    goal = signed.goals[0]
    first = MilestoneFactory(goal=goal, sequence=2, name="试点", due_on=date(2026, 6, 30))
    first.starts_on, first.workdays = date(2026, 6, 15), 12
    second = MilestoneFactory(goal=goal, sequence=3, name="总结", due_on=date(2026, 8, 31))
    second.state, second.submitted_on = MilestoneState.COMPLETED, date(2026, 5, 6)
    db.session.commit()
    letter = letter_of(signed.head)
    for days in (("2026-06-10", "2026-08-14"), ("2026-06-20", "2026-08-17")):
        moved = {milestone_field(place): day for place, day in zip((2, 3), days, strict=True)}
        letter = approve(signed.leader, propose(signed.clerk, letter, {goal.id: moved}))
        sign_both(letter, signed.head, signed.leader)
    assert stored(first).state is MilestoneState.RESCHEDULED
    assert (stored(first).starts_on, stored(first).workdays) == (None, None)
    assert stored(second).state is MilestoneState.COMPLETED
    found = moved_phases([goal.id])
    assert found[goal.id, 2] == Moved(date(2026, 6, 30), "变〔2026〕2号")
    assert found[goal.id, 3].original == date(2026, 8, 31)


def test_a_goal_goes_to_nobody_outside_its_unit(signed):
    changes = {signed.goals[0].id: {"person_id": signed.organizer.person.code}}
    with pytest.raises(DomainError, match="不在这个单位任职"):
        propose(signed.clerk, letter_of(signed.head), changes)


def test_a_goal_given_to_a_member_by_an_order_is_in_the_books_of_both(signed):
    goal, member = signed.goals[0], signed.members[0]
    order = propose(signed.clerk, letter_of(signed.head), {goal.id: {"person_id": member.person.code}})
    sign_both(approve(signed.leader, order), signed.head, signed.leader)
    assert stored(goal).person_id == member.person_id
    asked = db.session.scalars(select(jobs.Outbox).where(jobs.Outbox.task == "responsibility.remake_books"))
    people = sorted((signed.head.person_id, member.person_id))
    assert json.loads(asked.one().arguments) == [2026, signed.section.id, *people]


def test_the_day_of_a_change_lies_between_the_letter_and_today(signed):
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        with pytest.raises(DomainError, match="变更日期"):
            propose(signed.clerk, letter_of(signed.head), rename(signed), day=day)


def test_goals_of_other_letters_are_not_changed_by_this_one(signed):
    with pytest.raises(DomainError, match="这份责任书里的目标"):
        propose(signed.clerk, letter_of(signed.head), {signed.goals[2].id: {"name": "别的"}})


def test_a_letter_changes_once_at_a_time(signed):
    old = letter_of(signed.head)
    order = propose(signed.clerk, old, rename(signed))
    with pytest.raises(Conflict, match="正在变更"):
        propose(signed.clerk, old, rename(signed))
    new = approve(signed.leader, order)
    with pytest.raises(Conflict):
        propose(signed.clerk, old, rename(signed))
    with pytest.raises(Conflict, match="已生效"):
        propose(signed.clerk, new, rename(signed))


def test_refused_withdrawn_or_voided_the_letter_in_force_stays_untouched(signed):
    old = letter_of(signed.head)
    refuse(signed.leader, propose(signed.clerk, old, rename(signed)))
    withdraw(signed.clerk, propose(signed.clerk, old, rename(signed)))
    order = propose(signed.clerk, old, rename(signed))
    new = approve(signed.leader, order)
    sign(new, signed.head)
    void(signed.clerk, new)
    assert stored(order).state is ChangeState.WITHDRAWN
    assert (stored(old).state, stored(old).successor_id) == (LetterState.IN_FORCE, None)
    assert stored(signed.goals[0]).name != "整顿后进村二十个"
    again = approve(signed.leader, propose(signed.clerk, old, rename(signed)))
    assert again.version == 3
    assert verify().faults == ()


def test_after_an_objection_the_order_is_mended_approved_again_and_signed(signed):
    old, goal = letter_of(signed.head), signed.goals[0]
    order = propose(signed.clerk, old, {goal.id: {"target": "40"}})
    new = approve(signed.leader, order, note="同意")
    object_to(signed.head, new)
    take_back(signed.clerk, new)
    assert "issue" in policy.letter_actions(acting(signed.clerk), stored(new))
    with unit_of_work():
        held = stored(order)
        change_services.revise(
            acting(signed.clerk),
            held,
            stored(old),
            change_services.Proposal(held.kind, "改为三十个", DAY, {goal.id: {"target": "30"}}),
            revision=held.revision,
        )
    assert (stored(order).state, stored(order).decision_note) == (ChangeState.PROPOSED, "")
    with pytest.raises(Conflict, match="还没有批准"):
        issue(new, signed.clerk)
    assert "issue" not in policy.letter_actions(acting(signed.clerk), stored(new))
    assert approve(signed.leader, order).id == new.id
    assert stored(new).version == 3
    sign_both(new, signed.head, signed.leader)
    assert stored(goal).target == 30
    assert verify().faults == ()


def test_a_draft_after_an_objection_goes_with_its_order(signed):
    old = letter_of(signed.head)
    order = propose(signed.clerk, old, rename(signed))
    new = approve(signed.leader, order)
    object_to(signed.head, new)
    take_back(signed.clerk, new)
    with unit_of_work():
        held = stored(order)
        facts = change_services.Proposal(held.kind, held.reason, DAY, rename(signed, "再改"))
        change_services.revise(acting(signed.clerk), held, stored(old), facts, revision=held.revision)
    refuse(signed.leader, order)
    assert stored(new).state is LetterState.VOID
    assert stored(old).successor_id is None
    assert verify().faults == ()


def test_what_fell_due_is_judged_as_it_was(signed):
    old, goal = letter_of(signed.head), signed.goals[0]
    last, late = date(2026, 11, 30), date(2026, 12, 1)
    with _on(last):
        withdraw(signed.clerk, propose(signed.clerk, old, {goal.id: {"deadline": "2026-12-31"}}, day=last))
    with pytest.raises(ItemError, match=r"到期.*请去掉这一项") as refused, _on(late):
        propose(signed.clerk, old, {goal.id: {"deadline": "2026-12-31"}}, day=late)
    assert (refused.value.goal_id, refused.value.field) == (goal.id, "deadline")
    order = propose(signed.clerk, old, {goal.id: {"deadline": "2026-12-31"}})
    with pytest.raises(Conflict, match=r"到期.*请申请人修改变更单"), _on(late):
        approve(signed.leader, order, late)
    new = approve(signed.leader, order)
    sign(new, signed.head)
    with pytest.raises(Conflict, match=r"到期.*请作废新责任书"), _on(late):
        sign(new, signed.leader, late)
    assert stored(old).state is LetterState.IN_FORCE


def _on(day):
    return time_machine.travel(f"{day}T02:00:00+00:00", tick=True)


def test_letters_below_move_to_the_new_one_but_for_those_that_are_void(signed):
    late = user_with_role(Role.STF, unit=signed.section, title="科员二")
    GoalFactory(topic=signed.topic, unit=signed.section, person=late.person, parent=signed.goals[0])
    draft()
    void(signed.clerk, letter_of(late))
    old = letter_of(signed.head)
    new = approve(signed.leader, propose(signed.clerk, old, rename(signed)))
    sign_both(new, signed.head, signed.leader)
    assert {stored(letter_of(member)).upper_id for member in signed.members} == {new.id}
    assert stored(letter_of(late)).upper_id == old.id


def test_drafting_again_leaves_letters_under_change_alone(signed):
    old = letter_of(signed.head)
    order = propose(signed.clerk, old, rename(signed))
    new = approve(signed.leader, order)
    object_to(signed.head, new)
    take_back(signed.clerk, new)
    before = db.session.scalar(select(Letter.revision).where(Letter.id == new.id))
    with unit_of_work():
        assert drafting.draft_letters(acting(signed.clerk), 2026) == 0
    assert stored(new).revision == before
    issue(new, signed.clerk)
    sign_both(new, signed.head, signed.leader)
    with unit_of_work():
        assert drafting.draft_letters(acting(signed.clerk), 2026) == 0
    assert stored(new).state is LetterState.IN_FORCE


def test_a_goal_of_a_letter_in_force_after_a_change_is_still_not_edited(signed):
    old = letter_of(signed.head)
    sign_both(approve(signed.leader, propose(signed.clerk, old, rename(signed))), signed.head, signed.leader)
    assert find_fixing_letter(stored(signed.goals[0])) == old.number


def test_a_look_back_before_the_change_finds_the_facts_of_then(signed):
    goal = signed.goals[0]
    order = propose(
        signed.clerk, letter_of(signed.head), {goal.id: {"target": "25", "deadline": "2026-12-15"}}
    )
    sign_both(approve(signed.leader, order), signed.head, signed.leader)
    held = facts_before(DAY - timedelta(days=1))
    assert held == {goal.id: {"target": Decimal(20), "deadline": date(2026, 11, 30)}}
    assert facts_before(DAY) == {}


def test_the_ledger_goes_on_with_the_new_facts_and_looks_back_with_the_old(signed):
    goal, old = signed.goals[0], letter_of(signed.head)
    with unit_of_work():
        ledger_services.open_entries(SYSTEM, old.id)
    entry_id = db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.goal_id == goal.id))
    later = date(2026, 3, 2)
    with _on(later):
        order = propose(signed.clerk, old, {goal.id: {"deadline": "2026-12-15"}}, day=later)
        new = approve(signed.leader, order, later)
        sign_both(new, signed.head, signed.leader, later)
        with unit_of_work():
            assert ledger_services.open_entries(SYSTEM, new.id) == 0
        due = {
            day: next(item.due_on for item in standings(day, year=2026) if item.goal_id == goal.id)
            for day in (DAY, later)
        }
        assert due == {DAY: date(2026, 11, 30), later: date(2026, 12, 15)}
    assert db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.goal_id == goal.id)) == entry_id
