"""Upkeep of signing."""

from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.keys import sittings
from tasks.registry import task


@task()
def remove_expired_sittings(claim: Claim, day: str) -> None:
    """Delete the sittings whose ten minutes are over; they opened nothing any more."""
    del day
    with publishing(claim):
        sittings.remove_expired()
