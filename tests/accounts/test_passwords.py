"""Which passwords are taken, and the first one (trust.md W8)."""

from contextlib import suppress

import pytest
from argon2 import Type
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.accounts import passwords
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.web import get, post

WEAK = (
    *("", "1234567", "password", "Password", "12345678", "iloveyou", "zhangsan", "ZHANGSAN2026"),
    *("zhangsanzhangsan", "zuzhibu2026", "组织部组织部", "组织部2026!", "aaaaaaaaaa", "abababababab"),
    *("20262026", "x" * 257),
)
STRONG = ("春耕秋收各有其时", "correct horse battery", "x7" * 4 + "qz", "字" + "a1b2c3d4" * 25)


@pytest.mark.parametrize("password", WEAK)
def test_weak_passwords_are_refused(password):
    with pytest.raises(passwords.WeakPassword):
        passwords.check_strength(password, "zhangsan")


@pytest.mark.parametrize("password", STRONG)
def test_long_unicode_and_spoken_passwords_are_taken(password):
    passwords.check_strength(password, "zhangsan")


def test_the_list_of_common_passwords_has_three_thousand():
    assert len(passwords._common()) == passwords.COMMON_COUNT


@given(st.text(max_size=60))
def test_a_short_text_is_always_refused_and_never_breaks_the_check(password):
    short = password[: passwords.MIN_LENGTH - 1]
    with pytest.raises(passwords.WeakPassword):
        passwords.check_strength(short, "zhangsan")
    with suppress(passwords.WeakPassword):
        passwords.check_strength(password, "zhangsan")


def test_a_password_is_the_same_however_the_keyboard_composes_it():
    assert passwords.verify_password(passwords.hash_password("cafe\u0301 ouvert"), "caf\u00e9 ouvert")


def test_passwords_are_kept_as_argon2id_of_the_recommended_cost(product_hasher):
    assert product_hasher.type is Type.ID
    assert product_hasher.memory_cost >= 19 * 1024
    assert product_hasher.time_cost >= 2
    assert passwords.hash_password("春耕秋收各有其时").startswith("$argon2id$")


def test_an_account_without_a_password_lets_nobody_in():
    assert not passwords.verify_password("", "")


def test_initial_passwords_differ_are_readable_and_strong():
    made = {passwords.initial_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert set(password) <= set(passwords.READABLE)


def test_the_initial_password_must_be_changed_before_anything_else(login, db):
    user = user_with_role(Role.SHD)
    user.password_hash = passwords.hash_password("initial-word-22")
    user.must_change_password = True
    database.session.commit()
    client = login(user)
    assert get(client, "/account").location == "/account/password"
    assert get(client, "/account", htmx=True).headers["HX-Redirect"] == "/account/password"
    assert "初始密码" in get(client, "/account/password").text
    short = post(client, "/account/password", {"old": "initial-word-22", "new": "1234", "again": "1234"})
    assert short.status_code == 422
    assert "密码太短" in short.text
    new = "春耕秋收各有其时"
    assert "原密码不对" in post(client, "/account/password", {"old": "x", "new": new, "again": new}).text
    again = post(client, "/account/password", {"old": "initial-word-22", "new": new, "again": "other"})
    assert "两次输入的新密码不一样" in again.text
    form = {"old": "initial-word-22", "new": new, "again": new}
    assert post(client, "/account/password", form).status_code == 303
    assert get(client, "/account").status_code == 200
