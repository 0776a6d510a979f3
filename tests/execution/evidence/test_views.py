import pytest
from sqlalchemy import text

from fivestep_web.core.permissions import Role
from fivestep_web.documents.models import Blob
from fivestep_web.execution.evidence import queries
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.extensions import db
from fivestep_web.ledger.rules import LedgerState
from tests.execution.acceptance.cast import choose, fresh, hand_in, under_way
from tests.factories import files
from tests.factories.accounts import user_with_role
from tests.web import get, post

pytestmark = pytest.mark.one_database

REPORT = {"happened_on": "2026-10-08", "done": "4"}


def reported(county, login, *chosen, **more):
    entry = county.entry(LedgerState.IN_PROGRESS)
    client = login(county.member)
    data = REPORT | more | {"files": [files.upload(name, data) for name, data in chosen]}
    return entry, post(client, f"/ledger/entries/{entry.id}/report", data)


def stored():
    return list(db.session.scalars(db.select(EvidenceFile).order_by(EvidenceFile.id)))


def test_files_go_with_a_report_and_are_listed_with_it(county, login, client):
    entry, response = reported(county, login, ("现场.jpg", files.photo()), ("表.xlsx", files.excel()))
    assert response.status_code == 303
    assert [len(found) for found in queries.of_events(entry.goal_id).values()] == [2]
    page = get(client, f"/ledger/entries/{entry.id}").text
    assert "现场.jpg" in page
    assert "表.xlsx" in page


def test_a_completion_needs_a_file_or_a_word_on_where_the_evidence_is(county, login):
    _entry, response = reported(county, login, completed_on="2026-10-08")
    assert (response.status_code, "请上传文件" in response.text) == (422, True)
    _entry, response = reported(county, login, ("报告.pdf", files.pdf()), completed_on="2026-10-08")
    assert response.status_code == 303


def test_a_refused_report_keeps_its_files_for_the_next_try(county, login, client):
    entry, response = reported(county, login, ("现场.jpg", files.photo()), done="")
    assert response.status_code == 422
    assert "现场.jpg" in response.text
    url = f"/ledger/entries/{entry.id}/report"
    assert "现场.jpg" in get(client, url, htmx=True).text
    assert post(client, url, REPORT, htmx=True).status_code == 200
    assert [file.is_handed_in for file in stored()] == [True]


def test_files_chosen_by_one_person_do_not_go_with_the_report_of_another(county, login):
    entry, _response = reported(county, login, ("现场.jpg", files.photo()), done="")
    assert post(login(county.head), f"/ledger/entries/{entry.id}/report", REPORT).status_code == 303
    assert [file.is_handed_in for file in stored()] == [False]


def test_the_same_file_sent_twice_is_kept_once_and_eleven_are_too_many(county, login):
    many = [(f"{number}.docx", files.word(f"第{number}份")) for number in range(11)]
    _entry, response = reported(county, login, *many[:1], *many[:1], done="")
    assert (response.status_code, len(stored())) == (422, 1)
    _entry, response = reported(county, login, *many)
    assert (response.status_code, "最多10份" in response.text) == (422, True)


def test_a_photo_is_shown_as_drawn_here_and_downloaded_as_a_file(county, login, client):
    reported(county, login, ("现场.jpg", files.photo()))
    url = f"/evidence/{stored()[0].id}"
    shown = get(client, f"{url}/preview")
    assert shown.content_type == "image/jpeg"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    sent = get(client, f"{url}/download")
    assert sent.headers["Content-Disposition"].startswith(
        "attachment; filename=document.jpg; filename*=UTF-8''"
    )
    assert sent.content_type == "application/octet-stream"
    assert f"{url}/preview" in get(client, url).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (("报告.pdf", files.pdf(pages=3)), "共 3 页"),
        (("报告.docx", files.word("<b>甲</b>")), "&lt;b&gt;甲&lt;/b&gt;"),
        (("进度.xlsx", files.excel()), "甲村"),
    ],
)
def test_every_kind_has_its_page(county, login, client, sent, words):
    reported(county, login, sent)
    assert words in get(client, f"/evidence/{stored()[0].id}").text


def test_a_word_file_has_no_picture(county, login, client):
    reported(county, login, ("报告.docx", files.word()))
    assert get(client, f"/evidence/{stored()[0].id}/preview").status_code == 404


def test_an_altered_file_is_not_sent(county, login, client):
    reported(county, login, ("现场.jpg", files.photo()))
    file = stored()[0]
    db.session.execute(text("UPDATE blob SET data = :data"), {"data": b"x"})
    assert get(client, f"/evidence/{file.id}/download").status_code == 409


def test_files_are_read_by_who_reads_the_ledger_and_before_by_who_hands_them_in(county, login):
    _entry, (first, _second) = under_way(county)
    choose(county.member, first)
    url = f"/evidence/{stored()[0].id}"
    for part in ("", "/preview", "/download"):
        assert get(login(county.head), url + part).status_code == 200
        for outsider in (county.leader, user_with_role(Role.ORG)):
            assert get(login(outsider), url + part).status_code == 404
    hand_in(county.member, first, data=None)
    assert get(login(county.leader), url).status_code == 200
    assert get(login(user_with_role(Role.ORG)), url).status_code == 404


def test_what_is_not_handed_in_can_be_taken_back_and_nothing_else(county, login):
    _entry, (first, _second) = under_way(county)
    choose(county.member, first)
    url = f"/evidence/{stored()[0].id}/remove"
    assert post(login(county.leader), url).status_code == 403
    assert post(login(county.member), url).status_code == 303
    assert stored() == []
    hand_in(county.member, first)
    assert post(login(county.member), f"/evidence/{stored()[0].id}/remove").status_code == 409


def bytes_kept():
    return set(db.session.scalars(db.select(Blob.size)))


def test_bytes_taken_back_are_forgotten_unless_something_else_holds_them(county, login):
    _entry, (first, second) = under_way(county)
    choose(county.member, first, b"mistaken")
    choose(county.member, first, b"also in the other phase")
    choose(county.member, second, b"also in the other phase")
    mistaken, shared, other = stored()
    for file in (mistaken, shared):
        assert post(login(county.member), f"/evidence/{file.id}/remove").status_code == 303
    assert bytes_kept() == {len(b"also in the other phase"), len(b"small")}
    hand_in(county.member, first, data=b"proof")
    assert post(login(county.member), f"/evidence/{other.id}/remove").status_code == 303
    assert bytes_kept() == {len(b"proof"), len(b"small")}


def test_a_phase_handed_in_takes_no_more_files(county, login):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    revision = fresh(first).revision
    sent = {"note": "再交", "revision": revision, "files": [files.upload("现场.jpg", files.photo())]}
    for action in ("submit", "files"):
        page = post(login(county.member), f"/milestones/{first.id}/{action}", sent)
        assert page.status_code == 409
        assert "不能再加材料" in page.text
    assert len(stored()) == 1
