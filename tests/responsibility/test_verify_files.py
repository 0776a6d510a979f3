"""/verify for strangers by file: the Word file that was made, and no other (trust.md S6, D7, B2)."""

import hashlib
import io

import pytest
from sqlalchemy import func, select

from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.extensions import db, limiter
from fivestep_web.responsibility.evidence import file as evidence_file
from fivestep_web.responsibility.letters import payloads
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import new_serial, printed_serial
from tests.factories.evidence import verifier
from tests.factories.responsibility import acting, bring_into_force, issue, letter_of
from tests.responsibility.changes import approve, propose, sign_both
from tests.responsibility.verifying import GENUINE, UNKNOWN, file_of, serial_of, show, upload
from tests.web import BASE_URL, csrf_token


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


def test_uploading_again_and_again_is_slowed_down(client, department):
    limiter.reset()
    statuses = [upload(client, b"x")[0] for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    limiter.reset()


@pytest.mark.parametrize("data", [{}, {"file": b""}, {"file": "text"}])
def test_without_a_file_the_form_says_what_to_do_and_keeps_the_code(client, department, data):
    db.session.commit()
    files = {name: (io.BytesIO(value), "空.docx") if value == b"" else value for name, value in data.items()}
    fields = {"csrf_token": csrf_token(client), "code": "4F7K"} | files
    response = client.post("/verify", data=fields, base_url=BASE_URL, content_type="multipart/form-data")
    assert response.status_code == 422
    assert 'value="4F7K"' in response.text
    assert "文件" in response.text


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
