"""Verification codes: as they are printed, as people type them, and what cannot be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.rules import (
    SERIAL_ALPHABET,
    new_serial,
    printed_serial,
    serial_fault,
    typed_serial,
)

SERIALS = st.text(SERIAL_ALPHABET, min_size=16, max_size=16)


@given(serial=SERIALS)
def test_a_code_is_read_as_it_is_printed_and_as_people_type_it(serial):
    printed = printed_serial(serial)
    assert [len(group) for group in printed.split(" ")] == [4, 4, 4, 4]
    misread = serial.replace("0", "O").replace("1", "l")
    wide = "".join(chr(ord(character) + 0xFEE0) for character in serial)
    hyphened = printed.replace(" ", "-")
    for typed in (serial, printed, printed.lower(), hyphened, misread, wide, f" {serial}\n"):
        assert typed_serial(typed) == serial


def test_a_new_code_can_be_typed():
    assert all(typed_serial(serial) == serial for serial in (new_serial() for _ in range(200)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABC",
        "U" * 16,
        "0" * 15,
        "0" * 17,
        "0" * 400,
        "０" * 15,
        "\0" * 16,
        "村" * 16,
        "a/b" * 6,
    ],
)
def test_what_cannot_be_a_code_is_none(text):
    assert typed_serial(text) is None


@given(st.text(max_size=300))
def test_any_text_gives_a_code_of_the_alphabet_or_none(text):
    found = typed_serial(text)
    assert found is None or (len(found) == 16 and set(found) <= set(SERIAL_ALPHABET))


@given(SERIALS | st.text(max_size=300))
def test_whatever_is_no_code_has_a_reason_and_a_code_has_none(text):
    assert bool(serial_fault(text)) is (typed_serial(text) is None)
