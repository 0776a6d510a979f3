"""What step 3 tells a month's bulletin beforehand (C07 会商和督办情况); the clerk may write otherwise."""

from dataclasses import replace

from fivestep_web.assessment.daily.bulletins.rules import Consultation, Parts
from fivestep_web.supervision.meetings.queries import month_summary


def fill(parts: Parts, year: int, month: int) -> Parts:
    """Return the parts with the month's joint consultation, once minuted, unless one is written."""
    found = month_summary(year, month)
    if parts.consultation is not None or found is None:
        return parts
    held = Consultation(found.held_on.isoformat(), found.raised, found.solved)
    return replace(parts, consultation=held)
