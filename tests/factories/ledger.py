"""Letters in force and the ledger opened from them, through the services people use."""

from datetime import date

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import services
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility import drafting, letter_services
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import LetterState


def actor_of(user: User, today: date) -> Actor:
    return get_actor(user, today)


def bring_letters_into_force(year: int, today: date) -> int:
    """Draft, issue and sign every letter of the year, open the entries; return how many."""
    with unit_of_work():
        db.session.get(PlanYear, year).step_two_open = True
        drafting.draft_letters(SYSTEM, year)
    letter_ids = list(
        db.session.scalars(select(Letter.id).where(Letter.year == year).order_by(Letter.kind, Letter.id))
    )
    uppers_first = sorted(letter_ids, key=lambda letter_id: db.session.get(Letter, letter_id).upper_id or 0)
    return sum(_bring_into_force(letter_id, today) for letter_id in uppers_first)


def _bring_into_force(letter_id: int, today: date) -> int:
    office = Actor(None, None, "办公室", roles=frozenset({Role.OFC}))
    with unit_of_work():
        letter = db.session.get(Letter, letter_id)
        if letter.state is LetterState.DRAFT:
            letter_services.issue(office, letter)
        for person_id in (letter.responsible_id, letter.issuer_id):
            user = db.session.scalars(select(User).where(User.person_id == person_id)).one()
            sha256 = letter_services.current_version(letter).content_sha256
            letter_services.sign(get_actor(user, today), letter, shown_sha256=sha256, address="127.0.0.1")
        return services.open_entries(SYSTEM, letter.id)
