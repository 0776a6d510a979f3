"""Find letters and signatures that no longer agree with what was signed (trust.md S4)."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.rules import canonical, plain, sha256_of
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import LetterState, SigningStep

NEEDED = {
    LetterState.ACCEPTED: {SigningStep.RESPONSIBLE},
    LetterState.IN_FORCE: {SigningStep.RESPONSIBLE, SigningStep.ISSUING},
    LetterState.SETTLED: {SigningStep.RESPONSIBLE, SigningStep.ISSUING},
    LetterState.ARCHIVED: {SigningStep.RESPONSIBLE, SigningStep.ISSUING},
}
BATCH = 200


def faults() -> Iterator[str]:
    """Yield one sentence for each letter version or signature that was altered."""
    versions = db.session.scalars(
        select(LetterVersion)
        .options(joinedload(LetterVersion.letter), selectinload(LetterVersion.signatures))
        .order_by(LetterVersion.id)
        .execution_options(yield_per=BATCH)
    )
    for version in versions:
        yield from _faults_of(version)


def _faults_of(version: LetterVersion) -> Iterator[str]:
    letter = version.letter
    name = f"责任书 {letter.number} 第 {version.version} 版"
    if sha256_of(version.content) != version.content_sha256:
        yield f"{name}的内容与签署时的哈希不符"
    if (version.content["number"], version.content["version"]) != (letter.number, version.version):
        yield f"{name}的编号与内容不符"
    for signature in version.signatures:
        if not _is_intact(letter, version, signature):
            yield f"{name}的{signature.signer_name}签署记录被改动"
    if version.version == letter.version:
        missing = NEEDED.get(letter.state, set()) - {item.step for item in version.signatures}
        if missing:
            yield f"{name}的状态与签署记录不符，缺少签署"


def _is_intact(letter: Letter, version: LetterVersion, signature: Signature) -> bool:
    signed = json.loads(signature.signed_bytes)
    expected = plain(
        {
            "letter": letter.number,
            "version": version.version,
            "step": signature.step,
            "person": signature.person_id,
            "name": signature.signer_name,
            "position": signature.position,
            "signed_at": signature.signed_at,
            "content_sha256": version.content_sha256,
            "confirmation": signature.confirmation,
        }
    )
    return (
        signed == expected
        and canonical(signed) == signature.signed_bytes
        and signature.content_sha256 == version.content_sha256
    )
