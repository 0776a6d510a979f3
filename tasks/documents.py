"""Word files: a chunk of a batch, the letter that came into force, the document that got its number."""

from typing import Final

from fivestep_web.core import jobs
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.documents import making, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers import stamping
from tasks.registry import task

ALONE_FROM: Final = 3  # the attempt at which a chunk that kills its worker is taken apart


def _give_up(claim: Claim, reason: str) -> None:
    batch_id, *ids = (int(argument) for argument in claim.arguments)
    making.give_up(batch_id, ids, reason)


@task(on_failure=_give_up)
def render_chunk(claim: Claim, batch_id: int, *ids: int) -> None:
    """Make the documents *ids* of a batch; running it again changes nothing.

    A chunk cut off twice is taken apart, so that the document that does it holds up no other (trust.md J5).
    """
    if claim.tries >= ALONE_FROM and len(ids) > 1:
        with publishing(claim):
            for document_id in ids:
                jobs.enqueue(
                    claim.task, batch_id, document_id, key=f"{claim.key}-{document_id}", is_bulk=True
                )
        return
    made = making.make_waiting(ids)
    with publishing(claim):
        making.publish(batch_id, made)


@task()
def file_letter(claim: Claim, letter_id: int) -> None:
    """Ask for the Word file of a letter in force."""
    with publishing(claim):
        services.file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter_id)


def _give_up_stamp(claim: Claim, reason: str) -> None:
    stamping.give_up(int(claim.arguments[0]), reason)


@task(on_failure=_give_up_stamp)
def stamp(claim: Claim, number_id: int) -> None:
    """Make the file that carries a number; running it again changes nothing."""
    made = stamping.make(number_id)
    with publishing(claim):
        stamping.publish(made)
