"""trust.md S4: every stored field of a version and of a signature, altered by raw SQL, is found."""

import copy
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fivestep_web.audit.rules import sha256_of
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility import evidence, letter_services, queries
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import Capacity, LetterState, SigningStep
from tests.factories.responsibility import acting, bring_into_force, draft, issue, letter_of, sign

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
    db.session.commit()
    return department


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


def faults_after(*statements):
    """Return what is found once these statements ran, and undo them."""
    with db.session.begin_nested() as savepoint:
        for statement in statements:
            db.session.execute(statement)
        db.session.expire_all()
        found = list(evidence.faults())
        savepoint.rollback()
    db.session.expire_all()
    return found


def neighbour(value, name=""):
    """Return another value of the same type, as near as can be."""
    if value is None:
        return LATER if name.endswith("_at") else 1 if name.endswith("_id") else "x"
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
COLUMNS = [column for table in (VERSION, SIGNATURE) for column in table.columns if column.name != "content"]


def test_what_the_services_wrote_is_intact(signed):
    assert list(evidence.faults()) == []
    assert db.session.query(LetterVersion).count() == 4
    assert db.session.query(Signature).count() == 3


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_altered_field_is_found_in_every_row(unlocked, column):
    table = column.table
    alone = {
        row.id
        for row in db.session.query(Signature)
        if len(row.letter_version.signatures) == 1  # two of one version cannot share a step
    }
    rows = db.session.execute(select(table.c.id, column).order_by(table.c.id)).all()
    rows = [row for row in rows if column is not SIGNATURE.c.step or row[0] in alone]
    assert rows
    for row_id, value in rows:
        change = {column.name: neighbour(value, column.name)}
        if column in (SIGNATURE.c.algorithm, SIGNATURE.c.value):  # a CHECK lets them change together only
            change = {"algorithm": "ed25519", "value": "AAAA"}
        if column in (SIGNATURE.c.capacity, SIGNATURE.c.mandate_id):
            change = {"capacity": Capacity.DEPUTY, "mandate_id": 1}
        assert faults_after(table.update().where(table.c.id == row_id).values(**change)), (row_id, change)
    assert list(evidence.faults()) == []


def test_every_altered_word_of_every_text_is_found(unlocked):
    for row_id, content in db.session.execute(select(VERSION.c.id, VERSION.c.content)).all():
        for path in leaves(content):
            old = content
            for key in path:
                old = old[key]
            changed = with_leaf(content, path, neighbour(old))
            update = VERSION.update().where(VERSION.c.id == row_id)
            assert faults_after(update.values(content=changed)), path
            forged = update.values(content=changed, content_sha256=sha256_of(changed))
            assert faults_after(forged), path


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
