"""PDF beside Word files: LibreOffice in a child that ends with the job."""

import os

from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.documents.pdf import office, services
from fivestep_web.extensions import db
from fivestep_web.operations import processes
from tasks.registry import task

TIME_LIMIT = 2 * office.SECONDS + 30


def _give_up(claim: Claim, reason: str) -> None:
    document_id, source = claim.arguments
    services.give_up(int(document_id), str(source), reason)


@task(time_limit=TIME_LIMIT, tries=3, on_failure=_give_up)
def convert_document(claim: Claim, document_id: int, source: str) -> None:
    """Make the PDF of a Word file; running it again changes nothing."""
    word = services.begin(document_id, source)
    db.session.rollback()
    if word is None:
        with publishing(claim):
            return
    parent = os.getpid()
    try:
        data = office.convert(word, at_start=lambda: processes.die_with_parent(parent))
    except office.NoPdfError as refusal:
        with publishing(claim):
            services.give_up(document_id, source, str(refusal))
        return
    with publishing(claim):
        services.publish(document_id, source, data)
