"""The demo county's year as it went: who signed when, who has not, what is written off, what lags."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.permissions import Role
from fivestep_web.demo import feedback_story, ledger_story
from fivestep_web.demo.cast import Play, actor_of, holders
from fivestep_web.demo.signers import Signers
from fivestep_web.extensions import db
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion
from fivestep_web.responsibility.rules import UPPER_KIND

DRAFTED_ON, KEYS_MADE_ON = date(2026, 1, 5), date(2026, 1, 6)
WITHOUT_KEY = 1  # which of those who have not signed has yet to make the key
UPPER_ISSUED_ON, UPPER_ACCEPTED_ON, UPPER_SIGNED_ON = date(2026, 1, 7), date(2026, 1, 9), date(2026, 1, 13)
LOWER_ISSUED_ON, LOWER_ACCEPTED_ON, LOWER_SIGNED_ON = date(2026, 1, 15), date(2026, 1, 20), date(2026, 1, 23)
ADDRESS = "127.0.0.1"
LATE_UPPER = "X14"  # one township whose letter still waits for the minister
OBJECTION = "数字化扫描的完成时限与上级验收安排冲突，请把完成时限改到验收之后"


def tell(year: int, play: Play) -> None:
    """Play the year from January on; *play* sets the business date."""
    _sign_letters(year, play)
    ledger_story.open_ledger(year)
    ledger_story.report_monthly(year, play)
    ledger_story.write_off(year, play)
    ledger_story.make_exceptions(year, play)
    feedback_story.give(year, play)


def _sign_letters(year: int, play: Play) -> None:
    upper = [letter for letter in _letters(year) if letter.kind not in UPPER_KIND]
    lower = [letter for letter in _letters(year) if letter.kind in UPPER_KIND]
    office = holders(Role.OFC, DRAFTED_ON)[0]
    play(KEYS_MADE_ON, hour=9)
    ready = [item for item in lower if item.unit.code != LATE_UPPER]
    unsigned = ready[3:40:12]
    signers = Signers()
    signers.make_keys(KEYS_MADE_ON, without={unsigned[WITHOUT_KEY].responsible_id})
    play(UPPER_ISSUED_ON, hour=9)
    for letter in upper:
        letter_services.issue(office, letter)
    play(UPPER_ACCEPTED_ON, hour=10)
    for letter in upper:
        _sign(signers, letter, letter.responsible_id, UPPER_ACCEPTED_ON)
    play(UPPER_SIGNED_ON, hour=11)
    for letter in upper:
        if letter.unit.code != LATE_UPPER:
            _sign(signers, letter, letter.issuer_id, UPPER_SIGNED_ON)
    _sign_lower(signers, ready, set(unsigned), play)


def _sign_lower(signers: Signers, ready: Sequence[Letter], unsigned: set[Letter], play: Play) -> None:
    play(LOWER_ISSUED_ON, hour=9)
    for letter in ready:
        letter_services.issue(actor_of(letter.issuer_id, LOWER_ISSUED_ON), letter)
    objected, half_signed = ready[-1], set(ready[5:45:13])
    play(LOWER_ACCEPTED_ON, hour=10)
    letter_services.object_to(actor_of(objected.responsible_id, LOWER_ACCEPTED_ON), objected, OBJECTION)
    signed = [item for item in ready if item not in unsigned and item is not objected]
    for letter in signed:
        _sign(signers, letter, letter.responsible_id, LOWER_ACCEPTED_ON)
    play(LOWER_SIGNED_ON, hour=11)
    for letter in signed:
        if letter not in half_signed:
            _sign(signers, letter, letter.issuer_id, LOWER_SIGNED_ON)


def _letters(year: int) -> Sequence[Letter]:
    return db.session.scalars(
        select(Letter)
        .where(Letter.year == year)
        .options(
            joinedload(Letter.unit),
            selectinload(Letter.goals)
            .joinedload(LetterGoal.goal)
            .options(joinedload(Goal.topic), joinedload(Goal.person)),
        )
        .order_by(Letter.kind, Letter.serial)
    ).all()


def _sign(signers: Signers, letter: Letter, person_id: int, day: date) -> None:
    version = db.session.scalars(
        select(LetterVersion).where(
            LetterVersion.letter_id == letter.id, LetterVersion.version == letter.version
        )
    ).one()
    actor = actor_of(person_id, day)
    letter_services.sign(
        actor,
        letter,
        key=signers.open_key(actor),
        shown_sha256=version.content_sha256,
        address=ADDRESS,
    )
