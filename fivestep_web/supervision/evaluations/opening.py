"""Open the evaluation of every phase that ended, exactly once, whenever the clock comes to it (R3.11)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.execution.queries import progress_of_goals
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState
from fivestep_web.supervision.evaluations import rules, settings
from fivestep_web.supervision.evaluations.models import EvaluationLimits, StageEvaluation
from fivestep_web.supervision.evaluations.queries import IDLE


@dataclass(frozen=True, slots=True)
class _Ended:
    """A phase that ended without an evaluation; *known_from* is since when the system knew of it."""

    milestone_id: int
    goal_id: int
    ended_on: date
    is_early: bool
    known_from: date


def open_due(today: date) -> int:
    """Open what ended before *today* in this plan year and the last; return how many.

    Run late it opens the same evaluations with the same days as run every night.
    """
    years = db.session.scalars(
        select(PlanYear.year)
        .where(PlanYear.year.in_((today.year - 1, today.year)))
        .order_by(PlanYear.year)
        .with_for_update()
    ).all()
    return sum(_open(year, _ended(year, today), today) for year in years)


def open_completed(milestone_id: int) -> int:
    """Open at once what a phase that was accepted asks for; the clock would on its next round."""
    today = clock.today()
    year = db.session.scalar(
        select(PlanYear.year)
        .join(Goal, Goal.year == PlanYear.year)
        .join(Milestone, Milestone.goal_id == Goal.id)
        .where(Milestone.id == milestone_id)
        .with_for_update(of=PlanYear)
    )
    if year is None:
        return 0
    return _open(year, [phase for phase in _ended(year, today) if phase.milestone_id == milestone_id], today)


def _open(year: int, phases: Sequence[_Ended], today: date) -> int:
    limits, calendar = settings.begin(year, today), get_calendar()
    idle = _not_applicable({phase.goal_id for phase in phases}, today)
    opened = [
        StageEvaluation(
            milestone_id=phase.milestone_id,
            ended_on=phase.ended_on,
            opened_on=today,
            due_on=rules.limit(_begins_on(phase, limits, today), limits.unit_workdays, calendar),
        )
        for phase in phases
        if phase.goal_id not in idle
    ]
    db.session.add_all(opened)
    db.session.flush()
    if opened:
        record(SYSTEM, "evaluation.opened", f"year:{year}", count=len(opened))
    return len(opened)


def _begins_on(phase: _Ended, limits: EvaluationLimits, today: date) -> date:
    """Return from when the unit's limit runs: not before anybody could know of the phase here."""
    if phase.is_early or limits.begun_on is None:
        return today
    return max(phase.ended_on, phase.known_from, limits.begun_on)


def _ended(year: int, today: date) -> list[_Ended]:
    rows = db.session.execute(
        select(Milestone, LedgerEntry.id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .join(LedgerEntry, LedgerEntry.goal_id == Goal.id)
        .outerjoin(StageEvaluation, StageEvaluation.milestone_id == Milestone.id)
        .where(
            Goal.year == year,
            StageEvaluation.id.is_(None),
            LedgerEntry.state.not_in(IDLE),
            or_(Milestone.due_on < today, Milestone.state == MilestoneState.COMPLETED),
        )
        .order_by(Milestone.id)
    ).all()
    known = _known_from([entry_id for _milestone, entry_id in rows])
    return [
        _Ended(milestone.id, milestone.goal_id, day, day < milestone.due_on, known.get(entry_id, day))
        for milestone, entry_id in rows
        if (day := rules.ended_on(milestone.due_on, milestone.state, milestone.submitted_on, today))
    ]


def _known_from(entry_ids: Collection[int]) -> dict[int, date]:
    """Return the day each entry was made, or resumed if later: no limit runs before it."""
    resumed = case((LedgerChange.state == LedgerState.IN_PROGRESS, LedgerChange.changed_on))
    suspended = case((LedgerChange.state == LedgerState.SUSPENDED, LedgerChange.changed_on))
    rows: Iterable[Any] = db.session.execute(
        select(
            LedgerChange.entry_id,
            func.min(LedgerChange.recorded_at),
            func.max(suspended),
            func.max(resumed),
        )
        .where(LedgerChange.entry_id.in_(entry_ids))
        .group_by(LedgerChange.entry_id)
    )
    found = {}
    for entry_id, made_at, suspended_on, resumed_on in rows:
        made_on = made_at.astimezone(clock.ZONE).date()
        found[entry_id] = max(made_on, resumed_on) if suspended_on and resumed_on else made_on
    return found


def _not_applicable(goal_ids: Collection[int], today: date) -> set[int]:
    known = progress_of_goals(goal_ids, today)
    return {
        goal_id for goal_id, history in known.items() if any(point.not_applicable for point in history.latest)
    }
