"""What the signing sheet over a letter shows: key, sitting, whom one signs for, how many wait."""

from dataclasses import dataclass

from flask import url_for

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.keys import entry, sittings
from fivestep_web.keys import queries as keys
from fivestep_web.keys.models import SigningSitting
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.models import Letter, LetterVersion
from fivestep_web.responsibility.signing import services as signing
from fivestep_web.responsibility.signing import sitting_cookie


@dataclass(frozen=True)
class Sheet:
    """The sheet of one letter for one reader.

    *obstacle* says why the reader cannot sign yet, *key_url* where to mend it; *minutes* is what is left of
    a sitting that covers this very text, *is_left_out* says that one runs and does not; *others* counts the
    letters that wait besides; *principal* is whom a deputy stands for.
    """

    obstacle: str
    key_url: str
    minutes: int | None
    is_left_out: bool
    others: int
    principal: str


def sheet_for(actor: Actor, letter: Letter, version: LetterVersion | None) -> Sheet | None:
    """Return the sheet, None where it is not the reader's turn."""
    if version is None or not policy.can_sign(actor, letter):
        return None
    waiting = queries.find_next_waiting(actor, letter)
    mandate = policy.find_mandate(actor, letter)
    has_key = keys.find_living(actor.person_id) is not None
    sitting = sitting_cookie.find_sitting(actor)
    minutes = _minutes_left(sitting, letter, version) if sitting else None
    return Sheet(
        obstacle="" if has_key else entry.no_key_message(actor),
        key_url=url_for("keys.key_show", next=url_for("signing.letter_sign_form", letter_id=letter.id)),
        minutes=minutes,
        is_left_out=sitting is not None and minutes is None,
        others=waiting.count if waiting else 0,
        principal=mandate.principal.name if mandate else "",
    )


def _minutes_left(sitting: SigningSitting, letter: Letter, version: LetterVersion) -> int | None:
    if not sittings.has_token(sitting, signing.subject_of(letter.id), version.content_sha256):
        return None
    return max(1, round((sitting.expires_at - clock.system_now()).total_seconds() / 60))
