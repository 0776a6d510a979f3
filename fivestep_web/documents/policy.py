"""Who may read or make which document (domain.md section 6)."""

from typing import Protocol

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState

# Kinds that only those may read who may read what they are made from, whatever unit they are about.
READERS = {
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: Permission.RESULT_READ,
    DocumentKind.COMMENDATION_DECISION: Permission.COMMENDATION_READ,
    DocumentKind.CONSULTATION_MINUTES: Permission.MEETING_READ,
    DocumentKind.PERSONAL_RESULT_NOTICE: Permission.PERSON_FILE_READ,
    DocumentKind.TALLY_SHEET: Permission.RESULT_READ,
}
# Of these the person concerned reads the own ones too, once they are no drafts: results before publicity are
# for few (domain.md section 6).
PERSONAL_KINDS = (DocumentKind.PERSONAL_RESULT_NOTICE,)
OPEN_KINDS = (
    DocumentKind.TASK_BOOK,
    DocumentKind.TIMETABLE,
)  # the system's own are for all who read documents
# What tells every section and township how the work stands, to all who read documents once it is issued.
BULLETIN_KINDS = (DocumentKind.MONTHLY_BULLETIN, DocumentKind.QUARTERLY_REVIEW)


class Readable(Protocol):
    """What deciding about a document needs to know of it."""

    @property
    def kind(self) -> DocumentKind: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def is_draft(self) -> bool: ...
    @property
    def state(self) -> DocumentState: ...


def can_read(actor: Actor, document: Readable) -> bool:
    """Confidential kinds need their own permission; letters and task books go by unit and person."""
    if document.kind.is_confidential:
        return can_read_confidential(actor)
    if document.kind in READERS:
        return actor.may(READERS[document.kind]) or _is_told(actor, document)
    if document.kind in OPEN_KINDS and document.unit_id is None and document.person_id is None:
        return actor.may(Permission.DOCUMENT_READ)
    if document.kind in BULLETIN_KINDS and document.state is DocumentState.ISSUED:
        return actor.may(Permission.DOCUMENT_READ)
    return actor.may_for(Permission.DOCUMENT_READ, unit_id=document.unit_id, person_id=document.person_id)


def _is_told(actor: Actor, document: Readable) -> bool:
    """Tell whether a document is meant for the actor, who is the person it is about."""
    is_own = document.person_id is not None and document.person_id == actor.person_id
    is_ready = document.kind in PERSONAL_KINDS and not document.is_draft
    return is_own and is_ready and actor.may(Permission.DOCUMENT_READ)


def can_read_confidential(actor: Actor) -> bool:
    """B10: only who decides on or supervises 诫勉."""
    return actor.may(Permission.ADMONITION_READ)


def can_build(actor: Actor, kind: DocumentKind) -> bool:
    """The office and personnel make all ordinary kinds, but no personal results that the maker may not read.

    诫勉 is made by its supervisors alone.
    """
    if kind.is_confidential:
        return can_build_confidential(actor)
    return can_build_ordinary(actor) and (kind not in PERSONAL_KINDS or actor.may(READERS[kind]))


def can_build_ordinary(actor: Actor) -> bool:
    return actor.may_all(Permission.DOCUMENT_BUILD)


def can_build_confidential(actor: Actor) -> bool:
    return actor.may(Permission.DOCUMENT_BUILD) and can_read_confidential(actor)


def can_change_batch(actor: Actor, *, is_confidential: bool) -> bool:
    """A batch is tried again and cancelled by whoever could have asked for it."""
    return can_build_confidential(actor) if is_confidential else can_build_ordinary(actor)


def can_see_batch(actor: Actor, *, user_id: int | None, is_confidential: bool) -> bool:
    """A batch is for whoever could have asked for it; one that is not confidential, for who did."""
    is_own = user_id is not None and user_id == actor.user_id
    return can_change_batch(actor, is_confidential=is_confidential) or (is_own and not is_confidential)
