"""What the section 会商和督办情况 of a bulletin is filled with from the records of step 3 (C07)."""

from datetime import date

from fivestep_web.assessment.daily.bulletins.rules import Held
from fivestep_web.assessment.daily.rules import month_end
from fivestep_web.supervision.notices.queries import issued_between


def held_in(year: int, month: int) -> Held:
    """Return the month's notices: how many were sent, and how many of them answered by its last day."""
    last = month_end(year, month)
    sent = issued_between(year, date(year, month, 1), last)
    answered = sum(notice.answered_on is not None and notice.answered_on <= last for notice in sent)
    return Held(notices_sent=len(sent), notices_answered=answered)
