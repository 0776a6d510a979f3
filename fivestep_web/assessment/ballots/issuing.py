"""Codes for the rows of a roster: made, handed to the printer once, replaced by revoking (trust.md B3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import SystemRandom
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, func, insert, select, update

from fivestep_web.assessment.ballots import policy, queries
from fivestep_web.assessment.ballots.codes import new_code
from fivestep_web.assessment.ballots.models import CodeBatch, Poll, VotingCode
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.assessment.ballots.sealed import digests
from fivestep_web.assessment.cycles.models import AssessmentCycle, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

ISSUING = (CycleState.OPEN, CycleState.SELF_REPORTING, CycleState.VOTING)
_random = SystemRandom()


@dataclass(frozen=True)
class Slips:
    """The codes of one row of the roster, in memory only: what is printed now is never printed again."""

    name: str
    group: Group
    series: Series
    codes: tuple[str, ...]


def issue(actor: Actor, cycle: AssessmentCycle, group: Group, series: Series) -> list[Slips]:
    """Make the codes of every row of the group's roster that has none in this round."""
    _require_issuer(actor, cycle)
    poll = current_poll(cycle, group, series)
    have = select(CodeBatch.roster_id).where(CodeBatch.poll_id == poll.id)
    rosters = db.session.scalars(
        select(RaterRoster)
        .where(
            RaterRoster.cycle_id == cycle.id,
            RaterRoster.rater_group == group,
            RaterRoster.series == series,
            RaterRoster.id.not_in(have),
        )
        .order_by(RaterRoster.id)
    ).all()
    if not rosters:
        raise Conflict(_("这一组的评价码已全部发出；遗失的请在下面换发。"))
    made = [_make(actor, poll, roster, roster.code_count) for roster in rosters]
    _log(actor, poll, made, is_replacement=False)
    return made


def replace(actor: Actor, cycle: AssessmentCycle, batch_id: int) -> list[Slips]:
    """Revoke the unused codes of a batch and make as many new ones; ballots already cast stay."""
    _require_issuer(actor, cycle)
    batch = db.session.scalar(select(CodeBatch).where(CodeBatch.id == batch_id).with_for_update())
    if batch is None or batch.poll.cycle_id != cycle.id:
        raise NotFound(_("没有这一批评价码。"))
    if batch.poll.sealed_at is not None:
        raise Conflict(_("这一组的评价已经封存，不能再换发。"))
    revoked = db.session.execute(
        update(VotingCode)
        .where(VotingCode.batch_id == batch.id, VotingCode.state == CodeState.FRESH)
        .values(state=CodeState.REVOKED)
        .execution_options(synchronize_session=False)
    )
    count = cast("CursorResult[Any]", revoked).rowcount
    if not count:
        raise Conflict(_("这一批评价码已经全部使用或作废，没有可换发的。"))
    batch.revoked += count
    made = [_make(actor, batch.poll, batch.roster, count)]
    _log(actor, batch.poll, made, is_replacement=True)
    return made


def current_poll(cycle: AssessmentCycle, group: Group, series: Series) -> Poll:
    """Return the poll that takes codes and paper forms now; a void or insufficient one starts a new round."""
    vote = group, series
    last = queries.latest_polls(cycle.id).get(vote)
    if last is not None and last.sealed_at is None:
        return last
    again = queries.reopened_votes(cycle)
    if last is not None and (last.counted_at is None or vote not in again):
        raise Conflict(_("这一组的评价已经封存，不用再发评价码。"))
    if last is None and again and vote not in again:
        raise Conflict(_("这次只有重新评价的组投票，这一组不在其中。"))
    poll = Poll(cycle_id=cycle.id, rater_group=group, series=series, round=last.round + 1 if last else 1)
    db.session.add(poll)
    db.session.flush()
    return poll


def issued_count(poll_id: int) -> int:
    """Return the codes in voters' hands: those printed, less those replaced."""
    query = select(func.sum(CodeBatch.size - CodeBatch.revoked)).where(CodeBatch.poll_id == poll_id)
    return db.session.scalar(query) or 0


def _require_issuer(actor: Actor, cycle: AssessmentCycle) -> None:
    if not policy.can_manage(actor):
        raise NotAllowed(_("评价码由办公室发放。"))
    if cycle.state not in ISSUING:
        raise Conflict(_("现在是“%(state)s”，不能发放评价码。", state=cycle.state.label))


def _make(actor: Actor, poll: Poll, roster: RaterRoster, count: int) -> Slips:
    batch = CodeBatch(
        poll=poll, roster=roster, size=count, issued_by_id=actor.person_id, issued_at=clock.now()
    )
    db.session.add(batch)
    db.session.flush()
    made = tuple(new_code() for _number in range(count))
    kept = [digests(code) for code in made]
    _random.shuffle(kept)
    db.session.execute(
        insert(VotingCode),
        [
            {"code_hash": whole, "typed_hash": typed, "batch_id": batch.id, "state": CodeState.FRESH}
            for whole, typed in kept
        ],
    )
    return Slips(roster.name, poll.rater_group, poll.series, made)


def _log(actor: Actor, poll: Poll, made: Iterable[Slips], *, is_replacement: bool) -> None:
    """Log the counts, and nothing of the codes (A7)."""
    counts = {slips.name: len(slips.codes) for slips in made}
    audit.record(
        actor,
        "poll.codes_replaced" if is_replacement else "poll.codes_issued",
        f"poll:{poll.id}",
        group=poll.rater_group.label,
        series=poll.series,
        round=poll.round,
        codes=sum(counts.values()),
        counts=counts,
    )
