import pytest
from argon2 import PasswordHasher

from fivestep_web.accounts import passwords


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes():
    """Hash in a millisecond: these tests sign in hundreds of times."""
    costly = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords.dummy_hash.cache_clear()
    yield
    passwords._hasher = costly
    passwords.dummy_hash.cache_clear()
