"""Documents asked for and made, as a worker does it."""

from sqlalchemy import select

from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from tests.factories.queue import run_queue

YEAR = 2026


def made(*requested: DocumentRequest) -> list[int]:
    """Have documents made; return the ids of their newest versions in the order of the requests."""
    with unit_of_work():
        services.request_documents(SYSTEM, YEAR, requested, "一批文档")
    run_queue()
    db.session.commit()
    table = GeneratedDocument
    rows = db.session.execute(select(table.kind, table.subject, table.id).order_by(table.version))
    ids = {(row.kind, row.subject): row.id for row in rows}
    return [ids[item.kind, item.subject] for item in requested]
