"""What meets in the same moment: two last signers (trust.md S1), a letter's file and what replaces it."""

import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from fivestep_web.accounts.models import User
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import making
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.services import file_subject
from fivestep_web.extensions import db as database
from fivestep_web.keys import rules as key_rules
from fivestep_web.keys import services as keys
from fivestep_web.keys.queries import find_living
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.services import GoalFacts, Place
from fivestep_web.responsibility.letters import drafting, queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter, Signature
from fivestep_web.responsibility.rules import LetterKind, LetterState
from fivestep_web.responsibility.sheets import services as sheet_services
from fivestep_web.responsibility.sheets.queries import SheetKey
from fivestep_web.responsibility.sheets.services import RowEdit
from fivestep_web.responsibility.signing import mandates
from tests.at_once import at_once
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of, make_key, open_key
from tests.factories.responsibility import (
    ADDRESS,
    DAY,
    YEAR,
    GoalFactory,
    TopicFactory,
    acting,
    bring_into_force,
    draft,
    issue,
    letter_of,
    make_department,
    sign,
)
from tests.responsibility.changes import approve, propose
from tests.responsibility.test_signing import give

REPEATS = 50
FACTS = GoalFacts("培训党务干部", "培训200人次", Decimal(200), "人次", None, date(YEAR, 10, 31), Decimal(10))


@pytest.fixture
def own_app(january, own_app):
    """Return the application in January."""
    return own_app


def letters_that_wait(count):
    """Return the ids of *count* letters that wait for the head's countersignature, and who the head is."""
    department = make_department()
    for number in range(count - len(department.members)):
        member = user_with_role(Role.STF, unit=department.section, title=f"第{number}岗")
        GoalFactory(
            topic=department.topic,
            unit=department.section,
            person=member.person,
            parent=department.goals[0],
        )
    draft()
    bring_into_force(letter_of(department.head), department.clerk, department.head, department.leader)
    lower = select(Letter).where(Letter.kind == LetterKind.SECTION_HEAD_STAFF).order_by(Letter.id)
    letters = database.session.scalars(lower).all()
    for letter in letters:
        issue(letter, department.head)
        sign(letter, _user_of(letter.responsible_id))
    return [letter.id for letter in letters], (acting(department.head, DAY), open_key(department.head))


def _user_of(person_id):
    return database.session.scalars(select(User).where(User.person_id == person_id)).one()


def sign_shown(actor, letter_id, key, shown):
    with unit_of_work():
        letter = queries.get_letter(actor, letter_id, lock=True)
        letter_services.sign(actor, letter, key=key, shown_sha256=shown, address=ADDRESS)


def sign_at_once(app, head, letter_id, shown, *, times=2):
    """Let threads sign the same letter at once; return what each came to."""
    actor, key = head

    def sign_it(_place):
        sign_shown(actor, letter_id, key, shown)
        return "signed"

    return at_once(app, sign_it, range(times))


def test_fifty_double_countersignatures_leave_fifty_signatures(own_app):
    letter_ids, head = letters_that_wait(REPEATS)
    assert len(letter_ids) == REPEATS
    for letter_id in letter_ids:
        letter = database.session.get(Letter, letter_id)
        shown = letter_services.current_version(letter).content_sha256
        database.session.rollback()
        outcomes = sign_at_once(own_app, head, letter_id, shown)
        assert sorted(outcomes, key=str) == [409, "signed"], letter_id
    count = database.session.scalar(
        select(func.count(Signature.id)).where(
            Signature.person_id == head[0].person_id, Signature.step == "issuing"
        )
    )
    assert count == REPEATS
    states = set(database.session.scalars(select(Letter.state).where(Letter.id.in_(letter_ids))))
    assert states == {LetterState.IN_FORCE}
    for letter_id in letter_ids:
        filed = select(func.count()).select_from(Outbox).where(Outbox.key == f"file-letter-{letter_id}-v1")
        assert database.session.scalar(filed) == 1
    logged = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "letter.signed")
    assert database.session.scalar(logged) == 2 + 2 * REPEATS
    assert verify().faults == ()


def test_fifty_last_signatures_at_once_leave_one_signature_and_one_document(own_app):
    (letter_id, _other), head = letters_that_wait(2)
    shown = letter_services.current_version(database.session.get(Letter, letter_id)).content_sha256
    database.session.rollback()
    outcomes = sign_at_once(own_app, head, letter_id, shown, times=REPEATS)
    assert sorted(outcomes, key=str) == [409] * (REPEATS - 1) + ["signed"]
    signatures = database.session.query(Signature).filter_by(step="issuing", person_id=head[0].person_id)
    assert signatures.count() == 1
    for task in ("file-letter", "open-entries"):
        rows = select(func.count()).select_from(Outbox).where(Outbox.key == f"{task}-{letter_id}-v1")
        assert database.session.scalar(rows) == 1
    assert verify().faults == ()


def test_a_goal_made_while_its_letter_goes_out_stays_out_of_it_and_stops_nobody(own_app):
    department = make_department()
    draft()
    letter_id, unit_id = letter_of(department.head).id, department.section.id
    clerk, head = acting(department.clerk), acting(department.head)
    place = Place(YEAR, department.topic.id, unit_id, department.head.person_id)
    database.session.rollback()
    is_held = threading.Event()

    def send_out():
        with own_app.app_context(), unit_of_work():
            letter = queries.get_letter(clerk, letter_id, lock=True)
            is_held.set()
            time.sleep(0.5)
            letter_services.issue(clerk, letter)

    thread = threading.Thread(target=send_out)
    thread.start()
    assert is_held.wait(30)
    with unit_of_work():
        goal_services.create_goal(head, place, FACTS)
        drafting.refresh_drafts(YEAR, unit_id)
    thread.join(30)
    letter = database.session.get(Letter, letter_id)
    assert letter.state is LetterState.ISSUED
    assert [item.goal.code for item in letter.goals] == [
        goal["code"] for goal in letter.versions[0].content["goals"]
    ]
    assert verify().faults == ()


def test_sheets_with_goals_of_the_same_topics_are_saved_at_once(own_app):
    department = make_department()
    codes = [department.topic.code]
    codes.append(TopicFactory(lead_unit=department.section, leader=department.leader.person).code)
    sheets = [
        (acting(head), SheetKey(YEAR, unit.id), head.person.name)
        for head, unit in ((department.head, department.section), (department.secretary, department.township))
    ]
    database.session.rollback()

    def save(number):
        who, key, name = sheets[number]
        cells = {
            "name": "培训党务干部",
            "completion_standard": "培训200人次",
            "target": "200",
            "measure_unit": "人次",
        }
        cells |= {"person": name, "deadline": "10月31日", "points": "1"}
        edits = [RowEdit(None, {**cells, "link": code}) for code in (codes if number else codes[::-1]) * 10]
        return sheet_services.save_rows(who, key, edits).created

    assert at_once(own_app, save, (0, 1)) == [20, 20]


def test_drafting_again_leaves_a_letter_alone_that_is_just_going_out(own_app):
    department = make_department()
    draft()
    letter_id, clerk = letter_of(department.head).id, acting(department.clerk)
    person_id, unit_id = department.head.person_id, department.section.id
    place = {"topic_id": department.topic.id, "unit_id": unit_id, "person_id": person_id}
    database.session.rollback()
    is_issued = threading.Event()

    def send_out():
        with own_app.app_context(), unit_of_work():
            letter_services.issue(clerk, queries.get_letter(clerk, letter_id, lock=True))
            is_issued.set()
            time.sleep(0.5)

    thread = threading.Thread(target=send_out)
    thread.start()
    assert is_issued.wait(30)
    with unit_of_work():  # unlogged, so that it need not wait
        database.session.add(Goal(**place, year=YEAR, code="T9", name="另一项", deadline=FACTS.deadline))
    draft()
    thread.join(30)
    assert len(database.session.get(Letter, letter_id).goals) == 2
    assert verify().faults == ()


def test_no_signature_follows_the_revocation_of_its_mandate(own_app):
    department = make_department()
    draft()
    letter = letter_of(department.head)
    issue(letter, department.clerk)
    head, deputy = acting(department.head, DAY), department.members[0]
    mandate_id, key = give(department.head, deputy).id, open_key(deputy)
    who, letter_id, shown = acting(deputy), letter.id, letter_services.current_version(letter).content_sha256
    database.session.rollback()
    is_revoked = threading.Event()

    def revoke():
        with own_app.app_context(), unit_of_work():
            mandates.revoke(head, mandates.get_own(head, mandate_id, lock=True), "已经回来")
            is_revoked.set()
            time.sleep(0.5)

    thread = threading.Thread(target=revoke)
    thread.start()
    assert is_revoked.wait(30)
    with pytest.raises((Conflict, NotAllowed, NotFound)):
        sign_shown(who, letter_id, key, shown)
    thread.join(30)
    assert database.session.query(Signature).count() == 0
    assert verify().faults == ()


def test_a_change_is_countersigned_while_somebody_signs_below(own_app):
    department = make_department()
    draft()
    upper = letter_of(department.head)
    bring_into_force(upper, department.clerk, department.head, department.leader)
    lower = letter_of(department.members[0])
    issue(lower, department.clerk)
    order = propose(department.clerk, upper, {department.goals[0].id: {"target": "24"}})
    new = approve(department.leader, order)
    sign(new, department.head)
    member, key, lower_id = acting(department.members[0]), open_key(department.members[0]), lower.id
    shown = letter_services.current_version(lower).content_sha256
    database.session.rollback()
    is_held = threading.Event()

    def sign_below():
        with own_app.app_context(), unit_of_work():
            letter = queries.get_letter(member, lower_id, lock=True)
            is_held.set()
            time.sleep(0.5)
            letter_services.sign(member, letter, key=key, shown_sha256=shown, address=ADDRESS)

    thread = threading.Thread(target=sign_below)
    thread.start()
    assert is_held.wait(30)
    sign(new, department.leader)
    thread.join(30)
    lower = database.session.get(Letter, lower_id)
    assert (lower.state, lower.upper_id) == (LetterState.ACCEPTED, new.id)
    assert verify().faults == ()


def test_a_key_that_is_just_being_confirmed_is_not_withdrawn(own_app):
    owner, *officers = (user_with_role(role) for role in (Role.SHD, Role.HRO, Role.HRO))
    make_key(owner)
    (first, first_key), (second, second_key) = ((actor_of(user), open_key(user)) for user in officers)
    with unit_of_work():
        key_id = keys.ask_for_key(
            actor_of(owner), key_rules.make_key("夏种冬藏2027", key_rules.LIGHT_COSTS), end_old=False
        ).id
    with unit_of_work():
        keys.approve(first, key_id, first_key)
    who, is_confirmed = actor_of(owner), threading.Event()
    database.session.rollback()

    def confirm():
        with own_app.app_context(), unit_of_work():
            keys.approve(second, key_id, second_key)
            is_confirmed.set()
            time.sleep(0.5)

    thread = threading.Thread(target=confirm)
    thread.start()
    assert is_confirmed.wait(30)
    with pytest.raises(Conflict), unit_of_work():
        keys.withdraw(who)
    thread.join(30)
    assert find_living(owner.person_id).id == key_id
    assert verify().faults == ()


def test_a_file_stored_while_its_letter_is_replaced_waits_and_comes_out_superseded(own_app):
    department = make_department()
    draft()
    letter = letter_of(department.head)
    bring_into_force(letter, department.clerk, department.head, department.leader)
    letter_id = letter.id
    with unit_of_work():
        (batch_id,) = file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter_id).batch_ids
    document_id = database.session.scalars(select(GeneratedDocument.id)).one()
    made = making.make_waiting([document_id])
    is_replaced = threading.Event()

    def replace():
        with own_app.app_context(), unit_of_work():
            database.session.get(Letter, letter_id).state = LetterState.SUPERSEDED
            database.session.flush()
            is_replaced.set()
            time.sleep(0.5)  # the change order goes on: the file must not be stored as in force meanwhile

    thread = threading.Thread(target=replace)
    thread.start()
    assert is_replaced.wait(30)
    with unit_of_work():
        making.publish(batch_id, made)
    thread.join(30)
    state = select(GeneratedDocument.state).where(GeneratedDocument.id == document_id)
    assert database.session.scalar(state) is DocumentState.SUPERSEDED
