"""Work of the ballots in the queue."""

from fivestep_web.assessment.ballots import sealing
from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from tasks.registry import LONGEST, UNTIL_DONE, task


@task(time_limit=LONGEST, tries=UNTIL_DONE)
def sweep(claim: Claim, cycle_id: int) -> None:
    """Leave storage without a trace of how sealed ballots were cast; running it again changes nothing."""
    with unit_of_work():
        sealing.shuffle_codes(cycle_id)
    sealing.scrub()
    with jobs.publishing(claim):
        sealing.mark_swept(SYSTEM, cycle_id)
