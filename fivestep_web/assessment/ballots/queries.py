"""Polls, the slip behind a code, and what is known of a poll after the seal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from fivestep_web.assessment.ballots.models import (
    BallotReceipt,
    CodeBatch,
    Poll,
    SealedLine,
    VotingCode,
)
from fivestep_web.assessment.ballots.rules import FORMS, READING, CodeState, Form
from fivestep_web.assessment.cycles.models import (
    AssessmentCycle,
    CycleMove,
    CycleRules,
    CycleUnit,
    RaterRoster,
)
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.year_rules import frozen_rules, read_year_rules
from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.org.queries import unit_names_on

SURVEY: Final = "survey"
BALLOT: Final = "ballot"
DOORS: Final = {
    SURVEY: (Group.SOCIAL_SURVEY,),
    BALLOT: tuple(group for group in Group if group is not Group.SOCIAL_SURVEY),
}
ANSWERED: Final = (  # states in which a code is answered; before and after it is like one that never was
    CycleState.OPEN,
    CycleState.SELF_REPORTING,
    CycleState.VOTING,
    CycleState.VOTING_CLOSED,
    CycleState.TALLIED,
    CycleState.REVIEWED,
    CycleState.PUBLICIZING,
)


@dataclass(frozen=True, slots=True)
class Slip:
    """What a code stands for: a poll, and the unit of which its voter has no line."""

    code_hash: str
    state: CodeState
    poll_id: int
    cycle_id: int
    year: int
    cycle_name: str
    cycle_state: CycleState
    closes_at: datetime | None
    sealed_at: datetime | None
    group: Group
    series: Series
    roster_name: str
    own_unit_id: int | None

    @property
    def form(self) -> Form:
        return FORMS[self.group]

    @property
    def reads_first(self) -> bool:
        """Say whether its voter has to open a unit's self-report before rating it (R5.2)."""
        return self.group in READING

    @property
    def is_used(self) -> bool:
        return self.state is CodeState.USED

    @property
    def is_early(self) -> bool:
        return self.sealed_at is None and self.cycle_state in (CycleState.OPEN, CycleState.SELF_REPORTING)

    @property
    def is_open(self) -> bool:
        """Say whether a ballot would be taken now, by the server's clock (7.2)."""
        return (
            self.sealed_at is None
            and self.cycle_state is CycleState.VOTING
            and (self.closes_at is None or clock.now() < self.closes_at)
        )


def find_slip(door: str, digest: str, *, lock: bool = False) -> Slip | None:
    """Return what the code of *digest* stands for at this door; None for every code that does not count.

    With *lock* the cycle's row is held, so that no closing passes between looking and casting.
    """
    query = (
        select(
            VotingCode.code_hash,
            VotingCode.state,
            Poll.id,
            AssessmentCycle.id,
            AssessmentCycle.year,
            AssessmentCycle.name,
            AssessmentCycle.state,
            AssessmentCycle.voting_closes_at,
            Poll.sealed_at,
            Poll.rater_group,
            Poll.series,
            RaterRoster.name,
            RaterRoster.unit_id,
        )
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .join(Poll, Poll.id == CodeBatch.poll_id)
        .join(RaterRoster, RaterRoster.id == CodeBatch.roster_id)
        .join(AssessmentCycle, AssessmentCycle.id == Poll.cycle_id)
        .where(
            or_(VotingCode.code_hash == digest, VotingCode.typed_hash == digest),
            VotingCode.state != CodeState.REVOKED,
            Poll.rater_group.in_(DOORS[door]),
            AssessmentCycle.state.in_(ANSWERED),
        )
    )
    row: Any = db.session.execute(
        query.with_for_update(read=True, of=AssessmentCycle) if lock else query
    ).one_or_none()
    return None if row is None else Slip(*row)


def offered_units(slip: Slip) -> list[tuple[int, str]]:
    """Return the units the ballot asks about, by code: those of the series but the voter's own."""
    return units_for(slip.cycle_id, slip.series, slip.own_unit_id)


def units_for(cycle_id: int, series: Series, own_unit_id: int | None = None) -> list[tuple[int, str]]:
    """Return the units of a series by code, with the names of today, without *own_unit_id*."""
    names = unit_names_on(clock.today())
    query = (
        select(Unit.id)
        .join(CycleUnit, CycleUnit.unit_id == Unit.id)
        .where(CycleUnit.cycle_id == cycle_id, CycleUnit.series == series)
        .order_by(Unit.code)
    )
    return [(unit_id, names[unit_id]) for unit_id in db.session.scalars(query) if unit_id != own_unit_id]


def settings_of(cycle: AssessmentCycle) -> Settings:
    """Return the rules in force."""
    return read_year_rules(cycle.year).settings


def judging_settings(cycle: AssessmentCycle, polls: Iterable[Poll]) -> dict[int | None, Settings]:
    """Return the rules that counted *polls* were judged by, by their version."""
    found: dict[int | None, Settings] = {cycle.rule_version: settings_of(cycle)}
    if earlier := {poll.rule_version for poll in polls} - {None, cycle.rule_version}:
        query = select(CycleRules.version, CycleRules.settings).where(
            CycleRules.cycle_id == cycle.id, CycleRules.version.in_(earlier)
        )
        for version, stored in db.session.execute(query):
            found[version] = frozen_rules(stored, cycle.year).settings
    return found


def list_polls(cycle_id: int) -> Sequence[Poll]:
    """Return every poll of the cycle, by group, series and round."""
    polls = db.session.scalars(select(Poll).where(Poll.cycle_id == cycle_id)).all()
    return sorted(polls, key=lambda poll: (order_of((poll.rater_group, poll.series)), poll.round))


def order_of(key: tuple[Group, Series]) -> tuple[int, int]:
    """Return where a group's vote on a series stands in every list."""
    group, series = key
    return list(Group).index(group), list(Series).index(series)


def latest_polls(cycle_id: int) -> dict[tuple[Group, Series], Poll]:
    """Return the last round of each group and series."""
    return {(poll.rater_group, poll.series): poll for poll in list_polls(cycle_id)}


def reopened_votes(cycle: AssessmentCycle) -> frozenset[tuple[Group, Series]]:
    """Return which groups rate which series again since the vote was last opened (5.6)."""
    query = (
        select(CycleMove.groups)
        .where(CycleMove.cycle_id == cycle.id, CycleMove.state == CycleState.VOTING)
        .order_by(CycleMove.id.desc())
        .limit(1)
    )
    return frozenset((Group(group), Series(series)) for group, series in db.session.scalar(query) or [])


def line_counts(poll_ids: Sequence[int]) -> list[tuple[int, int, str, int]]:
    """Return how often each unit was given each mark, as (poll, unit, mark, count)."""
    rows = db.session.execute(
        select(SealedLine.poll_id, SealedLine.unit_id, SealedLine.mark, func.count())
        .where(SealedLine.poll_id.in_(poll_ids))
        .group_by(SealedLine.poll_id, SealedLine.unit_id, SealedLine.mark)
    )
    return [(poll_id, unit_id, mark, count) for poll_id, unit_id, mark, count in rows]


def is_received(tracking: str) -> bool:
    """Say whether the ballot of this tracking number is among those sealed."""
    query = select(func.count()).select_from(BallotReceipt).where(BallotReceipt.tracking == tracking)
    return bool(db.session.scalar(query))


@dataclass(frozen=True, slots=True)
class ReceiptList:
    """The tracking numbers of one sealed vote, and the root of the seal over its lines and them."""

    cycle: str
    group: Group
    series: Series
    round: int
    root: str
    numbers: list[str]


def receipt_lists(door: str) -> list[ReceiptList]:
    """Return what is published of the latest cycle that has sealed votes behind this door (B6).

    By number, which is random; a list has the length of the ballots received, which the count tells too.
    """
    newest = (
        select(func.max(Poll.cycle_id))
        .where(Poll.rater_group.in_(DOORS[door]), Poll.sealed_at.is_not(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Poll, AssessmentCycle.name, BallotReceipt.tracking)
        .join(AssessmentCycle, AssessmentCycle.id == Poll.cycle_id)
        .join(BallotReceipt, BallotReceipt.poll_id == Poll.id)
        .where(Poll.rater_group.in_(DOORS[door]), Poll.sealed_at.is_not(None), Poll.cycle_id == newest)
        .order_by(Poll.id, BallotReceipt.tracking)
    )
    found: dict[int, ReceiptList] = {}
    for poll, cycle, number in rows:
        known = found.setdefault(
            poll.id,
            ReceiptList(cycle, poll.rater_group, poll.series, poll.round, poll.root or "", []),
        )
        known.numbers.append(number)
    return sorted(found.values(), key=lambda item: (order_of((item.group, item.series)), item.round))
