"""Append to the audit log, in the transaction of the change itself."""

from sqlalchemy import select, text

from fivestep_web.audit import rules
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

CHAIN_LOCK = 5_200_001  # PostgreSQL advisory lock: one writer of the chain at a time


def record(actor: Actor, action: str, subject: str, **detail: object) -> AuditEntry:
    """Append who did what to which thing; fails with the change it belongs to (trust.md A1, A2).

    *subject* is "kind:id"; *detail* holds facts, never passwords, codes, cookies or ballots (A7).
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = db.session.execute(
        select(AuditEntry.sequence, AuditEntry.digest).order_by(AuditEntry.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, rules.GENESIS)
    at = clock.system_now()
    body = rules.canonical(
        {
            "sequence": sequence,
            "at": at,
            "user": actor.user_id,
            "name": actor.name,
            "position": actor.position,
            "action": action,
            "subject": subject,
            "detail": detail,
        }
    )
    entry = AuditEntry(
        sequence=sequence,
        at=at,
        user_id=actor.user_id,
        action=action,
        subject=subject,
        body=body,
        previous=previous,
        digest=rules.chain_digest(previous, body),
    )
    db.session.add(entry)
    db.session.flush()
    return entry
