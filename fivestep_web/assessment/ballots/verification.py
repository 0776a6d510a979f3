"""What `fivestep audit verify` asks about sealed ballots (trust.md B6)."""

import json
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.ballots import counting, queries
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.ballots.sealing import stored_root
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState, Unmet, vote_label
from fivestep_web.audit.models import AuditEntry
from fivestep_web.extensions import db

SEALED, COUNTED = "poll.sealed", "poll.counted"


def altered_polls() -> Iterator[str]:
    """Yield a sentence for each poll whose lines, receipts or counts are not those that were logged."""
    polls = db.session.scalars(select(Poll).order_by(Poll.id)).all()
    yield from faults_of(polls)
    for cycle in db.session.scalars(select(AssessmentCycle).order_by(AssessmentCycle.id)):
        yield from _miscounted(cycle)
    if missing := _logged(SEALED).keys() - {poll.id for poll in polls}:
        yield f"有{len(missing)}次已封存的评价被删除"


def seal_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the votes of a cycle that are no longer what was sealed, counted and logged."""
    polls = queries.list_polls(cycle.id)
    cure = _("查看评价进度")
    faults = (*faults_of(polls), *_miscounted(cycle))
    return [Unmet(f"{fault}，请查明原因。", cure, "polls.poll_index") for fault in faults]


def counter_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return what lacks the confirmation of two different counters: the tally, or a counted vote."""
    polls = db.session.scalars(select(Poll).where(Poll.cycle_id == cycle.id, Poll.counted_at.is_not(None)))
    pairs = [(poll.first_counter_id, poll.second_counter_id) for poll in polls]
    pairs += [
        (cycle.first_counter_id, move.person_id)
        for move in cycle.moves[::-1]
        if move.state is CycleState.TALLIED
    ][:1]
    if all(first and second and first != second for first, second in pairs):
        return []
    sentence = _("计票或汇总没有两名计票人的签认。")
    return [Unmet(sentence, _("查看办理经过"), "cycles.cycle_show", {"_anchor": "history"})]


def _miscounted(cycle: AssessmentCycle) -> Iterator[str]:
    """Yield a sentence for each counted vote in whose place scoring would read something else."""
    for poll in queries.latest_polls(cycle.id).values():
        if poll.counted_at is not None and not counting.is_scored(poll, cycle):
            yield f"{_told(poll)}用于计分的票数与计票结果不一致"


def _told(poll: Poll) -> str:
    return f"{vote_label(poll.rater_group, poll.series)}第{poll.round}次评价"


def faults_of(polls: Sequence[Poll]) -> Iterator[str]:
    """Yield a sentence for each way in which these polls are not what was sealed, counted and logged."""
    logged = {action: _logged(action) for action in (SEALED, COUNTED)} if polls else {}
    for poll in polls:
        told = _told(poll)
        sealed, counted = logged[SEALED].get(poll.id), logged[COUNTED].get(poll.id)
        if (sealed is None) != (poll.sealed_at is None) or (counted is None) != (poll.counted_at is None):
            yield f"{told}的状态与操作日志不符"
        if sealed is not None and poll.used_codes != poll.returned + poll.unreadable:
            yield (
                f"{told}用过的码{poll.used_codes}个，封存的票{poll.returned + poll.unreadable}张，"
                "有票被删去或加入"
            )
        if sealed is not None and poll.unreadable:
            yield f"{told}有{poll.unreadable}张票不是本系统收下的"
        if sealed is not None and counted is None and sealed["root"] != stored_root(poll.id):
            yield f"{told}的评价行或回执编号与封存时不一致"
        if sealed is not None and any(sealed[name] != getattr(poll, name) for name in ("returned", "valid")):
            yield f"{told}的收回数或有效数与封存时不一致"
        if sealed is not None and counted is not None and sealed["root"] != poll.root:
            yield f"{told}的封存校验值与操作日志不符"
        if counted is not None and counted["counted_root"] != stored_root(poll.id):
            yield f"{told}的评价行或回执编号与计票时不一致"


def _logged(action: str) -> dict[int, dict[str, object]]:
    """Return the facts logged for each poll; the last entry about it counts."""
    entries = db.session.execute(
        select(AuditEntry.subject, AuditEntry.body)
        .where(AuditEntry.action == action)
        .order_by(AuditEntry.sequence)
    )
    return {int(subject.partition(":")[2]): json.loads(body)["detail"] for subject, body in entries}
