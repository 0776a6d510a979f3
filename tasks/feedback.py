"""Feedback of the units opened by the clock (R3.10)."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.feedback import services
from tasks.registry import task


@task()
def open_due(claim: Claim, day: str) -> None:
    """Open the feedback of the months whose time has come; running it again changes nothing.

    The business date counts, not the day of the slot: a demo plays its own.
    """
    del day
    with publishing(claim):
        services.open_due(clock.today())
