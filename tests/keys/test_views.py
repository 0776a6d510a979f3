"""The pages of keys and marks: the first key and back, PIN change, a lost PIN, two who vouch."""

import base64
import io
import re

import pytest

from fivestep_web.extensions import db
from fivestep_web.keys import marks, queries
from fivestep_web.keys.rules import fingerprint
from tests.factories.keys import PIN, make_key
from tests.factories.org import PlanYearFactory
from tests.security.examples.keys import NEW_PIN, picture
from tests.web import BASE_URL, csrf_token, get, post

pytestmark = pytest.mark.one_database

TWICE = {"pin": PIN, "again": PIN}


def test_who_has_no_key_is_led_to_it_and_back(login, people):
    PlanYearFactory(year=2026)
    client = login(people.staff)
    assert "/account/key?next=/" in get(client, "/").text
    assert 'name="next" type="hidden" value="/letters"' in get(client, "/account/key?next=/letters").text
    answer = post(client, "/account/key", TWICE | {"next": "/letters"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/letters")
    assert "/account/key?next" not in get(client, "/").text
    key = queries.find_living(people.staff.person_id)
    assert fingerprint(key.public_key) in get(client, "/account/key").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_stays_in_the_house(login, people, target):
    answer = post(login(people.staff), "/account/key", TWICE | {"next": target})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({}, "请输入签名 PIN"),
        ({"pin": PIN, "again": PIN + "x"}, "不一样"),
        ({"pin": "12345678", "again": "12345678"}, "重复或连续"),
        *(({"pin": weak, "again": weak}, "太常见") for weak in ("password", "qwertyui", "abcd1234")),
        ({"pin": "password-2026", "again": "password-2026"}, "请换一个："),
        ({"pin": "x" * 2000, "again": "x" * 2000}, "1024"),
    ],
)
def test_a_pin_that_will_not_do_is_422_and_never_shown_again(login, people, data, why):
    answer = post(login(people.staff), "/account/key", data)
    assert answer.status_code == 422
    assert why in answer.text
    assert not data or f'value="{data["pin"]}"' not in answer.text
    assert queries.find_living(people.staff.person_id) is None


def test_changing_the_pin_asks_for_the_old_one(login, people):
    make_key(people.staff)
    client = login(people.staff)
    data = {"old": "wrong pin", "pin": NEW_PIN, "again": NEW_PIN}
    assert post(client, "/account/key/pin", data).status_code == 403
    assert post(client, "/account/key/pin", data | {"old": PIN}).status_code == 303
    assert post(client, "/account/key/pin", data | {"old": PIN}).status_code == 403


def test_the_page_of_a_new_pin_tells_old_and_new_apart(login, people):
    make_key(people.staff)
    page = get(login(people.staff), "/account/key/pin").text
    labels = re.findall(r'<label class="form-label" for="[a-z]+">([^<]+)', page)
    assert labels == ["原 PIN", "新 PIN", "再输一遍 PIN"]


def test_the_same_pin_again_is_no_change(login, people):
    make_key(people.staff)
    answer = post(login(people.staff), "/account/key/pin", {"old": PIN, "pin": PIN, "again": PIN})
    assert answer.status_code == 422
    assert "新 PIN 与原 PIN 相同，没有修改" in answer.text


def test_the_own_staff_code_twice_is_no_pin(login, people):
    code = people.staff.person.code
    answer = post(login(people.staff), "/account/key", {"pin": code * 4, "again": code * 4})
    assert answer.status_code == 422
    assert "工号" in answer.text


def test_a_lost_pin_ends_in_a_new_key_vouched_for_by_two(login, people):
    for user in (people.staff, *people.officers[:2]):
        make_key(user)
    client = login(people.staff)
    answer = post(client, "/account/key/renew", {"pin": NEW_PIN, "again": NEW_PIN, "end_old": "y"})
    assert answer.status_code == 303
    key = queries.find_pending(people.staff.person_id)
    page = get(client, "/account/key").text
    assert "还没有" in page
    assert fingerprint(key.public_key) in get(client, "/account/key/agreement").text
    for officer in people.officers[:2]:
        client = login(officer)
        assert people.staff.person.name in get(client, "/admin/keys").text
        page = get(client, f"/admin/keys/{key.id}").text
        assert fingerprint(key.public_key) in page
        assert post(client, f"/admin/keys/{key.id}/approve", {"pin": PIN}).status_code == 422
        wrong = post(client, f"/admin/keys/{key.id}/approve", {"pin": "wrong pin", "is_compared": "y"})
        assert wrong.status_code == 403
        assert "PIN 不对" in wrong.text
        answer = post(client, f"/admin/keys/{key.id}/approve", {"pin": PIN, "is_compared": "y"})
        assert answer.status_code == 303
    assert queries.find_living(people.staff.person_id).id == key.id


def test_an_approver_without_a_key_is_led_to_one(login, people):
    make_key(people.staff)
    post(login(people.staff), "/account/key/renew", {"pin": NEW_PIN, "again": NEW_PIN})
    key = queries.find_pending(people.staff.person_id)
    client = login(people.officers[0])
    assert "去建立" in get(client, f"/admin/keys/{key.id}").text
    data = {"pin": PIN, "is_compared": "y"}
    assert post(client, f"/admin/keys/{key.id}/approve", data).status_code == 409
    assert "有 1 份新签名密钥" not in get(login(people.staff), "/account").text


def test_nobody_sees_the_request_of_oneself_below_admin(login, people):
    make_key(people.officers[0])
    client = login(people.officers[0])
    post(client, "/account/key/renew", {"pin": NEW_PIN, "again": NEW_PIN})
    key = queries.find_pending(people.officers[0].person_id)
    assert get(client, f"/admin/keys/{key.id}").status_code == 404


def test_a_request_is_refused_with_a_reason(login, people):
    make_key(people.staff)
    post(login(people.staff), "/account/key/renew", {"pin": NEW_PIN, "again": NEW_PIN})
    key = queries.find_pending(people.staff.person_id)
    client = login(people.officers[0])
    assert post(client, f"/admin/keys/{key.id}/refuse", {"reason": ""}).status_code == 422
    assert post(client, f"/admin/keys/{key.id}/refuse", {"reason": "不是本人"}).status_code == 303
    assert "未获确认：不是本人" in get(login(people.staff), "/account/key").text


@pytest.mark.parametrize("address", ["/account/key/pin", "/account/key/renew", "/account/key/agreement"])
def test_pages_about_a_key_lead_to_the_first_one(login, people, address):
    answer = get(login(people.staff), address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/key")


def test_the_agreement_names_person_post_and_fingerprint(login, people):
    key = make_key(people.leader)
    page = get(login(people.leader), "/account/key/agreement").text
    assert people.leader.person.name in page
    assert fingerprint(key.public_key) in page


def test_a_mark_is_drawn_or_uploaded_and_shown(login, people):
    client = login(people.staff)
    drawn = "data:image/png;base64," + base64.b64encode(picture()).decode()
    assert post(client, "/account/mark", {"drawn": drawn}).status_code == 303
    assert 'src="data:image/png;base64,' in get(client, "/account/mark").text
    assert post(client, "/account/mark/remove").status_code == 303
    db.session.commit()
    answer = client.post(
        "/account/mark",
        data={"csrf_token": csrf_token(client), "picture": (io.BytesIO(picture()), "签名.png")},
        base_url=BASE_URL,
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    assert marks.find_mark(people.staff.person_id).source.value == "upload"


@pytest.mark.parametrize(
    ("drawn", "why"),
    [
        ("", "请先手写签名"),
        ("data:text/html;base64,AAAA", "请先手写签名"),
        ("data:image/png;base64,%%%", "没有传完整"),
        ("data:image/png;base64,AAAA", "PNG 或 JPEG"),
    ],
)
def test_what_is_no_picture_is_refused(login, people, drawn, why):
    answer = post(login(people.staff), "/account/mark", {"drawn": drawn})
    assert answer.status_code == 422
    assert why in answer.text
