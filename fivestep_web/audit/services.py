"""Append to the audit log, in the transaction of the change itself."""

from flask import has_request_context, request
from sqlalchemy import select, text

from fivestep_web.audit import rules
from fivestep_web.audit.head import Head, find_head, put_head
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

CHAIN_LOCK = 5_200_001  # PostgreSQL advisory lock: one writer of the chain at a time


def record(actor: Actor, action: str, subject: str, **detail: object) -> AuditEntry:
    """Append who did what to which thing, when and from where; fails with the change it belongs to (A1, A2).

    *subject* is "kind:id"; *detail* holds facts, never passwords, codes, cookies or ballots (A7).
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = db.session.execute(
        select(AuditEntry.sequence, AuditEntry.digest, AuditEntry.at)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).first()
    # after a cut tail the chain goes on from the mark, so that the gap stays for verifying to find
    head = find_head() or (Head(last.sequence, last.digest) if last else Head(0, rules.GENESIS))
    sequence = max(head.sequence, last.sequence if last else 0) + 1
    now = clock.system_now()
    at = max(now, last.at) if last else now  # a clock set back must not look like a back-dated entry
    body = rules.canonical(
        {
            "sequence": sequence,
            "at": at,
            "clock": now,
            "user": actor.user_id,
            "name": actor.name,
            "position": actor.position,
            "address": (request.remote_addr if has_request_context() else None) or "",
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
        previous=head.digest,
        digest=rules.chain_digest(head.digest, body),
    )
    db.session.add(entry)
    db.session.flush()
    put_head(Head(sequence, entry.digest))
    return entry
