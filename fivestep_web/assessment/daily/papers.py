"""The documents of bulletins and reviews: which is the newest, how far it is, whether a number holds it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from fivestep_web.core.permissions import Actor
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.queries import stage
from fivestep_web.documents.numbers.rules import NumberState, Stage
from fivestep_web.documents.queries import visible_to
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Paper:
    """The newest version of a document; *number* is empty before it has one."""

    document_id: int
    stage: Stage
    number: str
    issued_on: date | None

    @property
    def is_issued(self) -> bool:
        return self.stage in {Stage.ISSUED, Stage.REPLACED}


def papers_of(actor: Actor, kind: DocumentKind, year: int) -> dict[str, Paper]:
    """Return the newest version of each document of *kind* that the actor may read, by its subject."""
    rows = db.session.execute(
        select(GeneratedDocument.id, GeneratedDocument.subject, GeneratedDocument.state, DocumentNumber)
        .outerjoin(DocumentNumber, DocumentNumber.document_id == GeneratedDocument.id)
        .where(
            GeneratedDocument.kind == kind,
            GeneratedDocument.year == year,
            visible_to(actor, is_confidential=False),
        )
        .order_by(GeneratedDocument.version)
    )
    return {
        row.subject: Paper(
            row.id,
            stage(row.state, row.DocumentNumber),
            row.DocumentNumber.text if row.DocumentNumber else "",
            row.DocumentNumber.issued_on if row.DocumentNumber else None,
        )
        for row in rows
    }


def issued_payloads(kind: DocumentKind, year: int) -> list[dict[str, Any]]:
    """Return what the issued documents of *kind* were made from, in the order they were asked for."""
    return list(
        db.session.scalars(
            select(GeneratedDocument.payload)
            .where(
                GeneratedDocument.kind == kind,
                GeneratedDocument.year == year,
                GeneratedDocument.state == DocumentState.ISSUED,
            )
            .order_by(GeneratedDocument.id)
        )
    )


def find_open_number(kind: DocumentKind, year: int, subject: str) -> str | None:
    """Return the number of a version that is not issued yet and not given up: it has to be settled first."""
    number = db.session.scalar(
        select(DocumentNumber)
        .join(GeneratedDocument, GeneratedDocument.id == DocumentNumber.document_id)
        .where(
            GeneratedDocument.kind == kind,
            GeneratedDocument.year == year,
            GeneratedDocument.subject == subject,
            GeneratedDocument.state.in_((DocumentState.READY, DocumentState.NUMBERED)),
            DocumentNumber.state == NumberState.LIVING,
        )
    )
    return number.text if number else None
