"""How a vote runs: returned of issued for each row of the roster, never a mark (R5.13, trust.md B7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from fivestep_web.assessment.ballots import queries
from fivestep_web.assessment.ballots.models import CodeBatch, PaperBatch, Poll, PollReminder, VotingCode
from fivestep_web.assessment.ballots.paper import list_batches
from fivestep_web.assessment.ballots.reminders import VOTERS
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.assessment.cycles.models import AssessmentCycle, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.rounding import percent
from fivestep_web.extensions import db


@dataclass
class Row:
    """One row of the roster in the round that counts; *batches* are (id, codes that could be replaced)."""

    roster_id: int
    name: str
    planned: int
    issued: int = 0
    returned: int = 0
    paper: PaperBatch | None = None
    batches: list[tuple[int, int]] = field(default_factory=list)

    @property
    def share(self) -> str:
        """Return returned of issued as a per cent; empty before codes are issued."""
        return percent(Fraction(self.returned, self.issued), 0) if self.issued else ""


@dataclass
class Part:
    """The vote of one group on one series."""

    group: Group
    series: Series
    poll: Poll | None
    rows: list[Row] = field(default_factory=list)
    reminders: int = 0
    reminded_at: datetime | None = None

    @property
    def issued(self) -> int:
        return sum(row.issued for row in self.rows)

    @property
    def returned(self) -> int:
        return sum(row.returned for row in self.rows)

    @property
    def can_issue(self) -> bool:
        """Say whether a row still waits for its codes."""
        return self.is_open and any(not row.batches for row in self.rows)

    @property
    def is_open(self) -> bool:
        return self.poll is None or self.poll.sealed_at is None

    @property
    def can_remind(self) -> bool:
        """Say whether the vote has begun to run and its voters have accounts to be reminded on."""
        return self.poll is not None and self.is_open and self.group in VOTERS

    @property
    def standing(self) -> str:
        """Return in a word how far the vote is."""
        if self.poll is None:
            return str(_("还没有发放评价码"))
        if self.poll.counted_at is not None:
            return str(_("已计票"))
        if self.poll.swept_at is not None:
            return str(_("已封存，等待计票"))
        return str(_("正在封存") if self.poll.sealed_at is not None else _("评价码已发放"))


def parts_of(cycle: AssessmentCycle) -> list[Part]:
    """Return the coverage of every group and series that has a roster, in a constant number of statements."""
    latest = queries.latest_polls(cycle.id)
    reopened = queries.reopened_votes(cycle)
    parts: dict[tuple[Group, Series], Part] = {}
    rows: dict[int, Row] = {}
    for roster in db.session.scalars(
        select(RaterRoster).where(RaterRoster.cycle_id == cycle.id).order_by(RaterRoster.id)
    ):
        key = roster.rater_group, roster.series
        poll = latest.get(key)
        if poll is not None and poll.counted_at and cycle.state is CycleState.VOTING and key in reopened:
            poll = None  # it votes again: a new round begins with its codes
        part = parts.setdefault(key, Part(*key, poll))
        rows[roster.id] = Row(roster.id, roster.name, roster.code_count)
        part.rows.append(rows[roster.id])
    polls = [part.poll.id for part in parts.values() if part.poll is not None]
    _add_codes(polls, rows)
    for batch in list_batches(polls):
        rows[batch.roster_id].paper = batch
    _add_reminders(polls, parts.values())
    return [parts[key] for key in sorted(parts, key=queries.order_of)]


def replaceable(parts: Iterable[Part]) -> Iterator[tuple[Part, Row, int, int]]:
    """Yield the batches of open votes with unused codes: (part, row, batch, number unused)."""
    for part in parts:
        for row in part.rows:
            for batch_id, unused in row.batches:
                if unused and part.is_open:
                    yield part, row, batch_id, unused


def _add_codes(polls: Sequence[int], rows: dict[int, Row]) -> None:
    used = func.sum(case((VotingCode.state == CodeState.USED, 1), else_=0))
    query = (
        select(CodeBatch.id, CodeBatch.roster_id, CodeBatch.size, CodeBatch.revoked, used)
        .join(VotingCode, VotingCode.batch_id == CodeBatch.id)
        .where(CodeBatch.poll_id.in_(polls))
        .group_by(CodeBatch.id, CodeBatch.roster_id, CodeBatch.size, CodeBatch.revoked)
        .order_by(CodeBatch.id)
    )
    for batch_id, roster_id, size, revoked, returned in db.session.execute(query):
        row = rows[roster_id]
        row.issued += size - revoked
        row.returned += returned
        row.batches.append((batch_id, size - revoked - returned))


def _add_reminders(polls: Sequence[int], parts: Iterable[Part]) -> None:
    query = (
        select(PollReminder.poll_id, func.count(), func.max(PollReminder.reminded_at))
        .where(PollReminder.poll_id.in_(polls))
        .group_by(PollReminder.poll_id)
    )
    found = {poll_id: (count, last) for poll_id, count, last in db.session.execute(query)}
    for part in parts:
        if part.poll is not None:
            part.reminders, part.reminded_at = found.get(part.poll.id, (0, None))
