"""Opening ledger entries (建账) and reporting progress into them (domain.md 5.4, R3.1, R4.2)."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution import policy as execution_policy
from fivestep_web.execution import services as execution_services
from fivestep_web.execution.evidence.queries import chosen_for_report
from fivestep_web.execution.evidence.services import attach_to_event
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.services import Report
from fivestep_web.extensions import db
from fivestep_web.ledger import policy
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import UPPER_KIND, LetterState


def open_entries(actor: Actor, letter_id: int) -> int:
    """Open an entry for every goal of a letter in force that has none; return how many are new (R4.2).

    A unit's letter also opens the tasks its head owns in person: a head has no personal letter. Entries open
    on the day the letter came into force. Where progress is recorded from before (an imported year), they
    reach back to the goal's start, so that the year can be replayed. Raises Conflict while not in force.
    """
    letter = db.session.get(Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound(_("责任书不存在。"))
    if letter.state is not LetterState.IN_FORCE or letter.in_force_at is None:
        raise Conflict(_("责任书%(number)s尚未生效，不能建账。", number=letter.number))
    in_force_on = letter.in_force_at.astimezone(clock.ZONE).date()
    goals = [goal for goal in _goals_of(letter) if goal.id not in _opened(letter.year)]
    first_events = _first_events([goal.id for goal in goals])
    now = clock.now()
    for goal in goals:
        db.session.add(_new_entry(goal, in_force_on, first_events.get(goal.id), now))
    db.session.flush()
    if goals:
        record(actor, "ledger.entries_opened", f"letter:{letter.id}", goals=[goal.id for goal in goals])
    return len(goals)


def _goals_of(letter: Letter) -> Collection[Goal]:
    goals = [item.goal for item in letter.goals]
    if letter.kind in UPPER_KIND.values():
        goals += db.session.scalars(
            select(Goal)
            .where(Goal.parent_id.in_([goal.id for goal in goals]), Goal.person_id == letter.responsible_id)
            .order_by(Goal.code)
        )
    return goals


def _opened(year: int) -> set[int]:
    return set(
        db.session.scalars(select(LedgerEntry.goal_id).join(LedgerEntry.goal).where(Goal.year == year))
    )


def _first_events(goal_ids: Collection[int]) -> dict[int, date]:
    rows = db.session.execute(
        select(ProgressEvent.goal_id, func.min(ProgressEvent.happened_on))
        .where(ProgressEvent.goal_id.in_(goal_ids))
        .group_by(ProgressEvent.goal_id)
    )
    return {row[0]: row[1] for row in rows}


def _new_entry(goal: Goal, in_force_on: date, first_event: date | None, now: datetime) -> LedgerEntry:
    opened_on = in_force_on
    if first_event is not None and first_event < in_force_on:
        opened_on = min(goal.starts_on or first_event, first_event)
    entry = LedgerEntry(goal_id=goal.id, state=LedgerState.NOT_STARTED, opened_on=opened_on, changes=[])
    entry.changes.append(
        LedgerChange(
            state=LedgerState.NOT_STARTED, changed_on=opened_on, reason=_("责任书生效，建账"), recorded_at=now
        )
    )
    if first_event is not None:
        _start(entry, None, max(first_event, opened_on), now)
    return entry


def _start(entry: LedgerEntry, person_id: int | None, day: date, now: datetime) -> None:
    entry.state = LedgerState.IN_PROGRESS
    entry.changes.append(
        LedgerChange(
            state=LedgerState.IN_PROGRESS,
            changed_on=day,
            reason=_("首次汇报进展"),
            person_id=person_id,
            recorded_at=now,
        )
    )


def start_reported(actor: Actor, year: int) -> int:
    """Move entries that have progress but were never started to 推进中, after an import; return how many."""
    rows = db.session.execute(
        select(LedgerEntry, func.min(ProgressEvent.happened_on))
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .join(ProgressEvent, ProgressEvent.goal_id == Goal.id)
        .where(Goal.year == year, LedgerEntry.state == LedgerState.NOT_STARTED)
        .group_by(LedgerEntry.id)
        .order_by(LedgerEntry.id)
    ).all()
    now = clock.now()
    for entry, first_event in rows:
        _start(entry, actor.person_id, max(first_event, entry.opened_on), now)
    db.session.flush()
    if rows:
        record(actor, "ledger.entries_started", f"year:{year}", entries=[entry.id for entry, _day in rows])
    return len(rows)


def check_open(goal: Goal) -> None:
    """Raise Conflict when the goal has no ledger entry, or one that takes no reports and no phases now."""
    state = db.session.scalar(select(LedgerEntry.state).where(LedgerEntry.goal_id == goal.id))
    if state is None:
        raise Conflict(_("这项目标还没有建账，责任书生效后才能汇报和提交。"))
    if state not in policy.REPORTABLE:
        raise Conflict(_("台账现在是“%(state)s”，不能汇报、提交和验收。", state=state.label))


def check_reportable(actor: Actor, entry: LedgerEntry) -> None:
    """Raise NotAllowed for another's goal, Conflict when the entry takes no reports."""
    goal = entry.goal
    is_assisted = assignments.assists(actor, goal.id)
    if not execution_policy.can_report(
        actor, unit_id=goal.unit_id, person_id=goal.person_id, is_assisted=is_assisted
    ):
        raise NotAllowed(_("这项目标不由您汇报，请由责任人、协办人或本单位汇报。"))
    if entry.state not in policy.REPORTABLE:
        raise Conflict(_("台账现在是“%(state)s”，不能汇报进展。", state=entry.state.label))


def report_progress(
    actor: Actor,
    goal_id: int,
    *,
    happened_on: date,
    done: Decimal | None,
    completed_on: date | None = None,
    note: str = "",
    evidence: str = "",
) -> ProgressEvent:
    """Append what was reached by *happened_on* (None: 不涉及); the first report starts the entry.

    The files the actor chose for the report go with it.

    Raises NotAllowed for another's goal, Conflict when the entry takes no reports, DomainError for what
    cannot be so.
    """
    entry = db.session.scalar(
        select(LedgerEntry)
        .where(LedgerEntry.goal_id == goal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise Conflict(_("这项目标还没有建账，责任书生效后才能汇报。"))
    check_reportable(actor, entry)
    has_files = bool(chosen_for_report(goal_id, actor.person_id))
    event = execution_services.append_event(
        actor, entry.goal, Report(happened_on, done, completed_on, note, evidence, has_files)
    )
    attach_to_event(actor, event)
    if entry.state is LedgerState.NOT_STARTED:
        _start(entry, actor.person_id, max(happened_on, entry.opened_on), clock.now())
        db.session.flush()
        record(actor, "ledger.started", f"ledger_entry:{entry.id}")
    return event
