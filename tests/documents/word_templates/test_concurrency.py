"""Several put a version to use in the same moment: one is in use, the others are told."""

import pytest

from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.documents.word_templates import queries, services
from fivestep_web.documents.word_templates.models import TemplateState
from fivestep_web.extensions import db as database
from tests.at_once import at_once
from tests.factories.word_templates import BOOK, reworded, uploaded

AT_ONCE = 6
OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC}))


@pytest.fixture
def numbers(own_app):
    return [uploaded(OFFICE, BOOK, reworded(BOOK, f"按月反馈{place}次。")) for place in range(AT_ONCE)]


def test_one_of_several_put_to_use_at_once_is_in_use(own_app, numbers):
    def use(number):
        services.put_to_use(OFFICE, BOOK, number, note="同时", is_confirmed=True)

    outcomes = at_once(own_app, use, numbers)
    database.session.rollback()
    states = [version.state for version in queries.list_versions(BOOK)]
    assert states.count(TemplateState.LIVE) == 1
    assert states.count(TemplateState.CHECKED) == outcomes.count(Conflict.status)
