"""Reads of numbers: a document with its own, the register, who asked for a document."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.models import Batch, BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers.models import DocumentNumber, NumberSeries
from fivestep_web.documents.numbers.rules import SERIES, NumberState, Stage, stage_of
from fivestep_web.documents.queries import visible_to
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear

_documents, _numbers = GeneratedDocument, DocumentNumber


class Held(NamedTuple):
    """A document and its number, both locked."""

    document: GeneratedDocument
    number: DocumentNumber | None

    @property
    def stage(self) -> Stage:
        """Return how far the document is."""
        return stage(self.document.state, self.number)


def stage(document: DocumentState, number: DocumentNumber | None) -> Stage:
    """Return the stage of a document in that state with that number."""
    if number is None:
        return stage_of(document, None, is_issue_asked=False)
    return stage_of(document, number.state, is_issue_asked=number.issued_on is not None)


def _missing() -> NotFound:
    return NotFound(_("这份文档不存在，或您无权查看"))


def lock_document(document_id: int, actor: Actor | None = None) -> Held:
    """Return a document the actor may see (None: the queue) with its number, locked in the unit of work.

    The plan year is locked first, as by who asks for documents and by who publishes them: what they decide
    about a document's versions and what is decided here happens one after the other.
    """
    condition = visible_to(actor, is_confidential=False) if actor else _documents.id == document_id
    year = db.session.scalar(select(_documents.year).where(_documents.id == document_id, condition))
    if year is None:
        raise _missing()
    db.session.execute(select(PlanYear.year).where(PlanYear.year == year).with_for_update()).one()
    document = db.session.get_one(
        GeneratedDocument, document_id, with_for_update=True, populate_existing=True
    )
    number = db.session.scalar(
        select(_numbers)
        .where(_numbers.document_id == document_id)
        .with_for_update(of=_numbers)
        .execution_options(populate_existing=True)
    )
    return Held(document, number)


def lock_series(agency_code: str, year: int) -> NumberSeries:
    """Return the counter of a series, locked until the commit: the next number has no gap and no double."""
    return db.session.get_one(NumberSeries, (agency_code, year), with_for_update=True, populate_existing=True)


def last_number(agency_code: str, year: int) -> int:
    """Return the last number taken of a series, 0 before the first."""
    series = db.session.get(NumberSeries, (agency_code, year))
    return series.last if series else 0


def find_number(agency_code: str, year: int, number: int) -> DocumentNumber | None:
    """Return the number, if it was taken."""
    return db.session.scalar(
        select(_numbers).where(
            _numbers.agency_code == agency_code, _numbers.year == year, _numbers.number == number
        )
    )


def get_document(document_id: int) -> GeneratedDocument:
    """Return a document with its payload; who asks has seen the document."""
    return db.session.get_one(GeneratedDocument, document_id)


def asked_by(document_id: int) -> frozenset[int]:
    """Return the ids of the accounts that had the document made; the system's own asking has none."""
    return frozenset(
        db.session.scalars(
            select(Batch.user_id)
            .join(BatchDocument, BatchDocument.batch_id == Batch.id)
            .where(BatchDocument.document_id == document_id, Batch.user_id.is_not(None))
        )
    )


def list_versions(actor: Actor, document_id: int) -> Sequence[Row[Any]]:
    """Return all versions of a document, the newest first, each with its number or None; all but the payload.

    Raises NotFound for what is hidden, absent or confidential.
    """
    itself = db.session.execute(
        select(_documents.year, _documents.kind, _documents.subject).where(
            _documents.id == document_id, visible_to(actor, is_confidential=False)
        )
    ).one_or_none()
    if itself is None:
        raise _missing()
    return db.session.execute(
        _with_people(
            _documents.id, _documents.year, _documents.kind, _documents.subject, _documents.title,
            _documents.version, _documents.state, _documents.is_draft, _documents.download_name,
            _documents.blob_sha256, _documents.template_sha256,
            _documents.unit_id, _documents.person_id, _documents.requested_at,
            _documents.ready_at, outer=True,
        )
        .where(
            _documents.year == itself.year,
            _documents.kind == itself.kind,
            _documents.subject == itself.subject,
            visible_to(actor, is_confidential=False),
        )
        .order_by(_documents.version.desc())
    ).all()  # fmt: skip


def list_register(year: int, agency_code: str = "") -> Sequence[Row[Any]]:
    """Return the numbers taken in a year in their order, each with its document and who acted."""
    query = _with_people(
        _documents.id, _documents.kind, _documents.title, _documents.state, _documents.version
    ).where(_numbers.year == year)
    if agency_code:
        query = query.where(_numbers.agency_code == agency_code)
    return db.session.execute(query.order_by(_numbers.agency_code, _numbers.number)).all()


def _with_people(*columns: Any, outer: bool = False) -> Select[Any]:
    taken_by, issued_by, dropped_by = aliased(Person), aliased(Person), aliased(Person)
    query = select(
        *columns,
        DocumentNumber,
        taken_by.name.label("taken_by"),
        issued_by.name.label("issued_by"),
        dropped_by.name.label("dropped_by"),
    ).select_from(_documents)
    query = query.join(_numbers, _numbers.document_id == _documents.id, isouter=outer)
    for person, column in (
        (taken_by, _numbers.taken_by_id),
        (issued_by, _numbers.issued_by_id),
        (dropped_by, _numbers.dropped_by_id),
    ):
        query = query.outerjoin(person, person.id == column)
    return query


def list_awaiting(actor: Actor) -> Sequence[Any]:
    """Return the drafts that can be numbered and the numbered documents not issued yet, oldest first."""
    return db.session.execute(
        select(
            _documents.id,
            _documents.kind,
            _documents.title,
            _documents.version,
            _documents.state,
            DocumentNumber,
        )
        .outerjoin(_numbers, _numbers.document_id == _documents.id)
        .where(
            _documents.kind.in_(tuple(SERIES)),
            _documents.unit_id.is_(None),
            _documents.person_id.is_(None),
            or_(
                and_(_documents.state == DocumentState.READY, _numbers.id.is_(None)),
                and_(_documents.state == DocumentState.NUMBERED, _numbers.issued_on.is_(None)),
            ),
            visible_to(actor, is_confidential=False),
        )
        .order_by(_documents.id)
    ).all()


def list_series() -> Sequence[Any]:
    """Return agency_code, year and last of every series, newest year first."""
    return db.session.execute(
        select(NumberSeries.agency_code, NumberSeries.year, NumberSeries.last).order_by(
            NumberSeries.year.desc(), NumberSeries.agency_code
        )
    ).all()


def find_rival(document: GeneratedDocument) -> Any:
    """Return a version of the same subject that stands in the way of numbering this one.

    That is one with a number not issued yet, or a newer one; superseded versions stand in nobody's way.
    """
    rows = db.session.execute(
        select(_documents.version, _documents.state, DocumentNumber)
        .outerjoin(
            _numbers, and_(_numbers.document_id == _documents.id, _numbers.state == NumberState.LIVING)
        )
        .where(
            _documents.year == document.year,
            _documents.kind == document.kind,
            _documents.subject == document.subject,
            _documents.id != document.id,
            _documents.state != DocumentState.SUPERSEDED,
        )
        .order_by(_documents.version.desc())
    )
    return next(
        (
            row
            for row in rows
            if row.version > document.version
            or (row.DocumentNumber is not None and row.state is not DocumentState.ISSUED)
        ),
        None,
    )
