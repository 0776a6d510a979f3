"""Books made anew after a change order."""

from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.responsibility import books
from tasks.registry import task


@task()
def remake_books(claim: Claim, year: int, unit_id: int, *people: int) -> None:
    """Ask anew for the task books and timetables that a change order of a unit outdated."""
    with publishing(claim):
        books.renew(year, unit_id, people)
