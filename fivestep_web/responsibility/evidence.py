"""Find letters and signatures that no longer agree with what was signed and logged (trust.md S4)."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import canonical, plain, sha256_of
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import LetterState, SigningStep
from fivestep_web.responsibility.signing import statement

BOTH = {SigningStep.RESPONSIBLE, SigningStep.ISSUING}
NEEDED: dict[LetterState, set[SigningStep]] = {
    LetterState.DRAFT: set(),
    LetterState.ISSUED: set(),
    LetterState.OBJECTED: set(),
    LetterState.ACCEPTED: {SigningStep.RESPONSIBLE},
    LetterState.IN_FORCE: BOTH,
    LetterState.SUPERSEDED: BOTH,
    LetterState.SETTLED: BOTH,
    LetterState.ARCHIVED: BOTH,
}
ISSUED, OBJECTED, SIGNED = "letter.issued", "letter.objected", "letter.signed"
BATCH = 200


class _Logged:
    """What the audit log, which is verified by itself, says of issues, objections and signatures."""

    def __init__(self, subject: str | None = None) -> None:
        """Read the entries of all letters, or of *subject* alone."""
        self.versions: dict[str, dict[tuple[str, int], dict[str, Any]]] = {ISSUED: {}, OBJECTED: {}}
        self.signatures: dict[int, tuple[str, dict[str, Any]]] = {}
        query = select(AuditEntry.action, AuditEntry.subject, AuditEntry.body).where(
            AuditEntry.action.in_((ISSUED, OBJECTED, SIGNED))
        )
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        for action, letter, body in db.session.execute(query.order_by(AuditEntry.sequence)):
            detail = json.loads(body)["detail"]
            if action == SIGNED:
                self.signatures[detail["signature"]] = (letter, detail)
            else:
                self.versions[action][letter, detail["version"]] = detail


def faults() -> Iterator[str]:
    """Yield one sentence for each letter version or signature that was altered, added or taken away."""
    yield from _letter_faults(_versions(), _Logged())


def faults_of_letter(letter_id: int) -> Iterator[str]:
    """Yield one sentence for each version or signature of one letter that was altered or taken away."""
    logged = _Logged(f"letter:{letter_id}")
    yield from _letter_faults(_versions().where(LetterVersion.letter_id == letter_id), logged)


def _versions() -> Select[LetterVersion]:
    return (
        select(LetterVersion)
        .options(joinedload(LetterVersion.letter), selectinload(LetterVersion.signatures))
        .order_by(LetterVersion.id)
        .execution_options(yield_per=BATCH, populate_existing=True)
    )


def _letter_faults(versions: Select[LetterVersion], logged: _Logged) -> Iterator[str]:
    for version in db.session.scalars(versions):
        if version.letter is None:  # only where someone switched the foreign keys off
            yield f"责任书版本（{version.id}）不属于任何责任书"
            continue
        yield from _faults_of(version, logged)
    for subject, number in logged.versions[ISSUED]:
        yield f"责任书（{subject}）第 {number} 版已不在"
    for subject, detail in logged.signatures.values():
        yield f"责任书（{subject}）第 {detail['version']} 版的一个签署已不在"


def _faults_of(version: LetterVersion, logged: _Logged) -> Iterator[str]:
    letter = version.letter
    name = f"责任书 {letter.number} 第 {version.version} 版"
    if plain(version.content) != version.content or sha256_of(version.content) != version.content_sha256:
        yield f"{name}的内容与发出时的哈希不符"
    printed = tuple(version.content.get(key) for key in ("number", "version", "serial"))
    if printed != (letter.number, version.version, version.serial):
        yield f"{name}的编号与内容不符"
    if not _is_as_logged(version, logged):
        yield f"{name}的发出或异议与日志不符"
    for signature in version.signatures:
        if not _is_intact(letter, version, signature, logged):
            yield f"{name}的“{signature.signer_name}”签署记录被改动"
    if version.version == letter.version:
        yield from (f"{name}{fault}" for fault in _state_faults(letter, version))


def _is_as_logged(version: LetterVersion, logged: _Logged) -> bool:
    """Compare a version with its entries and strike these off."""
    key = (f"letter:{version.letter_id}", version.version)
    issued = {
        "version": version.version,
        "version_id": version.id,
        "serial": version.serial,
        "sha256": version.content_sha256,
        "issued_at": plain(version.issued_at),
    }
    objected = {
        "version": version.version,
        "reason": version.objection,
        "objected_at": plain(version.objected_at),
    }
    entry = logged.versions[OBJECTED].pop(key, None)
    if entry is None:
        entry = {"version": version.version, "reason": "", "objected_at": None}
    return logged.versions[ISSUED].pop(key, None) == issued and entry == objected


def _is_intact(letter: Letter, version: LetterVersion, signature: Signature, logged: _Logged) -> bool:
    subject, detail = logged.signatures.pop(signature.id, ("", {}))
    entry = {
        "step": signature.step.value,
        "version": version.version,
        "signature": signature.id,
        "sha256": signature.content_sha256,
        "signed_sha256": sha256_of(signature.signed_bytes),
    }
    said = statement(letter, version, signature)
    return (
        (subject, detail) == (f"letter:{letter.id}", entry)
        and {**said, "signed_at": plain(signature.signed_at)} == plain(said)
        and canonical(said) == signature.signed_bytes
        and signature.content_sha256 == version.content_sha256
        and (signature.algorithm, signature.public_key, signature.value) == (None, None, None)
    )


def _state_faults(letter: Letter, version: LetterVersion) -> Iterator[str]:
    content = version.content
    if (content["year"], content["kind"], content["title"]) != (letter.year, letter.kind.value, letter.title):
        yield "的年度、种类或标题与内容不符"
    signed = {item.step: item for item in version.signatures}
    if letter.state in NEEDED and NEEDED[letter.state] != set(signed):
        yield "的状态与签署记录不符"
    sides = {SigningStep.RESPONSIBLE: letter.responsible_id, SigningStep.ISSUING: letter.issuer_id}
    if any(item.person_id != sides[step] for step, item in signed.items()):
        yield "的签署人与责任书不符"
    last = signed.get(SigningStep.ISSUING)
    if letter.in_force_at != (last.signed_at if last else None):
        yield "的生效时间与签署记录不符"
