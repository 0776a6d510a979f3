"""Whoever copied database and instance folder, yet knows no PIN, makes no signature that verifies (S5).

The attacker here may do all that is possible without a PIN: change any row, drop triggers, write entries of
the log that fit the chain (the instance's secret is in the copied folder), reset passwords, ask for keys.
"""

import json
import shutil
from datetime import timedelta

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import hash_password
from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import canonical, sha256_of
from fivestep_web.audit.services import record
from fivestep_web.audit.verification import verify
from fivestep_web.config import PROJECT
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import entry, queries, rules, services
from fivestep_web.keys.entry import OpenKey, key_row
from fivestep_web.keys.models import KeyApproval, SigningKey
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter, Mandate, Signature
from fivestep_web.responsibility.row_log import letter_rows
from fivestep_web.responsibility.rules import Capacity, LetterState, SigningStep
from fivestep_web.responsibility.signing import mandates
from fivestep_web.responsibility.signing import services as signing
from tests.conftest import make_config
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of, make_key, open_key
from tests.factories.responsibility import (
    ADDRESS,
    DAY,
    acting,
    draft,
    issue,
    letter_of,
    make_department,
    sign,
)

ATTACKER_PIN = "attacker-2026"


@pytest.fixture
def department(db, january):
    """A letter that waits for the leader's countersignature; leader and officers have their keys."""
    department = make_department()
    for user in (department.leader, department.clerk, user_with_role(Role.HRO)):
        make_key(user)
    draft()
    issue(letter_of(department.head), department.clerk)
    sign(letter_of(department.head), department.head)
    assert verify().faults == ()
    return department


def own_key(user):
    """Return a pair of the attacker's making, as a row for *user*."""
    new = rules.make_key(ATTACKER_PIN, rules.LIGHT_COSTS)
    return new, rules.open_key(
        algorithm=new.algorithm,
        public_key=new.public_key,
        sealed=new.sealed_private_key,
        sealing=new.sealing,
        pin=ATTACKER_PIN,
    )


def living(user):
    return queries.find_living(user.person_id)


def signs_by_service(user):
    """Sign the waiting letter as the ordinary service does, with whatever key opens by the attacker's PIN."""
    key = entry.enter(actor_of(user), ATTACKER_PIN, "attack")
    with unit_of_work():
        letter = letter_of_leader()
        shown = letter_services.current_version(letter).content_sha256
        letter_services.sign(acting(user), letter, key=key, shown_sha256=shown, address=ADDRESS)


def letter_of_leader():
    return db.session.query(Letter).filter_by(state=LetterState.ACCEPTED).one()


def signs_by_hand(user, key: OpenKey, *, confirmation="pin", mandate_id=None):
    """Write the signature, the state and a fitting entry of the log without asking any service."""
    with unit_of_work():
        letter = letter_of_leader()
        version = letter_services.current_version(letter)
        signature = Signature(
            letter_version_id=version.id,
            step=SigningStep.ISSUING,
            user_id=user.id,
            person_id=user.person_id,
            signer_name=acting(user).name,
            position="副部长",
            signed_at=version.issued_at,
            address=ADDRESS,
            content_sha256=version.content_sha256,
            confirmation=confirmation,
            key_id=key.key_id,
            algorithm=key.algorithm,
            public_key=key.public_key,
        )
        signature.capacity = Capacity.DEPUTY if mandate_id else Capacity.PRINCIPAL
        signature.mandate = db.session.get(Mandate, mandate_id) if mandate_id else None
        signature.mandate_id = mandate_id
        signature.signed_bytes = canonical(signing.statement(letter, version, signature))
        signature.value = key.sign(signature.signed_bytes)
        db.session.add(signature)
        letter.state, letter.in_force_at = LetterState.IN_FORCE, signature.signed_at
        db.session.flush()
        record(
            acting(user),
            "letter.signed",
            f"letter:{letter.id}",
            step="issuing",
            version=version.version,
            signature=signature.id,
            sha256=version.content_sha256,
            signed_sha256=sha256_of(signature.signed_bytes),
            signature_row=facts_of(signature),
            **letter_rows(letter),
        )


def log_key(user, key, action):
    with unit_of_work():
        stored = db.session.get(SigningKey, key.id)
        record(acting(user), action, f"key:{stored.id}", row=key_row(stored))


def new_key_beside_the_old_one(leader):
    """End the leader's key and put another "first" one in, log and all."""
    old, (new, private) = living(leader), own_key(leader)
    with unit_of_work():
        stored = db.session.get(SigningKey, old.id)
        stored.ended_at = stored.made_at
        made = SigningKey(
            person_id=leader.person_id,
            sequence=2,
            algorithm=new.algorithm,
            public_key=new.public_key,
            sealed_private_key=new.sealed_private_key,
            sealing=new.sealing,
            made_at=old.made_at,
            activated_at=old.made_at,
        )
        db.session.add(made)
        db.session.flush()
        key = OpenKey(made.id, leader.person_id, new.algorithm, new.public_key, private)
        for row in (stored, made):
            record(acting(leader), "key.made", f"key:{row.id}", row=key_row(row))
    signs_by_hand(leader, key)


def key_replaced_in_place(leader):
    """Put the attacker's pair into the leader's own row, log and all."""
    new, _private = own_key(leader)
    with unit_of_work():
        row = db.session.get(SigningKey, living(leader).id)
        row.public_key = new.public_key
        row.sealed_private_key, row.sealing = new.sealed_private_key, new.sealing
        db.session.flush()
        record(acting(leader), "key.pin_changed", f"key:{row.id}", row=key_row(row))
    signs_by_service(leader)


def forged_approvals(leader):
    """Reset the password, ask for a key as the leader, and write two approvals that nobody signed."""
    new, _private = own_key(leader)
    with unit_of_work():
        leader.password_hash = hash_password("夺来的密码-2026")
    with unit_of_work():
        key = services.ask_for_key(acting(leader), new, end_old=True)
        officers = [
            item for item in db.session.query(SigningKey).all() if item.person_id != leader.person_id
        ][:2]
        for officer in officers:
            approval = KeyApproval(
                key_id=key.id,
                approver_id=officer.person_id,
                approver_key_id=officer.id,
                approver_name="某某",
                position="科长",
                approved_at=key.made_at,
            )
            said = canonical(services.approval_statement(approval, key, officer))
            approval.signed_bytes, approval.value = said, own_key(leader)[1].hex() * 2
            db.session.add(approval)
            db.session.flush()
            record(
                acting(leader),
                "key.approved",
                f"key:{key.id}",
                approval_row=facts_of(approval),
                row=key_row(key),
            )
        key.activated_at = key.made_at
        db.session.flush()
        record(acting(leader), "key.activated", f"key:{key.id}", row=key_row(key))
    signs_by_service(leader)


def own_key_under_the_leader_s_name(leader):
    """Sign as the leader by a key of the attacker that the log has never seen."""
    new, private = own_key(leader)
    signs_by_hand(
        leader, OpenKey(living(leader).id, leader.person_id, new.algorithm, new.public_key, private)
    )


def no_signature_at_all(leader):
    """Copy the other side's signature value under the leader's name."""
    value = db.session.query(Signature).one().value
    key = living(leader)

    class Copied(OpenKey):
        def sign(self, text):
            return value

    signs_by_hand(leader, Copied(key.id, leader.person_id, key.algorithm, key.public_key, b""))


ATTACKS = (
    new_key_beside_the_old_one,
    key_replaced_in_place,
    forged_approvals,
    own_key_under_the_leader_s_name,
    no_signature_at_all,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_forged_signature_never_verifies(department, attack):
    attack(department.leader)
    assert db.session.query(Signature).count() == 2
    found = [fault for fault in verify().faults if fault.startswith("责任书：") and "签名" in fault]
    assert found, verify().faults


def letter_faults():
    return [fault for fault in verify().faults if fault.startswith("责任书：")]


def test_the_genuine_signature_of_another_does_not_stand_for_the_leaders(department):
    signs_by_hand(department.clerk, open_key(department.clerk))
    assert any("的签署身份与责任书不符" in fault for fault in letter_faults()), verify().faults


def test_a_signature_confirmed_by_something_else_than_the_pin_does_not_verify(department):
    signs_by_hand(department.leader, open_key(department.leader), confirmation="password")
    assert any("没有本人当时有效密钥的签名" in fault for fault in letter_faults()), verify().faults


@pytest.mark.parametrize("why", ["standing", "not yet begun", "revoked"])
def test_a_deputy_who_writes_the_rows_needs_a_mandate_that_stands(department, why):
    begin = DAY + timedelta(days=1) if why == "not yet begun" else DAY
    opened, deputy = open_key(department.leader), department.clerk
    facts = {"deputy_id": deputy.person_id, "valid_from": begin, "valid_to": begin, "reason": "外出学习"}
    with unit_of_work():
        mandate_id = mandates.give(acting(department.leader), opened, **facts).id
    if why == "revoked":
        with unit_of_work():
            mandates.revoke(acting(department.leader), db.session.get(Mandate, mandate_id), "回来")
    signs_by_hand(deputy, open_key(deputy), mandate_id=mandate_id)
    found = any("当时没有有效的代签委托" in fault for fault in letter_faults())
    assert found is (why != "standing"), verify().faults


def test_without_the_pin_the_service_signs_nothing_though_the_password_was_reset(department):
    department.leader.password_hash = hash_password("夺来的密码-2026")
    db.session.commit()
    with pytest.raises(entry.PinRefused):
        signs_by_service(department.leader)
    assert db.session.query(Signature).count() == 1


def test_re_sealing_needs_the_key_itself(department):
    """Another seal over the same public key opens nothing: the private half is not the pair's."""
    key = living(department.leader)
    _new, private = own_key(department.leader)
    sealed, sealing = rules.seal(private, ATTACKER_PIN, rules.LIGHT_COSTS, key.algorithm, key.public_key)
    with unit_of_work():
        row = db.session.get(SigningKey, key.id)
        row.sealed_private_key, row.sealing = sealed, sealing
    with pytest.raises(entry.PinRefused):
        signs_by_service(department.leader)
    assert any("封存的私钥" in fault for fault in verify().faults)


def test_a_copy_on_another_machine_is_of_no_use_either(january, tmp_path):
    """The whole folder copied, its secret and all: the copy opens, reads, and signs nothing that verifies."""
    home = tmp_path / "home"
    home.mkdir()
    app = create_app(make_config(home), RATELIMIT_STORAGE_URI="memory://")
    with app.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        department = make_department()
        make_key(department.leader)
        draft()
        issue(letter_of(department.head), department.clerk)
        sign(letter_of(department.head), department.head)
        leader_id = department.leader.id
        db.session.remove()
        db.engine.dispose()
    stolen = tmp_path / "stolen"
    shutil.copytree(home, stolen)
    with create_app(make_config(stolen), RATELIMIT_STORAGE_URI="memory://").app_context():
        assert verify().faults == ()
        leader = db.session.get(User, leader_id)
        with pytest.raises(entry.PinRefused):
            signs_by_service(leader)
        key_replaced_in_place(leader)
        assert any("没有本人当时有效密钥的签名" in fault for fault in verify().faults)
        assert "pin" not in json.dumps(
            list(db.session.execute(text("SELECT sealing FROM signing_key")).scalars())
        )
        db.session.remove()
        db.engine.dispose()
