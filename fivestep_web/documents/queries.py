"""Reads of documents; what the actor may not see is as if it were not there."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.documents import policy
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import NumberState
from fivestep_web.documents.requests import SYSTEM_WIDE
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod

log = logging.getLogger(__name__)

PAGE: Final = 50
COUNT_LIMIT: Final = 2_000  # beyond it a list says "more than"
WHOLE_SYSTEM: Final = 0  # in the place of a unit's id
WAITING_STATES: Final = (DocumentState.QUEUED, DocumentState.RENDERING)
_documents: Final = GeneratedDocument
_LISTED: Final = (
    _documents.id,
    _documents.kind,
    _documents.title,
    _documents.download_name,
    _documents.version,
    _documents.state,
    _documents.is_draft,
    _documents.failure,
    _documents.blob_sha256,
    _documents.requested_at,
    _documents.ready_at,
    _documents.unit_id,
    _documents.person_id,
    DocumentNumber.state.label("number_state"),
    DocumentNumber.issued_on,
    DocumentNumber.failure.label("number_failure"),
    UnitPeriod.name.label("unit"),
    Person.name.label("person"),
)  # what a line of the list shows


PRINTED: Final[tuple[Any, ...]] = (
    _documents.payload["number"].as_string().label("number"),
    _documents.payload[("verification", "serial")].as_string().label("serial"),
)  # of what a file is made from


@dataclass(frozen=True)
class File:
    """A finished file, its bytes checked against its hash."""

    name: str
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Filter:
    """What a list shows: *unit_id* 0 what is about the whole system, *person* part of a name.

    *state* None is the current versions.
    """

    year: int
    kind: DocumentKind | None = None
    unit_id: int | None = None
    person: str = ""
    state: DocumentState | None = None
    is_confidential: bool = False


def visible_to(actor: Actor, *, is_confidential: bool) -> ColumnElement[bool]:
    """Return the condition that a document may be read by *actor*: policy.can_read as SQL."""
    if is_confidential:
        return and_(_documents.is_confidential, true() if policy.can_read_confidential(actor) else false())
    system_wide = and_(_documents.unit_id.is_(None), _documents.person_id.is_(None))
    conditions: list[ColumnElement[bool]] = [
        _documents.kind == kind for kind, need in policy.READERS.items() if actor.may(need)
    ]
    if actor.may(Permission.DOCUMENT_READ):
        conditions.append(and_(_documents.kind.in_(policy.OPEN_KINDS), system_wide))
        is_issued = _documents.state == DocumentState.ISSUED
        conditions.append(and_(_documents.kind.in_(policy.BULLETIN_KINDS), is_issued))
        within = _within_scope(actor)
        conditions.append(and_(_documents.kind.not_in(tuple(policy.READERS)), within))
        conditions.append(_is_told(actor))
    return and_(_documents.is_confidential.is_(False), or_(false(), *conditions))


def _is_told(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a personal result is the actor's own and no draft any more."""
    if actor.person_id is None:
        return false()
    return and_(
        _documents.kind.in_(policy.PERSONAL_KINDS),
        _documents.person_id == actor.person_id,
        _documents.is_draft.is_(False),
    )


def is_held() -> ColumnElement[bool]:
    """Return the condition that a document has a number that stands: only its own steps change it."""
    return (
        select(DocumentNumber.id)
        .where(DocumentNumber.document_id == _documents.id, DocumentNumber.state == NumberState.LIVING)
        .exists()
    )


def _within_scope(actor: Actor) -> ColumnElement[bool]:
    units = actor.units_for(Permission.DOCUMENT_READ)
    if units is None:
        return true()
    conditions: list[ColumnElement[bool]] = [_documents.unit_id.in_(units)] if units else []
    if Scope.PERSON in actor.scopes(Permission.DOCUMENT_READ) and actor.person_id is not None:
        conditions.append(_documents.person_id == actor.person_id)
    return or_(false(), *conditions)


def _filtered(actor: Actor, wanted: Filter, *columns: Any) -> Select[Any]:
    query = select(*columns).where(
        _documents.year == wanted.year, visible_to(actor, is_confidential=wanted.is_confidential)
    )
    if wanted.kind is not None:
        query = query.where(_documents.kind == wanted.kind)
    if wanted.unit_id == WHOLE_SYSTEM:
        query = query.where(_documents.unit_id.is_(None), _documents.person_id.is_(None))
    elif wanted.unit_id is not None:
        query = query.where(_documents.unit_id == wanted.unit_id)
    if wanted.person:
        named = select(Person.id).where(Person.name.contains(wanted.person, autoescape=True))
        query = query.where(_documents.person_id.in_(named))
    if wanted.state is None:
        return query.where(_documents.state != DocumentState.SUPERSEDED)
    return query.where(_documents.state == wanted.state)


def list_documents(
    actor: Actor, wanted: Filter, *, before: int | None = None, after: int | None = None
) -> Sequence[Any]:
    """Return the newest documents first, one more than a page; *before* and *after* are ids at its edges."""
    query = _filtered(actor, wanted, *_LISTED)
    query = query.outerjoin(DocumentNumber, DocumentNumber.document_id == _documents.id)
    query = query.outerjoin(
        UnitPeriod, and_(UnitPeriod.unit_id == _documents.unit_id, UnitPeriod.valid_to.is_(None))
    ).outerjoin(Person, Person.id == _documents.person_id)
    if after is not None:
        rows = db.session.execute(
            query.where(_documents.id > after).order_by(_documents.id).limit(PAGE + 1)
        ).all()
        return rows[::-1]
    if before is not None:
        query = query.where(_documents.id < before)
    return db.session.execute(query.order_by(_documents.id.desc()).limit(PAGE + 1)).all()


def count_files(actor: Actor, wanted: Filter) -> int:
    """Return how many files the filter holds, at most COUNT_LIMIT + 1."""
    query = _filtered(actor, wanted, _documents.id).where(_documents.blob_sha256.is_not(None))
    return db.session.scalar(select(func.count()).select_from(query.limit(COUNT_LIMIT + 1).subquery())) or 0


def file_ids(actor: Actor, wanted: Filter, chosen: Collection[int] | None = None) -> list[int]:
    """Return the ids of the finished documents of the filter or, where *chosen* is given, of those alone."""
    if chosen is None:
        query = _filtered(actor, wanted, _documents.id)
    else:
        query = select(_documents.id).where(
            _documents.id.in_(chosen), visible_to(actor, is_confidential=False)
        )
    return list(db.session.scalars(query.where(_documents.blob_sha256.is_not(None)).order_by(_documents.id)))


def current_file_ids(year: int, kinds: Collection[DocumentKind]) -> list[int]:
    """Return the ids of the finished current documents of *kinds*, for the command line."""
    return list(
        db.session.scalars(
            select(_documents.id)
            .where(
                _documents.year == year,
                _documents.kind.in_(kinds),
                _documents.state != DocumentState.SUPERSEDED,
                _documents.blob_sha256.is_not(None),
            )
            .order_by(_documents.id)
        )
    )


def read_files(ids: Sequence[int]) -> Sequence[Any]:
    """Return the files of *ids* in their order by id, with what a list of them says."""
    return db.session.execute(
        select(
            _documents.id,
            _documents.kind,
            _documents.year,
            _documents.file_name,
            _documents.download_name,
            _documents.ready_at,
            _documents.blob_sha256,
            *PRINTED,
            Blob.data,
        )
        .join(Blob, Blob.sha256 == _documents.blob_sha256)
        .where(_documents.id.in_(ids))
        .order_by(_documents.id)
    ).all()


def get_file(actor: Actor, document_id: int, *, is_confidential: bool = False) -> File:
    """Return a finished document's file once its bytes agree with its hash (trust.md D8).

    Raises NotFound for what is hidden, absent or (B10) of the other class; Conflict while there is no file
    and when the stored bytes were altered.
    """
    return _read_checked(document_id, visible_to(actor, is_confidential=is_confidential))


def read_checked(document_id: int) -> File:
    """Return what `get_file` does, to a caller that has checked who reads the document."""
    return _read_checked(document_id, true())


def _read_checked(document_id: int, condition: ColumnElement[bool]) -> File:
    document = db.session.execute(
        select(_documents.download_name, _documents.blob_sha256, Blob.data)
        .outerjoin(Blob, Blob.sha256 == _documents.blob_sha256)
        .where(_documents.id == document_id, condition)
    ).one_or_none()
    if document is None:
        raise NotFound(_("这份文档不存在，或您无权查看"))
    if document.data is None:
        raise Conflict(_("这份文档还没有生成，请稍后刷新"))
    if sha256(document.data).hexdigest() != document.blob_sha256:
        log.error("document %d does not agree with its hash", document_id)
        raise Conflict(_("这份文档与登记的校验值不符，可能被改动过，已停止下载，请联系系统管理员核对"))
    return File(document.download_name, document.data, document.blob_sha256)


def versions_of(
    year: int, subjects: Collection[tuple[DocumentKind, str]]
) -> dict[tuple[DocumentKind, str], list[Any]]:
    """Return all versions of each subject: id, version, state, hashes, and whether a number holds it."""
    rows = db.session.execute(
        select(
            _documents.id,
            _documents.kind,
            _documents.subject,
            _documents.version,
            _documents.state,
            _documents.content_sha256,
            _documents.template_sha256,
            is_held().label("is_held"),
        ).where(
            _documents.year == year,
            _documents.kind.in_({kind for kind, _subject in subjects}),
            _documents.subject.in_({subject for _kind, subject in subjects}),
        )
    )
    found: dict[tuple[DocumentKind, str], list[Any]] = {}
    for row in rows:
        found.setdefault((row.kind, row.subject), []).append(row)
    return found


def find_issued(year: int, kind: DocumentKind) -> dict[str, Any] | None:
    """Return what the latest issued document of *kind* about the whole system was made from."""
    return db.session.scalar(
        select(_documents.payload)
        .where(
            _documents.year == year,
            _documents.kind == kind,
            _documents.subject == SYSTEM_WIDE,
            _documents.state == DocumentState.ISSUED,
        )
        .order_by(_documents.version.desc())
        .limit(1)
    )


def count_waiting(year: int, kinds: Collection[DocumentKind]) -> int:
    """Return how many documents of *kinds* are still to be made."""
    return (
        db.session.scalar(
            select(func.count()).where(
                _documents.year == year, _documents.kind.in_(kinds), _documents.state.in_(WAITING_STATES)
            )
        )
        or 0
    )


def list_failed(year: int, kinds: Collection[DocumentKind]) -> Sequence[Any]:
    """Return download_name and failure of the documents of *kinds* that could not be made."""
    return db.session.execute(
        select(_documents.download_name, _documents.failure)
        .where(
            _documents.year == year,
            _documents.kind.in_(kinds),
            _documents.state == DocumentState.FAILED,
        )
        .order_by(_documents.id)
    ).all()
