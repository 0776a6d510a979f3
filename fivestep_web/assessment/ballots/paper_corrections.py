"""What a mistake with paper forms needs before the count: other numbers, another clerk, no batch at all."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select

from fivestep_web.assessment.ballots.models import CodeBatch, PaperBatch, PaperSheet, Poll, PollReminder
from fivestep_web.assessment.ballots.paper import FIRST, SECOND, check_forms, require_clerk, require_uncounted
from fivestep_web.audit import services as audit
from fivestep_web.core.errors import Conflict, FieldError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


def correct_batch(actor: Actor, batch: PaperBatch, *, issued: int, returned: int) -> None:
    """Store other numbers of forms.

    Raises NotAllowed for who does not count, Conflict once a counter has confirmed, FieldError for
    numbers no batch can have and for fewer than somebody entered: what was entered goes with its clerk's
    entry alone.
    """
    _require_open(actor, batch)
    check_forms(issued=issued, returned=returned)
    last = db.session.scalar(select(func.max(PaperSheet.number)).where(PaperSheet.batch_id == batch.id)) or 0
    if returned < last:
        raise FieldError(
            "returned",
            _("已经录到第%(number)s张，不能少于这个数；录多了的，先收回这一遍录入。", number=last),
        )
    audit.record(
        actor,
        "poll.paper_corrected",
        f"poll:{batch.poll_id}",
        name=batch.roster.name,
        issued_before=batch.issued,
        returned_before=batch.returned,
        issued=issued,
        returned=returned,
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
    poll = batch.poll
    db.session.delete(batch)
    db.session.flush()
    if poll.sealed_at is None and not _is_used(poll):
        db.session.delete(poll)


def _is_used(poll: Poll) -> bool:
    """Say whether anything else belongs to the vote; one that nothing does would be counted as empty."""
    tables = (CodeBatch, PaperBatch, PollReminder)
    return any(db.session.scalar(select(table.id).where(table.poll_id == poll.id)) for table in tables)


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
