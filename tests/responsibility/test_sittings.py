"""One PIN entry for the letters then waiting: ten minutes, this browser, each text once (trust.md S2, S3)."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import sittings
from fivestep_web.keys.models import SigningSitting, SittingToken
from fivestep_web.keys.queries import find_living
from fivestep_web.responsibility.models import Letter, Signature
from fivestep_web.responsibility.rules import LetterState
from tests.factories.keys import PIN
from tests.factories.responsibility import DAY, bring_into_force, issue, letter_of, sign
from tests.web import BASE_URL, csrf_token, get, post

START = datetime(DAY.year, DAY.month, DAY.day, 2, 30, tzinfo=UTC)
COOKIE = "fivestep-sitting"


@pytest.fixture
def waiting(drafted):
    """The two members' letters, which wait for the head's countersignature."""
    bring_into_force(letter_of(drafted.head), drafted.clerk, drafted.head, drafted.leader)
    letters = [letter_of(member) for member in drafted.members]
    for letter, member in zip(letters, drafted.members, strict=True):
        issue(letter, drafted.head)
        sign(letter, member)
    return [letter.id for letter in letters]


def shown(page):
    return re.search(r'name="shown_sha256"[^>]*value="([0-9a-f]{64})"', page.text).group(1)


def half_of(client):
    cookie = client.get_cookie(COOKIE, "127.0.0.1", "/letters")
    return cookie.value if cookie else None


def give_half(client, value):
    client.set_cookie(COOKIE, value, domain="127.0.0.1", path="/letters")


def begin(client):
    return post(client, "/letters/sitting", {"pin": PIN})


def sign_next(client, letter_id, **data):
    page = get(client, f"/letters/{letter_id}/sign")
    return post(client, f"/letters/{letter_id}/sign", {"shown_sha256": shown(page)} | data)


def states(letter_ids):
    db.session.expire_all()
    return [db.session.get(Letter, letter_id).state for letter_id in letter_ids]


def refusals():
    query = select(AuditEntry.body).where(AuditEntry.action == "letter.signature_refused")
    bodies = db.session.scalars(query.order_by(AuditEntry.sequence))
    return [json.loads(body)["detail"]["reason"] for body in bodies]


def test_one_pin_serves_letter_after_letter_each_shown_and_signed(login, drafted, waiting):
    client = login(drafted.head)
    answer = begin(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/letters/{waiting[0]}/sign")
    page = get(client, f"/letters/{waiting[0]}/sign")
    assert "连续签署中" in page.text
    assert 'name="pin"' not in page.text
    answer = sign_next(client, waiting[0])
    assert answer.headers["Location"] == f"/letters/{waiting[1]}/sign"
    assert "下一份（余1份）" in get(client, answer.headers["Location"]).text
    answer = sign_next(client, waiting[1])
    assert answer.headers["Location"] == f"/letters/{waiting[1]}"
    assert states(waiting) == [LetterState.IN_FORCE] * 2
    assert db.session.query(SigningSitting).count() == 0
    assert half_of(client) is None


def test_the_box_beside_the_pin_begins_a_sitting_with_the_first_signature(login, drafted, waiting):
    client = login(drafted.head)
    answer = sign_next(client, waiting[0], pin=PIN, sitting="y")
    assert answer.headers["Location"] == f"/letters/{waiting[1]}/sign"
    cookie = answer.headers["Set-Cookie"]
    for part in (f"{COOKIE}=", "HttpOnly", "Path=/letters", "SameSite=Strict", "Max-Age=600"):
        assert part in cookie
    assert sign_next(client, waiting[1]).status_code == 303
    assert states(waiting) == [LetterState.IN_FORCE] * 2


def test_with_htmx_the_browser_is_led_to_the_next_letter(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    page = get(client, f"/letters/{waiting[0]}/sign")
    answer = post(client, f"/letters/{waiting[0]}/sign", {"shown_sha256": shown(page)}, htmx=True)
    assert answer.headers["HX-Redirect"] == f"/letters/{waiting[1]}/sign"


def test_after_ten_minutes_the_pin_is_asked_again(login, drafted, waiting):
    with time_machine.travel(START, tick=False) as clock:
        client = login(drafted.head)
        begin(client)
        cookie = half_of(client)
        clock.shift(timedelta(minutes=10))
        give_half(client, cookie)
        answer = sign_next(client, waiting[0])
        assert answer.status_code == 409
        assert "已满 10 分钟" in answer.text
        assert 'name="pin"' in answer.text
        with unit_of_work():
            assert sittings.remove_expired() == 1
    assert states(waiting) == [LetterState.ACCEPTED] * 2
    assert "已满 10 分钟" in refusals()[-1]


def test_where_several_wait_the_today_page_and_the_list_lead_to_the_sitting(login, drafted, waiting):
    client = login(drafted.head)
    entrance = 'href="/letters/sitting"'
    assert entrance in get(client, "/").text
    assert entrance in get(client, f"/letters?year={DAY.year}&mine=1").text
    sign_next(client, waiting[0], pin=PIN)
    assert entrance not in get(client, "/").text
    assert entrance not in get(client, f"/letters?year={DAY.year}&mine=1").text
    sign_next(client, waiting[1], pin=PIN)
    assert "没有等您签署的责任书" in get(client, f"/letters?year={DAY.year}&mine=1").text


def test_without_a_key_the_sitting_leads_to_it_and_asks_for_no_pin(login, drafted, waiting):
    client = login(drafted.head)
    with unit_of_work():
        find_living(drafted.head.person_id).ended_at = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    page = get(client, "/letters/sitting").text
    assert "您的签名密钥已停用" in page
    assert 'href="/account/key?next=/letters/sitting"' in page
    assert 'name="pin"' not in page


def test_when_the_browser_has_let_the_sitting_go_the_pin_is_asked_with_the_reason(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    client.delete_cookie(COOKIE, domain="127.0.0.1", path="/letters")
    answer = sign_next(client, waiting[0])
    assert answer.status_code == 422
    assert "连续签署满 10 分钟的，也要重新输入" in answer.text
    assert 'name="pin"' in answer.text


def test_a_letter_the_sitting_does_not_cover_is_signed_by_pin_and_the_sitting_goes_on(
    login, drafted, waiting
):
    client = login(drafted.head)
    begin(client)
    db.session.query(SittingToken).filter_by(subject=f"letter:{waiting[0]}").delete()
    db.session.commit()
    assert "要再输一次 PIN" in get(client, f"/letters/{waiting[0]}/sign").text
    answer = sign_next(client, waiting[0], pin=PIN)
    assert answer.headers["Location"] == f"/letters/{waiting[1]}/sign"
    assert 'name="pin"' not in get(client, answer.headers["Location"]).text
    assert sign_next(client, waiting[1]).status_code == 303
    assert states(waiting) == [LetterState.IN_FORCE] * 2


def test_a_token_is_worth_one_signature_over_one_text(login, drafted, waiting):
    begin(login(drafted.head))
    sitting = db.session.query(SigningSitting).one()
    token = db.session.query(SittingToken).filter_by(subject=f"letter:{waiting[0]}").one()
    with pytest.raises(sittings.TokenUsed), unit_of_work():
        sittings.take(sitting.id, token.subject, "0" * 64)
    with unit_of_work():
        sittings.take(sitting.id, token.subject, token.sha256)
    with pytest.raises(sittings.TokenUsed), unit_of_work():
        sittings.take(sitting.id, token.subject, token.sha256)


def test_a_letter_that_came_later_asks_for_the_pin(login, drafted, waiting):
    client = login(drafted.head)
    db.session.execute(SittingToken.__table__.delete())
    begin(client)
    db.session.execute(SittingToken.__table__.delete().where(SittingToken.subject == f"letter:{waiting[1]}"))
    db.session.commit()
    page = get(client, f"/letters/{waiting[1]}/sign")
    assert 'name="pin"' in page.text
    answer = post(client, f"/letters/{waiting[1]}/sign", {"shown_sha256": shown(page)})
    assert answer.status_code == 409
    assert "不包括这份文本" in answer.text
    assert states(waiting) == [LetterState.ACCEPTED] * 2
    assert (
        db.session.query(Signature).filter_by(person_id=drafted.head.person_id, step="issuing").count() == 0
    )


def test_the_cookie_is_worth_nothing_in_another_session(app, login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    cookie = half_of(client)
    thief = app.test_client()
    with thief.session_transaction(base_url=BASE_URL) as stored:
        stored["_user_id"] = f"{drafted.head.id}.{drafted.head.session_version}"
        stored["user_id"] = drafted.head.id
    give_half(thief, cookie)
    answer = sign_next(thief, waiting[0])
    assert answer.status_code == 409
    assert states(waiting) == [LetterState.ACCEPTED] * 2


@pytest.mark.parametrize("cookie", ["", "1", "1.x", "x.y", "1." + "A" * 43, "9" * 40 + ".A", "1.é"])
def test_a_stolen_session_without_the_browser_s_secret_signs_nothing(login, drafted, waiting, cookie):
    client = login(drafted.head)
    begin(client)
    number = db.session.query(SigningSitting).one().id
    digest = db.session.query(SittingToken).filter_by(subject=f"letter:{waiting[0]}").one().sha256
    give_half(client, cookie.replace("1.", f"{number}.", 1))
    answer = post(client, f"/letters/{waiting[0]}/sign", {"shown_sha256": digest})
    assert answer.status_code in (409, 422)
    assert states(waiting) == [LetterState.ACCEPTED] * 2


def test_signing_out_and_ending_end_it(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    answer = post(client, "/letters/sitting/end")
    assert answer.status_code == 303
    assert db.session.query(SigningSitting).count() == 0
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"sitting.begun", "sitting.ended"} <= set(actions)
    begin(client)
    assert db.session.query(SigningSitting).count() == 1
    post(client, "/logout")
    assert db.session.query(SigningSitting).count() == 0


def test_what_rests_in_the_database_is_sealed(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    sitting = db.session.query(SigningSitting).one()
    cookie = half_of(client)
    opened = sittings.open_key(sitting, cookie)
    assert opened.private.hex() not in sitting.sealed_private_key
    assert cookie.partition(".")[2] not in sitting.sealed_private_key


def test_in_a_sitting_too_unseen_text_is_not_signed(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    answer = post(client, f"/letters/{waiting[0]}/sign", {"shown_sha256": "0" * 64})
    assert answer.status_code == 409
    assert "内容在您打开之后有变化" in answer.text
    assert answer.text.index("内容在您打开之后有变化") < answer.text.index("责任书全文")
    assert states(waiting) == [LetterState.ACCEPTED] * 2
    assert db.session.query(SittingToken).filter(SittingToken.used_at.is_not(None)).count() == 0


def test_without_anything_waiting_or_by_a_wrong_pin_no_sitting_begins(login, drafted):
    client = login(drafted.head)
    assert begin(client).status_code == 409
    issue(letter_of(drafted.head), drafted.clerk)
    assert post(client, "/letters/sitting", {"pin": "wrong pin"}).status_code == 403
    assert post(client, "/letters/sitting", {}).status_code == 422
    assert db.session.query(SigningSitting).count() == 0


def test_every_refused_try_is_logged_with_the_rule(login, drafted):
    letter = letter_of(drafted.head)
    data = {"pin": PIN, "shown_sha256": "0" * 64}
    client = login(drafted.head)
    post(client, f"/letters/{letter.id}/sign", data)
    issue(letter, drafted.clerk)
    post(client, f"/letters/{letter.id}/sign", data)
    post(client, f"/letters/{letter.id}/sign", data | {"pin": "wrong pin"})
    post(login(drafted.leader), f"/letters/{letter.id}/sign", data)
    sign(letter, drafted.head)
    post(login(drafted.head), f"/letters/{letter.id}/sign", data)
    rules = ["不在签署中", "内容在您打开之后有变化", "PIN 不对", "轮到乙方", "已经签署过这一版"]
    logged = refusals()
    assert len(logged) == len(rules)
    assert all(rule in reason for rule, reason in zip(rules, logged, strict=True))
    assert db.session.query(Signature).count() == 1


def test_the_token_of_the_form_is_asked_in_a_sitting_too(login, drafted, waiting):
    client = login(drafted.head)
    begin(client)
    assert csrf_token(client)
    page = get(client, f"/letters/{waiting[0]}/sign")
    answer = client.post(f"/letters/{waiting[0]}/sign", data={"shown_sha256": shown(page)}, base_url=BASE_URL)
    assert answer.status_code == 400
    assert states(waiting) == [LetterState.ACCEPTED] * 2
