"""Reads of the log: in order for verifying, newest first for people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit import labels, names, reserved, telling
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import Link, canonical
from fivestep_web.core.clock import ZONE
from fivestep_web.extensions import db

BATCH = 2_000
PAGE = 50
ONE_DAY = timedelta(days=1)
# facts of results not yet public: kept for verifying, not shown to the administrator (domain.md section 6)
HIDDEN = {"goal.points_given": frozenset({"points", "before", "reason"})}
FIRST_DAY, LAST_DAY = date.min + ONE_DAY, date.max - ONE_DAY


def read_links(after: int = 0) -> Iterator[Link]:
    """Yield the entries after *after* in order, a batch in memory at a time."""
    columns = AuditEntry.__table__.c
    query = select(
        columns.sequence,
        columns.at,
        columns.user_id,
        columns.action,
        columns.subject,
        columns.body,
        columns.previous,
        columns.digest,
    ).order_by(columns.sequence)
    last: int | None = None
    while True:
        bound = query if last is None and after == 0 else query.where(columns.sequence > (last or after))
        rows = db.session.execute(bound.limit(BATCH)).all()
        for row in rows:
            yield Link(*row)
        if len(rows) < BATCH:
            return
        last = rows[-1].sequence


@dataclass(frozen=True)
class Search:
    """What the reader of the log looks for; empty means all."""

    subject: str = ""
    action: str = ""
    name: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it."""

    sequence: int
    at: datetime
    name: str
    position: str
    action: str
    subject: str
    subject_shown: str
    subject_name: str
    address: str
    detail: str


def list_lines(search: Search, *, before: int | None = None) -> list[Line]:
    """Return the newest entries that fit, one more than a page so that the pager knows whether to go on.

    A subject "kind:id" is looked for exactly, a kind alone finds all of it; an action by its beginning.
    """
    query = select(AuditEntry).where(reserved.is_shown())
    query = query.order_by(AuditEntry.sequence.desc()).limit(PAGE + 1)
    if ":" in search.subject:
        query = query.where(AuditEntry.subject == search.subject)
    elif search.subject:
        query = query.where(AuditEntry.subject.startswith(f"{search.subject}:", autoescape=True))
    if search.action:
        query = query.where(AuditEntry.action.startswith(search.action, autoescape=True))
    if search.name:
        query = query.where(AuditEntry.body.contains(f'"name":{canonical(search.name)}', autoescape=True))
    if search.since is not None:
        query = query.where(AuditEntry.at >= _midnight(search.since))
    if search.until is not None:
        query = query.where(AuditEntry.at < _midnight(search.until) + ONE_DAY)
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    read = [(entry, json.loads(entry.body)) for entry in db.session.scalars(query)]
    facts = [telling.facts(entry.subject, body["detail"]) for entry, body in read]
    known = names.find(facts, (entry.subject for entry, _body in read))
    return [_line(entry, body, told, known) for (entry, body), told in zip(read, facts, strict=True)]


def _line(entry: AuditEntry, body: dict[str, Any], facts: dict[str, Any], known: names.Names) -> Line:
    kind, _colon, number = entry.subject.partition(":")
    return Line(
        sequence=entry.sequence,
        at=entry.at,
        name=body["name"],
        position=body["position"],
        action=labels.ACTIONS.get(entry.action, entry.action),
        subject=entry.subject,
        subject_shown=telling.number(entry.subject, body["detail"]) or labels.subject_shown(entry.subject),
        subject_name=known.get(kind, {}).get(int(number), "") if number.isdecimal() else "",
        address=body["address"],
        detail=_told(entry.action, names.told(facts, known)),
    )


def _told(action: str, detail: dict[str, object]) -> str:
    hidden = HIDDEN.get(action, frozenset())
    return labels.detail_shown(
        {name: _("（不公开）") if name in hidden else value for name, value in detail.items()}
    )


def count_entries() -> int:
    """Return how many entries the log holds."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _midnight(day: date) -> datetime:
    """Return when *day* begins here; the calendar's own first and last day have no such moment in UTC."""
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time(), ZONE)
