"""R2.10, 5.2: who changes posts in mid-year has the letter handed over; both periods are kept."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import PostHolding, UnitPeriod
from fivestep_web.responsibility.changes import handover
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Assignment, Goal, Letter
from fivestep_web.responsibility.rules import ChangeKind, LetterState
from tests.factories.accounts import user_with_role
from tests.factories.org import PositionFactory, PostHoldingFactory
from tests.factories.responsibility import DAY, acting, bring_into_force, letter_of
from tests.responsibility.changes import approve, end_post, hand_over, periods, propose, sign_both, stored
from tests.web import get, post


def new_head(department):
    """Give the section another head; the one before keeps a post."""
    head = user_with_role(Role.SHD, unit=department.section, title="科长二")
    department.section.periods[-1].head = head.person
    db.session.commit()
    return head


def affected(user):
    return {item.number: item.why for item in handover.list_affected(acting(user))}


def test_nobody_moved_nothing_waits(signed):
    assert affected(signed.clerk) == {}
    with pytest.raises(DomainError, match="没有变动"):
        hand_over(signed.clerk, letter_of(signed.head))


def test_a_new_head_takes_over_the_units_letter_and_both_periods_are_kept(signed):
    old, goal, task = letter_of(signed.head), signed.goals[0], signed.tasks[0]
    head = new_head(signed)
    assert affected(signed.clerk)[old.number] == f"负责人已不是{signed.head.person.name}"
    with pytest.raises(DomainError, match="职务变动移交"):
        propose(signed.clerk, old, {goal.id: {"name": "别的"}})
    new = approve(signed.leader, hand_over(signed.clerk, old))
    assert (new.responsible_id, new.issuer_id) == (head.person_id, signed.leader.person_id)
    assert old.number not in affected(signed.clerk)
    sign_both(new, head, signed.leader)
    for carried in (goal, task):
        assert stored(carried).person_id == head.person_id
        assert periods(carried) == [
            (signed.head.person_id, date(2026, 1, 5), date(2026, 1, 11)),
            (head.person_id, DAY, None),
        ]
    assert stored(old).state is LetterState.SUPERSEDED
    assert verify().faults == ()
    drafting.draft_letters(acting(signed.clerk), 2026)
    assert db.session.scalars(select(Letter).where(Letter.responsible_id == head.person_id)).all() == [new]


def test_a_goal_whose_periods_nobody_wrote_has_both_after_a_handover(signed):
    old, goal, head = letter_of(signed.head), signed.goals[0], new_head(signed)
    db.session.execute(delete(Assignment).where(Assignment.goal_id == goal.id))
    db.session.commit()
    sign_both(approve(signed.leader, hand_over(signed.clerk, old)), head, signed.leader)
    assert [period[0] for period in periods(goal)] == [signed.head.person_id, head.person_id]


def test_a_handover_is_not_edited_for_posts_say_what_it_holds(signed):
    old = letter_of(signed.head)
    new_head(signed)
    order = hand_over(signed.clerk, old)
    assert change_policy.order_actions(acting(signed.clerk), order, old) == {"withdraw"}


def test_the_letters_below_a_new_head_wait_for_the_new_signatory(signed):
    head, member = new_head(signed), signed.members[0]
    old = letter_of(member)
    assert affected(signed.clerk)[old.number] == f"甲方签署人已不是{signed.head.person.name}"
    new = approve(signed.leader, hand_over(signed.clerk, old))
    assert (new.responsible_id, new.issuer_id) == (member.person_id, head.person_id)
    sign_both(new, member, head)
    assert stored(old).state is LetterState.SUPERSEDED
    assert periods(signed.tasks[1]) == [(member.person_id, date(2026, 1, 5), None)]


def test_a_new_leader_in_charge_signs_and_stands_beside_the_goals(signed):
    old = letter_of(signed.head)
    leader = user_with_role(Role.DEP, unit=signed.section, title="副部长二", charge=(signed.section,))
    new = approve(signed.minister, hand_over(signed.clerk, old))
    assert new.issuer_id == leader.person_id
    sign_both(new, signed.head, leader)
    assert stored(signed.goals[0]).leader_id == leader.person_id


def test_personal_tasks_join_the_successors_own_letter(signed):
    leaving, staying = signed.members
    old, own = letter_of(leaving), letter_of(staying)
    end_post(leaving)
    assert affected(signed.clerk)[old.number] == f"{leaving.person.name}已离任"
    with pytest.raises(DomainError, match="承接"):
        hand_over(signed.clerk, old)
    for wrong in (signed.head, signed.organizer):
        with pytest.raises(DomainError, match="本单位在岗"):
            hand_over(signed.clerk, old, successor=wrong)
    order = hand_over(signed.clerk, old, successor=staying)
    new = approve(signed.leader, order)
    assert (new.number, new.version, new.responsible_id) == (own.number, 2, staying.person_id)
    assert {item.goal_id for item in new.goals} == {signed.tasks[1].id, signed.tasks[2].id}
    assert sum(item.weight for item in new.goals) == 100
    assert {stored(letter).successor_id for letter in (old, own)} == {new.id}
    with pytest.raises(Conflict, match="正在变更"):
        propose(signed.clerk, own, {signed.tasks[2].id: {"name": "别的"}})
    sign_both(new, staying, signed.head)
    assert {stored(letter).state for letter in (old, own)} == {LetterState.SUPERSEDED}
    assert stored(signed.tasks[1]).person_id == staying.person_id
    assert verify().faults == ()


def test_a_letter_merged_into_the_successors_own_names_that_letter(signed, login):
    leaving, staying = signed.members
    old, own = letter_of(leaving), letter_of(staying)
    end_post(leaving)
    new = approve(signed.leader, hand_over(signed.clerk, old, successor=staying))
    client = login(signed.clerk)
    assert f"正在移交：{own.number} 第2版" in get(client, f"/letters/{old.id}").text
    assert "正在变更：第2版" in get(client, f"/letters/{own.id}").text
    sign_both(new, staying, signed.head)
    client = login(signed.clerk)
    assert f"任务已并入 {own.number} 第2版" in get(client, f"/letters/{old.id}").text
    assert "已由第2版替换" in get(client, f"/letters/{own.id}").text
    merged, replaced = (get(client, f"/verify/{stored(row).versions[0].serial}").text for row in (old, own))
    assert f"查看 {own.number} 第2版" in merged
    assert "查看第2版" in replaced


def test_a_successor_without_letter_gets_the_number_of_the_one_before(signed):
    leaving = signed.members[0]
    fresh = user_with_role(Role.STF, unit=signed.section, title="科员二")
    old = letter_of(leaving)
    end_post(leaving)
    new = approve(signed.leader, hand_over(signed.clerk, old, successor=fresh))
    assert (new.number, new.version, new.responsible_id) == (old.number, 2, fresh.person_id)
    sign_both(new, fresh, signed.head)
    assert stored(old).state is LetterState.SUPERSEDED
    goals = set(db.session.scalars(select(Goal.id).where(Goal.person_id == fresh.person_id)))
    assert goals == {signed.tasks[1].id}


def test_a_handover_begins_no_earlier_than_the_day_after_the_holders_last(signed, login):
    leaving, staying = signed.members
    old = letter_of(leaving)
    end_post(leaving)
    later, today = date(2026, 1, 13), date(2026, 1, 20)
    holding = db.session.scalars(select(PostHolding).where(PostHolding.person_id == leaving.person_id)).one()
    holding.valid_to = date(2026, 1, 12)
    db.session.commit()
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        form = get(login(signed.clerk), f"/letters/{old.id}/changes/new?kind=handover").text
        assert 'value="2026-01-13"' in form
        with pytest.raises(DomainError, match=r"最早为2026年1月13日（.*任职到2026年1月12日）"):
            hand_over(signed.clerk, old, successor=staying, day=DAY)
        new = approve(signed.leader, hand_over(signed.clerk, old, successor=staying, day=later), today)
        sign_both(new, staying, signed.head, today)
    assert [period[1:] for period in periods(signed.tasks[1])] == [(date(2026, 1, 5), DAY), (later, None)]


def test_a_handover_waits_until_the_successor_is_in_post(signed):
    leaving = signed.members[0]
    old, later, today = letter_of(leaving), date(2026, 1, 15), date(2026, 1, 20)
    fresh = user_with_role(Role.STF, unit=signed.section, title="科员二", valid_from=later)
    end_post(leaving)
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        with pytest.raises(DomainError, match=r"最早为2026年1月15日（.*起任职）"):
            hand_over(signed.clerk, old, successor=fresh, day=date(2026, 1, 14))
        assert hand_over(signed.clerk, old, successor=fresh, day=later).effective_on == later


def test_a_units_letter_goes_over_no_earlier_than_the_new_heads_first_day(signed):
    old, first, today = letter_of(signed.head), date(2026, 1, 15), date(2026, 1, 20)
    before = signed.section.periods[-1]
    head = user_with_role(Role.SHD, unit=signed.section, title="科长二")
    facts = {"unit_id": before.unit_id, "name": before.name, "kind": before.kind}
    leader_id, head_id = before.leader_id, head.person_id
    before.valid_to = date(2026, 1, 14)
    db.session.flush()
    db.session.add(UnitPeriod(**facts, head_id=head_id, leader_id=leader_id, valid_from=first))
    db.session.commit()
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        with pytest.raises(DomainError, match="最早为2026年1月15日"):
            hand_over(signed.clerk, old, day=DAY)
        assert hand_over(signed.clerk, old, day=first).effective_on == first


def test_a_unit_renamed_under_the_same_head_may_be_handed_over_from_the_heads_first_day(signed):
    old, today = letter_of(signed.head), date(2026, 1, 20)
    before = signed.section.periods[-1]
    head = user_with_role(Role.SHD, unit=signed.section, title="科长二")
    facts = {"unit_id": before.unit_id, "kind": before.kind, "head_id": head.person_id}
    facts["leader_id"] = before.leader_id
    first, renamed = date(2026, 1, 15), date(2026, 1, 18)
    before.valid_to = first - timedelta(days=1)
    db.session.flush()
    last = renamed - timedelta(days=1)
    db.session.add(UnitPeriod(name=before.name, valid_from=first, valid_to=last, **facts))
    db.session.flush()
    db.session.add(UnitPeriod(name="组织一科", valid_from=renamed, **facts))
    db.session.commit()
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        with pytest.raises(DomainError, match="最早为2026年1月15日"):
            hand_over(signed.clerk, old, day=date(2026, 1, 14))
        assert hand_over(signed.clerk, old, day=first).effective_on == first


def test_a_letter_of_the_department_goes_over_no_earlier_than_the_new_ministers_first_day(signed):
    bring_into_force(letter_of(signed.secretary), signed.clerk, signed.secretary, signed.minister)
    old, first, today = letter_of(signed.secretary), date(2026, 1, 15), date(2026, 1, 20)
    end_post(signed.minister)
    user_with_role(Role.MIN, title="部长", valid_from=first)
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        with pytest.raises(DomainError, match=r"最早为2026年1月15日（.*起任职）"):
            hand_over(signed.clerk, old, day=date(2026, 1, 14))
        assert hand_over(signed.clerk, old, day=first).effective_on == first


def test_a_successor_from_another_unit_counts_from_the_first_day_in_this_one(signed):
    leaving, later, today = signed.members[0], date(2026, 1, 15), date(2026, 1, 20)
    old, fresh = letter_of(leaving), user_with_role(Role.ORG, unit=signed.township, title="组织干事")
    PostHoldingFactory(person=fresh.person, position=PositionFactory(unit=signed.section), valid_from=later)
    end_post(leaving)
    with time_machine.travel(f"{today}T02:00:00+00:00", tick=True):
        with pytest.raises(DomainError, match="最早为2026年1月15日"):
            hand_over(signed.clerk, old, successor=fresh, day=date(2026, 1, 14))
        assert hand_over(signed.clerk, old, successor=fresh, day=later).effective_on == later


def test_the_books_of_who_gave_and_who_took_over_are_made_anew(signed):
    leaving, staying = signed.members
    old = letter_of(leaving)
    end_post(leaving)
    new = approve(signed.leader, hand_over(signed.clerk, old, successor=staying))
    sign_both(new, staying, signed.head)
    asked = db.session.scalars(select(Outbox).where(Outbox.task == "responsibility.remake_books")).one()
    people = sorted((leaving.person_id, staying.person_id))
    assert json.loads(asked.arguments) == [2026, signed.section.id, *people]


def test_the_office_finds_the_prepared_handover_on_its_pages(signed, login):
    old = letter_of(signed.members[0])
    end_post(signed.members[0])
    client = login(signed.clerk)
    url = f"/letters/{old.id}/changes/new?kind=handover"
    for page in ("/", "/letters", "/changes"):
        assert "待移交" in get(client, page).text, page
        assert url in get(client, page).text, page
    form = get(client, url).text
    assert f"{signed.members[0].person.name}已离任" in form
    successor = signed.members[1].person_id
    data = {
        "kind": "handover",
        "reason": "岗位调整",
        "effective_on": "2026-01-12",
    }
    assert "请选择由谁承接" in post(client, url, data).text
    assert post(client, url, data | {"successor_id": successor}).status_code == 303
    assert "待移交" not in get(login(signed.leader), "/").text


def test_a_township_letter_waits_for_the_new_secretary(signed):
    bring_into_force(letter_of(signed.secretary), signed.clerk, signed.secretary, signed.minister)
    old = letter_of(signed.secretary)
    secretary = user_with_role(Role.TSC, unit=signed.township, title="党委书记二")
    signed.township.periods[-1].head = secretary.person
    db.session.commit()
    assert old.number in affected(signed.clerk)
    new = approve(signed.minister, hand_over(signed.clerk, old))
    sign_both(new, secretary, signed.minister)
    assert stored(old).state is LetterState.SUPERSEDED


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_while_a_unit_has_no_head_nothing_of_its_comrades_letters_is_asked_for(signed, kind):
    old = letter_of(signed.members[0])
    signed.section.periods[-1].head = None
    db.session.commit()
    with pytest.raises(DomainError, match="的负责人空缺，请先任命负责人"):
        propose(signed.clerk, old, {signed.tasks[1].id: {"name": "别的"}}, kind=kind)


def test_a_vacant_post_above_a_unit_is_named_when_the_handover_is_asked_for(signed):
    old = letter_of(signed.head)
    signed.section.periods[-1].leader = None
    db.session.commit()
    with pytest.raises(DomainError, match="的主管领导空缺"):
        hand_over(signed.clerk, old)


def test_while_there_is_no_minister_no_letter_of_the_department_is_handed_over(signed):
    bring_into_force(letter_of(signed.secretary), signed.clerk, signed.secretary, signed.minister)
    old = letter_of(signed.secretary)
    end_post(signed.minister)
    with pytest.raises(DomainError, match="部长空缺"):
        hand_over(signed.clerk, old)
