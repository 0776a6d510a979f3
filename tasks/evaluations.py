"""Stage evaluations opened by the clock, and when a phase is accepted before its day."""

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


@task()
def open_completed(claim: Claim, milestone_id: int) -> None:
    """Open the evaluation of a phase that was accepted; running it again changes nothing."""
    with publishing(claim):
        opening.open_completed(milestone_id)
