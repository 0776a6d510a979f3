"""Dates that another working calendar, deadline or goal would move, listed by the clock."""

from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.org import moved_dates
from fivestep_web.org.queries import get_calendar
from tasks.registry import task


@task()
def list_moved_dates(claim: Claim, day: str) -> None:
    """List every date computed before that would be another now; running it again changes nothing."""
    del day
    with publishing(claim):
        moved_dates.propose(SYSTEM, get_calendar())
