"""Reminders of an open vote: to whole groups only, since nobody knows who has voted (domain.md 7.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.assessment.ballots import policy
from fivestep_web.assessment.ballots.models import Poll, PollReminder
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db

VOTERS: Final = {  # the row "cast ballot" of domain.md section 6; the others have codes and no account
    Group.MASS_EVALUATION: frozenset({Role.TSC, Role.ORG}),
    Group.LEADER_EVALUATION: frozenset({Role.MIN, Role.EXD, Role.DEP}),
    Group.PEER_EVALUATION: frozenset({Role.SHD, Role.TSC}),
}


@dataclass(frozen=True)
class OpenVote:
    """A vote that runs in a group the actor belongs to; *reminded_at* is when its whole group last was."""

    group: Group
    closes_at: datetime | None
    reminded_at: datetime | None


def open_votes(actor: Actor, year: int) -> list[OpenVote]:
    """Return the running votes of the actor's groups, whether or not the actor has voted."""
    groups = [group for group, roles in VOTERS.items() if actor.roles & roles]
    if not groups:
        return []
    query = (
        select(Poll.rater_group, AssessmentCycle.voting_closes_at, func.max(PollReminder.reminded_at))
        .join(AssessmentCycle, AssessmentCycle.id == Poll.cycle_id)
        .outerjoin(PollReminder, PollReminder.poll_id == Poll.id)
        .where(
            AssessmentCycle.year == year,
            AssessmentCycle.state == CycleState.VOTING,
            Poll.sealed_at.is_(None),
            Poll.rater_group.in_(groups),
        )
        .group_by(Poll.rater_group, AssessmentCycle.voting_closes_at)
    )
    found = {group: OpenVote(group, closes, last) for group, closes, last in db.session.execute(query)}
    return [found[group] for group in groups if group in found]


def remind(actor: Actor, cycle: AssessmentCycle, poll_id: int) -> None:
    """Remind everybody of a group of its open vote: who has voted is known to nobody (7.2)."""
    if not policy.can_manage(actor):
        raise NotAllowed(_("提醒由办公室发出。"))
    poll = db.session.get(Poll, poll_id)
    if poll is None or poll.cycle_id != cycle.id:
        raise NotFound(_("没有这一组评价。"))
    if poll.rater_group not in VOTERS:
        raise Conflict(_("社会调查的对象没有账号，不能在系统里提醒。"))
    if cycle.state is not CycleState.VOTING or poll.sealed_at is not None:
        raise Conflict(_("这一组评价没有在进行，不用提醒。"))
    db.session.add(PollReminder(poll_id=poll.id, reminded_by_id=actor.person_id, reminded_at=clock.now()))
    db.session.flush()
    audit.record(actor, "poll.reminded", f"poll:{poll.id}", group=poll.rater_group.label, series=poll.series)
