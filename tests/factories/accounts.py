"""Accounts; no password is hashed unless one is given."""

from typing import Any

import factory

from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import hash_password
from fivestep_web.core.permissions import Role
from tests.factories.org import PersonFactory, Stored, person_with_role


class UserFactory(Stored):
    """An account past its first sign-in; `password` hashes one for tests of the door itself."""

    class Meta:
        model = User

    class Params:
        password = ""

    person = factory.SubFactory(PersonFactory)
    username = factory.Sequence(lambda n: f"user{n:05}")
    password_hash = factory.LazyAttribute(lambda made: hash_password(made.password) if made.password else "")
    must_change_password = False


def user_with_role(*roles: Role, username: str | None = None, password: str = "", **facts: Any) -> User:
    """Return the account of `person_with_role(*roles, **facts)`."""
    names = {"username": username} if username else {}
    return UserFactory(person=person_with_role(*roles, **facts), password=password, **names)
