from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.services import GoalFacts, Place
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterKind, LetterState
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import (
    YEAR,
    GoalFactory,
    acting,
    bring_into_force,
    draft,
    issue,
    letter_of,
    make_department,
)

FACTS = GoalFacts("培训党务干部", "培训200人次", Decimal(200), "人次", None, date(YEAR, 10, 31), Decimal(10))


def sides(letter):
    return letter.kind, letter.responsible_id, letter.issuer_id


def test_the_four_kinds_come_from_goals_and_posts(department):
    assert [sides(letter) for letter in draft()] == [
        (LetterKind.MINISTER_SECTION_HEAD, department.head.person_id, department.leader.person_id),
        (LetterKind.DEPARTMENT_UNIT, department.secretary.person_id, department.minister.person_id),
        (LetterKind.SECTION_HEAD_STAFF, department.members[0].person_id, department.head.person_id),
        (LetterKind.SECTION_HEAD_STAFF, department.members[1].person_id, department.head.person_id),
        (LetterKind.UNIT_MEMBER, department.organizer.person_id, department.secretary.person_id),
    ]


def test_numbers_and_titles_follow_the_kind(department):
    letters = {letter.number: letter.title for letter in draft()}
    assert letters == {
        "责〔2026〕Z1号": "组织科2026年度工作目标责任书",
        "责〔2026〕B1号": "城关镇2026年度组织工作目标责任书",
        "责〔2026〕K1号": "组织科2026年度岗位目标责任书",
        "责〔2026〕K2号": "组织科2026年度岗位目标责任书",
        "责〔2026〕D1号": "城关镇2026年度岗位目标责任书",
    }


def test_a_unit_letter_carries_the_unit_goals_and_weighs_them_to_100(department):
    draft()
    letter = letter_of(department.head)
    assert [(item.goal_id, item.weight) for item in letter.goals] == [
        (department.goals[0].id, Decimal("33.33")),
        (department.goals[1].id, Decimal("66.67")),
    ]


def test_a_head_has_no_personal_letter_for_tasks_of_their_own(department):
    draft()
    carried = db.session.scalars(select(Letter).where(Letter.responsible_id == department.head.person_id))
    assert [letter.kind for letter in carried] == [LetterKind.MINISTER_SECTION_HEAD]


def test_lower_letters_know_the_one_above(department):
    draft()
    assert letter_of(department.members[0]).upper_id == letter_of(department.head).id
    assert letter_of(department.organizer).upper_id == letter_of(department.secretary).id


def test_drafting_again_makes_nothing_twice_and_logs_nothing(department):
    draft()
    count = db.session.query(Letter).count()
    entries = db.session.query(AuditEntry).count()
    with unit_of_work():
        assert drafting.draft_letters(SYSTEM, YEAR) == 0
    assert db.session.query(Letter).count() == count
    assert db.session.query(AuditEntry).count() == entries


def test_drafting_is_logged_with_the_numbers(department):
    draft()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "letter.drafted")).one()
    assert "K1" in entry.body


def test_drafts_follow_the_goals(department):
    draft()
    db.session.get(Goal, department.goals[0].id).points = Decimal(60)
    db.session.commit()
    draft()
    assert [item.weight for item in letter_of(department.head).goals] == [Decimal("75.00"), Decimal("25.00")]


def test_goals_made_handed_over_and_deleted_show_in_the_drafts_at_once(department):
    draft()
    first, second = department.members
    made = make(department)
    assert carried_by(department.head) == {department.goals[0].id, department.goals[1].id, made}
    hand_over(department, department.tasks[1], second)
    assert carried_by(first) == set()
    assert carried_by(second) == {department.tasks[1].id, department.tasks[2].id}
    with unit_of_work():
        goal = db.session.get(Goal, made)
        goal_services.delete_goal(acting(department.head), goal, revision=goal.revision)
    weights = [item.weight for item in letter_of(department.head).goals]
    assert weights == [Decimal("33.33"), Decimal("66.67")]


def make(department):
    place = Place(YEAR, department.topic.id, department.section.id, department.head.person_id)
    with unit_of_work():
        goal = goal_services.create_goal(acting(department.head), place, FACTS)
        drafting.refresh_drafts(YEAR, goal.unit_id)
        return goal.id


def hand_over(department, task, user):
    with unit_of_work():
        assignments.set_lead(acting(department.head), db.session.get(Goal, task.id), user.person_id)
        drafting.refresh_drafts(YEAR, department.section.id)


def carried_by(user):
    db.session.expire_all()
    return {item.goal_id for item in letter_of(user).goals}


def test_a_new_leader_in_charge_signs_what_is_still_a_draft(department):
    draft()
    other = user_with_role(Role.DEP, title="部务委员", charge=(department.section,))
    draft()
    assert letter_of(department.head).issuer_id == other.person_id


def test_a_new_head_takes_over_the_draft_instead_of_getting_a_second_one(department):
    draft()
    successor = user_with_role(Role.SHD, unit=department.section, title="主持工作的副科长")
    db.session.get(Unit, department.section.id).periods[-1].head = successor.person
    db.session.commit()
    draft()
    uppers = db.session.scalars(
        select(Letter).where(Letter.kind == LetterKind.MINISTER_SECTION_HEAD, Letter.state != "void")
    ).all()
    assert [letter.responsible_id for letter in uppers] == [successor.person_id]
    assert letter_of(department.members[0]).issuer_id == successor.person_id


def test_an_issued_letter_is_not_touched_and_gets_no_second_one(department):
    draft()
    issue(letter_of(department.head), department.clerk)
    successor = user_with_role(Role.SHD, unit=department.section, title="主持工作的副科长")
    db.session.get(Unit, department.section.id).periods[-1].head = successor.person
    db.session.commit()
    draft()
    assert letter_of(successor) is None
    assert letter_of(department.head, LetterKind.MINISTER_SECTION_HEAD).state is LetterState.ISSUED


def test_a_draft_whose_tasks_went_elsewhere_is_voided_and_logged(department):
    draft()
    first, second = department.members
    db.session.get(Goal, department.tasks[1].id).person = second.person
    db.session.commit()
    draft()
    assert letter_of(first).state is LetterState.VOID
    assert len(letter_of(second).goals) == 2
    subject = f"letter:{letter_of(first).id}"
    assert db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "letter.voided", AuditEntry.subject == subject)
    ).one()


def test_a_voided_letter_is_drafted_anew_under_a_new_number(department):
    draft()
    with unit_of_work():
        stored = db.session.get(Letter, letter_of(department.head).id)
        letter_services.void(acting(department.clerk), stored, "分管调整")
    draft()
    again = letter_of(department.head)
    assert (again.number, again.state) == ("责〔2026〕Z2号", LetterState.DRAFT)
    assert letter_of(department.members[0]).upper_id == again.id


def test_a_vacant_post_leaves_the_draft_as_it_is(department):
    draft()
    db.session.get(Unit, department.section.id).periods[-1].leader = None
    db.session.commit()
    draft()
    assert letter_of(department.head).state is LetterState.DRAFT


def test_a_unit_without_head_gets_no_letter(department):
    db.session.get(Unit, department.section.id).periods[-1].head = None
    db.session.commit()
    assert {letter.unit_id for letter in draft()} == {department.township.id}


def test_nothing_is_drafted_before_step_two_is_open(january, db):
    make_department(is_open=False)
    with pytest.raises(Conflict, match="尚未印发"), unit_of_work():
        drafting.draft_letters(SYSTEM, YEAR)


def test_a_head_drafts_only_for_the_own_comrades(department):
    with unit_of_work():
        drafting.draft_letters(acting(department.head), YEAR)
    letters = db.session.scalars(select(Letter)).all()
    assert {(letter.kind, letter.unit_id) for letter in letters} == {
        (LetterKind.SECTION_HEAD_STAFF, department.section.id)
    }


def test_a_member_drafts_nothing(department):
    with pytest.raises(NotAllowed), unit_of_work():
        drafting.draft_letters(acting(department.members[0]), YEAR)


def test_a_draft_of_tasks_in_two_units_is_one_letter_in_each(department):
    GoalFactory(
        topic=department.topic,
        unit=department.township,
        person=department.members[0].person,
        parent=department.goals[2],
    )
    draft()
    carried = db.session.scalars(
        select(Letter).where(Letter.responsible_id == department.members[0].person_id)
    ).all()
    assert {letter.unit_id for letter in carried} == {department.section.id, department.township.id}
    assert [sum(item.weight for item in letter.goals) for letter in carried] == [100, 100]


def test_letters_in_force_stay_in_force_when_drafted_again(department):
    draft()
    letter = letter_of(department.head)
    bring_into_force(letter, department.clerk, department.head, department.leader)
    draft()
    assert letter_of(department.head).state is LetterState.IN_FORCE
