"""The small department on a working day of January."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from fivestep_web.accounts.models import User
from fivestep_web.core.permissions import Role
from fivestep_web.responsibility.models import Letter
from tests.factories.accounts import user_with_role
from tests.factories.keys import make_key
from tests.factories.responsibility import (
    DAY,
    Department,
    bring_into_force,
    draft,
    issue,
    letter_of,
    make_department,
)
from tests.responsibility.changes import give_tasks


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
    """The department with its letters drafted; its head and leader have keys under the PIN of tests."""
    draft()
    make_key(department.head)
    make_key(department.leader)
    return department


@pytest.fixture
def letter(drafted: Department) -> Letter:
    """The section head's letter, issued."""
    issue(letter_of(drafted.head), drafted.clerk)
    return letter_of(drafted.head)


@pytest.fixture
def in_force(drafted: Department) -> Letter:
    """The section head's letter, signed by both sides."""
    bring_into_force(letter_of(drafted.head), drafted.clerk, drafted.head, drafted.leader)
    return letter_of(drafted.head)


@pytest.fixture
def signed(department: Department) -> Department:
    """The section's letter and those of its two members in force."""
    draft()
    bring_into_force(letter_of(department.head), department.clerk, department.head, department.leader)
    for member in department.members:
        bring_into_force(letter_of(member), department.clerk, member, department.head)
    return department


@pytest.fixture
def giver(signed: Department) -> User:
    """A comrade with three tasks of 10, 20 and 30 points in a letter in force."""
    user = user_with_role(Role.STF, unit=signed.section, title="科员二")
    user.tasks = give_tasks(signed, user, 3)
    return user


@pytest.fixture
def taker(signed: Department) -> User:
    return signed.members[0]
