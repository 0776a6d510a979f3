"""The clock reminds supervisors, once each, that a follow-up comes near and that it is due (N9, 5.7)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from fivestep_web.assessment.admonitions.models import Admonition, AdmonitionReminder, AdmonitionTalk
from fivestep_web.assessment.admonitions.rules import AdmonitionState, reminder_on
from fivestep_web.audit.services import record
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.extensions import db

OPEN = (AdmonitionState.TALKED, AdmonitionState.RECTIFYING)


def remind_due(today: date) -> int:
    """Note a reminder for each case whose time has come; return how many. Running it again adds none."""
    query = (
        select(Admonition.id, AdmonitionTalk.effect_until)
        .join(AdmonitionTalk, AdmonitionTalk.admonition_id == Admonition.id)
        .where(Admonition.state.in_(OPEN))
        .order_by(Admonition.id)
    )
    wanted = [
        (case_id, kind)
        for case_id, effect_until in db.session.execute(query)
        if (kind := reminder_on(effect_until, today)) is not None
    ]
    known = {(item.admonition_id, item.kind) for item in list_reminders([case_id for case_id, _ in wanted])}
    new = [pair for pair in wanted if pair not in known]
    for case_id, kind in new:
        db.session.add(AdmonitionReminder(admonition_id=case_id, kind=kind, reminded_on=today))
        db.session.flush()
        record(SYSTEM, "admonition.reminded", f"admonition:{case_id}", date=today)
    return len(new)


def list_reminders(case_ids: Sequence[int]) -> Sequence[AdmonitionReminder]:
    """Return the reminders of these cases; asks nothing where there is none."""
    if not case_ids:
        return ()
    query = select(AdmonitionReminder).where(AdmonitionReminder.admonition_id.in_(case_ids))
    return db.session.scalars(query).all()
