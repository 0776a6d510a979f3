"""People who sign: two officers, a leader, a staff member; one without any such role."""

from dataclasses import dataclass

import pytest

from fivestep_web.accounts.models import User
from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role


@dataclass
class People:
    leader: User
    staff: User
    officers: tuple[User, User, User]
    administrator: User


@pytest.fixture
def people(db):
    officers = tuple(user_with_role(role) for role in (Role.OFC, Role.HRO, Role.SUP))
    return People(user_with_role(Role.EXD), user_with_role(Role.STF), officers, user_with_role(Role.ADM))
