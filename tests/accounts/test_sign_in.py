"""The door: sessions, replay, brute force, return addresses (trust.md W3, W4, W7, W10)."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from fivestep_web import create_app
from fivestep_web.accounts import passwords, services, sessions
from fivestep_web.accounts.models import User, WebSession
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.conftest import make_config
from tests.factories.accounts import UserFactory, user_with_role
from tests.web import BASE_URL, csrf_token, get, post

PASSWORD = "春耕秋收各有其时"


@pytest.fixture
def user(db):
    user = user_with_role(Role.SHD, Role.ADM, username="zhang", title="科长", name="张某甲")
    user.password_hash = passwords.hash_password(PASSWORD)
    database.session.commit()
    return user


def sign_in(client, username="zhang", password=PASSWORD, **fields):
    return post(client, "/login", {"username": username, "password": password, **fields})


def cookie(client):
    return client.get_cookie("fivestep", domain="127.0.0.1").value


def replay(app, value):
    other = app.test_client()
    other.set_cookie("fivestep", value, domain="127.0.0.1")
    return get(other, "/account")


def actions(user):
    database.session.commit()
    query = select(AuditEntry.action).where(AuditEntry.subject == f"user:{user.id}")
    return database.session.scalars(query.order_by(AuditEntry.sequence)).all()


def test_the_right_password_opens_the_door_and_is_logged(client, user):
    response = sign_in(client)
    assert (response.status_code, response.location) == (303, "/")
    page = get(client, "/account")
    assert page.status_code == 200
    assert "张某甲" in page.text
    assert "科室负责人、管理员" in page.text
    assert actions(user) == ["account.signed_in"]


@pytest.mark.parametrize(("username", "password"), [("zhang", "wrong wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_answer_alike(client, user, username, password):
    response = sign_in(client, username, password)
    assert response.status_code == 422
    assert "登录名或密码不对" in response.text
    assert f'value="{username}"' in response.text
    assert password not in response.text
    assert get(client, "/account").status_code == 401


def test_a_disabled_account_answers_like_a_wrong_password(client, user):
    user.is_active = False
    database.session.commit()
    response = sign_in(client)
    assert response.status_code == 422
    assert "登录名或密码不对" in response.text


def test_an_unknown_name_costs_as_much_time_as_a_known_one(db, user, monkeypatch):
    passwords.dummy_hash()
    verified = []
    verify = PasswordHasher.verify

    def counted(hasher, stored, password):
        verified.append(extract_parameters(stored))
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    services.authenticate("zhang", "wrong wrong")
    services.authenticate("nobody", "wrong wrong")
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_a_mistyped_name_is_not_kept_in_the_log(client, user):
    sign_in(client, PASSWORD, "x")
    database.session.commit()
    entry = database.session.scalars(select(AuditEntry)).one()
    assert (entry.subject, PASSWORD in entry.body) == ("user:?", False)


def test_signing_in_gives_a_new_session_id(client, user):
    get(client, "/login")
    planted = cookie(client)
    sign_in(client)
    assert cookie(client) != planted
    database.session.commit()
    hashes = database.session.scalars(select(WebSession.token_hash)).all()
    assert hashes == [sessions.token_hash(cookie(client))]


def test_a_copied_cookie_is_worthless_after_signing_out(app, client, user):
    sign_in(client)
    copied = cookie(client)
    assert replay(app, copied).status_code == 200
    assert post(client, "/logout").status_code == 303
    assert replay(app, copied).status_code == 401
    assert actions(user) == ["account.signed_in", "account.signed_out"]


def test_a_copied_cookie_is_worthless_after_the_password_changed(app, client, user):
    sign_in(client)
    copied = cookie(client)
    new = "夏种冬藏也有其时"
    response = post(client, "/account/password", {"old": PASSWORD, "new": new, "again": new})
    assert response.status_code == 303
    assert replay(app, copied).status_code == 401
    assert get(client, "/account").status_code == 200
    post(client, "/logout")
    assert sign_in(client).status_code == 422
    assert sign_in(client, password=new).status_code == 303


def test_a_copied_cookie_is_worthless_once_the_account_is_disabled(app, client, user):
    user_with_role(Role.ADM)
    sign_in(client)
    with unit_of_work():
        services.set_active(SYSTEM, database.session.get_one(User, user.id), is_active=False)
    assert replay(app, cookie(client)).status_code == 401
    with unit_of_work():
        services.set_active(SYSTEM, database.session.get_one(User, user.id), is_active=True)
    assert replay(app, cookie(client)).status_code == 401


def test_an_invented_cookie_opens_nothing(app, db):
    assert replay(app, "x" * 43).status_code == 401


@pytest.mark.parametrize(("pause", "status"), [(timedelta(minutes=29), 200), (timedelta(minutes=31), 401)])
def test_an_idle_session_ends_after_half_an_hour(client, user, monkeypatch, pause, status):
    sign_in(client)
    later = clock.system_now() + pause
    monkeypatch.setattr(clock, "system_now", lambda: later)
    assert get(client, "/account").status_code == status


def test_a_busy_session_ends_after_twelve_hours(client, user, monkeypatch):
    sign_in(client)
    begin = clock.system_now()
    statuses = []
    for minutes in range(0, 13 * 60, 20):
        moment = begin + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "system_now", lambda moment=moment: moment)
        statuses.append(get(client, "/account").status_code)
    assert statuses == [200] * 36 + [401] * 3


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, user):
    cookies = sign_in(client).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for line in cookies:
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path):
    config = make_config(tmp_path)
    app = create_app(type(config)(**(vars(config) | {"base_url": "https://work.example"})))
    assert app.session_interface.get_cookie_name(app) == "__Host-fivestep"


def test_who_is_not_signed_in_gets_the_sign_in_page_and_comes_back(client, user):
    response = get(client, "/account?year=2026")
    assert response.status_code == 401
    assert 'name="next" value="/account?year=2026"' in response.text
    assert sign_in(client, next="/account?year=2026").location == "/account?year=2026"


def test_htmx_is_sent_to_the_sign_in_page_and_comes_back(client, db):
    response = get(client, "/account", htmx=True)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login?next=/admin/units?q%3D1"
    assert response.text == ""


ELSEWHERE = (
    *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/\t/evil.example"),
    *("javascript:x", "evil.example", "/%0d\n", "///evil", "http:///evil", "//[", "/ /evil\x7f"),
)
HARD_TEXTS = ("\0", "a\0b", "𠮷" * 300, "x" * 1_000_000, "\ud800", "'; DROP TABLE user --")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_leads_nowhere_but_here(client, user, target):
    assert sign_in(client, next=target).location == "/"


def test_a_form_without_a_token_is_refused(client, user):
    response = client.post("/login", data={"username": "zhang", "password": PASSWORD}, base_url=BASE_URL)
    assert response.status_code == 400
    assert 'value="zhang"' in response.text
    sign_in(client)
    response = client.post("/logout", base_url=BASE_URL)
    assert response.status_code == 400
    assert get(client, "/account").status_code == 200


def test_a_token_of_another_account_is_refused(app, client, user):
    stranger = UserFactory(username="li", password=PASSWORD)
    other = app.test_client()
    sign_in(other, stranger.username)
    foreign = csrf_token(other)
    sign_in(client)
    assert client.post("/logout", data={"csrf_token": foreign}, base_url=BASE_URL).status_code == 400


def test_a_form_left_open_is_good_again_after_signing_in_anew(client, user, monkeypatch):
    sign_in(client)
    old = csrf_token(client)
    later = clock.system_now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "system_now", lambda: later)
    new = "夏种冬藏也有其时"
    form = {"csrf_token": old, "old": PASSWORD, "new": new, "again": new}
    assert client.post("/account/password", data=form, base_url=BASE_URL).status_code == 400
    sign_in(client)
    assert client.post("/account/password", data=form, base_url=BASE_URL).status_code == 303


def test_one_account_is_slowed_down_for_one_address(client, user):
    statuses = [sign_in(client, password="wrong wrong").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert sign_in(client).status_code == 429


def test_strangers_cannot_lock_out_a_browser_that_signed_in_before(app, client, user):
    sign_in(client)
    post(client, "/logout")
    stranger = app.test_client()
    statuses = [sign_in(stranger, password="wrong wrong").status_code for _ in range(7)]
    assert statuses[-1] == 429
    assert sign_in(client).status_code == 303


def test_a_known_browser_is_slowed_down_on_its_own(client, user):
    sign_in(client)
    post(client, "/logout")
    assert [sign_in(client, password="x").status_code for _ in range(6)] == [422] * 5 + [429]


def test_spraying_many_accounts_is_slowed_down_for_the_address(client, user, monkeypatch):
    monkeypatch.setattr(passwords, "verify_password", lambda *_: False)
    statuses = [sign_in(client, f"user{number}", "x").status_code for number in range(31)]
    assert statuses == [422] * 30 + [429]


def test_the_limits_hold_while_redis_is_away(tmp_path):
    from flask_migrate import upgrade

    from fivestep_web.config import PROJECT
    from fivestep_web.extensions import limiter

    config = make_config(tmp_path, redis_url=f"unix://{tmp_path}/no-redis.sock")
    app = create_app(config)
    with app.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        client = app.test_client()
        try:
            statuses = [sign_in(client, password="x").status_code for _ in range(6)]
        finally:
            limiter._storage_dead = False
            database.session.remove()
            database.engine.dispose()
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]", "[::1]:8000"])
def test_this_machine_is_answered_by_each_of_its_names(client, db, host):
    assert client.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::2]", "[::1].evil", "a b"])
def test_another_host_name_is_not_answered(client, db, host):
    response = client.get("/login", headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text


def test_a_forwarded_host_is_not_believed(client, db):
    response = client.get("/login", base_url=BASE_URL, headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in response.text + str(response.headers)


@pytest.mark.parametrize("field", ["username", "password", "next"])
@pytest.mark.parametrize("text", HARD_TEXTS)
def test_no_text_breaks_the_door(client, user, field, text):
    fields = {"username": "zhang", "password": "x", "next": "/"} | {
        field: text.encode(errors="surrogatepass")
    }
    assert post(client, "/login", fields).status_code in {400, 422}


def test_a_huge_request_is_refused(client, db):
    fields = {f"f{number}": "x" for number in range(10_000)}
    assert post(client, "/login", fields).status_code in {400, 413, 422}
    assert client.post("/login", data=b"x" * (21 * 1024 * 1024), base_url=BASE_URL).status_code in {400, 413}


def test_the_sign_in_page_says_that_it_is_not_for_state_secrets(client, db):
    assert "严禁录入、处理、存储国家秘密" in get(client, "/login").text
