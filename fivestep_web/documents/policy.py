"""Who may read or make which document (domain.md section 6)."""

from typing import Protocol

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind

# Kinds about the whole system that only those may read who may read what they are made from.
READERS = {
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: Permission.RESULT_READ,
    DocumentKind.COMMENDATION_DECISION: Permission.COMMENDATION_READ,
}
OPEN_KINDS = (
    DocumentKind.TASK_BOOK,
    DocumentKind.TIMETABLE,
)  # the system's own are for all who read documents


class Readable(Protocol):
    """What deciding about a document needs to know of it."""

    @property
    def kind(self) -> DocumentKind: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def person_id(self) -> int | None: ...


def can_read(actor: Actor, document: Readable) -> bool:
    """Confidential kinds need their own permission; letters and task books go by unit and person."""
    if document.kind.is_confidential:
        return can_read_confidential(actor)
    if document.kind in READERS:
        return actor.may(READERS[document.kind])
    if document.kind in OPEN_KINDS and document.unit_id is None and document.person_id is None:
        return actor.may(Permission.DOCUMENT_READ)
    return actor.may_for(Permission.DOCUMENT_READ, unit_id=document.unit_id, person_id=document.person_id)


def can_read_confidential(actor: Actor) -> bool:
    """B10: only who decides on or supervises 诫勉."""
    return actor.may(Permission.ADMONITION_READ)


def can_build(actor: Actor, kind: DocumentKind) -> bool:
    """The office and personnel make all ordinary kinds; 诫勉 is made by its supervisors alone."""
    if kind.is_confidential:
        return can_build_confidential(actor)
    return can_build_ordinary(actor)


def can_build_ordinary(actor: Actor) -> bool:
    return actor.may_all(Permission.DOCUMENT_BUILD)


def can_build_confidential(actor: Actor) -> bool:
    return actor.may(Permission.DOCUMENT_BUILD) and can_read_confidential(actor)


def can_see_batch(actor: Actor, *, user_id: int | None, is_confidential: bool) -> bool:
    """A batch is for who asked for it and for whoever could have."""
    if is_confidential:
        return can_build_confidential(actor)
    return can_build_ordinary(actor) or (user_id is not None and user_id == actor.user_id)
