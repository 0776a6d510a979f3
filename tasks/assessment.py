"""Work of the assessment in the queue."""

from fivestep_web.assessment.admonitions.reminding import remind_due
from fivestep_web.assessment.cycles import services
from fivestep_web.assessment.publicity.services import end_due
from fivestep_web.core import clock, jobs
from fivestep_web.core.jobs import Claim
from tasks.registry import task


@task()
def close_vote(claim: Claim, year: int) -> None:
    """Close the year's vote once its time has come; running it again changes nothing."""
    with jobs.publishing(claim):
        services.close_due_vote(year)


@task()
def end_publicities(claim: Claim, day: str) -> None:
    """End the publicities whose last day is over and to which no objection is open."""
    del day
    with jobs.publishing(claim):
        end_due()


@task()
def remind_admonitions(claim: Claim, day: str) -> None:
    """Remind supervisors of follow-ups that come near or are due; each once, however late it runs."""
    del day
    with jobs.publishing(claim):
        remind_due(clock.today())
