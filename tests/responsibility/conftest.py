"""The small department on a working day of January."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from fivestep_web.accounts.passwords import hash_password
from fivestep_web.extensions import db as database
from fivestep_web.responsibility.models import Letter
from tests.factories.responsibility import DAY, Department, draft, issue, letter_of, make_department

PASSWORD = "组织科-2026-甲乙丙"


@pytest.fixture
def january() -> Iterator[None]:
    """Be in the signing window: 12 January 2026, 10:00 in Asia/Shanghai."""
    moment = datetime(DAY.year, DAY.month, DAY.day, 2, 0, tzinfo=UTC)
    with time_machine.travel(moment, tick=True):
        yield


@pytest.fixture
def department(january: None, db: None) -> Department:
    return make_department()


@pytest.fixture
def drafted(department: Department) -> Department:
    """The department with its letters drafted and accounts that can sign; the head's has PASSWORD."""
    draft()
    for user in department.users():
        user.password_hash = "unused"
    department.head.password_hash = hash_password(PASSWORD)
    database.session.commit()
    return department


@pytest.fixture
def letter(drafted: Department) -> Letter:
    """The section head's letter, issued."""
    issue(letter_of(drafted.head), drafted.clerk)
    return letter_of(drafted.head)
