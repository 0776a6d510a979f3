"""Twenty leaders approve in the same moment: twenty consecutive numbers, none twice, none left out."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core import settings as instance
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear
from tests.at_once import at_once
from tests.documents.sources import wanted

AT_ONCE = 20
KIND = DocumentKind.COMMENDATION_DECISION
MINISTER = Actor(user_id=None, person_id=None, name="林某甲", roles=frozenset({Role.MIN}))
DAY = date(2026, 6, 1)


@pytest.fixture
def own_app(own_app):
    """Return an application of two plan years and a file, on a day of December."""
    with unit_of_work():
        instance.put("rehearsal_date", "2026-12-09")
        database.session.add_all([PlanYear(year=2026), PlanYear(year=2027)])
        database.session.add(Blob(sha256="a" * 64, size=1, data=b"x"))
    return own_app


def drafts(count):
    """Store *count* finished drafts of two plan years; return their ids."""
    payload = wanted(KIND, is_draft=True).payload
    rows = [
        GeneratedDocument(
            year=2026 + place % 2, kind=KIND, subject=f"decision:{place}", version=1, title="决定",
            file_name="x.docx", download_name="x.docx", payload=payload, content_sha256="b" * 64,
            template_sha256="c" * 64, blob_sha256="a" * 64, state=DocumentState.READY,
            requested_at=clock.now(),
        )
        for place in range(count)
    ]  # fmt: skip
    with unit_of_work():
        database.session.add_all(rows)
        database.session.flush()
        return [row.id for row in rows]


def approve(document_id):
    return numbering.approve(MINISTER, document_id, approved_on=DAY).number


def test_twenty_approvals_at_once_take_twenty_consecutive_numbers(own_app):
    outcomes = at_once(own_app, approve, drafts(AT_ONCE))
    assert sorted(outcomes) == sorted(f"组发〔2026〕{number}号" for number in range(1, AT_ONCE + 1))
    taken = database.session.scalars(select(DocumentNumber.number).order_by(DocumentNumber.number)).all()
    assert taken == list(range(1, AT_ONCE + 1))


def test_one_document_approved_twenty_times_at_once_takes_one_number(own_app):
    (document_id,) = drafts(1)
    outcomes = at_once(own_app, approve, [document_id] * AT_ONCE)
    assert sorted(outcomes, key=str) == [409] * (AT_ONCE - 1) + ["组发〔2026〕1号"]
    assert database.session.scalars(select(DocumentNumber.number)).all() == [1]
