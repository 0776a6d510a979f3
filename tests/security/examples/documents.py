"""Examples of documents: made, tried again, downloaded, exported."""

from sqlalchemy import select

from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Batch
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.documents.sources import letter_wanted, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import UnitFactory
from tests.factories.responsibility import YEAR, make_department
from tests.security.example import READS, Example


def document_build():
    return Example(make_department().clerk, data={"kinds": [DocumentKind.TASK_BOOK.value]})


def batch_retry():
    department = make_department()
    broken = letter_wanted(9)
    broken.payload["goals"] = "不是列表"
    made(broken)
    batch_id = db.session.scalars(select(Batch.id)).one()
    return Example(department.clerk, {"batch_id": batch_id}, stranger=user_with_role(Role.SUP))


def batch_cancel():
    department = make_department()
    with unit_of_work():
        asked = services.request_documents(SYSTEM, YEAR, [letter_wanted(9), letter_wanted(10)], "两份文档")
    return Example(department.clerk, {"batch_id": asked.batch_ids[0]}, stranger=user_with_role(Role.SUP))


def document_export():
    make_department()
    (document_id,) = made(wanted(DocumentKind.ADMONITION_LIST, "admonition"))
    return Example(user_with_role(Role.SUP), {"document_id": document_id}, status=200)


def document_download():
    db.session.merge(PlanYear(year=YEAR))
    db.session.commit()
    head = user_with_role(Role.SHD)
    unit = head.person.holdings[0].position.unit
    (document_id,) = made(letter_wanted(9, unit_id=unit.id))
    return Example(head, {"document_id": document_id}, stranger=user_with_role(Role.SHD, unit=UnitFactory()))


UNSAFE = {
    "documents.document_build": document_build,
    "documents.batch_retry": batch_retry,
    "documents.batch_cancel": batch_cancel,
    "documents.document_export": document_export,
}
PAGES = {"documents.document_download": document_download}
COMMANDS = {
    "documents build": READS,  # its worker needs rows that are committed: tests/documents/test_cli.py
}
