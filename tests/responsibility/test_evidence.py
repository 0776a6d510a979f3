"""trust.md S4: every stored field of a version and of a signature, altered by raw SQL, is found."""

import contextlib
import copy
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fivestep_web.audit.rules import sha256_of
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db
from fivestep_web.keys import entry, images, marks, rules, services
from fivestep_web.keys import evidence as key_evidence
from fivestep_web.keys.evidence import APPROVAL_LABELS, KEY_LABELS, MARK_LABELS
from fivestep_web.keys.models import HandwrittenMark, KeyApproval, MarkSource, SigningKey
from fivestep_web.responsibility.evidence import letters as evidence
from fivestep_web.responsibility.evidence.letters import VERSION_LABELS
from fivestep_web.responsibility.evidence.signatures import MANDATE_LABELS, SIGNATURE_LABELS, mandate_faults
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter, LetterVersion, Mandate, Signature
from fivestep_web.responsibility.rules import Capacity, LetterState, SigningStep
from fivestep_web.responsibility.signing import mandates
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, actor_of, make_key, open_key
from tests.factories.responsibility import DAY, acting, bring_into_force, draft, issue, letter_of, sign
from tests.security.examples.keys import picture

LATER = datetime(2026, 1, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def signed(department):
    """One letter in force after an objection, one signed by one side, one objected to."""
    draft()
    letter = letter_of(department.head)
    issue(letter, department.clerk)
    _object(department.head, letter)
    with unit_of_work():
        stored = queries.get_letter(acting(department.clerk), letter.id)
        letter_services.revise(acting(department.clerk), stored)
    bring_into_force(letter, department.clerk, department.head, department.leader)
    issue(letter_of(department.secretary), department.clerk)
    sign(letter_of(department.secretary), department.secretary)
    issue(letter_of(department.members[0]), department.head)
    _object(department.members[0], letter_of(department.members[0]))
    _renew_key(department.members[1], department.clerk, _officer())
    _wrong_pin(department.secretary)
    _let_sign(department)
    db.session.commit()
    return department


def _officer():
    return user_with_role(Role.HRO, title="人事科长")


def _renew_key(owner, *officers):
    """Give *owner* a second key, vouched for by two; the first one signed nothing."""
    make_key(owner)
    with unit_of_work():
        new = rules.make_key("夏种冬藏2027", rules.LIGHT_COSTS)
        key_id = services.ask_for_key(actor_of(owner), new, end_old=False).id
    for officer in officers:
        opened = open_key(officer)
        with unit_of_work():
            services.approve(actor_of(officer), key_id, opened)


def _wrong_pin(user):
    for _ in range(5):
        with contextlib.suppress(entry.PinRefused):
            entry.enter(actor_of(user), "wrong pin", "test")


def _let_sign(department):
    """Let a deputy sign the second member's letter: a mark, two mandates, one of them revoked."""
    with unit_of_work():
        marks.set_mark(acting(department.head), images.clean_mark(picture()), MarkSource.UPLOAD)
    letter = letter_of(department.members[1])
    issue(letter, department.head)
    facts = {
        "deputy_id": department.members[0].person_id,
        "valid_from": DAY,
        "valid_to": DAY,
        "reason": "学习",
    }
    for principal in (department.members[1], department.head):
        opened = open_key(principal, "夏种冬藏2027" if principal is department.members[1] else PIN)
        with unit_of_work():
            mandate = mandates.give(acting(principal), opened, **facts)
    sign(letter, department.members[0])
    with unit_of_work():
        mandates.revoke(
            acting(department.head), mandates.get_own(acting(department.head), mandate.id), "回来"
        )
    sign(letter, department.head)


def _object(user, letter):
    with unit_of_work():
        stored = queries.get_letter(acting(user), letter.id)
        letter_services.object_to(acting(user), stored, "时限太紧")


@pytest.fixture
def unlocked(signed):
    """Do what the owner of the database can do: drop the triggers, put off the checks of foreign keys."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("DROP TRIGGER signature_append_only ON signature"))
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        db.session.execute(text("DROP TRIGGER signature_no_update"))
        db.session.execute(text("DROP TRIGGER signature_no_delete"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    return signed


def all_faults():
    return [
        sentence for check in (evidence.faults, key_evidence.faults, mandate_faults) for sentence in check()
    ]


def faults_after(*statements, check=all_faults):
    """Return what *check* finds once these statements ran, and undo them."""
    with db.session.begin_nested() as savepoint:
        for statement in statements:
            db.session.execute(statement)
        db.session.expire_all()
        found = list(check())
        savepoint.rollback()
    db.session.expire_all()
    return found


def neighbour(value, name=""):
    """Return another value of the same type, as near as can be."""
    if value is None:
        return LATER if name.endswith(("_at", "_until")) else 1 if name.endswith("_id") else "x"
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, Capacity):
        return Capacity.DEPUTY
    if isinstance(value, SigningStep):
        return SigningStep.ISSUING if value is SigningStep.RESPONSIBLE else SigningStep.RESPONSIBLE
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


def leaves(content, path=()):
    """Yield the path of each value in a letter's text."""
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield from leaves(content[key], (*path, key))
    else:
        yield path


def with_leaf(content, path, value):
    changed = copy.deepcopy(content)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


VERSION, SIGNATURE = LetterVersion.__table__, Signature.__table__
KEY, APPROVAL = SigningKey.__table__, KeyApproval.__table__
MANDATE, MARK = Mandate.__table__, HandwrittenMark.__table__
TABLES = (VERSION, SIGNATURE, KEY, APPROVAL, MANDATE, MARK)
LABELS = {
    VERSION: VERSION_LABELS
    | {"version_id": "版本记录", "content_sha256": "内容校验值", "objection": "异议理由"},
    SIGNATURE: SIGNATURE_LABELS,
    KEY: KEY_LABELS,
    APPROVAL: APPROVAL_LABELS,
    MANDATE: MANDATE_LABELS,
    MARK: MARK_LABELS,
}


def test_what_the_services_wrote_is_intact(signed):
    assert all_faults() == []
    assert [db.session.query(model).count() for model in (LetterVersion, Signature)] == [5, 5]
    assert [db.session.query(model).count() for model in (KeyApproval, Mandate, HandwrittenMark)] == [2, 2, 1]


def changes_of(column, row):
    """Return what to write for one altered field; some checks of the tables let two change together only."""
    name, value = column.name, row[column.name]
    if column.table is SIGNATURE and name in ("algorithm", "value"):
        return {name: neighbour(value, name)}
    if column.table is SIGNATURE and name in ("capacity", "mandate_id"):
        is_deputy = row["capacity"] is Capacity.DEPUTY
        return {
            "capacity": Capacity.PRINCIPAL if is_deputy else Capacity.DEPUTY,
            "mandate_id": None if is_deputy else 1,
        }
    if isinstance(value, dict):
        return {name: value | {"time": value["time"] + 1}}
    if isinstance(value, MarkSource):
        return {name: MarkSource.PAD}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {name: value + timedelta(days=1 if name == "valid_to" else -1)}
    return {name: neighbour(value, name)}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_altered_field_is_found_and_named_in_every_row(unlocked, table):
    columns = [column for column in table.columns if column.name != "content"]
    assert columns
    for column in columns:
        check_altered(column)
    assert all_faults() == []


def check_altered(column):
    """Alter one field in each row."""
    table = column.table
    alone = {
        row.id
        for row in db.session.query(Signature)
        if len(row.letter_version.signatures) == 1  # two of one version cannot share a step
    }
    rows = db.session.execute(select(table).order_by(table.c.id)).mappings().all()
    rows = [row for row in rows if column is not SIGNATURE.c.step or row["id"] in alone]
    assert rows, column
    for row in rows:
        change = changes_of(column, row)
        found = faults_after(table.update().where(table.c.id == row["id"]).values(**change))
        assert found, (column, row["id"], change)
        if column.name not in ("id", "letter_version_id", "letter_id"):
            label = LABELS[table].get(column.name, column.name)
            assert any(f"“{label}”" in sentence for sentence in found), (column, label, found)


def test_every_altered_word_of_every_text_is_found(unlocked):
    for row_id, content in db.session.execute(select(VERSION.c.id, VERSION.c.content)).all():
        for path in leaves(content):
            old = content
            for key in path:
                old = old[key]
            changed = with_leaf(content, path, neighbour(old))
            update = VERSION.update().where(VERSION.c.id == row_id)
            assert faults_after(update.values(content=changed), check=evidence.faults), path
            forged = update.values(content=changed, content_sha256=sha256_of(changed))
            assert faults_after(forged, check=evidence.faults), path


def test_a_hidden_change_of_spelling_is_found(unlocked):
    row_id, content = db.session.execute(select(VERSION.c.id, VERSION.c.content)).first()
    content["opening"] = unicodedata.normalize("NFD", "é") + content["opening"]
    assert faults_after(VERSION.update().where(VERSION.c.id == row_id).values(content=content))


def test_signatures_and_versions_taken_away_are_found(unlocked):
    for (signature_id,) in db.session.execute(select(SIGNATURE.c.id)).all():
        assert faults_after(SIGNATURE.delete().where(SIGNATURE.c.id == signature_id))
    for (version_id,) in db.session.execute(select(VERSION.c.id)).all():
        stripped = SIGNATURE.delete().where(SIGNATURE.c.letter_version_id == version_id)
        assert faults_after(stripped, VERSION.delete().where(VERSION.c.id == version_id))


def test_a_stripped_last_signature_is_found_though_the_state_is_set_back(unlocked):
    last = db.session.scalar(select(SIGNATURE.c.id).where(SIGNATURE.c.step == SigningStep.ISSUING))
    letter = Letter.__table__
    undo = letter.update().where(letter.c.state == LetterState.IN_FORCE)
    undo = undo.values(state=LetterState.ACCEPTED, in_force_at=None)
    assert faults_after(SIGNATURE.delete().where(SIGNATURE.c.id == last), undo)


def test_a_signature_moved_or_copied_to_another_letter_is_found(unlocked):
    row = db.session.execute(select(SIGNATURE).order_by(SIGNATURE.c.id)).mappings().first()
    taken = select(SIGNATURE.c.letter_version_id).where(SIGNATURE.c.step == row["step"])
    target = db.session.scalar(select(VERSION.c.id).where(VERSION.c.id.not_in(taken)))
    moved = SIGNATURE.update().where(SIGNATURE.c.id == row["id"]).values(letter_version_id=target)
    copied = SIGNATURE.insert().values({**row, "id": 9999, "letter_version_id": target})
    assert faults_after(moved)
    assert faults_after(copied)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "责〔2026〕Z99号"},
        {"title": "另一份责任书"},
        {"kind": "department_unit", "serial": 77},
        {"state": "accepted"},
        {"state": "settled", "in_force_at": LATER},
        {"in_force_at": None},
        {"issuer_id": 9999},
        {"responsible_id": 9999},
    ],
    ids=str,
)
def test_a_letter_that_contradicts_its_text_or_signatures_is_found(unlocked, change):
    letter = Letter.__table__
    assert faults_after(letter.update().where(letter.c.state == LetterState.IN_FORCE).values(**change))


def test_signatures_cannot_be_changed_by_ordinary_means(signed):
    for statement in (SIGNATURE.update().values(address="10.0.0.1"), SIGNATURE.delete()):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(statement)


def test_a_mark_s_altered_picture_is_found(unlocked):
    blob = Blob.__table__
    mark = db.session.query(HandwrittenMark).one()
    assert faults_after(blob.update().where(blob.c.sha256 == mark.blob_sha256).values(data=b"another"))


def test_keys_approvals_mandates_and_marks_taken_away_or_added_are_found(unlocked):
    for table in (KEY, APPROVAL, MANDATE, MARK):
        for row in db.session.execute(select(table)).mappings().all():
            assert faults_after(table.delete().where(table.c.id == row["id"])), table.name
        copied = {**row, "id": 9999} | {
            KEY: {"public_key": "00", "sequence": 9, "ended_at": LATER},
            APPROVAL: {"approver_id": 1},
            MANDATE: {},
            MARK: {"ended_at": LATER},
        }[table]
        assert faults_after(table.insert().values(copied)), table.name
