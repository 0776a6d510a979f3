"""What a token of the interface looks like, what it may reach, and until when; pure."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

LONGEST_LIFE: Final = timedelta(days=365)
_SECRET: Final = re.compile(r"fst_([0-9a-f]{8})_[0-9a-f]{64}")
# Never handed out by the interface, whatever a token says: what comes out of ballots, and what is between
# a person and HR.
_NEVER: Final = frozenset({"ballot_form", "tally_sheet", "personal_result_notice"})


class TokenAct(StrEnum):
    """What may be asked with a token."""

    LIST = "list"
    FETCH = "fetch"

    @property
    def label(self) -> str:
        """Return the Chinese name."""
        return {TokenAct.LIST: "列出文档", TokenAct.FETCH: "下载文档"}[self]


class TokenState(StrEnum):
    """Where a token stands; the value is its Chinese name."""

    WAITING = "待领取"
    ACTIVE = "在用"
    EXPIRED = "已过期"
    REVOKED = "已停用"


class TokenFacts(NamedTuple):
    """What the state follows from; *expires_on* is the last day of use."""

    is_collected: bool
    is_revoked: bool
    expires_on: date


def state_of(facts: TokenFacts, today: date) -> TokenState:
    """Return where a token stands on *today*."""
    if facts.is_revoked:
        return TokenState.REVOKED
    if today > facts.expires_on:
        return TokenState.EXPIRED
    return TokenState.ACTIVE if facts.is_collected else TokenState.WAITING


def expiry_fault(expires_on: date, today: date) -> str:
    """Return why *expires_on* cannot be the last day of a token made *today*; empty where it can."""
    if expires_on < today:
        return "有效期不能早于今天"
    if expires_on > today + LONGEST_LIFE:
        return "有效期最长一年，请选择一年以内的日期"
    return ""


def is_offered(kind: str, *, is_confidential: bool) -> bool:
    """Tell whether a token may be given for *kind*: no admonitions (B10), ballots, personal results."""
    return not is_confidential and kind not in _NEVER


def spell(prefix: str, secret: str) -> str:
    """Return the token as its holder keeps it: 8 hex digits to recognise it by, 64 that are the secret."""
    return f"fst_{prefix}_{secret}"


def read_header(header: str | None) -> str | None:
    """Return the token of an Authorization header, None where it holds nothing like one."""
    scheme, _blank, given = (header or "").partition(" ")
    token = given.strip()
    return token if scheme.lower() == "bearer" and _SECRET.fullmatch(token) else None


def hides_a_token(values: Iterable[str]) -> bool:
    """Tell whether a token stands among *values* of an address, where logs and histories would keep it."""
    return any(_SECRET.search(value) for value in values)
