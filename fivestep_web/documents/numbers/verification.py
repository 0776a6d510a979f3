"""What `fivestep audit verify` asks about numbers: is each series whole, and each file under its number?"""

from collections import defaultdict
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import queries
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import number_text
from fivestep_web.extensions import db


def faults() -> Iterator[str]:
    """Yield a sentence for each number that is missing and each document under another number; reads only."""
    taken: dict[tuple[str, int], set[int]] = defaultdict(set)
    for row in db.session.execute(
        select(DocumentNumber.agency_code, DocumentNumber.year, DocumentNumber.number)
    ):
        taken[row.agency_code, row.year].add(row.number)
    for series in queries.list_series():
        for number in range(1, series.last + 1):
            if number not in taken[series.agency_code, series.year]:
                text = number_text(series.agency_code, series.year, number)
                yield _("%(number)s不在发文登记里", number=text)
    yield from _misnumbered()


def _misnumbered() -> Iterator[str]:
    rows = db.session.execute(
        select(DocumentNumber, GeneratedDocument.id, GeneratedDocument.payload["number"].as_string())
        .join(GeneratedDocument, GeneratedDocument.id == DocumentNumber.document_id)
        .where(GeneratedDocument.state.in_((DocumentState.NUMBERED, DocumentState.ISSUED)))
        .order_by(DocumentNumber.id)
    )
    for number, document_id, shown in rows:
        if shown != number.text:
            yield _("第 %(id)s 号文档登记为%(number)s，文件上不是", id=document_id, number=number.text)
