"""What the section 会商和督办情况 of a bulletin is filled with from the records of step 3 (C07)."""

from dataclasses import replace
from datetime import date

from fivestep_web.assessment.daily.bulletins.rules import Consultation, Held, Parts
from fivestep_web.assessment.daily.rules import month_end
from fivestep_web.supervision.meetings.queries import month_summary
from fivestep_web.supervision.notices.queries import issued_between


def held_in(year: int, month: int) -> Held:
    """Return the month's joint consultation, once minuted, and its notices, all and those answered."""
    last = month_end(year, month)
    sent = issued_between(year, date(year, month, 1), last)
    answered = sum(notice.answered_on is not None and notice.answered_on <= last for notice in sent)
    return Held(_consultation(year, month), notices_sent=len(sent), notices_answered=answered)


def add_consultation(parts: Parts, year: int, month: int) -> Parts:
    """Return the parts with the month's joint consultation, once minuted, unless one is written."""
    return parts if parts.consultation else replace(parts, consultation=_consultation(year, month))


def _consultation(year: int, month: int) -> Consultation | None:
    found = month_summary(year, month)
    return None if found is None else Consultation(found.held_on.isoformat(), found.raised, found.solved)
