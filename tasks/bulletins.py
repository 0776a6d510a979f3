"""Monthly bulletins drafted by the clock."""

from fivestep_web.assessment.daily.bulletins import services
from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from tasks.registry import task


@task()
def draft_due(claim: Claim, day: str) -> None:
    """Draft what is missing of the months that are over; running it again changes nothing.

    The business date counts, not the day of the slot: a demo plays its own.
    """
    del day
    with publishing(claim):
        services.draft_due(clock.today())
