"""Two administrators start the same batch in the same moment (trust.md J4)."""

from sqlalchemy import func, select

from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import batches, services
from fivestep_web.documents.models import Batch, BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear
from tests.at_once import at_once
from tests.documents.sources import letter_wanted
from tests.factories.queue import run_queue

ADMINISTRATORS = 6
LETTERS = 60


def ask(number):
    """Let one of several administrators ask for the letters; return what that one is told."""
    actor = Actor(user_id=None, person_id=None, name=f"张某{number}", roles=frozenset({Role.OFC}))
    letters = map(letter_wanted, range(1, LETTERS + 1))
    return services.request_documents(actor, 2026, letters, "2026年目标责任书")


def test_the_same_batch_started_at_once_by_several_is_one_batch(own_app):
    with unit_of_work():
        database.session.add(PlanYear(year=2026))
    told = at_once(own_app, ask, range(ADMINISTRATORS))
    assert sorted(asked.created for asked in told) == [0] * (ADMINISTRATORS - 1) + [LETTERS]
    late = [asked for asked in told if not asked.created]
    assert {asked.sentence for asked in late} == {f"没有新的文档：{LETTERS} 份正在生成"}
    count = select(func.count())
    assert database.session.scalar(count.select_from(Batch)) == 1
    assert database.session.scalar(count.select_from(BatchDocument)) == LETTERS
    subjects = database.session.scalars(select(GeneratedDocument.subject)).all()
    assert sorted(subjects) == sorted(f"letter:{number}" for number in range(1, LETTERS + 1))
    assert database.session.scalar(count.select_from(Outbox)) == LETTERS / batches.CHUNK
    database.session.rollback()
    run_queue()
    assert set(database.session.scalars(select(GeneratedDocument.state))) == {DocumentState.READY}
