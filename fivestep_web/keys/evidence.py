"""Find keys, approvals and marks that do not agree with the log, and which key lived when (S4, S5).

A key counts only as the log knows it: a person's first key is active at once, a later one when two others
vouched for it with keys that were living then. So whoever owns the database cannot give somebody who has a
key another one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from fivestep_web.audit.facts import Logged, altered, called, facts_of, read_logged
from fivestep_web.audit.rules import canonical
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db
from fivestep_web.keys import rules
from fivestep_web.keys.entry import key_row
from fivestep_web.keys.models import HandwrittenMark, KeyApproval, SigningKey
from fivestep_web.keys.services import NEEDED_APPROVALS, approval_statement

KEY_LABELS = {
    "person_id": "本人",
    "sequence": "第几个密钥",
    "algorithm": "算法",
    "public_key": "公钥",
    "sealed_private_key": "封存的私钥",
    "sealing": "私钥的封存方式",
    "made_at": "建立时间",
    "activated_at": "启用时间",
    "ended_at": "停用时间",
    "end_reason": "停用理由",
    "failed_tries": "PIN 输错次数",
    "blocked_until": "PIN 输错后的等待时间",
}
TRIES = frozenset({"failed_tries", "blocked_until"})
MAY_CHANGE = {
    "key.pin_changed": frozenset({"sealed_private_key", "sealing"}),
    "key.pin_refused": TRIES,
    "key.tries_cleared": TRIES,
    "key.activated": frozenset({"activated_at"}),
    "key.ended": frozenset({"ended_at", "end_reason"}),
    "mark.ended": frozenset({"ended_at"}),
}
APPROVAL_LABELS = {
    "key_id": "所确认的密钥",
    "approver_id": "确认人",
    "approver_key_id": "确认人的密钥",
    "approver_name": "确认人姓名",
    "position": "确认人职务",
    "approved_at": "确认时间",
    "signed_bytes": "所签内容",
    "value": "签名值",
}
MARK_LABELS = {
    "person_id": "本人",
    "blob_sha256": "图片",
    "width": "宽度",
    "height": "高度",
    "source": "来源",
    "made_at": "设置时间",
    "ended_at": "停用时间",
}


@dataclass
class Life:
    """A key by the log: whose it is, and from which entry to which it was living."""

    person_id: int
    algorithm: str
    public_key: str
    born_at: int
    from_entry: int | None = None
    to_entry: int | None = None

    def lives_at(self, sequence: int) -> bool:
        """Say whether the key was living when the entry *sequence* was written."""
        return (
            self.from_entry is not None
            and self.from_entry <= sequence
            and (self.to_entry is None or sequence < self.to_entry)
        )


@dataclass
class Keyring:
    """All keys as the log tells their lives, and what is wrong with the telling."""

    lives: dict[int, Life] = field(default_factory=dict)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    approvals: dict[int, dict[int, tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def is_signed(self, key_id: int | None, person_id: int, sequence: int, text: str, value: str) -> bool:
        """Say whether a person's key, living at that entry of the log, signed *text*."""
        life = self.lives.get(key_id) if key_id is not None else None
        return (
            life is not None
            and life.person_id == person_id
            and life.lives_at(sequence)
            and rules.is_valid(life.algorithm, life.public_key, text.encode(), value)
        )


def keyring() -> Keyring:
    """Read the lives of all keys from the log."""
    ring = Keyring()
    for entry in read_logged("key"):
        row = entry.row
        if row is not None:
            _follow(ring, entry, row)
    return ring


def _follow(ring: Keyring, entry: Logged, row: dict[str, Any]) -> None:
    key_id = row["id"]
    life = ring.lives.get(key_id)
    if life is None:
        life = Life(row["person_id"], row["algorithm"], row["public_key"], entry.sequence)
        ring.lives[key_id] = life
    else:
        names = unexplained(entry, ring.rows[key_id])
        if names:
            ring.faults.append(
                f"密钥（{key_id}）的{called(names, KEY_LABELS)}在第 {entry.sequence} 条日志前被改动"
            )
    ring.rows[key_id] = row
    if "approval_row" in entry.detail:
        given = entry.detail["approval_row"]
        ring.approvals.setdefault(key_id, {})[given["id"]] = (entry.sequence, given)
    if row["activated_at"] is not None and life.from_entry is None and row["ended_at"] is None:
        fault = _why_not_active(ring, key_id, life)
        if fault is None:
            life.from_entry = entry.sequence
        else:
            ring.faults.append(f"密钥（{key_id}）{fault}，不予承认")
    if row["ended_at"] is not None and life.to_entry is None:
        life.to_entry = entry.sequence


def unexplained(entry: Logged, before: dict[str, Any]) -> list[str]:
    """Return what an entry's row changed beyond what its act changes: it was altered before it was logged."""
    return [
        name
        for name in altered(entry.row or {}, before)
        if name not in MAY_CHANGE.get(entry.action, frozenset())
    ]


def _why_not_active(ring: Keyring, key_id: int, life: Life) -> str | None:
    """Return why the log's activation of a key is worth nothing, None when it is in order."""
    others = [item for number, item in ring.lives.items() if number != key_id]
    if any(item.public_key == life.public_key for item in others):
        return "与另一个密钥的公钥相同"
    if all(item.person_id != life.person_id for item in others):
        return None
    vouching = {
        given["approver_id"]
        for sequence, given in ring.approvals.get(key_id, {}).values()
        if given["approver_id"] != life.person_id and _is_vouched(ring, key_id, life, sequence, given)
    }
    if len(vouching) < NEEDED_APPROVALS:
        return "不是本人的第一个密钥，又没有两位同志有效的签名确认"
    return None


def _is_vouched(ring: Keyring, key_id: int, life: Life, sequence: int, given: dict[str, Any]) -> bool:
    said = json.loads(given["signed_bytes"])
    new_key = said.get("new_key", {})
    is_about_it = (new_key.get("key"), new_key.get("person"), new_key.get("public_key")) == (
        key_id,
        life.person_id,
        life.public_key,
    )
    return (
        is_about_it
        and said.get("approver") == given["approver_id"]
        and ring.is_signed(
            given["approver_key_id"], given["approver_id"], sequence, given["signed_bytes"], given["value"]
        )
    )


def faults() -> Iterator[str]:
    """Yield one sentence for each key, approval or mark that was altered, added, taken away or forged."""
    ring = keyring()
    yield from ring.faults
    yield from _key_faults(ring)
    yield from _approval_faults(ring)
    yield from _mark_faults()


def _key_faults(ring: Keyring) -> Iterator[str]:
    missing = dict(ring.rows)
    for key in db.session.scalars(select(SigningKey).order_by(SigningKey.id)):
        row = missing.pop(key.id, None)
        if row is None:
            yield f"密钥（{key.id}）没有建立记录"
            continue
        names = altered(key_row(key), row)
        if names:
            yield f"密钥（{key.id}）的{called(names, KEY_LABELS)}被改动"
    for key_id in missing:
        yield f"密钥（{key_id}）已不在"


def _approval_faults(ring: Keyring) -> Iterator[str]:
    missing = {number: given for by_key in ring.approvals.values() for number, (_at, given) in by_key.items()}
    for approval in db.session.scalars(select(KeyApproval).order_by(KeyApproval.id)):
        row = missing.pop(approval.id, None)
        if row is None:
            yield f"密钥（{approval.key_id}）的一个确认（{approval.id}）没有记录"
            continue
        names = altered(facts_of(approval), row)
        if names:
            yield f"密钥（{row['key_id']}）的确认（{approval.id}）的{called(names, APPROVAL_LABELS)}被改动"
        elif not _says_what_it_signs(approval):
            yield f"密钥（{approval.key_id}）的确认（{approval.id}）与所签内容不符"
    for number, given in missing.items():
        yield f"密钥（{given['key_id']}）的确认（{number}）已不在"


def _says_what_it_signs(approval: KeyApproval) -> bool:
    if approval.key is None or approval.approver_key is None:
        return False
    said = approval_statement(approval, approval.key, approval.approver_key)
    return canonical(said) == approval.signed_bytes


def _mark_faults() -> Iterator[str]:
    logged: dict[int, dict[str, Any]] = {}
    for entry in read_logged("mark"):
        if entry.row is not None:
            number = entry.row["id"]
            names = unexplained(entry, logged[number]) if number in logged else []
            if names:
                what = called(names, MARK_LABELS)
                yield f"手写签名（{number}）的{what}在第 {entry.sequence} 条日志前被改动"
            logged[number] = entry.row
    rows = db.session.execute(
        select(HandwrittenMark, Blob.data)
        .outerjoin(Blob, Blob.sha256 == HandwrittenMark.blob_sha256)
        .order_by(HandwrittenMark.id)
    )
    for mark, data in rows:
        row = logged.pop(mark.id, None)
        if row is None:
            yield f"手写签名（{mark.id}）没有记录"
            continue
        names = altered(facts_of(mark), row)
        if names:
            yield f"手写签名（{mark.id}）的{called(names, MARK_LABELS)}被改动"
        elif data is None or sha256(data).hexdigest() != mark.blob_sha256:
            yield f"手写签名（{mark.id}）的图片被改动"
    for number in logged:
        yield f"手写签名（{number}）已不在"
