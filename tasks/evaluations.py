"""Stage evaluations opened by the clock."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.evaluations import opening
from tasks.registry import task


@task()
def open_due(claim: Claim, day: str) -> None:
    """Open the evaluation of every phase that ended (R3.11); running it again changes nothing.

    The business date counts, not the day of the slot: a demo plays its own.
    """
    del day
    with publishing(claim):
        opening.open_due(clock.today())
