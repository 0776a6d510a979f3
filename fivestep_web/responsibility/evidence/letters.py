"""Find letters and signatures that no longer agree with what was signed and logged (trust.md S4)."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.facts import Logged, altered, called
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import plain, sha256_of
from fivestep_web.extensions import db
from fivestep_web.responsibility.evidence.signatures import Evidence, signature_faults
from fivestep_web.responsibility.models import Letter, LetterVersion
from fivestep_web.responsibility.rules import LetterState, SigningStep

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
VERSION_LABELS = {
    "version": "版本",
    "version_id": "版本记录",
    "serial": "核验编号",
    "sha256": "内容校验值",
    "issued_at": "发出时间",
    "reason": "异议理由",
    "objected_at": "异议时间",
}
VERSION_FACTS = {
    ISSUED: ("version_id", "serial", "sha256", "issued_at"),
    OBJECTED: ("reason", "objected_at"),
}
NEVER_OBJECTED = {"reason": "", "objected_at": None}
PRINTED, HEADING = ("number", "version", "serial"), ("year", "kind", "title")
BATCH = 200


class _Logged:
    """What the audit log, which is verified by itself, says of issues, objections and signatures."""

    def __init__(self, subject: str | None = None) -> None:
        """Read the entries of all letters, or of *subject* alone."""
        self.versions: dict[str, dict[tuple[str, int], dict[str, Any]]] = {ISSUED: {}, OBJECTED: {}}
        self.signatures: dict[int, Logged] = {}
        query = select(AuditEntry.sequence, AuditEntry.action, AuditEntry.subject, AuditEntry.body).where(
            AuditEntry.action.in_((ISSUED, OBJECTED, SIGNED))
        )
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        for sequence, action, letter, body in db.session.execute(query.order_by(AuditEntry.sequence)):
            detail = json.loads(body)["detail"]
            if action == SIGNED:
                self.signatures[detail["signature"]] = Logged(sequence, action, letter, detail)
            else:
                facts = {name: detail[name] for name in VERSION_FACTS[action]}
                self.versions[action][letter, detail["version"]] = facts


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
    evidence = Evidence()
    for version in db.session.scalars(versions):
        if version.letter is None:  # only where someone switched the foreign keys off
            yield f"责任书版本（{version.id}）不属于任何责任书"
            continue
        yield from _faults_of(version, logged, evidence)
    for subject, number in logged.versions[ISSUED]:
        yield f"责任书（{subject}）第 {number} 版已不在"
    for entry in logged.signatures.values():
        yield f"责任书（{entry.subject}）第 {entry.detail['version']} 版的一个签署已不在"


def _faults_of(version: LetterVersion, logged: _Logged, evidence: Evidence) -> Iterator[str]:
    letter, content = version.letter, version.content
    name = f"责任书 {letter.number} 第 {version.version} 版"
    names = _altered_facts(version, logged)
    if names:
        yield f"{name}的{called(names, VERSION_LABELS)}被改动"
    if plain(content) != content or sha256_of(content) != version.content_sha256:
        yield f"{name}的“内容”与发出时的哈希不符"
    elif tuple(content.get(key) for key in PRINTED) != (letter.number, version.version, version.serial):
        yield f"{name}的“编号”“版本”“核验编号”与内容不符"
    for signature in version.signatures:
        entry = logged.signatures.pop(signature.id, None)
        for fault in signature_faults(letter, version, signature, entry, evidence):
            yield f"{name}“{signature.signer_name}”的签署{fault}"
    if version.version == letter.version:
        yield from (f"{name}{fault}" for fault in _state_faults(letter, version))


def _altered_facts(version: LetterVersion, logged: _Logged) -> list[str]:
    """Compare a version with its entries and strike these off; return the names of what differs."""
    key = (f"letter:{version.letter_id}", version.version)
    issued = {
        "version_id": version.id,
        "serial": version.serial,
        "sha256": version.content_sha256,
        "issued_at": plain(version.issued_at),
    }
    objected = {"reason": version.objection, "objected_at": plain(version.objected_at)}
    names = altered(objected, logged.versions[OBJECTED].pop(key, NEVER_OBJECTED))
    entry = logged.versions[ISSUED].pop(key, None)
    return (["version"] if entry is None else altered(issued, entry)) + names


def _state_faults(letter: Letter, version: LetterVersion) -> Iterator[str]:
    content = version.content
    if tuple(content.get(key) for key in HEADING) != (letter.year, letter.kind.value, letter.title):
        yield "的“年度”“种类”“标题”与内容不符"
    signed = {item.step: item for item in version.signatures}
    if letter.state in NEEDED and NEEDED[letter.state] != set(signed):
        yield "的“状态”与签署记录不符"
    last = signed.get(SigningStep.ISSUING)
    if letter.in_force_at != (last.signed_at if last else None):
        yield "的“生效时间”与签署记录不符"
