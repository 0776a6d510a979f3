"""Tokens: their state by the day, how long they may live, and what looks like one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.api.rules import (
    TokenFacts,
    TokenState,
    expiry_fault,
    hides_a_token,
    is_offered,
    read_header,
    spell,
    state_of,
)
from fivestep_web.documents.kinds import DocumentKind

TODAY = date(2026, 11, 23)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@pytest.mark.parametrize(
    ("collected", "revoked", "days", "state"),
    [
        (False, False, 0, TokenState.WAITING),
        (True, False, 0, TokenState.ACTIVE),
        (True, False, -1, TokenState.EXPIRED),
        (False, False, -1, TokenState.EXPIRED),
        (True, True, 30, TokenState.REVOKED),
        (True, True, -1, TokenState.REVOKED),
    ],
)
def test_a_token_serves_through_its_last_day_once_collected_and_until_revoked(
    collected, revoked, days, state
):
    assert state_of(TokenFacts(collected, revoked, TODAY + timedelta(days=days)), TODAY) is state


@given(st.integers(-800, 800))
def test_a_token_lives_from_today_to_a_year_at_most(days):
    assert bool(expiry_fault(TODAY + timedelta(days=days), TODAY)) is not (0 <= days <= 365)


@given(HEX)
def test_a_spelled_token_is_read_back_and_found_in_an_address(secret):
    spelled = spell("0a1b2c3d", secret)
    assert read_header(f"Bearer {spelled}") == read_header(f"bearer  {spelled} ") == spelled
    assert hides_a_token(["2026", f"x{spelled}"])


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer x", f"Basic {spell('0a1b2c3d', 'a' * 64)}", spell("0a1b2c3d", "a" * 64)],
)
def test_what_is_no_token_is_none(header):
    assert read_header(header) is None


@given(st.text())
def test_ordinary_words_in_an_address_are_no_token(text):
    assert not hides_a_token([text[:70]])


def test_admonitions_ballots_and_personal_results_are_never_offered():
    never = {
        kind for kind in DocumentKind if not is_offered(kind.value, is_confidential=kind.is_confidential)
    }
    assert never == {
        DocumentKind.ADMONITION_LIST,
        DocumentKind.ADMONITION_NOTICE,
        DocumentKind.ADMONITION_RECORD,
        DocumentKind.BALLOT_FORM,
        DocumentKind.TALLY_SHEET,
        DocumentKind.PERSONAL_RESULT_NOTICE,
    }
