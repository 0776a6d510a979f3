"""Paper ballots, entered twice by two people (R5.10): batches, entries, and where the two differ."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.ballots import policy, queries
from fivestep_web.assessment.ballots.issuing import current_poll
from fivestep_web.assessment.ballots.models import PaperBatch, PaperSheet, Poll
from fivestep_web.assessment.ballots.rules import differences
from fivestep_web.assessment.cycles.models import AssessmentCycle, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, vote_label
from fivestep_web.audit import services as audit
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

TAKING = (CycleState.VOTING, CycleState.VOTING_CLOSED)
FIRST, SECOND = 1, 2

Marks = dict[int, str]
Entries = dict[int, dict[int, Marks]]


def open_batch(
    actor: Actor, cycle: AssessmentCycle, roster_id: int, *, issued: int, returned: int
) -> PaperBatch:
    """Register the paper forms of a row of the roster: handed out and come back, as counted by hand."""
    require_clerk(actor)
    roster = db.session.scalar(
        select(RaterRoster).where(RaterRoster.id == roster_id, RaterRoster.cycle_id == cycle.id)
    )
    if roster is None:
        raise NotFound(_("评价名单里没有这一行。"))
    check_forms(issued=issued, returned=returned)
    poll = _poll_for_paper(cycle, roster)
    if db.session.scalar(
        select(PaperBatch.id).where(PaperBatch.poll_id == poll.id, PaperBatch.roster_id == roster.id)
    ):
        raise Conflict(_("%(name)s的纸质票已经登记。", name=roster.name))
    batch = PaperBatch(poll=poll, roster=roster, issued=issued, returned=returned)
    db.session.add(batch)
    db.session.flush()
    audit.record(
        actor, "poll.paper_opened", f"poll:{poll.id}", name=roster.name, issued=issued, returned=returned
    )
    return batch


def check_forms(*, issued: int, returned: int) -> None:
    """Refuse numbers of forms no batch can have, naming the field (FieldError)."""
    if issued < 1:
        raise FieldError("issued", _("发出份数至少为1。"))
    if returned < 0:
        raise FieldError("returned", _("收回份数不能小于0。"))


def _poll_for_paper(cycle: AssessmentCycle, roster: RaterRoster) -> Poll:
    """Return the poll that takes the paper ballots: until it is counted, sealed or not."""
    if cycle.state not in TAKING:
        raise Conflict(_("现在是“%(state)s”，不能登记纸质票。", state=cycle.state.label))
    last = queries.latest_polls(cycle.id).get((roster.rater_group, roster.series))
    if last is not None and last.counted_at is None:
        require_uncounted(last)
        return last
    poll = current_poll(cycle, roster.rater_group, roster.series)
    if cycle.state is not CycleState.VOTING:
        raise Conflict(_("评价已经截止，不能再登记新的一次评价。"))
    return poll


def registrable(cycle: AssessmentCycle) -> list[tuple[int, str]]:
    """Return the rows of the rosters that paper forms can be registered for: (id, words)."""
    rosters = db.session.scalars(
        select(RaterRoster).where(RaterRoster.cycle_id == cycle.id).order_by(RaterRoster.id)
    )
    return [(row.id, f"{vote_label(row.rater_group, row.series)}{row.name}") for row in rosters]


def progress_of(batch: PaperBatch, found: Entries) -> str:
    """Return in a word how far a batch with these entries is."""
    if batch.poll.counted_at is not None:
        return str(_("已计票"))
    if is_settled(batch, found):
        return str(_("两遍一致"))
    if len(found[FIRST]) == len(found[SECOND]) == batch.returned:
        return str(_("两遍不一致，请核对"))
    return str(
        _(
            "第一遍%(first)s张，第二遍%(second)s张",
            first=len(found[FIRST]),
            second=len(found[SECOND]),
        )
    )


def get_batch(cycle: AssessmentCycle, batch_id: int, *, lock: bool = False) -> PaperBatch:
    """Return a batch of the cycle; NotFound when there is none."""
    query = (
        select(PaperBatch)
        .join(Poll, Poll.id == PaperBatch.poll_id)
        .where(PaperBatch.id == batch_id, Poll.cycle_id == cycle.id)
    )
    batch = db.session.scalar(query.with_for_update(of=PaperBatch) if lock else query)
    if batch is None:
        raise NotFound(_("没有这批纸质票。"))
    return batch


def offered(batch: PaperBatch) -> list[tuple[int, str]]:
    """Return the units a paper ballot of this row has a line for, by code."""
    return queries.units_for(batch.poll.cycle_id, batch.poll.series, batch.roster.unit_id)


def entry_of(actor: Actor, batch: PaperBatch) -> int:
    """Return which of the two entries is the actor's, taking a free one; NotAllowed when both are others'."""
    require_clerk(actor)
    if actor.person_id == batch.first_clerk_id:
        return FIRST
    if actor.person_id == batch.second_clerk_id:
        return SECOND
    if batch.first_clerk_id is None:
        return FIRST
    if batch.second_clerk_id is None:
        return SECOND
    raise NotAllowed(_("这批纸质票已由另外两名同志录入。"))


def enter(actor: Actor, batch: PaperBatch, number: int, marks: Marks) -> None:
    """Store one paper ballot in the actor's entry, in place of what it held there."""
    require_uncounted(batch.poll)
    entry = entry_of(actor, batch)
    if not 1 <= number <= batch.returned:
        raise DomainError(
            _("这批纸质票共%(count)s张，没有第%(number)s张。", count=batch.returned, number=number)
        )
    if not marks.keys() <= {unit_id for unit_id, _name in offered(batch)}:
        raise DomainError(_("有一行不在这张票的名单里。"))
    if entry == FIRST:
        batch.first_clerk_id = actor.person_id
    else:
        batch.second_clerk_id = actor.person_id
    kept = {str(unit_id): mark for unit_id, mark in marks.items()}
    sheet = db.session.get(PaperSheet, (batch.id, number, entry))
    if sheet is None:
        db.session.add(PaperSheet(batch_id=batch.id, number=number, entry=entry, marks=kept))
    else:
        sheet.marks = kept
    db.session.flush()
    audit.record(actor, "poll.paper_entered", f"poll:{batch.poll_id}", name=batch.roster.name, number=number)


def entries_of(batch_ids: Sequence[int]) -> dict[int, Entries]:
    """Return both entries of each batch: marks by unit, by the ballot's number, by entry."""
    found: dict[int, Entries] = {batch_id: {FIRST: {}, SECOND: {}} for batch_id in batch_ids}
    for sheet in db.session.scalars(select(PaperSheet).where(PaperSheet.batch_id.in_(batch_ids))):
        marks = {int(unit): mark for unit, mark in sheet.marks.items()}
        found[sheet.batch_id][sheet.entry][sheet.number] = marks
    return found


def is_settled(batch: PaperBatch, found: Entries) -> bool:
    """Say whether both entries are whole and alike."""
    whole = len(found[FIRST]) == len(found[SECOND]) == batch.returned
    return whole and not differences(found[FIRST], found[SECOND])


def list_batches(poll_ids: Sequence[int]) -> Sequence[PaperBatch]:
    """Return the batches of these polls in the order they were registered."""
    query = (
        select(PaperBatch)
        .where(PaperBatch.poll_id.in_(poll_ids))
        .options(
            joinedload(PaperBatch.roster),
            joinedload(PaperBatch.poll),
            joinedload(PaperBatch.first_clerk),
            joinedload(PaperBatch.second_clerk),
        )
    )
    return db.session.scalars(query.order_by(PaperBatch.id)).all()


def unsettled_batches(poll_ids: Sequence[int]) -> list[PaperBatch]:
    """Return the batches that are not entered twice and alike."""
    batches = list_batches(poll_ids)
    found = entries_of([batch.id for batch in batches])
    return [batch for batch in batches if not is_settled(batch, found[batch.id])]


def agreed_sheets(poll: Poll) -> Iterator[tuple[list[int], Marks]]:
    """Yield each paper ballot of a settled poll: the units it asked about and its marks."""
    batches = list_batches([poll.id])
    found = entries_of([batch.id for batch in batches])
    for batch in batches:
        units = [unit_id for unit_id, _name in offered(batch)]
        for marks in found[batch.id][FIRST].values():
            yield units, marks


def issued_forms(poll_id: int) -> int:
    """Return how many paper forms were handed out."""
    return db.session.scalar(select(func.sum(PaperBatch.issued)).where(PaperBatch.poll_id == poll_id)) or 0


def drop_sheets(poll_id: int) -> None:
    """Delete the entries of a poll that is counted: what is left are its single lines."""
    batches = select(PaperBatch.id).where(PaperBatch.poll_id == poll_id)
    db.session.execute(
        delete(PaperSheet)
        .where(PaperSheet.batch_id.in_(batches))
        .execution_options(synchronize_session=False)
    )


def require_clerk(actor: Actor) -> None:
    """Refuse who does not count (NotAllowed)."""
    if not policy.can_count(actor):
        raise NotAllowed(_("纸质票由办公室和人事录入。"))


def is_open(poll: Poll) -> bool:
    """Say whether paper ballots of the poll can still be entered: nobody has confirmed its count."""
    return poll.counted_at is None and poll.first_counter_id is None


def require_uncounted(poll: Poll) -> None:
    """Refuse changes to paper ballots once their count is confirmed by anybody (Conflict)."""
    if poll.counted_at is not None:
        raise Conflict(_("这一组已经计票，纸质票不能再改。"))
    if poll.first_counter_id is not None:
        raise Conflict(_("已有一名计票人确认，纸质票不能再改。"))
