"""Monthly bulletins and quarterly reviews opened by the clock."""

from fivestep_web.assessment.daily.bulletins import services as bulletins
from fivestep_web.assessment.daily.reviews import services as reviews
from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.notices import clockwork
from tasks.registry import LONGEST, UNTIL_DONE, task


@task(time_limit=LONGEST, tries=UNTIL_DONE)
def draft_papers(claim: Claim, day: str) -> None:
    """Draft what is missing of the months and quarters that are over; running it again changes nothing.

    A bulletin counts the notices of its month, so those of days missed come first. The business date counts,
    not the day of the slot: a demo plays its own.
    """
    del day
    clockwork.catch_up(clock.today())
    with publishing(claim):
        bulletins.draft_due(clock.today())
        reviews.draft_due(clock.today())
