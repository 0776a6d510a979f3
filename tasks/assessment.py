"""Work of the assessment in the queue."""

from fivestep_web.assessment.cycles import services
from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim
from tasks.registry import task


@task()
def close_vote(claim: Claim, year: int) -> None:
    """Close the year's vote once its time has come; running it again changes nothing."""
    with jobs.publishing(claim):
        services.close_due_vote(year)
