"""A letter's Word file and a change order: what is finished late is never offered as in force (B4, R2.6)."""

import pytest
from sqlalchemy import select

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import making
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.documents.services import file_subject
from fivestep_web.extensions import db
from tests.factories.queue import queued, run_queue
from tests.factories.responsibility import letter_of
from tests.responsibility.changes import approve, propose, sign_both


@pytest.fixture
def filed(signed):
    """The section's letters in force, their files made."""
    run_queue()
    return signed


def change(department):
    """Carry a change of the section's letter through; return the letter replaced and the new one."""
    old = letter_of(department.head)
    changes = {department.goals[0].id: {"completion_standard": "25 个后进村全部验收合格"}}
    new = approve(department.leader, propose(department.clerk, old, changes))
    sign_both(new, department.head, department.leader)
    return old, new


def files_of(letter):
    rows = db.session.scalars(
        select(GeneratedDocument)
        .where(GeneratedDocument.subject == f"letter:{letter.id}")
        .order_by(GeneratedDocument.version)
        .execution_options(populate_existing=True)
    )
    return [(row.state, row.blob_sha256 is not None) for row in rows]


KEPT, READY = (DocumentState.SUPERSEDED, True), (DocumentState.READY, True)


def test_a_file_made_before_the_change_is_marked_with_it(filed):
    assert files_of(letter_of(filed.head)) == [READY]
    old, new = change(filed)
    assert files_of(old) == [KEPT]
    assert all(files_of(letter_of(member)) == [READY] for member in filed.members)
    run_queue()
    assert (files_of(old), files_of(new)) == ([KEPT], [READY])


def test_a_file_asked_for_after_the_change_is_made_as_superseded(signed):
    assert ("documents.file_letter", f"file-letter-{letter_of(signed.head).id}-v1") in queued()
    old, new = change(signed)
    assert files_of(old) == []
    run_queue()
    assert (files_of(old), files_of(new)) == ([KEPT], [READY])
    assert all(files_of(letter_of(member)) == [READY] for member in signed.members)


def test_a_file_waiting_while_the_change_takes_effect_is_finished_as_superseded(signed):
    with unit_of_work():
        file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter_of(signed.head).id)
    old, new = change(signed)
    assert files_of(old) == [(DocumentState.QUEUED, False)]
    run_queue()
    assert (files_of(old), files_of(new)) == ([KEPT], [READY])


def test_a_file_rendered_before_and_stored_after_the_change_is_superseded(signed):
    with unit_of_work():
        (batch_id,) = file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter_of(signed.head).id).batch_ids
    ids = db.session.scalars(
        select(BatchDocument.document_id).where(BatchDocument.batch_id == batch_id)
    ).all()
    made = making.make_waiting(ids)
    old, _new = change(signed)
    with unit_of_work():
        making.publish(batch_id, made)
    assert files_of(old) == [KEPT]
