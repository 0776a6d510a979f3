"""Whether a stored signature is what was signed, by whose key, under which mandate (trust.md S4, S5, S8)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from fivestep_web.audit.facts import Logged, altered, called, facts_of, read_logged
from fivestep_web.audit.rules import canonical, plain
from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.keys.evidence import Keyring, keyring
from fivestep_web.responsibility.models import Letter, LetterVersion, Mandate, Signature
from fivestep_web.responsibility.rules import Capacity
from fivestep_web.responsibility.signing.services import PIN, statement

SIGNATURE_LABELS = {
    "letter_version_id": "所属版本",
    "step": "步骤",
    "user_id": "账号",
    "person_id": "签署人",
    "signer_name": "姓名",
    "position": "职务",
    "capacity": "签署身份",
    "mandate_id": "代签委托",
    "signed_at": "签署时间",
    "address": "地址",
    "content_sha256": "内容校验值",
    "mark_sha256": "手写签名",
    "confirmation": "确认方式",
    "signed_bytes": "所签全文",
    "key_id": "密钥",
    "algorithm": "算法",
    "public_key": "公钥",
    "value": "签名值",
}
STATEMENT_LABELS = {
    "letter": "编号",
    "version": "版本",
    "serial": "核验编号",
    "mandate": "代签委托",
    "principal": "委托人",
    "upper_sha256": "上级责任书",
    "previous_sha256": "另一方的签署",
}
MANDATE_LABELS = {
    "principal_id": "委托人",
    "deputy_id": "代签人",
    "valid_from": "开始日期",
    "valid_to": "结束日期",
    "reason": "理由",
    "made_at": "委托时间",
    "key_id": "密钥",
    "signed_bytes": "所签全文",
    "value": "签名值",
    "revoked_at": "撤销时间",
    "revocation_reason": "撤销理由",
}


REVOCATION = frozenset({"revoked_at", "revocation_reason"})


@dataclass
class MandateLife:
    """A mandate by the log: its latest row, from which entry to which it stood, what changed unlogged."""

    row: dict[str, Any]
    from_entry: int
    to_entry: int | None = None
    unexplained: list[str] = field(default_factory=list)


def mandate_lives() -> dict[int, MandateLife]:
    """Read the lives of all mandates from the log."""
    lives: dict[int, MandateLife] = {}
    for entry in read_logged("mandate"):
        if entry.row is None:
            continue
        life = lives.setdefault(entry.row["id"], MandateLife(entry.row, entry.sequence))
        life.unexplained += [name for name in altered(entry.row, life.row) if name not in REVOCATION]
        life.row = entry.row
        if entry.row["revoked_at"] is not None and life.to_entry is None:
            life.to_entry = entry.sequence
    return lives


@dataclass
class Evidence:
    """Keys and mandates as the log tells them; read once for all signatures."""

    ring: Keyring = field(default_factory=keyring)
    mandates: dict[int, MandateLife] = field(default_factory=mandate_lives)

    def stood(self, signature: Signature, principal_id: int, sequence: int) -> bool:
        """Say whether the signature's mandate let its signer stand for *principal_id* then."""
        life = self.mandates.get(signature.mandate_id or 0)
        if life is None or (life.to_entry is not None and life.to_entry < sequence):
            return False
        row, day = life.row, signature.signed_at.astimezone(clock.ZONE).date().isoformat()
        return (
            life.from_entry < sequence
            and (row["principal_id"], row["deputy_id"]) == (principal_id, signature.person_id)
            and row["valid_from"] <= day <= row["valid_to"]
        )


def signature_faults(
    letter: Letter, version: LetterVersion, signature: Signature, logged: Logged | None, evidence: Evidence
) -> Iterator[str]:
    """Yield what is wrong with one signature, naming what was altered."""
    if logged is None:
        yield "没有签署日志"
        return
    names = altered(facts_of(signature), logged.detail["signature_row"])
    if names:
        yield f"的{called(names, SIGNATURE_LABELS)}被改动"
        return
    if logged.subject != f"letter:{letter.id}":
        yield "被移到另一份责任书"
    said = statement(letter, version, signature)
    if canonical(said) != signature.signed_bytes:
        names = altered(plain(said), json.loads(signature.signed_bytes))  # type: ignore[arg-type]
        yield f"的{called(names, STATEMENT_LABELS | SIGNATURE_LABELS)}与所签全文不符"
    if signature.content_sha256 != version.content_sha256:
        yield "所签的不是这一版的内容"
    yield from _proof_faults(letter, signature, logged.sequence, evidence)


def _proof_faults(letter: Letter, signature: Signature, sequence: int, evidence: Evidence) -> Iterator[str]:
    life = evidence.ring.lives.get(signature.key_id or 0)
    is_this_key = life is not None and (life.algorithm, life.public_key) == (
        signature.algorithm,
        signature.public_key,
    )
    if (
        signature.confirmation != PIN
        or not is_this_key
        or not evidence.ring.is_signed(
            signature.key_id, signature.person_id, sequence, signature.signed_bytes, signature.value or ""
        )
    ):
        yield "没有本人当时有效密钥的签名"
    side = letter.responsible_id if signature.step.value == "responsible" else letter.issuer_id
    is_deputy = signature.capacity is Capacity.DEPUTY
    if is_deputy != (signature.person_id != side):
        yield "的签署身份与责任书不符"
    if is_deputy and not evidence.stood(signature, side, sequence):
        yield "当时没有有效的代签委托"


def mandate_faults() -> Iterator[str]:
    """Yield one sentence for each mandate that was altered, added, taken away or forged."""
    ring, missing = keyring(), mandate_lives()
    for mandate in db.session.scalars(select(Mandate).order_by(Mandate.id)):
        life = missing.pop(mandate.id, None)
        if life is None:
            yield f"代签委托（{mandate.id}）没有记录"
            continue
        names = altered(facts_of(mandate), life.row) + life.unexplained
        if names:
            yield f"代签委托（{mandate.id}）的{called(names, MANDATE_LABELS)}被改动"
        elif not _says_what_it_signs(mandate):
            yield f"代签委托（{mandate.id}）与所签全文不符"
        elif not ring.is_signed(
            mandate.key_id, mandate.principal_id, life.from_entry, mandate.signed_bytes, mandate.value
        ):
            yield f"代签委托（{mandate.id}）没有委托人当时有效密钥的签名"
    for number in missing:
        yield f"代签委托（{number}）已不在"


def _says_what_it_signs(mandate: Mandate) -> bool:
    said = json.loads(mandate.signed_bytes)
    stored = plain([mandate.valid_from, mandate.valid_to, mandate.reason, mandate.made_at, mandate.key_id])
    return (
        canonical(said) == mandate.signed_bytes
        and [said.get(name) for name in ("valid_from", "valid_to", "reason", "made_at", "key")] == stored
        and said.get("principal", {}).get("person") == mandate.principal_id
        and said.get("deputy", {}).get("person") == mandate.deputy_id
    )
