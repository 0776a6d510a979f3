"""What a mistake with paper forms needs before the count: other numbers, another clerk, no batch at all."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete

from fivestep_web.assessment.ballots.models import PaperBatch, PaperSheet
from fivestep_web.assessment.ballots.paper import FIRST, SECOND, check_forms, require_clerk, require_uncounted
from fivestep_web.audit import services as audit
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


def correct_batch(actor: Actor, batch: PaperBatch, *, issued: int, returned: int) -> None:
    """Store other numbers of forms; what was entered beyond the last form is dropped.

    Raises NotAllowed for who does not count, Conflict once a counter has confirmed, FieldError for
    numbers no batch can have.
    """
    _require_open(actor, batch)
    check_forms(issued=issued, returned=returned)
    dropped = _drop(batch, PaperSheet.number > returned)
    audit.record(
        actor,
        "poll.paper_corrected",
        f"poll:{batch.poll_id}",
        name=batch.roster.name,
        issued_before=batch.issued,
        returned_before=batch.returned,
        issued=issued,
        returned=returned,
        cleared=dropped,
    )
    batch.issued, batch.returned = issued, returned


def release_entry(actor: Actor, batch: PaperBatch, entry: int) -> None:
    """Take an entry from its clerk for somebody else to make it anew, from the first form."""
    _require_open(actor, batch)
    clerk = {FIRST: batch.first_clerk, SECOND: batch.second_clerk}.get(entry)
    if clerk is None:
        raise Conflict(_("这一遍还没有人录入。"))
    if entry == FIRST:
        batch.first_clerk = None
    else:
        batch.second_clerk = None
    dropped = _drop(batch, PaperSheet.entry == entry)
    audit.record(
        actor,
        "poll.paper_released",
        f"poll:{batch.poll_id}",
        name=batch.roster.name,
        clerk=clerk.name,
        cleared=dropped,
    )


def withdraw_batch(actor: Actor, batch: PaperBatch) -> None:
    """Take back a batch that was registered by mistake, with all that was entered of it."""
    _require_open(actor, batch)
    dropped = _drop(batch)
    audit.record(
        actor,
        "poll.paper_withdrawn",
        f"poll:{batch.poll_id}",
        name=batch.roster.name,
        issued=batch.issued,
        returned=batch.returned,
        cleared=dropped,
    )
    db.session.delete(batch)


def _require_open(actor: Actor, batch: PaperBatch) -> None:
    require_clerk(actor)
    require_uncounted(batch.poll)


def _drop(batch: PaperBatch, *which: ColumnElement[bool]) -> int:
    """Delete these entered forms of the batch; return how many there were."""
    done = db.session.execute(
        delete(PaperSheet)
        .where(PaperSheet.batch_id == batch.id, *which)
        .execution_options(synchronize_session="fetch")
        .returning(PaperSheet.number)
    )
    return len(done.all())
