"""A department whose section head has a letter in force, with results and awards to come."""

import pytest
from sqlalchemy import select

from fivestep_web.core import settings as instance
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import requests
from fivestep_web.documents import services as document_services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.documents.samples import sample_payload
from fivestep_web.extensions import db as database
from tests.documents import numbering
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue
from tests.factories.responsibility import bring_into_force, draft, letter_of, make_department

BULLETIN = DocumentKind.ANNUAL_ASSESSMENT_RESULT
DECISION = DocumentKind.COMMENDATION_DECISION


@pytest.fixture
def department(db, monkeypatch):
    """Have the department's year planned, on a day of January after it, and one letter signed."""
    monkeypatch.setattr(requests, "_gates", {})  # what goes out was approved elsewhere
    monkeypatch.setattr(requests, "_issued", {})
    instance.put("rehearsal_date", "2027-01-15")
    numbering.give_agency_codes()
    made = make_department()
    draft()
    bring_into_force(letter_of(made.head), made.clerk, made.head, made.leader)
    run_queue()
    return made


@pytest.fixture
def officer(db):
    return user_with_role(Role.HRO)


@pytest.fixture
def minister(department):
    return department.minister


def issue(kind, **changes):
    """Have a bulletin of the year made, numbered and issued; return its id."""
    return numbering.issued(kind=kind, **changes)


def notify(person, *, is_draft=False, **changes):
    """Have the notice of the own result made for *person*."""
    kind = DocumentKind.PERSONAL_RESULT_NOTICE
    payload = sample_payload(kind, draft=is_draft, issued=not is_draft, recipient=person.name, **changes)
    subject = f"person:{person.id}"
    request = DocumentRequest(kind, subject, payload["title"], payload, None, person.id, is_draft=is_draft)
    with unit_of_work():
        document_services.request_documents(SYSTEM, 2026, [request], "通知")
    run_queue()
    database.session.commit()


def admonish(person, *, start="2026年12月28日", end="2027年6月28日", number=1):
    """Store notice and record of an admonition of *person*, made; return their ids."""
    own = {
        DocumentKind.ADMONITION_NOTICE: {"recipient_name": person.name},
        DocumentKind.ADMONITION_RECORD: {"person": person.name, "start_date": start, "end_date": end},
    }
    subject = f"admonition:{number}"
    requested = [
        DocumentRequest(
            kind,
            subject,
            f"{kind.label}{number}",
            sample_payload(kind, **changes),
            None,
            person.id,
            is_draft=False,
        )
        for kind, changes in own.items()
    ]
    with unit_of_work():
        document_services.request_documents(SYSTEM, 2026, requested, "诫勉文书")
    run_queue()
    database.session.commit()
    query = select(GeneratedDocument.id).where(GeneratedDocument.subject == subject)
    return list(database.session.scalars(query.order_by(GeneratedDocument.id)))
