"""Who has not signed, and reminding them (R2.12, 2.11)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select, update

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.responsibility.coverage import matrix_queries, reminders
from fivestep_web.responsibility.coverage.rules import Stage
from fivestep_web.responsibility.models import Letter, Reminder
from fivestep_web.responsibility.rules import LetterKind, LetterState
from tests.factories.accounts import user_with_role
from tests.factories.org import UnitFactory
from tests.factories.responsibility import YEAR, GoalFactory, acting, draft, issue, letter_of
from tests.web import post

SIGNING_ENDS = date(YEAR, 1, 30)
HEADS, STAFF = LetterKind.MINISTER_SECTION_HEAD, LetterKind.SECTION_HEAD_STAFF


def levels(user):
    found = matrix_queries.list_levels(acting(user), YEAR, signing_ends=SIGNING_ENDS)
    return {level.kind: level for level in found}


def cells(user, kind):
    (row,) = levels(user)[kind].rows
    return {stage: [line.name for line in lines] for stage, lines in row.cells.items() if lines}


def put(letter, state):
    db.session.execute(update(Letter).where(Letter.id == letter.id).values(state=state))
    db.session.commit()


def remind(user, kind=HEADS, stage="", **where):
    with unit_of_work():
        return reminders.remind(acting(user), YEAR, kind, stage, **where)


@pytest.fixture
def issued(department):
    """The section's letter waits for its head."""
    draft()
    issue(letter_of(department.head), department.clerk)
    return department


def test_before_drafting_everybody_stands_under_not_drafted(department):
    names = [member.person.name for member in department.members]
    assert cells(department.clerk, STAFF) == {Stage.NOT_DRAFTED: names}
    assert cells(department.clerk, HEADS) == {Stage.NOT_DRAFTED: [department.head.person.name]}


def test_each_letter_stands_in_one_cell_as_it_goes(issued):
    name = issued.head.person.name
    letter = letter_of(issued.head)
    assert cells(issued.clerk, HEADS) == {Stage.RESPONSIBLE: [name]}
    for state, stage in (
        (LetterState.ACCEPTED, Stage.ISSUING),
        (LetterState.OBJECTED, Stage.OBJECTED),
        (LetterState.IN_FORCE, Stage.IN_FORCE),
    ):
        put(letter, state)
        assert cells(issued.clerk, HEADS) == {stage: [name]}
    put(letter, LetterState.VOID)
    assert cells(issued.clerk, HEADS) == {Stage.NOT_DRAFTED: [name]}


def test_a_vacant_post_is_shown_as_vacant(department):
    db.session.execute(
        update(UnitPeriod).where(UnitPeriod.unit_id == department.section.id).values(head_id=None)
    )
    db.session.commit()
    assert cells(department.clerk, HEADS) == {Stage.NOT_DRAFTED: ["（空缺）"]}


def test_who_is_awaited_is_named(issued):
    (line,) = levels(issued.clerk)[HEADS].rows[0].cells[Stage.RESPONSIBLE]
    assert line.awaited == issued.head.person.name
    put(letter_of(issued.head), LetterState.ACCEPTED)
    (line,) = levels(issued.clerk)[HEADS].rows[0].cells[Stage.ISSUING]
    assert line.awaited == issued.leader.person.name


def test_after_the_signing_window_what_is_not_in_force_is_late(issued):
    assert levels(issued.clerk)[HEADS].late == 0
    with time_machine.travel(datetime(YEAR, 2, 2, 2, tzinfo=UTC)):
        found = levels(issued.clerk)
        assert found[HEADS].late == 1
        assert found[STAFF].late == 2


def test_heads_see_their_own_unit_and_remind_below_it_only(issued):
    found = levels(issued.head)
    assert set(found) == {HEADS, STAFF}
    assert found[HEADS].remindable == frozenset()
    assert found[STAFF].remindable == {issued.section.id}
    assert levels(issued.leader)[HEADS].remindable == {issued.section.id}
    assert set(levels(issued.secretary)) == {LetterKind.DEPARTMENT_UNIT, LetterKind.UNIT_MEMBER}


def test_a_reminder_is_written_and_logged(issued):
    assert remind(issued.clerk, stage="responsible", unit_id=issued.section.id) == 1
    (reminder,) = db.session.scalars(select(Reminder))
    letter = letter_of(issued.head)
    assert (reminder.letter_id, reminder.person_id) == (letter.id, issued.head.person_id)
    assert reminder.sent_by.endswith(issued.clerk.person.name)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "letter.reminded"))
    assert entry.subject == f"letter:{letter.id}"
    assert entry.user_id == issued.clerk.id


def test_once_a_day_for_a_letter_and_person(issued):
    remind(issued.clerk)
    with pytest.raises(Conflict, match="今天都已经提醒过了"):
        remind(issued.leader)
    with time_machine.travel(datetime(YEAR, 1, 12, 15, 59, tzinfo=UTC)), pytest.raises(Conflict):
        remind(issued.clerk)
    with time_machine.travel(datetime(YEAR, 1, 12, 16, 1, tzinfo=UTC)):  # the 13th in Shanghai
        assert remind(issued.clerk) == 1
    assert db.session.query(Reminder).count() == 2


def test_the_other_side_is_reminded_the_same_day_once_it_is_awaited(issued):
    remind(issued.clerk)
    put(letter_of(issued.head), LetterState.ACCEPTED)
    assert remind(issued.clerk) == 1
    people = set(db.session.scalars(select(Reminder.person_id)))
    assert people == {issued.head.person_id, issued.leader.person_id}


def test_a_level_is_reminded_at_one_click_and_only_those_awaited(issued):
    for member in issued.members:
        put(letter_of(member), LetterState.ISSUED)
    assert remind(issued.head, STAFF) == 2
    with pytest.raises(Conflict, match="没有在等签署的责任书"):
        remind(issued.clerk, LetterKind.UNIT_MEMBER)


def test_nobody_reminds_oneself(issued):
    put(letter_of(issued.members[0]), LetterState.ACCEPTED)
    with pytest.raises(Conflict):
        remind(issued.head, STAFF)
    assert db.session.query(Reminder).count() == 0
    assert remind(issued.clerk, STAFF) == 1


def test_a_letter_that_posts_have_outrun_awaits_nobody(issued):
    successor = user_with_role(Role.DEP, title="新副部长", charge=(issued.section,))
    assert issued.section.periods[-1].leader_id == successor.person_id
    with pytest.raises(Conflict, match="没有在等签署的责任书"):
        remind(issued.clerk)


def remind_one(user, letter):
    with unit_of_work():
        reminders.remind_signer(acting(user), db.session.get(Letter, letter.id))


def test_one_letter_may_be_picked_with_the_limits_of_all(issued):
    for member in issued.members:
        put(letter_of(member), LetterState.ISSUED)
    letter = letter_of(issued.members[1])
    with pytest.raises(NotAllowed):
        remind_one(issued.secretary, letter)
    remind_one(issued.head, letter)
    assert db.session.scalars(select(Reminder.person_id)).all() == [issued.members[1].person_id]
    with pytest.raises(Conflict, match="今天都已经提醒过了"):
        remind_one(issued.clerk, letter)
    assert remind(issued.clerk, STAFF) == 1  # the other member
    put(letter, LetterState.IN_FORCE)
    with pytest.raises(Conflict, match="没有在等签署的责任书"):
        remind_one(issued.clerk, letter)


def test_the_letters_page_reminds_once_a_day_and_says_how_often(login, issued):
    letter, name = letter_of(issued.head), issued.head.person.name
    assert f"提醒{name}签署" not in login(issued.head).get(f"/letters/{letter.id}").text
    client = login(issued.clerk)
    assert f"提醒{name}签署" in client.get(f"/letters/{letter.id}").text
    answer = post(client, f"/letters/{letter.id}/remind", {})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "已提醒 1 次" in page
    assert f"提醒{name}签署" not in page
    with time_machine.travel(datetime(YEAR, 1, 13, 2, tzinfo=UTC)):
        client = login(issued.clerk)
        page = client.get(f"/letters/{letter.id}").text
        assert "已提醒 1 次" in page
        assert f"提醒{name}签署" in page
        assert "已提醒1次" in client.get(f"/letters/matrix?year={YEAR}").text


def test_nobody_reminds_outside_the_own_reach(issued):
    with pytest.raises(NotAllowed):
        remind(issued.secretary)
    with pytest.raises(NotAllowed):
        remind(issued.head)
    with pytest.raises(NotAllowed):
        remind(user_with_role(Role.DEP))
    assert db.session.query(Reminder).count() == 0


def test_a_level_in_two_hands_is_reminded_by_each_for_the_own_units(issued):
    other = UnitFactory(name="干部科")
    head = user_with_role(Role.SHD, unit=other, title="科长")
    other.periods[-1].head = head.person
    leader = user_with_role(Role.DEP, title="副部长", charge=(other,))
    GoalFactory(topic=issued.topic, unit=other, person=head.person)
    draft()
    put(letter_of(head), LetterState.ISSUED)
    assert remind(leader) == 1
    assert db.session.scalars(select(Reminder.person_id)).all() == [head.person_id]
    assert remind(issued.clerk) == 1


@pytest.mark.parametrize(("kind", "stage"), [("nothing", ""), (HEADS, "draft"), ("", "")])
def test_a_level_that_is_none_is_refused(issued, kind, stage):
    with pytest.raises(DomainError):
        remind(issued.clerk, kind, stage)


def test_the_reminded_see_it_on_their_today_page_until_they_signed(login, issued):
    remind(issued.clerk)
    with time_machine.travel(datetime(YEAR, 3, 1, 2, tzinfo=UTC)):
        remind(issued.clerk)
        page = login(issued.head).get(f"/?year={YEAR}").text
        assert "已被提醒 2 次，最近 3月1日" in page
        put(letter_of(issued.head), LetterState.ACCEPTED)
        assert "已被提醒" not in login(issued.head).get(f"/?year={YEAR}").text


def test_the_matrix_page_reminds_and_says_so(login, issued):
    client = login(issued.clerk)
    page = client.get(f"/letters/matrix?year={YEAR}").text
    assert "提醒本级全部待签的人" in page
    data = {"kind": HEADS.value, "stage": "responsible", "unit_id": str(issued.section.id)}
    answer = post(client, f"/letters/remind?year={YEAR}", data)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "已提醒 1 份责任书的签署人" in page
    assert "已提醒1次" in page


def test_who_may_not_remind_sees_no_button(login, issued):
    page = login(issued.head).get(f"/letters/matrix?year={YEAR}").text
    assert issued.head.person.name in page
    assert "提醒本级" not in page


def test_the_office_is_led_to_the_matrix_while_letters_wait(login, issued):
    page = login(issued.clerk).get(f"/?year={YEAR}").text
    assert "还有 5 份责任书没有签完" in page
    db.session.execute(update(Letter).values(state=LetterState.IN_FORCE))
    db.session.commit()
    assert "没有签完" not in login(issued.clerk).get(f"/?year={YEAR}").text
