"""Keys: made, re-sealed, asked for, vouched for, ended; wrong PINs counted and logged (trust.md S2, S5)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import entry, evidence, queries, rules, services
from fivestep_web.keys.models import KeyApproval, SigningKey
from fivestep_web.org.models import Person
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, actor_of, make_key, open_key

NEW_PIN = "夏种冬藏2027"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def actions():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))


def ask(user, *, end_old=False, pin=NEW_PIN):
    new = rules.make_key(pin, rules.LIGHT_COSTS)
    with unit_of_work():
        return services.ask_for_key(actor_of(user), new, end_old=end_old).id


def approve(officer, key_id):
    opened = open_key(officer)
    with unit_of_work():
        return services.approve(actor_of(officer), key_id, opened)


def guess(user, pin):
    try:
        return entry.enter(actor_of(user), pin, "test")
    except entry.PinRefused as refusal:
        return refusal.message


def test_the_first_key_is_active_at_once_and_logged_with_its_fingerprint(people):
    key = make_key(people.staff)
    assert key.activated_at == key.made_at
    entry_ = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "key.made")).one()
    assert rules.fingerprint(key.public_key) in entry_.body
    assert key.sealed_private_key not in entry_.body
    assert PIN not in entry_.body
    assert list(evidence.faults()) == []


def test_a_second_first_key_is_refused(people):
    make_key(people.staff)
    with pytest.raises(Conflict, match="已经有过"):
        make_key(people.staff)
    assert db.session.query(SigningKey).count() == 1


def test_who_signs_nothing_gets_no_key(people):
    with pytest.raises(NotAllowed):
        make_key(people.administrator)
    assert not queries.needs_key(actor_of(people.administrator))
    assert queries.needs_key(actor_of(people.staff))


@pytest.mark.parametrize("word", ["name", "code", "phone"])
def test_a_pin_is_not_a_word_about_oneself(people, word):
    person = db.session.get(Person, people.staff.person_id)
    setattr(person, word, "张三丰李四光王五")
    db.session.commit()
    with pytest.raises(DomainError, match="姓名、工号、手机号"):
        services.prepare_key(actor_of(people.staff), "张三丰李四光王五")


def test_a_pin_is_not_the_password(db):
    user = user_with_role(Role.STF, password="春耕秋收各有其时")
    with pytest.raises(DomainError, match="登录密码"):
        services.prepare_key(actor_of(user), "春耕秋收各有其时")


def test_a_key_is_sealed_at_the_costs_of_the_instance(people, app, monkeypatch):
    monkeypatch.setitem(app.config, "SIGNING_COSTS", rules.Costs(2, 32, 2))
    new = services.prepare_key(actor_of(people.staff), PIN)
    assert (new.sealing["time"], new.sealing["memory"], new.sealing["lanes"]) == (2, 32, 2)


def test_changing_the_pin_keeps_the_key_and_ends_the_old_pin(people):
    opened = open_key(people.staff)
    sealed = services.prepare_sealing(actor_of(people.staff), opened, NEW_PIN, old=PIN)
    with unit_of_work():
        services.change_pin(actor_of(people.staff), opened, *sealed)
    assert guess(people.staff, NEW_PIN).private == opened.private
    assert "PIN 不对" in guess(people.staff, PIN)
    assert list(evidence.faults()) == []


def test_wrong_pins_are_counted_logged_and_make_wait_longer_and_longer(people):
    make_key(people.staff)
    with time_machine.travel(NOW, tick=False) as clock:
        for left in (4, 3, 2, 1):
            assert f"再错 {left} 次" in guess(people.staff, "wrong pin")
        assert "连续输错 5 次" in guess(people.staff, "wrong pin")
        for pin in ("wrong pin", PIN):
            assert "连续输错 5 次" in guess(people.staff, pin)
        clock.shift(timedelta(seconds=61))
        assert "连续输错 6 次" in guess(people.staff, "wrong pin")
        clock.shift(timedelta(seconds=61))
        assert "连续输错 6 次" in guess(people.staff, PIN)
        clock.shift(timedelta(seconds=60))
        opened = guess(people.staff, PIN)
        with unit_of_work():
            entry.settle(actor_of(people.staff), opened)
    key = queries.find_living(people.staff.person_id)
    assert (key.failed_tries, key.blocked_until) == (0, None)
    assert actions().count("key.pin_refused") == 9
    assert actions()[-1] == "key.tries_cleared"
    assert list(evidence.faults()) == []
    assert "wrong pin" not in "".join(db.session.scalars(select(AuditEntry.body)))


def test_a_right_guess_among_many_at_once_is_refused_while_the_key_rests(people):
    """A hundred guesses made at once are opened before the first is counted; the right one comes too late."""
    opened = open_key(people.staff)
    for _ in range(5):
        guess(people.staff, "wrong pin")
    with pytest.raises(entry.PinRefused), unit_of_work():
        entry.settle(actor_of(people.staff), opened)


def test_without_a_key_the_way_to_one_is_said(people):
    with pytest.raises(entry.NoKey, match="建立"):
        entry.enter(actor_of(people.staff), PIN, "test")
    make_key(people.staff)
    ask(people.staff, end_old=True)
    with pytest.raises(entry.NoKey, match="两位同志确认"):
        entry.enter(actor_of(people.staff), PIN, "test")


def test_a_later_key_waits_for_two_others_and_then_ends_the_old_one(people):
    old = make_key(people.staff).id
    new = ask(people.staff)
    assert queries.find_living(people.staff.person_id).id == old
    approve(people.officers[0], new)
    assert queries.find_living(people.staff.person_id).id == old
    approve(people.officers[1], new)
    assert queries.find_living(people.staff.person_id).id == new
    assert db.session.get(SigningKey, old).end_reason == "由新的密钥代替"
    assert guess(people.staff, NEW_PIN).key_id == new
    assert list(evidence.faults()) == []


def test_one_voice_counts_once_and_never_for_oneself(people):
    for officer in people.officers:
        make_key(officer)
    make_key(people.staff)
    new = ask(people.staff)
    approve(people.officers[0], new)
    with pytest.raises(Conflict, match="已经确认过"):
        approve(people.officers[0], new)
    own = ask(people.officers[1])
    with pytest.raises(NotFound):
        approve(people.officers[1], own)
    with pytest.raises(NotAllowed):
        approve(people.staff, own)
    row, columns = db.session.query(KeyApproval).first(), KeyApproval.__table__.columns
    again = KeyApproval.__table__.insert().values(
        {c.name: getattr(row, c.name) for c in columns} | {"id": 99}
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(again)


def test_a_request_may_be_refused_withdrawn_or_replaced(people):
    make_key(people.staff)
    first = ask(people.staff)
    with pytest.raises(DomainError, match="理由"), unit_of_work():
        services.refuse(actor_of(people.officers[0]), first, " ")
    with unit_of_work():
        services.refuse(actor_of(people.officers[0]), first, "本人没有来")
    second = ask(people.staff)
    third = ask(people.staff)
    with unit_of_work():
        services.withdraw(actor_of(people.staff))
    reasons = [db.session.get(SigningKey, number).end_reason for number in (first, second, third)]
    assert reasons == ["未获确认：本人没有来", "由新的申请代替", "本人撤回"]
    with pytest.raises(Conflict), unit_of_work():
        services.withdraw(actor_of(people.staff))
    with pytest.raises(NotFound):
        approve(people.officers[0], third)
    assert queries.find_living(people.staff.person_id).sequence == 1
    assert list(evidence.faults()) == []


def test_a_known_pin_is_worth_nothing_at_once(people):
    opened = open_key(people.staff)
    ask(people.staff, end_old=True)
    assert queries.find_living(people.staff.person_id) is None
    with pytest.raises(Conflict, match="停用"), unit_of_work():
        entry.settle(actor_of(people.staff), opened)


def test_a_first_key_is_not_asked_for(people):
    with pytest.raises(Conflict, match="直接建立"):
        ask(people.staff)


def test_an_opened_key_does_not_show_its_private_half(people):
    opened = open_key(people.staff)
    assert opened.private.hex() not in repr(opened)
    assert repr(opened.private) not in repr(opened)
