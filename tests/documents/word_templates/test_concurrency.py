"""Several put a version to use in the same moment: one is in use, the others are told."""

import threading

import pytest

from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.word_templates import queries, services
from fivestep_web.documents.word_templates.models import TemplateState
from fivestep_web.extensions import db as database
from tests.factories.word_templates import BOOK, reworded, uploaded

AT_ONCE = 6
OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC}))


@pytest.fixture
def numbers(own_app):
    return [uploaded(OFFICE, BOOK, reworded(BOOK, f"按月反馈{place}次。")) for place in range(AT_ONCE)]


def test_one_of_several_put_to_use_at_once_is_in_use(own_app, numbers):
    barrier, refused = threading.Barrier(AT_ONCE), []

    def run(number):
        with own_app.app_context():
            try:
                barrier.wait(30)
                with unit_of_work():
                    services.put_to_use(OFFICE, BOOK, number, note="同时", is_confirmed=True)
            except Conflict as refusal:
                refused.append(refusal.status)
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    database.session.rollback()
    states = [version.state for version in queries.list_versions(BOOK)]
    assert states.count(TemplateState.LIVE) == 1
    assert states.count(TemplateState.CHECKED) == len(refused)
