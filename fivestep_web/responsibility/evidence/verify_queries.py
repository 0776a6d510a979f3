"""What a stranger may learn of a letter by its code, and of a Word file by its hash."""

import enum
import json
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import chain_digest
from fivestep_web.documents.making import LOGGED_AS
from fivestep_web.documents.models import BatchDocument, DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.responsibility.evidence import changes as change_evidence
from fivestep_web.responsibility.evidence import letters as evidence
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import LetterState, SigningStep

LETTER_SUBJECT = "letter:"


class Standing(enum.StrEnum):
    """What becomes of a version of a letter."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    UNSIGNED = "unsigned"
    OBJECTED = "objected"
    VOID = "void"
    ALTERED = "altered"


@dataclass(frozen=True)
class CheckedVersion:
    """A version with what checking it found; *successor* is the version that took its place."""

    version: LetterVersion
    standing: Standing
    faults: tuple[str, ...]
    successor: LetterVersion | None

    @property
    def signatures(self) -> list[Signature]:
        """Return the signatures, 甲方 first as on paper."""
        order = {SigningStep.ISSUING: 0, SigningStep.RESPONSIBLE: 1}
        return sorted(self.version.signatures, key=lambda item: order[item.step])


def check_serial(serial: str) -> CheckedVersion | None:
    """Return what is known of the version with this code, checked now; None when there is none."""
    version = db.session.scalar(_versions().where(LetterVersion.serial == serial))
    return None if version is None else _checked(version)


def _versions() -> Select[LetterVersion]:
    return select(LetterVersion).options(
        joinedload(LetterVersion.letter).joinedload(Letter.change_order),
        selectinload(LetterVersion.signatures).joinedload(Signature.mandate),
    )


def _checked(version: LetterVersion) -> CheckedVersion:
    letter = version.letter
    faults = (
        *evidence.faults_of_letter(letter.id),
        *change_evidence.faults_of_letter(letter.id),
        *_log_faults(letter.id),
    )
    standing = Standing.ALTERED if faults else _standing(letter, version)
    successor = None
    if standing is Standing.SUPERSEDED and letter.successor is not None:
        successor = next(
            (item for item in letter.successor.versions if item.version == letter.successor.version), None
        )
    return CheckedVersion(version, standing, faults, successor)


def _standing(letter: Letter, version: LetterVersion) -> Standing:
    if version.version != letter.version or letter.state is LetterState.OBJECTED:
        return Standing.OBJECTED
    match letter.state:
        case LetterState.VOID:
            return Standing.VOID
        case LetterState.SUPERSEDED:
            return Standing.SUPERSEDED
        case LetterState.IN_FORCE | LetterState.SETTLED | LetterState.ARCHIVED:
            return Standing.IN_FORCE
    return Standing.UNSIGNED


def _log_faults(letter_id: int) -> list[str]:
    """Find entries about this letter that were altered where they stand; the whole log is verified apart."""
    entries = db.session.execute(
        select(AuditEntry.sequence, AuditEntry.body, AuditEntry.previous, AuditEntry.digest)
        .where(AuditEntry.subject == f"{LETTER_SUBJECT}{letter_id}")
        .order_by(AuditEntry.sequence)
    )
    return [
        f"操作日志第 {entry.sequence} 条记录被改动"
        for entry in entries
        if chain_digest(entry.previous, entry.body) != entry.digest
    ]


@dataclass(frozen=True)
class KnownFile:
    """A file of the register: the document it is, and whether a newer one took its place."""

    title: str
    number: str | None
    version: int
    is_draft: bool
    is_newest: bool
    is_logged: bool
    letter_id: int | None


def find_file(sha256: str) -> KnownFile | None:
    """Return the document whose file has this hash, the newest where several have."""
    table = GeneratedDocument
    row = db.session.execute(
        select(
            table.id, table.title, table.version, table.state, table.is_draft, table.subject, table.payload
        )
        .where(table.blob_sha256 == sha256)
        .order_by(table.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    letter_id = row.subject.removeprefix(LETTER_SUBJECT) if row.subject.startswith(LETTER_SUBJECT) else None
    return KnownFile(
        title=row.title,
        number=row.payload.get("number"),
        version=row.version,
        is_draft=row.is_draft,
        is_newest=row.state is not DocumentState.SUPERSEDED,
        is_logged=_is_logged(row.id, sha256),
        letter_id=int(letter_id) if letter_id else None,
    )


def _is_logged(document_id: int, sha256: str) -> bool:
    """Say whether the log has this file as the document's: a row alone can be put in by whoever may write."""
    batches = select(BatchDocument.batch_id).where(BatchDocument.document_id == document_id)
    subjects = [f"document:{document_id}", *(f"batch:{batch_id}" for batch_id in db.session.scalars(batches))]
    bodies = db.session.scalars(
        select(AuditEntry.body).where(AuditEntry.subject.in_(subjects), AuditEntry.action == LOGGED_AS)
    )
    return any(json.loads(body)["detail"]["documents"].get(str(document_id)) == sha256 for body in bodies)


def check_letter(letter_id: int) -> CheckedVersion | None:
    """Return the checked version in work of a letter."""
    version = db.session.scalar(
        _versions()
        .join(Letter, Letter.id == LetterVersion.letter_id)
        .where(Letter.id == letter_id, LetterVersion.version == Letter.version)
    )
    return None if version is None else _checked(version)
