import io
import re

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fivestep_web.core.permissions import Role
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.acceptance.cast import fresh, hand_in, under_way
from tests.factories import files
from tests.factories.accounts import user_with_role
from tests.web import BASE_URL, csrf_token, get, post

pytestmark = pytest.mark.one_database

S = MilestoneState


def sent(phase, **more):
    return {"revision": str(fresh(phase).revision), "note": "已走访60户", **more}


def test_a_phase_is_handed_in_with_a_photo_and_accepted_by_the_leader(county, login):
    _entry, (first, _second) = under_way(county)
    url = f"/milestones/{first.id}"
    client = login(county.member)
    page = get(client, url)
    assert 'capture="environment"' in page.text
    assert 'enctype="multipart/form-data"' in page.text
    chosen = [files.upload("现场.jpg", files.photo()), files.upload("报告.pdf", files.pdf())]
    assert post(client, f"{url}/submit", sent(first, files=chosen)).status_code == 303
    page = get(login(county.leader), url)
    assert "现场.jpg" in page.text
    assert "确认验收通过" in page.text
    assert first.name in get(client, "/milestones").text
    assert post(client, f"{url}/accept", {"revision": str(fresh(first).revision)}).status_code == 303
    assert fresh(first).state is S.COMPLETED


def test_a_refused_form_keeps_what_was_typed_and_the_files_that_were_sent(county, login):
    _entry, (first, _second) = under_way(county)
    client = login(county.member)
    url = f"/milestones/{first.id}/submit"
    pair = [files.upload("现场.jpg", files.photo()), files.upload("说明.heic", b"heic")]
    page = post(client, url, sent(first, files=pair))
    assert page.status_code == 422
    assert "“说明.heic”：不收 HEIC 照片" in page.text
    assert "已走访60户" in page.text
    assert [file.name for file in evidence_queries.chosen_for_phase(first.id)] == ["现场.jpg"]
    page = post(client, url, sent(first, note=""))
    assert (page.status_code, "请写明完成情况" in page.text, "现场.jpg" in page.text) == (422, True, True)
    assert post(client, url, sent(first)).status_code == 303


def test_files_are_kept_first_and_handed_in_later(county, login):
    _entry, (first, _second) = under_way(county)
    client = login(county.member)
    url = f"/milestones/{first.id}"
    assert post(client, f"{url}/files", sent(first)).status_code == 422
    bad = post(client, f"{url}/files", sent(first, files=[files.upload("表.xls", b"x")]))
    assert (bad.status_code, "旧格式不收" in bad.text) == (422, True)
    photo = sent(first, photo=files.upload("拍照.jpg", files.photo()))
    assert post(client, f"{url}/files", photo).status_code == 303
    assert "拍照.jpg" in get(client, url).text
    assert fresh(first).state is S.PLANNED


def test_a_phase_is_sent_back_with_a_reason_and_shows_it_to_its_owner(county, login):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    client = login(county.leader)
    url = f"/milestones/{first.id}"
    bare = post(client, f"{url}/send-back", {"revision": str(fresh(first).revision), "reason": ""})
    assert (bare.status_code, "请写明退回的理由" in bare.text) == (422, True)
    data = {"revision": str(fresh(first).revision), "reason": "缺少签到表"}
    assert post(client, f"{url}/send-back", data, htmx=True).headers["HX-Redirect"] == url
    page = get(login(county.member), url)
    assert "缺少签到表" in page.text
    assert "整改情况" in page.text
    assert "缺少签到表" in get(client, "/milestones").text


@pytest.mark.parametrize(
    ("user", "act", "status"),
    [
        ("member", "accept", 403),
        ("head", "accept", 403),
        ("office", "submit", 403),
        ("leader", "submit", 403),
        ("leader", "accept", 409),
    ],
)
def test_each_act_answers_with_its_status(county, login, user, act, status):
    _entry, (first, _second) = under_way(county)
    response = post(login(getattr(county, user)), f"/milestones/{first.id}/{act}", sent(first))
    assert response.status_code == status


def test_a_page_shown_before_another_change_hands_nothing_in(county, login):
    _entry, (first, _second) = under_way(county)
    old = sent(first, files=[files.upload("现场.jpg", files.photo())])
    hand_in(county.member, first)
    assert post(login(county.member), f"/milestones/{first.id}/submit", old).status_code == 409


def test_another_units_phase_is_not_there(county, login):
    _entry, (first, _second) = under_way(county)
    assert get(login(user_with_role(Role.ORG)), f"/milestones/{first.id}").status_code == 404


def test_goal_and_ledger_list_the_phases_with_state_and_files(county, login):
    entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    client = login(county.member)
    for address in (f"/goals/{entry.goal_id}", f"/ledger/entries/{entry.id}"):
        page = get(client, address).text
        assert "待验收" in page
        assert "现场.jpg" in page
        assert f"/milestones/{first.id}" in page


def test_a_large_upload_is_let_in_where_several_files_come_and_nowhere_else(county, login):
    _entry, (first, _second) = under_way(county)
    client = login(county.member)
    large = FileStorage(io.BytesIO(b"\0" * 21 * 1024 * 1024), "big.jpg")
    fields = {"csrf_token": csrf_token(client), **sent(first), "files": large}
    boundary, body = encode_multipart(fields, "cut")
    kind = f"multipart/form-data; boundary={boundary}"
    url = f"/milestones/{first.id}"
    page = client.post(f"{url}/submit", data=body, content_type=kind, base_url=BASE_URL)
    assert (page.status_code, "超过 20 MB" in page.text) == (422, True)
    assert client.post(f"{url}/accept", data=body, content_type=kind, base_url=BASE_URL).status_code == 413


def test_the_list_asks_the_database_as_often_for_many_phases_as_for_one(county, login, count_queries):
    client = login(county.leader)
    get(client, "/milestones")
    seen = []
    for _time in range(2):
        _entry, (first, _second) = under_way(county)
        hand_in(county.member, first)
        count_queries.statements.clear()
        page = get(client, "/milestones")
        seen.append(len(count_queries))
    assert len(re.findall(r'href="/milestones/\d+"', page.text)) == 2
    assert seen[0] == seen[1]
