"""Signals, supervision notices and digests, made by the clock and on events (domain.md 8.2, 8.3)."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.notices import clockwork, digests
from tasks.registry import LONGEST, UNTIL_DONE, task


@task(time_limit=LONGEST, tries=UNTIL_DONE)
def catch_up(claim: Claim, day: str) -> None:
    """Make the signals and notices of every day up to today that is missing; the business date counts."""
    del day
    clockwork.catch_up(clock.today())
    with publishing(claim):
        pass


@task(time_limit=LONGEST, tries=UNTIL_DONE)
def make_digests(claim: Claim, day: str) -> None:
    """Tell everybody concerned what is due, after the signals of the day; once a day."""
    del day
    clockwork.catch_up(clock.today())
    with publishing(claim):
        digests.make(clock.today())


@task()
def refresh_goal(claim: Claim, goal_id: int) -> None:
    """Look at one goal's signal after an event; running it again changes nothing."""
    with publishing(claim):
        clockwork.refresh(clock.today(), [goal_id])


@task(time_limit=LONGEST, tries=UNTIL_DONE)
def refresh_all(claim: Claim) -> None:
    """Look at every signal after what they are computed from changed; running it again changes nothing."""
    clockwork.catch_up(clock.today())
    with publishing(claim):
        clockwork.refresh(clock.today())
        digests.make(clock.today())
