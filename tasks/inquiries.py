"""Inquiries nobody answered, brought before the minister by the clock (domain.md 5.5)."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.supervision.inquiries import clockwork
from tasks.registry import task


@task()
def escalate_due(claim: Claim, day: str) -> None:
    """Escalate what is 3 working days past its limit; running it again changes nothing.

    The business date counts, not the day of the slot: a demo plays its own.
    """
    del day
    with publishing(claim):
        clockwork.escalate_due(clock.today())
