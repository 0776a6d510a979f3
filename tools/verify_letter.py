"""Check a letter's evidence file without the system, its database or a network.

    python verify_letter.py EVIDENCE.json [--word FILE.docx] [--checkpoint CHECKPOINT.json] [--key HEX]

EVIDENCE.json is what the letter's page offers as 证据文件. Checked are: its spelling and seal; the text and
its hash; each signature with the key of its signer, that key's making (a second key: the two who vouched for
it with keys of their own), a deputy's mandate; the chain of texts up to the top; and that every entry named
stands in the audit log under a signed checkpoint (RFC 6962). *--word* compares a Word file, *--checkpoint* a
checkpoint that somebody kept, *--key* the number of the checkpoint key as paper copies show it. Without one
of the last two the log is proven only as its keeper signed it. Exit 0 when all of it holds, else 1.
What is missing from the file (that a key had ended earlier, say) only the whole log can show: for that there
is verify_checkpoint.py.

Needs Python 3.11 or later and nothing else: Ed25519 is checked by the code below (RFC 8032), not by a
package. An archive must be able to run this file in ten years, when no package of today may install; two
ways of checking would be two answers; and a few thousandths of a second more do not matter here. Only public
values are computed with, so that timing tells nobody anything.
"""

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FORMAT, CHECKPOINT_FORMAT = "fivestep-evidence-1", "fivestep-checkpoint-1"
SIGNATURE_FORMAT, APPROVAL_FORMAT = "fivestep-signature-1", "fivestep-key-approval-1"
MANDATE_FORMAT = "fivestep-mandate-1"
LONGEST = 64 * 1024 * 1024
STEPS = {"responsible": "乙方", "issuing": "甲方"}
NEEDED_APPROVALS = 2
LOWER_KINDS = {"unit_member", "section_head_staff"}
HEX64, HEX128 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")

SHAPES: dict[str, set[str]] = {
    "file": {
        "format", "letters", "documents", "keys", "mandates", "entries", "checkpoint", "earlier", "seal",
    },
    "letter": {"content", "signatures"},
    "signature": {"algorithm", "public_key", "signed_bytes", "value"},
    "document": {"document", "sha256"},
    "key": {"key", "person", "sequence", "algorithm", "public_key", "approvals"},
    "approval": {"signed_bytes", "value"},
    "mandate": {"signed_bytes", "value"},
    "entry": {"sequence", "body", "proof"},
    "body": {
        "sequence", "at", "clock", "user", "name", "position", "address", "action", "subject", "detail",
    },
    "checkpoint": {
        "format", "size", "head", "root", "at", "algorithm", "public_key", "key_id", "signature",
    },
    "earlier": {"checkpoint", "proof"},
    "statement": {
        "format", "algorithm", "public_key", "key", "letter", "version", "serial", "step", "user", "person",
        "name", "position", "capacity", "mandate", "principal", "signed_at", "address", "content_sha256",
        "upper_sha256", "previous_sha256", "mark_sha256", "confirmation",
    },
}  # fmt: skip


class Altered(Exception):  # noqa: N818 - the finding, not a failure of this program
    """Something is not what was signed."""


# Ed25519 (RFC 8032 5.1): points as X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
Point = tuple[int, int, int, int]
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
ZERO: Point = (0, 1, 1, 0)


def add(left: Point, right: Point) -> Point:
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c, d = 2 * left[3] * right[3] * D % P, 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(factor: int, point: Point) -> Point:
    result = ZERO
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def decode_point(data: bytes) -> Point | None:
    """Return the point *data* spells; None for what spells none (5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encode_point(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signature(public_key: str, data: bytes, value: str) -> bool:
    """RFC 8032 5.1.7, without the cofactor; keys of small order, other spellings and S >= L are refused."""
    if not (HEX64.fullmatch(public_key) and HEX128.fullmatch(value)) or BASE is None:
        return False
    key, signature = bytes.fromhex(public_key), bytes.fromhex(value)
    point, scalar = decode_point(key), int.from_bytes(signature[32:], "little")
    if point is None or scalar >= ORDER or encode_point(multiply(8, point)) == encode_point(ZERO):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + data).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode_point(add(multiply(scalar, BASE), multiply(challenge, minus))) == signature[:32]


# Spelling and shape


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str, name: str) -> Any:
    """Return what *text* says; it must be spelled the one way the system spells it."""

    def refuse(found: str) -> Any:
        raise Altered(f"{name}里有不应有的数值 {found}")

    try:
        value = json.loads(text, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Altered(f"{name}不是完整的 JSON") from error
    if canonical(value) != text:
        raise Altered(f"{name}的写法不是系统写出的样子，被改动过")
    return value


def shaped(value: Any, shape: str, name: str) -> dict[str, Any]:
    """Return a mapping of exactly the fields of *shape*."""
    if not isinstance(value, dict) or value.keys() != SHAPES[shape]:
        raise Altered(f"{name}缺少内容或有多余的内容")
    return value


def listed(value: Any, shape: str, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise Altered(f"{name}不是列表")
    return [shaped(item, shape, name) for item in value]


def demand(holds: object, message: str) -> None:
    if not holds:
        raise Altered(message)


# The log (RFC 6962)


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def hashes(proof: Any) -> Iterator[bytes]:
    if not isinstance(proof, list) or not all(isinstance(x, str) and HEX64.fullmatch(x) for x in proof):
        raise Altered("日志证明的写法不对")
    return iter([bytes.fromhex(item) for item in proof])


def included(index: int, size: int, leaf: bytes, proof: Iterator[bytes]) -> bytes:
    """Return the root that follows from a leaf and its path (2.1.1)."""
    if size == 1:
        return leaf
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        left = included(index, half, leaf, proof)
        return node(left, next(proof))
    right = included(index - half, size - half, leaf, proof)
    return node(next(proof), right)


def grown(before: int, size: int, root: bytes | None, proof: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the earlier and of the whole log that follow from a consistency proof (2.1.2)."""
    if before == size:
        found = next(proof) if root is None else root
        return found, found
    half = 1 << (size - 1).bit_length() - 1
    if before <= half:
        old, new = grown(before, half, root, proof)
        return old, node(new, next(proof))
    old, new = grown(before - half, size - half, None, proof)
    left = next(proof)
    return node(left, old), node(left, new)


def follows(make: Callable[[Iterator[bytes]], object], proof: Any, expected: object) -> bool:
    """Say whether the whole proof, no more and no less, leads to what is expected."""
    steps = hashes(proof)
    try:
        return make(steps) == expected and next(steps, None) is None
    except (StopIteration, RuntimeError):
        return False


def check_checkpoint(fields: dict[str, Any], name: str) -> None:
    unsigned = {key: value for key, value in fields.items() if key != "signature"}
    demand((fields["format"], fields["algorithm"]) == (CHECKPOINT_FORMAT, "Ed25519"), f"{name}的格式不对")
    demand(all(isinstance(fields[key], str) for key in ("root", "public_key", "signature")), f"{name}不完整")
    demand(type(fields["size"]) is int and HEX64.fullmatch(fields["root"]), f"{name}不完整")
    signed = canonical(unsigned).encode()
    demand(is_signature(fields["public_key"], signed, fields["signature"]), f"{name}的签名不对")
    key_id = hashlib.sha256(bytes.fromhex(fields["public_key"])).hexdigest()[:16]
    demand(fields["key_id"] == key_id, f"{name}的密钥编号不对")


@dataclass
class Key:
    """A signing key and the places of the log between which it lived."""

    fields: dict[str, Any]
    begins: int = 0
    ends: int | None = None

    def lived_at(self, sequence: int) -> bool:
        return self.begins < sequence and (self.ends is None or sequence < self.ends)


@dataclass
class Evidence:
    """An evidence file while it is checked; *said* is what to print."""

    fields: dict[str, Any]
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    serial: str = ""
    code: str = ""

    def find(self, action: str, subject: str, **facts: object) -> int:
        """Return the place of the one entry that says this; it counts as used."""
        found = [
            sequence
            for sequence, body in self.entries.items()
            if (body["action"], body["subject"]) == (action, subject)
            and all(body["detail"].get(name) == value for name, value in facts.items())
        ]
        demand(len(found) == 1, f"日志里应有一条“{action}”（{subject}）与证据相符，实有 {len(found)} 条")
        self.used.add(found[0])
        return found[0]

    def check_log(self) -> None:
        checkpoint = shaped(self.fields["checkpoint"], "checkpoint", "检查点")
        check_checkpoint(checkpoint, "检查点")
        root, size, last = bytes.fromhex(checkpoint["root"]), checkpoint["size"], 0
        for entry in listed(self.fields["entries"], "entry", "日志记录"):
            sequence = entry["sequence"]
            demand(type(sequence) is int and last < sequence <= size, "日志记录的序号不对")
            name, last = f"第 {sequence} 条日志记录", sequence
            demand(isinstance(entry["body"], str), f"{name}不完整")
            leaf = hashlib.sha256(b"\x00" + entry["body"].encode()).digest()
            is_there = follows(lambda p: included(sequence - 1, size, leaf, p), entry["proof"], root)  # noqa: B023
            demand(is_there, f"{name}不在检查点所证明的日志里")
            body = shaped(parse(entry["body"], name), "body", name)
            demand(body["sequence"] == sequence and isinstance(body["detail"], dict), f"{name}的序号不对")
            self.entries[sequence] = body
        for item in listed(self.fields["earlier"], "earlier", "较早的检查点"):
            self._check_earlier(item, root, size)
        self.said.append(
            f"日志：{len(self.entries)} 条记录都在检查点之内（共 {size} 条，{local(checkpoint['at'])}，"
            f"密钥编号 {checkpoint['key_id']}）"
        )

    def _check_earlier(self, item: dict[str, Any], root: bytes, size: int) -> None:
        before = shaped(item["checkpoint"], "checkpoint", "较早的检查点")
        check_checkpoint(before, "较早的检查点")
        demand(before["public_key"] == self.fields["checkpoint"]["public_key"], "较早的检查点出自另一把密钥")
        demand(0 < before["size"] <= size, "较早的检查点比日志还长")
        old = bytes.fromhex(before["root"])
        is_prefix = follows(lambda p: grown(before["size"], size, old, p), item["proof"], (old, root))
        demand(is_prefix, f"日志与 {before['at']} 的检查点不一致，被改写过")

    def check_seal(self) -> None:
        unsealed = {name: value for name, value in self.fields.items() if name != "seal"}
        public_key, seal = self.fields["checkpoint"]["public_key"], self.fields["seal"]
        is_sealed = isinstance(seal, str) and is_signature(public_key, canonical(unsealed).encode(), seal)
        demand(is_sealed, "证据文件的封签不对，文件被改动过")

    def check_keys(self) -> None:
        for fields in listed(self.fields["keys"], "key", "签名密钥"):
            number = fields["key"]
            demand(type(number) is int and number not in self.keys, "签名密钥的编号不对")
            demand(fields["algorithm"] == "ed25519" and isinstance(fields["public_key"], str), "签名算法不对")
            self.keys[number] = Key(fields)
        for number, key in self.keys.items():
            self._check_key(number, key)
        for number, key in self.keys.items():
            self._check_approvals(number, key)

    def _check_key(self, number: int, key: Key) -> None:
        """Find the key's making in the log, when it began to count and when it ended."""
        subject, is_first = f"key:{number}", key.fields["sequence"] == 1
        made = self.find("key.made" if is_first else "key.requested", subject)
        row = self.entries[made]["detail"].get("row", {})
        names = {"person": "person_id", "sequence": "sequence", "algorithm": "algorithm"}
        names["public_key"] = "public_key"
        is_same = all(row.get(column) == key.fields[name] for name, column in names.items())
        demand(is_same and row.get("id") == number, f"第 {number} 号密钥与日志里建立时的不同")
        key.begins = made if is_first else self.find("key.activated", subject)
        ended = [at for at, body in self.entries.items() if body["subject"] == subject]
        ended = [at for at in ended if self.entries[at]["action"] == "key.ended"]
        key.ends = min(ended, default=None)
        self.used.update(ended)

    def _check_approvals(self, number: int, key: Key) -> None:
        """A first key needs none; a later one two others, each with a key that lived then (S5)."""
        approvals = listed(key.fields["approvals"], "approval", "密钥确认")
        wanted = 0 if key.fields["sequence"] == 1 else NEEDED_APPROVALS
        demand(len(approvals) == wanted, f"第 {number} 号密钥的确认应有 {wanted} 份")
        approvers = {key.fields["person"]}
        for approval in approvals:
            said = parse(approval["signed_bytes"], "密钥确认")
            approver = self.keys.get(said.get("key"))
            demand(approver is not None, "确认人的密钥不在证据里")
            assert approver is not None  # noqa: S101 - for the type checker
            new_key = {name: value for name, value in key.fields.items() if name != "approvals"}
            is_meant = said.get("format") == APPROVAL_FORMAT and said.get("new_key") == new_key
            demand(is_meant, f"确认的不是第 {number} 号密钥")
            self._check_signed(approval, approver, said, "approver", "密钥确认")
            demand(said["approver"] not in approvers, "两份确认须出自本人以外的两个人")
            approvers.add(said["approver"])
            at = self._find_approval(number, approval)
            demand(approver.lived_at(at) and at < key.begins, "确认时所用的密钥不在有效期内")

    def _find_approval(self, number: int, approval: dict[str, Any]) -> int:
        for at, body in self.entries.items():
            row = body["detail"].get("approval_row", {})
            is_it = (row.get("signed_bytes"), row.get("value")) == (
                approval["signed_bytes"],
                approval["value"],
            )
            if (body["action"], body["subject"]) == ("key.approved", f"key:{number}") and is_it:
                self.used.add(at)
                return at
        raise Altered("日志里没有这份密钥确认")

    def _check_signed(
        self, signed: dict[str, Any], key: Key, said: dict[str, Any], whose: str, name: str
    ) -> None:
        """Demand that the key named in the statement is that person's and made the signature."""
        own = (key.fields["algorithm"], key.fields["public_key"], key.fields["person"])
        demand(
            (said.get("algorithm"), said.get("public_key"), said.get(whose)) == own, f"{name}所用的密钥不对"
        )
        is_good = isinstance(signed["value"], str) and is_signature(
            key.fields["public_key"], signed["signed_bytes"].encode(), signed["value"]
        )
        demand(is_good, f"{name}的签名不对")

    def check_letters(self) -> None:
        letters = listed(self.fields["letters"], "letter", "责任书")
        demand(letters, "没有责任书")
        above: dict[str, Any] | None = None
        effective: int | None = None
        for place in range(len(letters) - 1, -1, -1):
            checked = Letter(self, letters[place], above, effective)
            effective = checked.check(is_main=place == 0)
            above = letters[place]
        content = letters[0]["content"]
        self.serial, self.code = content["serial"], sha256(canonical(content))[:16]

    def check_documents(self) -> None:
        known = set[int]()
        for document in listed(self.fields["documents"], "document", "Word 文件"):
            number, digest = document["document"], document["sha256"]
            found = [
                at
                for at, body in self.entries.items()
                if body["action"] == "documents.made"
                and body["detail"].get("documents", {}).get(str(number)) == digest
            ]
            demand(type(number) is int and number not in known and found, "Word 文件与日志不符")
            known.add(number)
            self.used.update(found)

    def check_all_used(self) -> None:
        """Entries that prove nothing here must at least be about a letter of the file or its changes."""
        subjects = {self.entries[at]["subject"] for at in self.used}
        for at in self.entries.keys() - self.used:
            body = self.entries[at]
            is_about = body["subject"] in subjects or body["action"].startswith(("change.", "mandate."))
            demand(is_about, f"第 {at} 条日志记录与这份责任书无关")


@dataclass
class Letter:
    """One letter of the chain; *above* is the one it refers to, in force from the entry *since*."""

    evidence: Evidence
    fields: dict[str, Any]
    above: dict[str, Any] | None
    since: int | None

    def check(self, *, is_main: bool) -> int | None:
        """Check text, chain and signatures; return the place of the entry that brought it into force."""
        content = self.fields["content"]
        demand(isinstance(content, dict) and isinstance(content.get("number"), str), "责任书没有正文")
        self.content, self.digest = content, sha256(canonical(content))
        self.name = f"责任书 {content['number']} 第 {content.get('version')} 版"
        facts = {"version": content["version"], "serial": content["serial"], "sha256": self.digest}
        issued = self._find_issue(facts)
        self.subject = self.evidence.entries[issued]["subject"]
        allowed = self._find_exception()
        self._check_chain(issued, allowed)
        signatures = listed(self.fields["signatures"], "signature", f"{self.name}的签署")
        steps = list(STEPS)[: len(signatures)]
        demand(len(signatures) <= len(STEPS), f"{self.name}的签署多于两份")
        demand(len(signatures) == len(STEPS) or not is_main, f"{self.name}缺少签署")
        self.evidence.said.append(
            f"{self.name}：{content['title']}，正文与发出时一致，校验码 {self.digest[:16]}"
        )
        before, last = None, issued
        for step, signature in zip(steps, signatures, strict=True):
            last = self._check_signature(step, signature, before, last)
            before = sha256(signature["signed_bytes"] + signature["value"])
        return last if len(signatures) == len(STEPS) else None

    def _find_issue(self, facts: dict[str, Any]) -> int:
        found = [
            at
            for at, body in self.evidence.entries.items()
            if body["action"] == "letter.issued"
            and all(body["detail"].get(name) == value for name, value in facts.items())
        ]
        demand(len(found) == 1, f"{self.name}：正文与日志里发出的不同，内容被改动过")
        self.evidence.used.add(found[0])
        return found[0]

    def _find_exception(self) -> bool:
        found = {
            at
            for at, body in self.evidence.entries.items()
            if (body["action"], body["subject"]) == ("letter.exception_allowed", self.subject)
        }
        self.evidence.used |= found
        return bool(found)

    def _check_chain(self, issued: int, allowed: bool) -> None:  # noqa: FBT001 - private
        upper = self.content["upper"]
        if upper is None:
            is_top = self.content["kind"] not in LOWER_KINDS or allowed
            demand(self.above is None and is_top, f"{self.name}没有指明上级责任书")
            return
        demand(self.above is not None, f"{self.name}的上级责任书不在证据里")
        above = self.above["content"] if self.above else {}
        said = {"number": above.get("number"), "content_sha256": sha256(canonical(above))}
        demand(upper == said, f"{self.name}所指的上级责任书不是证据里的这一份")
        is_in_order = self.since is not None and self.since < issued
        demand(is_in_order or allowed, f"{self.name}发出时上级责任书还没有生效，也没有批准先行发出")
        self.evidence.said.append(f"{self.name}：上级责任书是 {upper['number']}，正文相符")

    def _check_signature(self, step: str, signature: dict[str, Any], before: str | None, last: int) -> int:
        name = f"{self.name}{STEPS[step]}的签署"
        demand(isinstance(signature["signed_bytes"], str), f"{name}不完整")
        said = shaped(parse(signature["signed_bytes"], name), "statement", name)
        key = self.evidence.keys.get(said["key"])
        demand(key is not None, f"{name}所用的密钥不在证据里")
        assert key is not None  # noqa: S101 - for the type checker
        named = (signature["algorithm"], signature["public_key"])
        demand(named == (said["algorithm"], said["public_key"]), f"{name}的算法或公钥不对")
        self.evidence._check_signed(signature, key, said, "person", name)  # noqa: SLF001 - one file
        upper = self.content["upper"]
        wanted = {
            "format": SIGNATURE_FORMAT,
            "letter": self.content["number"],
            "version": self.content["version"],
            "serial": self.content["serial"],
            "step": step,
            "content_sha256": self.digest,
            "upper_sha256": upper["content_sha256"] if upper else None,
            "previous_sha256": before,
            "confirmation": "pin",
        }
        for field_name, value in wanted.items():
            demand(said[field_name] == value, f"{name}签的不是这一份、这一版或这一步（{field_name}）")
        mandate = self._check_signer(step, said, name)
        at = self._find_signing(signature, said, name)
        demand(at > last and key.lived_at(at), f"{name}时密钥不在有效期内，或次序不对")
        self.evidence.said.append(
            f"{name}：{mandate}{said['position']} {said['name']}，{local(said['signed_at'])}，"
            f"密钥 {said['public_key'][:16]}…（第 {said['key']} 号），日志第 {at} 条"
        )
        return at

    def _check_signer(self, step: str, said: dict[str, Any], name: str) -> str:
        """The side's own signatory, or a deputy under a mandate signed with the signatory's key (S8)."""
        party = self.content[step]
        if said["capacity"] == "principal":
            is_own = (said["name"], said["position"]) == (party["name"], party["position"])
            demand(
                is_own and said["mandate"] is None and said["principal"] is None, f"{name}人不是该方签署人"
            )
            return ""
        demand(said["capacity"] == "deputy", f"{name}的身份不对")
        for mandate in self.evidence.fields["mandates"]:
            if sha256(mandate["signed_bytes"]) == said["mandate"]:
                text = parse(mandate["signed_bytes"], "代签委托")
                people = (text["principal"]["person"], text["deputy"]["person"])
                demand(people == (said["principal"], said["person"]), f"{name}与代签委托不符")
                demand(text["principal"]["name"] == party["name"], f"{name}的委托人不是该方签署人")
                return f"（代，受{party['name']}委托）"
        raise Altered(f"{name}没有代签委托")

    def _find_signing(self, signature: dict[str, Any], said: dict[str, Any], name: str) -> int:
        for at, body in self.evidence.entries.items():
            row = body["detail"].get("signature_row", {})
            kept = {key: row.get(key) for key in signature}
            if (body["action"], body["subject"]) == ("letter.signed", self.subject) and kept == signature:
                demand((body["user"], body["name"]) == (said["user"], said["name"]), f"{name}人与日志不符")
                self.evidence.used.add(at)
                return at
        raise Altered(f"日志里没有{name}")


def check_mandates(evidence: Evidence) -> None:
    """Each mandate is signed by the principal's key, stands in the log and was used."""
    signed = [
        parse(item["signed_bytes"], "签署")
        for letter in evidence.fields["letters"]
        for item in letter["signatures"]
    ]
    for mandate in listed(evidence.fields["mandates"], "mandate", "代签委托"):
        text = parse(mandate["signed_bytes"], "代签委托")
        key = evidence.keys.get(text["key"])
        demand(key is not None and text["format"] == MANDATE_FORMAT, "代签委托的密钥或格式不对")
        assert key is not None  # noqa: S101 - for the type checker
        owner = {**text, "principal": text["principal"]["person"]}
        evidence._check_signed(mandate, key, owner, "principal", "代签委托")  # noqa: SLF001 - one file
        digest = sha256(mandate["signed_bytes"])
        users = [said for said in signed if said["mandate"] == digest]
        demand(users, "有一份代签委托没有用到")
        for said in users:
            day = said["signed_at"][:10]
            demand(text["made_at"] <= said["signed_at"], "代签早于委托")
            demand(
                text["valid_from"] <= local(said["signed_at"])[:10] <= text["valid_to"],
                f"{day} 不在委托的期限内",
            )
        rows = [
            at
            for at, body in evidence.entries.items()
            if body["action"] == "mandate.given"
            and {name: body["detail"].get("row", {}).get(name) for name in mandate} == mandate
        ]
        demand(len(rows) == 1 and key.lived_at(rows[0]), "日志里没有这份代签委托，或委托时密钥不在有效期内")
        evidence.used.update(rows)


def local(moment: str) -> str:
    """Return a moment in UTC as the clock in China shows it (UTC+8, no summer time)."""
    return f"{datetime.fromisoformat(moment) + timedelta(hours=8):%Y-%m-%d %H:%M}"


def check(data: bytes) -> Evidence:
    """Return the evidence when all of it holds; raise Altered with the first thing that does not."""
    is_whole = len(data) <= LONGEST and data.endswith(b"\n")
    demand(is_whole, "不是证据文件，或者证据文件不完整，请到系统重新下载")
    try:
        text = data[:-1].decode("ascii")
    except UnicodeDecodeError as error:
        raise Altered("证据文件里有不应有的字符") from error
    evidence = Evidence(shaped(parse(text, "证据文件"), "file", "证据文件"))
    demand(evidence.fields["format"] == FORMAT, f"证据文件的格式不是 {FORMAT}")
    try:
        evidence.check_log()
        evidence.check_seal()
        evidence.check_keys()
        evidence.check_letters()
        check_mandates(evidence)
        evidence.check_documents()
        evidence.check_all_used()
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise Altered(f"证据文件的内容不完整（{type(error).__name__}）") from error
    return evidence


def check_word(evidence: Evidence, path: Path) -> None:
    """The Word file is one that was made of this letter, and shows its codes."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = {document["sha256"] for document in evidence.fields["documents"]}
    demand(digest in known, f"{path} 不是这份责任书存档的文件：改动过、另存过，或是另一份文件")
    with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
        text = re.sub(r"<[^>]*>", "", part.read(LONGEST).decode())
    printed = " ".join(re.findall("....", evidence.serial))
    demand(printed in text and evidence.code in text, f"{path} 上印的核验编号或校验码不是这份责任书的")
    evidence.said.append(f"Word 文件：{path.name} 与存档的一致")


def check_kept(evidence: Evidence, path: Path) -> None:
    """The kept checkpoint is the file's own, or one the log has since only grown from."""
    kept = shaped(parse(path.read_text(encoding="ascii").strip(), str(path)), "checkpoint", str(path))
    check_checkpoint(kept, str(path))
    own = evidence.fields["checkpoint"]
    demand(kept["public_key"] == own["public_key"], f"{path} 出自另一把密钥，不是同一个系统的")
    known = [own, *(item["checkpoint"] for item in evidence.fields["earlier"])]
    same = [item for item in known if item["size"] == kept["size"]]
    demand(
        same, f"证据文件不能与 {path} 对照，请到系统重新下载证据文件，或用 verify_checkpoint.py 核对整个日志"
    )
    is_same = all((item["root"], item["head"]) == (kept["root"], kept["head"]) for item in same)
    demand(is_same, f"{path} 与证据里的日志不一致：日志被改写过")
    held = sum(at <= kept["size"] for at in evidence.entries)
    evidence.said.append(
        f"检查点：与 {path.name} 一致，其中已有 {held} 条记录（共 {len(evidence.entries)} 条）"
    )


def main(arguments: list[str]) -> int:
    """Print the finding; 0 when everything holds."""
    parser = argparse.ArgumentParser(description="脱离系统核验责任书的证据文件")
    parser.add_argument("evidence", type=Path, metavar="EVIDENCE.json")
    parser.add_argument("--word", type=Path, metavar="FILE.docx", help="一并核对的 Word 文件")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="另外保存的检查点")
    parser.add_argument("--key", help="应有的检查点密钥编号（纸质检查点上印的 16 位）")
    wanted = parser.parse_args(arguments)
    try:
        evidence = check(wanted.evidence.read_bytes())
        own = evidence.fields["checkpoint"]
        if wanted.key:
            is_own = wanted.key.lower() in (own["key_id"], own["public_key"])
            demand(is_own, f"检查点的密钥编号是 {own['key_id']}，不是 {wanted.key}")
        if wanted.checkpoint:
            check_kept(evidence, wanted.checkpoint)
        if wanted.word:
            check_word(evidence, wanted.word)
    except Altered as finding:
        print(f"不通过：{finding}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"不通过：打不开文件 {error.filename}，请核对文件名和位置", file=sys.stderr)
        return 1
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        print(f"不通过：文件无法读取（{error}）", file=sys.stderr)
        return 1
    print("\n".join(evidence.said))
    if not (wanted.key or wanted.checkpoint):
        print(f"提示：请核对检查点密钥编号 {own['key_id']} 与纸质检查点上的一致，或用 --checkpoint 指定文件")
    print(
        f"通过：核验编号 {evidence.serial}，{len(evidence.keys)} 把密钥，{len(evidence.entries)} 条日志记录"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
