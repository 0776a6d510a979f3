"""Signing keys of accounts, made through the services; opened ones are kept for the test run."""

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import entry, queries, rules, services
from fivestep_web.keys.entry import OpenKey
from fivestep_web.keys.models import SigningKey

PIN = "春耕秋收2026"


def actor_of(user: User):
    return get_actor(user, clock.today())


def make_key(user: User, pin: str = PIN) -> SigningKey:
    """Give an account's person the first key, at light costs."""
    new = rules.make_key(pin, rules.LIGHT_COSTS)
    with unit_of_work():
        return services.add_first_key(actor_of(user), new)


def open_key(user: User, pin: str = PIN) -> OpenKey:
    """Return the account's opened key, made when there is none."""
    if queries.find_living(user.person_id) is None:
        make_key(user, pin)
    opened = entry.enter(actor_of(user), pin, "test")
    db.session.rollback()
    return opened
