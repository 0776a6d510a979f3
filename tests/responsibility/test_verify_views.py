"""/verify for strangers by code: what a letter is, and nothing to be learnt by trying (trust.md S4, S6)."""

import re
from pathlib import Path

import pytest
from flask import current_app, g
from sqlalchemy import text

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db, limiter
from fivestep_web.responsibility.letters import payloads
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import new_serial, printed_serial
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import acting, issue, letter_of, sign
from tests.responsibility.changes import approve, propose, sign_both
from tests.responsibility.verifying import ALTERED, GENUINE, UNKNOWN, serial_of, show
from tests.web import BASE_URL, get, post

pytestmark = pytest.mark.one_database


def test_a_letter_in_force_is_genuine_and_says_who_signed_in_which_post_and_when(client, drafted, in_force):
    status, page = show(client, serial_of(in_force))
    assert (status, GENUINE in page, "与存档不符" in page) == (200, True, False)
    version = in_force.versions[-1]
    for words in (
        in_force.title,
        in_force.number,
        "（第1版）",
        printed_serial(version.serial),
        version.content_sha256[:16],
        f"乙方：{version.content['responsible']['position']} {drafted.head.person.name}",
        f"甲方：{version.content['issuing']['position']} {drafted.leader.person.name}",
        "2026-01-12 10:00",
    ):
        assert words in page


def test_a_code_is_taken_as_people_type_it(client, in_force):
    serial = serial_of(in_force)
    for typed in (printed_serial(serial), printed_serial(serial).replace(" ", "-").lower()):
        response = client.get("/verify", query_string={"code": typed}, base_url=BASE_URL)
        assert (response.status_code, response.location) == (303, f"/verify/{serial}")
    typed = serial.replace("0", "O").replace("1", "l")
    assert GENUINE in show(client, typed)[1]


def test_a_lower_letter_names_the_letter_above_by_its_hash(client, drafted, in_force):
    issue(letter_of(drafted.members[0]), drafted.clerk)
    _status, page = show(client, serial_of(letter_of(drafted.members[0])))
    assert f"{in_force.number} 校验码 {in_force.versions[-1].content_sha256[:16]}" in page


def test_a_letter_not_signed_by_both_sides_says_so(client, drafted):
    letter = letter_of(drafted.head)
    issue(letter, drafted.clerk)
    assert "还没有人签署" in show(client, serial_of(letter_of(drafted.head)))[1]
    sign(letter, drafted.head)
    page = show(client, serial_of(letter_of(drafted.head)))[1]
    assert "双方还没有签完" in page
    assert GENUINE not in page


def test_void_and_objected_letters_say_so(client, drafted):
    letter = letter_of(drafted.head)
    issue(letter, drafted.clerk)
    with unit_of_work():
        stored = db.session.get(Letter, letter.id)
        letter_services.object_to(acting(drafted.head), stored, "时限太紧")
    first = serial_of(letter_of(drafted.head))
    assert "没有生效" in show(client, first)[1]
    with unit_of_work():
        letter_services.revise(acting(drafted.clerk), db.session.get(Letter, letter.id))
    issue(letter, drafted.clerk)
    assert "没有生效" in show(client, first)[1]
    second = serial_of(letter_of(drafted.head))
    assert second != first
    with unit_of_work():
        letter_services.void(acting(drafted.clerk), db.session.get(Letter, letter.id), "重复")
    assert "已作废" in show(client, second)[1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE letter_version SET content_sha256 = '{zeros}'",
        "UPDATE letter_version SET issued_at = '2026-01-01 00:00:00'",
        "UPDATE letter SET title = '另一份责任书'",
        "UPDATE letter SET state = 'accepted'",
    ],
)
def test_an_altered_letter_says_what_was_altered(client, in_force, change):
    db.session.execute(text(change.format(zeros="0" * 64)))
    db.session.commit()
    status, page = show(client, serial_of(in_force))
    assert (status, ALTERED in page, GENUINE in page) == (200, True, False)
    assert in_force.number in page


def test_a_letter_replaced_or_voided_cannot_be_made_genuine_by_its_state_alone(client, drafted, in_force):
    other = letter_of(drafted.secretary)
    issue(other, drafted.clerk)
    with unit_of_work():
        letter_services.void(acting(drafted.clerk), db.session.get(Letter, other.id), "重复")
    order = propose(drafted.clerk, in_force, {drafted.goals[0].id: {"target": "24"}})
    sign_both(approve(drafted.leader, order), drafted.head, drafted.leader)
    for letter, state in ((in_force, "in_force"), (other, "issued")):
        statement = text("UPDATE letter SET state = :state WHERE id = :id")
        db.session.execute(statement, {"state": state, "id": letter.id})
        db.session.commit()
        page = show(client, serial_of(letter))[1]
        assert (ALTERED in page, GENUINE in page) == (True, False)
        assert "“状态”" in page


def test_an_altered_log_entry_is_found(client, in_force):
    drop = "DROP TRIGGER audit_entry_append_only ON audit_entry"
    if db.session.get_bind().dialect.name == "sqlite":
        drop = "DROP TRIGGER audit_entry_no_update"
    db.session.execute(text(drop))
    db.session.execute(text("UPDATE audit_entry SET body = body || ' ' WHERE action = 'letter.issued'"))
    db.session.commit()
    assert "条记录被改动" in show(client, serial_of(in_force))[1]


def test_a_signature_altered_in_the_database_is_found(client, in_force):
    trigger = "signature_append_only ON signature"
    if db.session.get_bind().dialect.name == "sqlite":
        trigger = "signature_no_update"
    db.session.execute(text(f"DROP TRIGGER {trigger}"))
    db.session.execute(text("UPDATE signature SET value = replace(value, 'a', 'b')"))
    db.session.commit()
    page = show(client, serial_of(in_force))[1]
    assert ALTERED in page
    assert "签名" in page


def normalized(page):
    return re.sub(r'value="[^"]{20,}"', "", page)


def test_codes_that_stand_for_nothing_answer_alike(client, in_force):
    pages = set()
    for serial in (new_serial(), "0" * 16, new_serial()):
        status, page = show(client, serial)
        assert status == 404
        assert UNKNOWN in page
        assert f'value="{printed_serial(serial)}"' in page
        pages.add(normalized(page).replace(printed_serial(serial), ""))
    assert len(pages) == 1


@pytest.mark.parametrize("typed", ["x", "U" * 16, "..", "%20", "é", "0" * 15])
def test_an_address_that_is_no_code_is_not_found_and_says_what_is_wrong(client, department, typed):
    status, page = show(client, typed)
    assert status == 404
    assert "核验编号没有输对" in page


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda code: code[:-1], "只输入了 15 位，少 1 位"),
        (lambda code: code + "7", "多了 1 位"),
        (lambda code: "U" + code[1:], "没有“U”"),
        (lambda code: "编号：" + code, "没有“编号:”"),
    ],
)
def test_a_mistyped_code_is_kept_and_says_what_is_wrong(client, in_force, change, fault):
    typed = change(printed_serial(serial_of(in_force)))
    response = client.get("/verify", query_string={"code": typed}, base_url=BASE_URL)
    assert response.status_code == 422
    assert fault in response.text
    assert f'value="{typed}"' in response.text


def test_trying_codes_is_slowed_down_and_a_good_code_still_works(app, client, in_force):
    limiter.reset()
    statuses = [show(client, new_serial())[0] for _ in range(25)]
    assert statuses.count(404) == 20
    assert statuses[20:] == [429] * 5
    assert GENUINE in show(client, serial_of(in_force))[1]
    limiter.reset()


def test_the_page_needs_no_account_no_script_and_is_small(client, in_force):
    response = get(client, f"/verify/{serial_of(in_force)}")
    page = response.text
    static = Path(current_app.static_folder)
    names = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    parts = [(static / name).stat().st_size for name in names]
    assert parts
    assert len(response.data) + sum(parts) < 100_000, (len(response.data), parts)
    assert "<script" not in page
    assert 'name="viewport"' in page


def test_the_administrator_switches_the_qr_code_off_and_on_for_letters_made_from_then_on(login, drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    client = login(user_with_role(Role.ADM))
    for ticked, expected in (({}, False), ({"qr": "y"}, True)):
        assert post(client, "/admin/printing", ticked).status_code == 303
        g.pop("instance_settings", None)
        payload = payloads.letter_request(letter_of(drafted.head).id).payload
        assert payload["verification"]["has_qr"] is expected
        assert ("checked" in get(client, "/admin/printing").text) is expected
