"""What features ask to have made: a request for each document, and the sources that know them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument

SYSTEM_WIDE: Final = "all"  # the subject of a document about the whole system


@dataclass(frozen=True)
class DocumentRequest:
    """A document wanted about *subject* ("letter:12", "unit:3", "person:7", "all").

    *payload* is complete but for created, version and identifier, which are set when it is asked for.
    *unit_id* and *person_id* say whom it concerns, for who may read it.
    """

    kind: DocumentKind
    subject: str
    title: str
    payload: dict[str, Any]
    unit_id: int | None
    person_id: int | None
    is_draft: bool


Source = Callable[[int], Iterable[DocumentRequest]]
SubjectSource = Callable[[int], DocumentRequest]
SupersededSource = Callable[[Collection[str]], Collection[str]]
Gate = Callable[[GeneratedDocument], str]
Issued = Callable[[Actor, int, str, date], None]

_sources: dict[DocumentKind, Source] = {}
_subject_sources: dict[DocumentKind, SubjectSource] = {}
_superseded_sources: dict[DocumentKind, SupersededSource] = {}
_gates: dict[DocumentKind, Gate] = {}
_issued: dict[DocumentKind, Issued] = {}


def register_source(kind: DocumentKind, source: Source) -> None:
    """Let *source* give all requests of one kind for a year; registering a kind again replaces its source."""
    _sources[kind] = source


def register_subject_source(kind: DocumentKind, source: SubjectSource) -> None:
    """Let *source* give the request about one subject by its id, a letter's for example."""
    _subject_sources[kind] = source


def register_superseded_source(kind: DocumentKind, source: SupersededSource) -> None:
    """Let *source* say which of some subjects of a kind another has replaced, and hold them so."""
    _superseded_sources[kind] = source


def register_gate(kind: DocumentKind, gate: Gate) -> None:
    """Let *gate* say why a document, as it was made, may not go out yet, "" for nothing."""
    _gates[kind] = gate


def register_issue(kind: DocumentKind, issued: Issued) -> None:
    """Call *issued* with year, subject and 印发日期 when a document is issued, in the same unit of work."""
    _issued[kind] = issued


def note_issue(actor: Actor, kind: DocumentKind, year: int, subject: str, issued_on: date) -> None:
    """Tell the feature whose document was issued."""
    if kind in _issued:
        _issued[kind](actor, year, subject, issued_on)


def gate_fault(document: GeneratedDocument) -> str:
    """Return why a document may neither take its number nor be issued yet; empty if it may."""
    gate = _gates.get(document.kind)
    return gate(document) if gate else ""


def available_kinds() -> tuple[DocumentKind, ...]:
    """Return the kinds that can be asked for, because a feature gives their data, in the order of part C."""
    return tuple(kind for kind in DocumentKind if kind in _sources)


def gather(kind: DocumentKind, year: int) -> Iterable[DocumentRequest]:
    """Return the requests of *kind* for *year*; raises DomainError when nothing can make that kind."""
    if kind not in available_kinds():
        raise DomainError(f"“{kind.label}”还不能生成 Word 文件")
    return _sources[kind](year)


def gather_subject(kind: DocumentKind, subject_id: int) -> DocumentRequest:
    """Return the request about one subject; raises DomainError when nothing can make that kind."""
    if kind not in _subject_sources:
        raise DomainError(f"“{kind.label}”还不能单独生成")
    return _subject_sources[kind](subject_id)


def superseded(kind: DocumentKind, subjects: Collection[str]) -> frozenset[str]:
    """Return those of *subjects* that another has replaced; none joins them before the transaction ends."""
    source = _superseded_sources.get(kind)
    return frozenset(source(subjects)) if source and subjects else frozenset()
