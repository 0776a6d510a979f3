"""A letter's evidence file: all that proves it once the system is gone (trust.md S7).

tools/verify_letter.py reads it and nothing else; every field is bound by a signature, a hash or the log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.checkpoints import PATTERN, Checkpoint, read_checkpoint, seal
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.proofs import ProvenLog, prove
from fivestep_web.audit.rules import canonical
from fivestep_web.core.errors import Conflict, DomainError, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.making import LOGGED_AS
from fivestep_web.documents.models import BatchDocument, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.keys.models import KeyApproval, SigningKey
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.models import LetterVersion, Mandate, Signature
from fivestep_web.responsibility.rules import SigningStep

FORMAT = "fivestep-evidence-1"
BOTH = (SigningStep.RESPONSIBLE, SigningStep.ISSUING)
OF_MAIN = (
    "letter.issued",
    "letter.objected",
    "letter.signed",
    "letter.exception_allowed",
    "letter.superseded",
)
OF_UPPER = ("letter.issued", "letter.signed", "letter.exception_allowed")
OF_KEYS = ("key.made", "key.requested", "key.approved", "key.activated", "key.ended")
DAY = slice(len("checkpoint-"), len("checkpoint-20260131"))


def evidence_of(actor: Actor, letter_id: int, number: int) -> tuple[str, str]:
    """Return the file's name and text for one version of a letter the actor may read.

    Raises NotFound for a version that is not there, Conflict before both sides signed it, DomainError where
    the log is not whole.
    """
    letter = queries.get_letter(actor, letter_id)
    version = _version(LetterVersion.letter_id == letter.id, LetterVersion.version == number)
    if version is None:
        raise NotFound(_("没有这一版责任书"))
    if {item.step for item in version.signatures} != set(BOTH):
        raise Conflict(_("双方都签署之后才有证据文件可以下载"))
    name = f"{letter.number}第{number}版证据文件.json"
    return name, _Gathering(version).text()


def _version(*conditions: Any) -> LetterVersion | None:
    return db.session.scalar(
        select(LetterVersion)
        .where(*conditions)
        .options(
            joinedload(LetterVersion.letter),
            selectinload(LetterVersion.signatures).joinedload(Signature.mandate),
        )
    )


class _Gathering:
    """What belongs into one file."""

    def __init__(self, version: LetterVersion) -> None:
        self.chain = _chain(version)
        self.mandates = _mandates(self.chain)
        self.keys = _keys(self.chain, self.mandates)
        self.documents = _documents(version)

    def text(self) -> str:
        """Return the file: one line of canonical JSON, sealed by the checkpoint key."""
        log = prove(self._sequences())
        fields: dict[str, Any] = {
            "format": FORMAT,
            "letters": [_letter(version) for version in self.chain],
            "documents": [{"document": key, "sha256": value} for key, value in self.documents.items()],
            "keys": [_key(key) for key in self.keys],
            "mandates": [_signed(mandate) for mandate in self.mandates],
            "entries": [
                {"sequence": sequence, "body": body, "proof": _hexes(log.tree.inclusion(sequence - 1))}
                for sequence, body in sorted(log.bodies.items())
            ],
            "checkpoint": asdict(log.checkpoint),
            "earlier": _earlier(log),
        }
        return canonical({**fields, "seal": seal(canonical(fields))}) + "\n"

    def _sequences(self) -> set[int]:
        main, *above = (version.letter for version in self.chain)
        about = [_about([f"letter:{main.id}"], OF_MAIN)]
        about.append(_about([f"letter:{letter.id}" for letter in above], OF_UPPER))
        about.append(_about([f"key:{key.id}" for key in self.keys], OF_KEYS))
        about.append(_about([f"mandate:{mandate.id}" for mandate in self.mandates], ("mandate.given",)))
        about.append(and_(AuditEntry.subject == f"change:{main.change_order_id}", _is_of("change.")))
        about.append(_about(_batches(self.documents), (LOGGED_AS,)))
        return set(db.session.scalars(select(AuditEntry.sequence).where(or_(*about))))


def _about(subjects: Sequence[str], actions: Sequence[str]) -> Any:
    return and_(AuditEntry.subject.in_(subjects), AuditEntry.action.in_(actions))


def _is_of(kind: str) -> Any:
    return AuditEntry.action.startswith(kind, autoescape=True)


def _chain(version: LetterVersion) -> list[LetterVersion]:
    """Return the version and the texts above it, each found by the hash that the one below has signed."""
    chain = [version]
    while (upper := chain[-1].content["upper"]) is not None:
        found = _version(LetterVersion.content_sha256 == upper["content_sha256"])
        if found is None or found in chain:
            raise DomainError(_("上级责任书 %(number)s 的存档不在，不能出具证据", number=upper["number"]))
        chain.append(found)
    return chain


def _mandates(chain: Iterable[LetterVersion]) -> list[Mandate]:
    found = {
        item.mandate.id: item.mandate for version in chain for item in version.signatures if item.mandate
    }
    return [found[key] for key in sorted(found)]


def _keys(chain: Iterable[LetterVersion], mandates: Iterable[Mandate]) -> list[SigningKey]:
    """Return the keys that signed, and those of who vouched for them, down to first keys."""
    waiting = {item.key_id for version in chain for item in version.signatures if item.key_id is not None}
    waiting |= {mandate.key_id for mandate in mandates}
    found: dict[int, SigningKey] = {}
    while waiting:
        keys = db.session.scalars(
            select(SigningKey).where(SigningKey.id.in_(waiting)).options(selectinload(SigningKey.approvals))
        ).all()
        found |= {key.id: key for key in keys}
        approvers = {item.approver_key_id for key in keys for item in key.approvals}
        waiting = approvers - found.keys()
    return [found[key] for key in sorted(found)]


def _documents(version: LetterVersion) -> dict[int, str]:
    """Return the hashes of the Word files made of this letter in force, by document."""
    table = GeneratedDocument
    rows = db.session.execute(
        select(table.id, table.blob_sha256)
        .where(
            table.subject == f"letter:{version.letter_id}",
            table.is_draft.is_(False),
            table.blob_sha256.is_not(None),
        )
        .order_by(table.id)
    )
    return {row.id: row.blob_sha256 for row in rows}


def _batches(documents: Iterable[int]) -> list[str]:
    rows = select(BatchDocument.batch_id).where(BatchDocument.document_id.in_(list(documents)))
    return [f"batch:{batch_id}" for batch_id in db.session.scalars(rows)]


def _letter(version: LetterVersion) -> dict[str, Any]:
    signatures = sorted(version.signatures, key=lambda item: BOTH.index(item.step))
    return {"content": version.content, "signatures": [_signature(item) for item in signatures]}


def _signature(item: Signature) -> dict[str, Any]:
    return {"algorithm": item.algorithm, "public_key": item.public_key, **_signed(item)}


def _signed(item: Signature | Mandate | KeyApproval) -> dict[str, Any]:
    return {"signed_bytes": item.signed_bytes, "value": item.value}


def _key(key: SigningKey) -> dict[str, Any]:
    return {
        "key": key.id,
        "person": key.person_id,
        "sequence": key.sequence,
        "algorithm": key.algorithm,
        "public_key": key.public_key,
        "approvals": [_signed(item) for item in key.approvals],
    }


def _hexes(proof: Iterable[bytes]) -> list[str]:
    return [item.hex() for item in proof]


def _earlier(log: ProvenLog) -> list[dict[str, Any]]:
    """Return kept checkpoints with the proof that the log has since only grown.

    One that the log has left behind is left out: nothing can prove it, and who kept a copy sees it missing.
    """
    found = {checkpoint.size: checkpoint for checkpoint in _kept(max(log.bodies, default=0))}
    return [
        {"checkpoint": asdict(checkpoint), "proof": _hexes(log.tree.consistency(size))}
        for size, checkpoint in sorted(found.items())
        if 0 < size <= log.tree.size and log.tree.root_of(size).hex() == checkpoint.root
    ]


def _kept(last: int) -> list[Checkpoint]:
    """Return the witness's checkpoints: each month's last, so the newest too, and the first after *last*."""
    folder: Path = current_app.config["FIVESTEP"].witness_dir
    by_month: dict[str, Path] = {}
    paths = sorted(folder.glob(PATTERN))
    for path in paths:
        by_month[path.name[DAY][:6]] = path
    chosen = [*by_month.values()]
    after = db.session.scalar(select(AuditEntry.at).where(AuditEntry.sequence == last))
    first: date | None = after.date() if after else None
    if first is not None:
        chosen += [path for path in paths if path.name[DAY] >= f"{first:%Y%m%d}"][:2]
    kept = []
    for path in chosen:
        try:
            kept.append(read_checkpoint(path))
        except DomainError:
            continue  # damaged, or another instance's: it proves nothing about this log
    return kept
