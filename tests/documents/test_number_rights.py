"""Who numbers, issues and drops; what takes no number; what the log holds of it."""

import json

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db
from tests.documents.numbering import BOOK, MINISTER, RESULT, approve, draft, drop, issue, issued
from tests.documents.sources import unit_copy
from tests.factories.accounts import user_with_role
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue

pytestmark = pytest.mark.usefixtures("december")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MIN, Role.EXD, Role.OFC}])
def test_nobody_else_numbers_issues_or_drops(role):
    document_id = draft()
    other = Actor(user_id=None, person_id=None, name="某", roles=frozenset({role}))
    for attempt in (approve, issue, drop):
        with pytest.raises((NotAllowed, NotFound)):
            attempt(document_id, actor=other)


def test_the_office_prepares_the_monthly_bulletin_and_the_leaders_issue_it():
    document_id = draft(DocumentKind.MONTHLY_BULLETIN)
    with pytest.raises(NotAllowed, match="月通报"):
        approve(document_id)
    approve(document_id, actor=MINISTER)
    run_queue()
    for attempt in (issue, drop):
        with pytest.raises(NotAllowed):
            attempt(document_id)
    issue(document_id, actor=MINISTER)


def test_nobody_approves_the_result_they_had_made_and_anybody_entitled_a_task_book():
    clerk, other = user_with_role(Role.OFC), user_with_role(Role.OFC)
    mine, colleague = (
        Actor(user_id=user.id, person_id=user.person_id, name="某", roles=frozenset({Role.OFC}))
        for user in (clerk, other)
    )
    result, book = draft(RESULT, actor=mine), draft(BOOK, actor=mine)
    with pytest.raises(NotAllowed, match="由您生成的"):
        approve(result, actor=mine)
    approve(result, actor=colleague)
    approve(book, actor=mine)
    run_queue()
    issue(result, actor=mine)


def test_copies_of_units_and_letters_take_no_number():
    unit = UnitFactory()
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [unit_copy(unit.id)], "分表")
    run_queue()
    document_id = db.session.scalars(select(GeneratedDocument.id)).one()
    with pytest.raises(Conflict, match="不单独编号"):
        approve(document_id)


def test_every_step_is_logged_with_the_number():
    document_id = issued()
    other = draft(DocumentKind.TIMETABLE)
    approve(other)
    drop(other)
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.subject, AuditEntry.body)
        .where(AuditEntry.action.startswith("document."))
        .order_by(AuditEntry.sequence)
    ).all()
    assert [(row.action, row.subject, json.loads(row.body)["detail"]["number"]) for row in rows] == [
        ("document.numbered", f"document:{document_id}", "青组发〔2026〕1号"),
        ("document.issued", f"document:{document_id}", "青组发〔2026〕1号"),
        ("document.numbered", f"document:{other}", "青组发〔2026〕2号"),
        ("document.number_dropped", f"document:{other}", "青组发〔2026〕2号"),
    ]


def test_a_hidden_document_is_as_if_it_were_not_there():
    document_id = draft(DocumentKind.ADMONITION_LIST)
    with pytest.raises(NotFound):
        approve(document_id, actor=MINISTER)
    with pytest.raises(NotFound):
        approve(999_999)
