"""Consultations, dispatch and review meetings opened by the clock."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.meetings import opening
from tasks.registry import task


@task()
def open_meetings(claim: Claim, day: str) -> None:
    """Bring the agendas ahead up to date and open what is missing of the meetings due.

    Running it again changes nothing. The business date counts, not the day of the slot: a demo plays its own.
    Meetings are locked before their year, as who closes one does.
    """
    del day
    with publishing(claim):
        opening.refresh_coming(clock.today())
        opening.open_due(clock.today())
