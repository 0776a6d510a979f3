"""/verify for strangers: by code, by file, and nothing to be learnt by trying (trust.md S4, S6, D7, B2)."""

import hashlib
import io
import re
from pathlib import Path

import pytest
from flask import current_app, g
from sqlalchemy import func, select, text

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.extensions import db, limiter
from fivestep_web.responsibility.evidence import file as evidence_file
from fivestep_web.responsibility.letters import payloads
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import new_serial, printed_serial
from tests.factories.accounts import user_with_role
from tests.factories.evidence import verifier
from tests.factories.queue import run_queue
from tests.factories.responsibility import acting, bring_into_force, draft, issue, letter_of, sign
from tests.responsibility.changes import approve, propose, sign_both
from tests.web import BASE_URL, csrf_token, get, post

GENUINE, ALTERED, UNKNOWN = "真实有效", "与存档不符", "查不到这个核验编号"


@pytest.fixture
def drafted(department):
    draft()
    return department


@pytest.fixture
def in_force(drafted):
    """Return the section's letter, signed by both sides."""
    bring_into_force(letter_of(drafted.head), drafted.clerk, drafted.head, drafted.leader)
    return letter_of(drafted.head)


def serial_of(letter):
    return letter.versions[-1].serial


def show(client, serial):
    response = get(client, f"/verify/{serial}")
    return response.status_code, response.text


def upload(client, data, code="", name="责任书.docx"):
    """Send a file as a browser does, the body made here: werkzeug's client would spool it to the disk."""
    db.session.commit()
    fields = {"csrf_token": csrf_token(client), "code": code}
    head = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    quoted = name.replace('"', "%22")
    head += f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--cut--\r\n"
    kind = "multipart/form-data; boundary=cut"
    response = client.post("/verify", data=body, base_url=BASE_URL, content_type=kind)
    return response.status_code, response.text


def file_of(letter):
    """Have the letter's Word file made and return its bytes."""
    with unit_of_work():
        services.file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter.id)
    run_queue()
    db.session.commit()
    return newest_file(letter)


def newest_file(letter):
    query = select(Blob.data).join(GeneratedDocument, GeneratedDocument.blob_sha256 == Blob.sha256)
    query = query.where(GeneratedDocument.subject == f"letter:{letter.id}")
    return db.session.scalars(query.order_by(GeneratedDocument.id.desc())).first()


# By code


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


def test_an_altered_log_entry_is_found(client, in_force):
    drop = "DROP TRIGGER audit_entry_append_only ON audit_entry"
    if db.session.get_bind().dialect.name == "sqlite":
        drop = "DROP TRIGGER audit_entry_no_update"
    db.session.execute(text(drop))
    body = "UPDATE audit_entry SET body = replace(body, '127.0.0.1', '127.0.0.2'), address_ = ''"
    db.session.execute(text(body.partition(", address_")[0] + " || ' ' WHERE action = 'letter.issued'"))
    db.session.commit()
    assert "条记录被改动" in show(client, serial_of(in_force))[1]


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


# By file


def test_a_file_as_it_was_made_is_genuine_and_the_newest(client, in_force):
    data = file_of(in_force)
    for code in ("", serial_of(in_force), printed_serial(serial_of(in_force)).lower()):
        status, page = upload(client, data, code)
        assert status == 200
        assert "文件真实，是最新的一份" in page
        assert GENUINE in page
        assert hashlib.sha256(data).hexdigest() in page.replace(" ", "")


def test_one_altered_byte_makes_a_file_unknown_and_with_its_code_altered(client, in_force):
    data = bytearray(file_of(in_force))
    for place in (0, len(data) // 2, len(data) - 1):
        altered = bytes(data[:place]) + bytes([data[place] ^ 1]) + bytes(data[place + 1 :])
        assert "不认识这份文件" in upload(client, altered)[1]
        page = upload(client, altered, serial_of(in_force))[1]
        assert "文件与存档不符" in page
        assert "文件真实" not in page


def test_a_newer_file_takes_the_place_of_the_one_before(client, in_force):
    data = file_of(in_force)
    document = db.session.scalars(select(GeneratedDocument)).one()
    document.state = DocumentState.SUPERSEDED
    db.session.commit()
    page = upload(client, data)[1]
    assert "文件真实，但不是最新的一份" in page


def test_a_draft_is_no_paper_to_rely_on(client, drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    data = file_of(letter_of(drafted.head))
    page = upload(client, data)[1]
    assert "这是草稿" in page
    assert "文件真实" not in page


def test_the_file_of_another_letter_is_not_this_one(client, drafted, in_force):
    bring_into_force(letter_of(drafted.secretary), drafted.clerk, drafted.secretary, drafted.minister)
    data = file_of(letter_of(drafted.secretary))
    page = upload(client, data, serial_of(in_force))[1]
    assert "文件不是这个编号的责任书" in page
    assert "文件真实" not in page


def test_a_row_put_in_by_hand_makes_no_file_genuine(client, drafted, in_force):
    file_of(in_force)
    forged = b"forged"
    sha256 = hashlib.sha256(forged).hexdigest()
    db.session.add(Blob(sha256=sha256, size=len(forged), data=forged))
    db.session.scalars(select(GeneratedDocument)).one().blob_sha256 = sha256
    db.session.commit()
    page = upload(client, forged)[1]
    assert "文件与存档不符" in page
    assert "文件真实" not in page


def test_beside_a_wrong_code_the_file_is_still_told_and_the_code_kept(client, in_force):
    data, unknown, short = file_of(in_force), new_serial(), printed_serial(serial_of(in_force))[:-1]
    for code, fault in ((unknown, UNKNOWN), (short, "只输入了 15 位，少 1 位")):
        status, page = upload(client, data, code)
        assert status == 404
        assert fault in page
        assert "文件真实，是最新的一份" in page
        assert "没有与纸面的编号核对" in page
        assert f'value="{code}"' in page
        assert "不认识这份文件" in upload(client, b"x", code)[1]


def test_what_is_uploaded_is_neither_parsed_nor_kept(client, in_force, monkeypatch, tmp_path):
    file_of(in_force)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))  # a spooled file would fail here
    monkeypatch.setattr("zipfile.ZipFile", None)
    monkeypatch.setattr("zipfile.is_zipfile", None)
    before = db.session.scalar(select(func.count()).select_from(Blob))
    bomb = b"PK\x03\x04" + bytes(3 * 1024 * 1024)
    status, page = upload(client, bomb, name='"><script>alert(1)</script>.docx')
    assert status == 200
    assert "<script>alert" not in page
    assert db.session.scalar(select(func.count()).select_from(Blob)) == before


def test_a_file_beyond_the_limit_is_refused(client, department):
    limit = 20 * 1024 * 1024
    assert upload(client, bytes(limit + 1))[0] == 413


@pytest.mark.parametrize("data", [{}, {"file": b""}, {"file": "text"}])
def test_without_a_file_the_form_says_what_to_do_and_keeps_the_code(client, department, data):
    db.session.commit()
    files = {name: (io.BytesIO(value), "空.docx") if value == b"" else value for name, value in data.items()}
    fields = {"csrf_token": csrf_token(client), "code": "4F7K"} | files
    response = client.post("/verify", data=fields, base_url=BASE_URL, content_type="multipart/form-data")
    assert response.status_code == 422
    assert 'value="4F7K"' in response.text
    assert "文件" in response.text


# The QR code


def test_the_administrator_switches_the_qr_code_off_and_on_for_letters_made_from_then_on(login, drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    client = login(user_with_role(Role.ADM))
    for ticked, expected in (({}, False), ({"qr": "y"}, True)):
        assert post(client, "/admin/printing", ticked).status_code == 303
        g.pop("instance_settings", None)
        payload = payloads.letter_request(letter_of(drafted.head).id).payload
        assert payload["verification"]["has_qr"] is expected
        assert ("checked" in get(client, "/admin/printing").text) is expected


# The page


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


def test_looking_and_asking_write_nothing(client, in_force):
    data = file_of(in_force)
    tables = [table for table in db.metadata.sorted_tables if table.name != "web_session"]

    def contents():
        db.session.commit()
        return {
            table.name: db.session.execute(select(func.count()).select_from(table)).scalar()
            for table in tables
        }

    before = contents()
    show(client, serial_of(in_force))
    show(client, new_serial())
    upload(client, data)
    upload(client, b"x", serial_of(in_force))
    assert contents() == before


# Change orders


def test_both_versions_of_a_changed_letter_are_verified_and_the_old_one_leads_to_the_new(
    client, drafted, in_force
):
    old_file, old_serial = file_of(in_force), serial_of(in_force)
    goal = drafted.goals[0]
    order = propose(drafted.head, in_force, {goal.id: {"completion_standard": "30 个后进村全部验收合格"}})
    new = approve(drafted.leader, order)
    assert GENUINE in show(client, old_serial)[1]
    assert "双方还没有签完" in show(client, serial_of(new))[1]
    sign_both(new, drafted.head, drafted.leader)
    new = db.session.get(Letter, new.id)
    page = show(client, serial_of(new))[1]
    assert GENUINE in page
    assert order.number in page
    page = show(client, old_serial)[1]
    assert "真实，但已变更" in page
    assert f'href="/verify/{serial_of(new)}"' in page
    assert "查看第2版" in page
    page = upload(client, old_file)[1]
    assert "文件真实，但不是最新的一份" in page
    assert "真实，但已变更" in page
    assert GENUINE not in page
    for letter, number in ((db.session.get(Letter, in_force.id), 1), (new, 2)):
        _name, text = evidence_file.evidence_of(acting(drafted.clerk), letter.id, number)
        verifier.check(text.encode())
    note = payloads.letter_request(new.id).payload["change_note"]
    assert note.startswith(f"本责任书由{order.number}变更，自2026年1月")


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
