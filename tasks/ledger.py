"""Work of the ledger in the queue."""

from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.ledger import services
from tasks.registry import task


@task()
def open_entries(claim: Claim, letter_id: int) -> None:
    """Open the entries of a letter that came into force; running it again changes nothing."""
    with jobs.publishing(claim):
        services.open_entries(SYSTEM, letter_id)
