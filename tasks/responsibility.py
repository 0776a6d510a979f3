"""Letters drafted and issued in bulk, and books made anew after a change order."""

from typing import Final

from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.responsibility.books import requests as books
from fivestep_web.responsibility.letters import runs as letter_runs
from tasks.registry import task

ALONE_FROM: Final = 3  # the attempt at which a chunk that kills its worker is taken apart


def _tell_failure(claim: Claim, reason: str) -> None:
    letter_runs.fail(int(claim.arguments[0]), reason)


def _give_up(claim: Claim, reason: str) -> None:
    run_id, *ids = (int(argument) for argument in claim.arguments)
    letter_runs.give_up(run_id, ids, reason)


@task(on_failure=_tell_failure)
def run_letters(claim: Claim, run_id: int) -> None:
    """Draft the letters of a run and ask for their issue in chunks; running it again changes nothing."""
    with publishing(claim):
        letter_runs.draft(run_id)


@task(on_failure=_give_up)
def issue_chunk(claim: Claim, run_id: int, *ids: int) -> None:
    """Issue some letters of a run.

    A chunk cut off twice is taken apart, so that the letter that does it holds up no other (trust.md J5).
    """
    if claim.tries >= ALONE_FROM and len(ids) > 1:
        with publishing(claim):
            for letter_id in ids:
                jobs.enqueue(claim.task, run_id, letter_id, key=f"{claim.key}-{letter_id}", is_bulk=True)
        return
    with publishing(claim):
        letter_runs.issue_chunk(run_id, ids)


@task()
def remake_books(claim: Claim, year: int, unit_id: int, *people: int) -> None:
    """Ask anew for the task books and timetables that a change order of a unit outdated."""
    with publishing(claim):
        books.renew(year, unit_id, people)
