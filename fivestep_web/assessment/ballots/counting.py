"""The count of sealed polls by two people together, and what scoring then reads (domain.md 7.2, 7.3)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, column, delete, func, insert, literal, select, values

from fivestep_web.assessment.ballots import paper, policy, queries
from fivestep_web.assessment.ballots.issuing import issued_count
from fivestep_web.assessment.ballots.models import Poll, SealedLine
from fivestep_web.assessment.ballots.rules import FORMS, INVALID, Tally, judge, points_of
from fivestep_web.assessment.ballots.sealing import join_lines, stored_root, sweep_later, written_bands
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove, CycleUnit
from fivestep_web.assessment.cycles.rules import CycleState, Unmet, vote_label
from fivestep_web.assessment.group_results import Validity, VoteCount, check_validity
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


def confirm(actor: Actor, cycle: AssessmentCycle) -> bool:
    """Confirm the count of everything sealed and not yet counted; True once nothing waits for another.

    Counts the votes that somebody else confirmed first, and is the first to confirm the rest. Refuses who
    may not count and the first counter a second time (NotAllowed), and while voting runs, storage is not
    swept or paper entries differ (Conflict).
    """
    if not policy.can_count(actor):
        raise NotAllowed(_("计票由办公室和人事共同办理。"))
    if cycle.state is not CycleState.VOTING_CLOSED:
        raise Conflict(_("评价截止以后才能计票。"))
    polls = waiting_polls(cycle.id)
    if not polls:
        raise Conflict(_("没有等待计票的评价。"))
    if any(poll.swept_at is None for poll in polls):
        raise Conflict(_("评价票正在封存，请过一两分钟再计票。"))
    unsettled = paper.unsettled_batches([poll.id for poll in polls])
    if unsettled:
        raise Conflict(_("%(name)s的纸质票还没有录完或两遍不一致。", name=unsettled[0].roster.name))
    if all(poll.first_counter_id == actor.person_id for poll in polls):
        raise NotAllowed(_("您已经确认过，须由另一名计票人确认。"))
    ready = [poll for poll in polls if poll.first_counter_id not in {None, actor.person_id}]
    for poll in polls:
        if poll.first_counter_id is None:
            poll.first_counter_id = actor.person_id
            audit.record(actor, "poll.count_confirmed", f"poll:{poll.id}", root=poll.root)
    _count_all(actor, ready, cycle)
    return len(ready) == len(polls)


def take_back(actor: Actor, cycle: AssessmentCycle) -> None:
    """Undo the first confirmations, whoever gave them, so that paper ballots can be corrected.

    Refuses who may not count (NotAllowed) and where nobody has confirmed what waits (Conflict).
    """
    if not policy.can_count(actor):
        raise NotAllowed(_("计票由办公室和人事共同办理。"))
    confirmed = [poll for poll in waiting_polls(cycle.id) if poll.first_counter_id is not None]
    if not confirmed:
        raise Conflict(_("没有等待第二名计票人的确认。"))
    for poll in confirmed:
        poll.first_counter_id = None
        audit.record(actor, "poll.count_taken_back", f"poll:{poll.id}", root=poll.root)


def waiting_polls(cycle_id: int) -> Sequence[Poll]:
    """Return the sealed polls that are not counted, held until the end of the unit of work."""
    query = select(Poll).where(
        Poll.cycle_id == cycle_id, Poll.sealed_at.is_not(None), Poll.counted_at.is_(None)
    )
    return db.session.scalars(query.order_by(Poll.id).with_for_update()).all()


def demand_counted(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Refuse that a vote is opened again before every sealed poll is counted (Conflict)."""
    del actor, move
    if waiting_polls(cycle.id):
        raise Conflict(_("有封存的评价票还没有由两人计完，计完以后才能重新评价。"))


def _count_all(actor: Actor, polls: Sequence[Poll], cycle: AssessmentCycle) -> None:
    """Count as the second of two people."""
    settings = queries.settings_of(cycle)
    for poll in polls:
        poll.second_counter_id = actor.person_id
        _count(actor, poll, cycle, settings)
    if polls:
        sweep_later(cycle, polls, "counted")


def _count(actor: Actor, poll: Poll, cycle: AssessmentCycle, settings: Settings) -> None:
    if stored_root(poll.id) != poll.root:
        raise Conflict(
            _(
                "%(vote)s的评价行或回执编号与封存时不一致，不能计票，请查明原因。",
                vote=vote_label(poll.rater_group, poll.series),
            )
        )
    tally = _paper_tally(poll, settings)
    join_lines(poll.id, tally.lines)
    poll.paper = {
        "issued": paper.issued_forms(poll.id),
        "returned": tally.returned,
        "blank": tally.blank,
        "valid": tally.valid,
    }
    poll.flat += tally.flat
    poll.bands = written_bands(tally.bands + Counter({int(band): n for band, n in poll.bands.items()}))
    paper.drop_sheets(poll.id)
    poll.counted_root = stored_root(poll.id)
    poll.issued = issued_count(poll.id) + poll.paper["issued"]
    poll.counted_at = clock.now()
    count, reason = vote_count(poll), _judge(poll, cycle, settings)
    audit.record(
        actor,
        "poll.counted",
        f"poll:{poll.id}",
        issued=count.issued,
        returned=count.returned,
        valid=count.valid,
        validity=poll.validity,
        reason=reason,
        counted_root=poll.counted_root,
    )


def _judge(poll: Poll, cycle: AssessmentCycle, settings: Settings) -> str | None:
    """Judge the vote by the rules in force and write its tallies; return why it does not stand, if so."""
    poll.validity, reason = check_validity(vote_count(poll), settings)
    poll.rule_version = cycle.rule_version
    write_tallies(poll, cycle, settings)
    return reason


def apply_rules(actor: Actor, cycle: AssessmentCycle) -> None:
    """Judge the counted votes anew, and write their tallies, by rules that came into force since.

    What was sealed and signed stays. A vote that is being repeated does not come to stand meanwhile: nothing
    of it is shown before the new one is closed (B7).
    """
    settings = queries.settings_of(cycle)
    again = queries.reopened_votes(cycle) if cycle.state is CycleState.VOTING else frozenset()
    for vote, poll in queries.latest_polls(cycle.id).items():
        waits = vote in again and poll.validity is not Validity.VALID
        if poll.counted_at is None or poll.rule_version == cycle.rule_version or waits:
            continue
        reason = _judge(poll, cycle, settings)
        told = {"version": poll.rule_version, "validity": poll.validity, "reason": reason}
        audit.record(actor, "poll.retallied", f"poll:{poll.id}", **told)


def settle(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Let votes that were to be repeated, and were not, follow rules changed in the meantime."""
    del move
    apply_rules(actor, cycle)


def vote_count(poll: Poll) -> VoteCount:
    """Return what came back of a poll, on line and on paper; rows put in count as returned (B6)."""
    returned = poll.returned + poll.unreadable + poll.paper.get("returned", 0)
    return VoteCount(poll.issued, returned, poll.valid + poll.paper.get("valid", 0))


def _paper_tally(poll: Poll, settings: Settings) -> Tally:
    tally, form = Tally(), FORMS[poll.rater_group]
    for offered, marks in paper.agreed_sheets(poll):
        tally.take(form, judge(offered, marks), settings)
    return tally


def write_tallies(poll: Poll, cycle: AssessmentCycle, settings: Settings) -> None:
    """Put the counts where scoring reads them, in place of earlier ones; a vote must stand for that."""
    stale = delete(RatingTally).where(*_of_poll(poll, cycle))
    db.session.execute(stale.execution_options(synchronize_session=False))
    if poll.validity is not Validity.VALID:
        return
    db.session.flush()
    columns = ("year", "rater_group", "unit_id", "score", "count")
    db.session.execute(insert(RatingTally).from_select(columns, _counts(poll, cycle.year, settings)))


def _of_poll(poll: Poll, cycle: AssessmentCycle) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on what scoring reads of the poll's group and series."""
    units = select(CycleUnit.unit_id).where(CycleUnit.cycle_id == cycle.id, CycleUnit.series == poll.series)
    return (
        RatingTally.year == cycle.year,
        RatingTally.rater_group == poll.rater_group,
        RatingTally.unit_id.in_(units),
    )


def is_scored(poll: Poll, cycle: AssessmentCycle) -> bool:
    """Say whether scoring reads exactly what a counted poll's sealed lines give by the rules in force."""
    columns = (RatingTally.unit_id, RatingTally.score, RatingTally.count)
    read = _summed(db.session.execute(select(*columns).where(*_of_poll(poll, cycle))))
    if poll.validity is not Validity.VALID:
        return not read
    rows = db.session.execute(_counts(poll, cycle.year, queries.settings_of(cycle)))
    return read == _summed(row[2:] for row in rows)


def _summed(rows: Iterable[tuple[int, Decimal | None, int]]) -> Counter[tuple[int, Decimal | None]]:
    """Return how often each unit was given each score."""
    found: Counter[tuple[int, Decimal | None]] = Counter()
    for unit_id, score, count in rows:
        found[unit_id, score] += count
    return found


def _counts(poll: Poll, year: int, settings: Settings) -> Select[Any]:
    """Return a statement that counts the sealed lines of a poll: how often each unit was given each score."""
    of_poll, form = SealedLine.poll_id == poll.id, FORMS[poll.rater_group]
    marks = db.session.scalars(select(SealedLine.mark).where(of_poll, SealedLine.mark != INVALID).distinct())
    points = [(mark, points_of(form, mark, settings)) for mark in marks]
    worth = (
        values(column("mark", SealedLine.mark.type), column("score", RatingTally.score.type))
        .data(points or [("", None)])
        .cte("worth")
    )
    lines = (
        select(SealedLine.unit_id, SealedLine.mark, func.count().label("times"))
        .where(of_poll)
        .group_by(SealedLine.unit_id, SealedLine.mark)
        .subquery()
    )
    return (
        select(
            literal(year),
            literal(poll.rater_group, RatingTally.rater_group.type),
            lines.c.unit_id,
            worth.c.score,
            lines.c.times,
        )
        .join(worth, worth.c.mark == lines.c.mark)
        .order_by(lines.c.unit_id, worth.c.score)
    )


def unmet_for_tally(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the votes not sealed, swept or counted; what a count leaves missing is the cycle's (7.6)."""
    latest = queries.latest_polls(cycle.id).values()
    gaps = []
    if count := sum(poll.swept_at is None for poll in latest):
        sentence = _("有%(count)s个评价组的票还没有封存完，封存在后台进行，一两分钟后再看。", count=count)
        gaps.append(Unmet(sentence, _("查看评价进度"), "polls.poll_index"))
    if count := sum(poll.swept_at is not None and poll.counted_at is None for poll in latest):
        sentence = _("有%(count)s个评价组的票还没有由两人计完。", count=count)
        gaps.append(Unmet(sentence, _("去计票"), "polls.count_show"))
    return gaps
