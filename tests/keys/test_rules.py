"""Keys under a PIN, signatures, weak PINs (trust.md S5, S9)."""

import copy
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.keys.rules import (
    ED25519,
    LIGHT_COSTS,
    SMALL_ORDER,
    Costs,
    WeakPin,
    WrongPin,
    check_pin,
    fingerprint,
    is_valid,
    make_key,
    open_for_sitting,
    open_key,
    seal,
    seal_for_sitting,
    sign,
    wait_after,
)

PIN = "春耕秋收2026"
pins = st.text(min_size=1, max_size=64)


def opened(key, pin=PIN, **altered):
    facts = {
        "algorithm": key.algorithm,
        "public_key": key.public_key,
        "sealed": key.sealed_private_key,
        "sealing": key.sealing,
    }
    return open_key(**facts | altered, pin=pin)


@pytest.fixture(scope="module")
def key():
    return make_key(PIN, LIGHT_COSTS)


@given(pins, st.binary(max_size=200))
def test_what_the_pin_opens_signs_and_the_public_key_verifies(pin, data):
    made = make_key(pin, LIGHT_COSTS)
    value = sign(made.algorithm, opened(made, pin), data)
    assert is_valid(made.algorithm, made.public_key, data, value)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(made.public_key)).verify(bytes.fromhex(value), data)


@given(pins)
def test_no_other_pin_opens_a_key(key, pin):
    if pin != PIN:
        with pytest.raises(WrongPin):
            opened(key, pin)


def test_full_width_figures_of_a_chinese_keyboard_are_the_same_pin():
    made = make_key("ab1234cd", LIGHT_COSTS)
    assert opened(made, "ａｂ１２３４ｃｄ") == opened(made, "ab1234cd")


@given(st.data())
def test_a_sealed_key_altered_anywhere_does_not_open(key, data):
    sealed = bytearray.fromhex(key.sealed_private_key)
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(WrongPin):
        opened(key, sealed=sealed.hex())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kdf", "pbkdf2"),
        ("cipher", "none"),
        ("salt", "00" * 16),
        ("salt", "zz"),
        ("nonce", "00" * 12),
        ("time", 2),
        ("time", 0),
        ("memory", 16),
        ("lanes", None),
    ],
)
def test_sealing_altered_anywhere_does_not_open(key, name, value):
    sealing = copy.deepcopy(key.sealing) | {name: value}
    with pytest.raises(WrongPin):
        opened(key, sealing=sealing)
    del sealing[name]
    with pytest.raises(WrongPin):
        opened(key, sealing=sealing)


def test_a_sealed_key_does_not_open_beside_another_public_key(key):
    other = make_key(PIN, LIGHT_COSTS)
    for altered in ({"public_key": other.public_key}, {"algorithm": "sm2"}):
        with pytest.raises(WrongPin):
            opened(key, **altered)


def test_a_foreign_private_half_sealed_for_this_public_key_does_not_open(key):
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    sealed, sealing = seal(private, PIN, LIGHT_COSTS, key.algorithm, key.public_key)
    with pytest.raises(WrongPin):
        opened(key, sealed=sealed, sealing=sealing)


def test_sealing_again_is_never_the_same_and_names_its_costs(key):
    private = opened(key)
    costs = Costs(time=2, memory=16, lanes=1)
    first, second = (seal(private, PIN, costs, key.algorithm, key.public_key) for _ in range(2))
    assert first[0] != second[0]
    assert first[1]["salt"] != second[1]["salt"]
    assert (first[1]["time"], first[1]["memory"], first[1]["lanes"]) == (2, 16, 1)
    assert opened(key, sealed=first[0], sealing=first[1]) == private


@given(st.binary(min_size=1, max_size=80), st.data())
def test_a_signature_holds_for_its_own_bytes_and_key_only(key, data, draw):
    value = sign(ED25519, opened(key), data)
    altered = bytearray(data)
    altered[draw.draw(st.integers(0, len(data) - 1))] ^= 1
    other = make_key(PIN, LIGHT_COSTS)
    assert not is_valid(ED25519, key.public_key, bytes(altered), value)
    assert not is_valid(ED25519, other.public_key, data, value)


def test_an_unknown_algorithm_and_a_second_spelling_never_verify(key):
    value = sign(ED25519, opened(key), b"text")
    for algorithm in ("", "none", "ED25519", "ed448", "sm2", "md5"):
        assert not is_valid(algorithm, key.public_key, b"text", value)
    for spelled in (value.upper(), f" {value}", value + "00", value[:-2], "", "zz" * 64):
        assert not is_valid(ED25519, key.public_key, b"text", spelled)
    for public_key in (key.public_key.upper(), key.public_key[:-2], "", "zz" * 32):
        assert not is_valid(ED25519, public_key, b"text", value)


def test_a_public_key_of_small_order_verifies_nothing():
    """Under such a key "R = the key, s = 0" holds for one text in eight or more (RFC 8032 5.1.7)."""
    for public_key in SMALL_ORDER:
        both_signs = (public_key, public_key[:-2] + f"{int(public_key[-2:], 16) | 0x80:02x}")
        for number in range(60):
            for key in both_signs:
                data = str(number).encode()
                assert not is_valid(ED25519, key, data, public_key + "00" * 32)
                assert not is_valid(ED25519, key, data, "01" + "00" * 63)


def test_the_standard_s_first_vector_is_met():
    """RFC 8032 7.1, test 1."""
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public_key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    value = sign(ED25519, private, b"")
    assert value.startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
    assert is_valid(ED25519, public_key, b"", value)


def test_a_fingerprint_is_eight_groups_and_another_key_has_another(key):
    shown = fingerprint(key.public_key)
    assert [len(group) for group in shown.split(" ")] == [4] * 8
    assert shown != fingerprint(make_key(PIN, LIGHT_COSTS).public_key)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_sitting_opens_with_the_browser_s_secret_only(secret, other):
    sealed = seal_for_sitting(b"private", secret, "sitting:1")
    assert open_for_sitting(sealed, secret, "sitting:1") == b"private"
    with pytest.raises(WrongPin):
        open_for_sitting(sealed, secret, "sitting:2")
    if other != secret:
        with pytest.raises(WrongPin):
            open_for_sitting(sealed, other, "sitting:1")


@pytest.mark.parametrize("sealed", ["", "00", "zz", "00" * 40])
def test_a_damaged_sitting_does_not_open(sealed):
    with pytest.raises(WrongPin):
        open_for_sitting(sealed, b"s" * 32, "sitting:1")


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (10_000, 60)]
)
def test_wrong_pins_make_wait_longer_and_never_for_good(tries, minutes):
    assert (wait_after(tries) or timedelta()) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "pin",
    [
        "qinghe-pin-2026",
        "zhangsan01-likes-tea",
        "23800138000",
        "90417326",
        "ab1234cd",
        "春耕秋收各有其时",
        "x" * 3 + "yzab12345",
        "19801399",
    ],
)
def test_a_pin_may_be_figures_letters_or_words(pin):
    check_pin(pin, ("zhangsan01", "张某", "13800000000"))


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("9041732", "太短"),
        ("x1" * 33, "太长"),
        ("11111111", "重复或连续"),
        ("12121212", "重复或连续"),
        ("12345678", "重复或连续"),
        ("87654321", "重复或连续"),
        ("abcdefgh", "重复或连续"),
        ("１２３４５６７８", "重复或连续"),
        ("19780523", "日期"),
        ("20260101", "日期"),
        ("13712345678", "手机号"),
        ("ZHANGSAN01", "登录名"),
        ("zhangsan01zhangsan01", "登录名"),
        ("2026-zhangsan01", "登录名"),
        ("G0001G0001", "工号"),
        ("g0001-19870512", "工号"),
        ("13800138000", "手机号"),
        ("138-0013-8000", "手机号"),
        ("+8615912345678", "手机号"),
        ("1978-05-23", "日期"),
    ],
)
def test_a_pin_that_is_easy_to_guess_is_refused_with_the_reason(pin, why):
    with pytest.raises(WeakPin, match=rf"{why}.*(至少|最多|请换一个：)"):
        check_pin(pin, ("zhangsan01", "13712345678", "G0001", ""))
