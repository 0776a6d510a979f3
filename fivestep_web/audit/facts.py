"""A stored row as the log keeps it, and what has since been altered in it (trust.md S4).

An entry whose change is evidence carries the whole row under the name ROW; the latest such entry about a
thing says what its row must hold now.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select

from fivestep_web.audit.keys import derived_key
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import Plain, canonical, plain, sha256_of
from fivestep_web.core.database import Base
from fivestep_web.extensions import db

ROW = "row"
BATCH = 500


def facts_of(
    row: Base, *, hashed: Collection[str] = (), keyed: Collection[str] = (), without: Collection[str] = ()
) -> dict[str, Plain]:
    """Return every column of a flushed row; *without* are left out.

    *hashed* ones, long or random, are the hash of their value; *keyed* ones, of which few values are likely,
    the keyed digest.
    """
    facts: dict[str, Plain] = {}
    for attribute in inspect(type(row)).column_attrs:
        name = attribute.key
        if name in without:
            continue
        value = getattr(row, name)
        if isinstance(value, Decimal):
            value = format(value.normalize() + Decimal(0), "f")  # as the database spells it
        if name in keyed:
            place = f"{row.__tablename__}:{inspect(row).identity}:{name}"
            facts[name] = keyed_digest(place, value)
        else:
            facts[name] = sha256_of(value) if name in hashed else plain(value)
    return facts


def keyed_digest(place: str, value: object) -> str:
    """Return what shows a change of *value* and nobody finds by trying, without the instance secret.

    *place* is where the value stands: equal values of two places look different.
    """
    text = canonical([place, value])
    return hmac.digest(derived_key("audit-fact/1"), text.encode(), "sha256").hex()


def altered(now: Mapping[str, object], logged: Mapping[str, object]) -> list[str]:
    """Return the names under which two accounts of one row differ."""
    return [
        name for name in dict.fromkeys((*logged, *now)) if now.get(name, ROW) != logged.get(name, ROW)
    ]  # ROW is no value of any column


def called(names: Collection[str], labels: Mapping[str, str]) -> str:
    """Return columns as a person calls them: “生效时间”“状态”."""
    return "".join(f"“{labels.get(name, name)}”" for name in names)


@dataclass(frozen=True)
class Logged:
    """One entry about a thing: its place in the log, what was done, and its facts."""

    sequence: int
    action: str
    subject: str
    detail: dict[str, Any]

    @property
    def row(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.detail.get(ROW)
        return found


def read_logged(*kinds: str) -> Iterator[Logged]:
    """Yield the entries about things of *kinds* ("letter", "key") in the order of the log."""
    last = 0
    while True:
        entries = db.session.execute(
            select(AuditEntry.sequence, AuditEntry.action, AuditEntry.subject, AuditEntry.body)
            .where(AuditEntry.sequence > last, _is_about(kinds))
            .order_by(AuditEntry.sequence)
            .limit(BATCH)
        ).all()
        for sequence, action, subject, body in entries:
            yield Logged(sequence, action, subject, json.loads(body)["detail"])
        if len(entries) < BATCH:
            return
        last = entries[-1].sequence


def read_logged_about(subject: str) -> list[Logged]:
    """Return the entries about one thing, "letter:12", in the order of the log."""
    entries = db.session.execute(
        select(AuditEntry.sequence, AuditEntry.action, AuditEntry.body)
        .where(AuditEntry.subject == subject)
        .order_by(AuditEntry.sequence)
    )
    return [
        Logged(sequence, action, subject, json.loads(body)["detail"]) for sequence, action, body in entries
    ]


def _is_about(kinds: Collection[str]) -> Any:
    conditions = [AuditEntry.subject.startswith(f"{kind}:", autoescape=True) for kind in kinds]
    first, *others = conditions
    for condition in others:
        first |= condition
    return first
