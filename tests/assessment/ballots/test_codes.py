"""One-time codes: random enough, read as people type them, kept as keyed hashes only (trust.md B2, B3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.ballots import codes

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LETTERS = st.text(alphabet=codes.ALPHABET, min_size=codes.QR_LENGTH, max_size=codes.QR_LENGTH)


def test_a_code_holds_the_bits_that_guessing_needs():
    assert codes.QR_LENGTH * codes.BITS_PER_LETTER >= 128
    assert codes.TYPED_LENGTH * codes.BITS_PER_LETTER >= 60
    made = {codes.new_code() for _number in range(500)}
    assert len(made) == 500
    assert all(set(code) <= set(codes.ALPHABET) for code in made)
    assert {code[0] for code in made} == set(codes.ALPHABET)


@given(LETTERS)
def test_a_code_is_read_however_it_is_written(code):
    printed = codes.in_groups(codes.typed_form(code))
    assert codes.read(printed) == codes.typed_form(code)
    assert codes.read(f" {printed.lower().replace('0', 'o').replace('1', 'l')} ") == codes.typed_form(code)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert codes.read(wide) == code


@given(LETTERS)
def test_both_forms_of_a_code_give_one_tracking_number(code):
    number = codes.tracking_number(KEY, code)
    assert codes.tracking_number(KEY, codes.typed_form(code)) == number
    assert len(number) == codes.TRACKING_LENGTH
    assert number != codes.tracking_number(OTHER_KEY, code)
    assert number not in code


@given(LETTERS, LETTERS)
def test_a_hash_stands_for_one_code_and_one_key(one, other):
    assert (codes.digest(KEY, one) == codes.digest(KEY, other)) == (one == other)
    assert codes.digest(KEY, one) != codes.digest(OTHER_KEY, one)
    assert codes.digest(KEY, one) != codes.digest(KEY, codes.typed_form(one))


@given(st.text(max_size=5000))
def test_what_is_no_code_is_taken_like_one(text):
    known = codes.recognise(KEY, text)
    assert len(known.digest) == 64
    assert len(known.tracking) == codes.TRACKING_LENGTH


@pytest.mark.parametrize("near", ["A", "", "Z"])
def test_a_near_miss_is_another_code(near):
    code = "ABCDEFGHJKMN"
    assert codes.digest(KEY, code[:-1] + near) != codes.digest(KEY, code)
