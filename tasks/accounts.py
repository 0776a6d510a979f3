"""Upkeep of the accounts."""

from fivestep_web.accounts import sessions
from fivestep_web.core.jobs import Claim, publishing
from tasks.registry import task


@task()
def remove_expired_sessions(claim: Claim, day: str) -> None:
    """Delete the sessions nobody can use any more; nobody notices, so the log of changes is silent."""
    del day
    with publishing(claim):
        sessions.remove_expired()
