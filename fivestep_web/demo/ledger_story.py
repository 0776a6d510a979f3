"""The demo county's ledger: monthly reports, write-offs at every stage, one of each exception."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.demo.cast import Play, actor_of, holders
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger import queries, services, write_off_services
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterState

REPORTED_MONTHS = range(1, 12)
SILENT_ONE_IN = 11  # every eleventh goal forgets its monthly report
REQUESTED_ON, CHECKED_ON, APPROVED_ON = date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 4)
WRITTEN_OFF, WAITING_FOR_LEADER, WAITING_FOR_OFFICE = 30, 6, 6
EXCEPTIONS_ON = date(2026, 12, 7)
REVIEW_ON = date(2027, 1, 15)


def open_ledger(year: int) -> None:
    """Open the entries of every letter in force."""
    letters = db.session.scalars(
        select(Letter.id).where(Letter.year == year, Letter.state == LetterState.IN_FORCE).order_by(Letter.id)
    ).all()
    for letter_id in letters:
        services.open_entries(SYSTEM, letter_id)


def report_monthly(year: int, play: Play) -> None:
    """Add the monthly reports that stand between the workbook's figures, repeating the last one known."""
    goals = db.session.scalars(
        select(Goal).join(LedgerEntry, LedgerEntry.goal_id == Goal.id).order_by(Goal.code)
    ).all()
    events = db.session.execute(
        select(
            ProgressEvent.goal_id, ProgressEvent.happened_on, ProgressEvent.done, ProgressEvent.completed_on
        )
        .join(Goal, Goal.id == ProgressEvent.goal_id)
        .where(Goal.year == year)
        .order_by(ProgressEvent.happened_on)
    ).all()
    history: dict[int, list[Any]] = {}
    for event in events:
        history.setdefault(event.goal_id, []).append(event)
    for month in REPORTED_MONTHS:
        day = get_calendar().last_workday_of_month(year, month)
        play(day, hour=16)
        rows = _reports(goals, history, day)
        if rows:
            db.session.execute(insert(ProgressEvent), rows)
            record(SYSTEM, "progress.reported", f"year:{year}", month=month, count=len(rows))


def _reports(goals: Sequence[Goal], history: dict[int, list[Any]], day: date) -> list[dict[str, Any]]:
    rows = []
    for index, goal in enumerate(goals):
        known = [event for event in history.get(goal.id, []) if event.happened_on <= day]
        if (index + day.month) % SILENT_ONE_IN == 0 or not known or known[-1].completed_on is not None:
            continue
        if known[-1].happened_on.month == day.month:
            continue
        rows.append(
            {
                "goal_id": goal.id,
                "happened_on": day,
                "done": known[-1].done,
                "note": f"{day.month}月份继续推进",
                "evidence": "",
                "is_imported": False,
                "is_not_applicable": False,
                "completed_on": None,
                "reporter_id": goal.person_id,
                "recorded_at": clock.now(),
            }
        )
    return rows


def write_off(year: int, play: Play) -> None:
    """Take completed entries through the write-off, and leave some waiting at each step."""
    play(REQUESTED_ON, hour=9)
    asked = _completed(year, REQUESTED_ON)[: WRITTEN_OFF + WAITING_FOR_LEADER + WAITING_FOR_OFFICE]
    for entry in asked:
        write_off_services.request_write_off(
            actor_of(entry.goal.person_id, REQUESTED_ON),
            entry,
            conditions=list(write_off_services.AcceptanceCondition),
        )
    play(CHECKED_ON, hour=10)
    clerks = holders(Role.OFC, CHECKED_ON)
    checked = asked[: WRITTEN_OFF + WAITING_FOR_LEADER]
    for entry in checked:
        clerk = next(item for item in clerks if item.person_id != entry.goal.person_id)
        write_off_services.record_check(clerk, entry, note="材料齐全")
    play(APPROVED_ON, hour=15)
    for entry in checked[:WRITTEN_OFF]:
        write_off_services.approve_write_off(_leader(entry, APPROVED_ON), entry)


def make_exceptions(year: int, play: Play) -> None:
    """Leave one entry suspended, one reopened and one struck out."""
    play(EXCEPTIONS_ON, hour=11)
    running = [
        entry
        for entry in _entries(year)
        if entry.state is LedgerState.IN_PROGRESS and entry.goal.deadline > EXCEPTIONS_ON
    ]
    suspended, cancelled = running[0], running[-1]
    write_off_services.suspend(
        _leader(suspended, EXCEPTIONS_ON), suspended, reason="等待上级统一部署", review_on=REVIEW_ON
    )
    minister = holders(Role.MIN, EXCEPTIONS_ON)[0]
    write_off_services.cancel(minister, cancelled, reason="上级调整安排，按变更单不再实施")
    closed = next(entry for entry in _entries(year) if entry.state is LedgerState.CLOSED)
    write_off_services.reopen(_leader(closed, EXCEPTIONS_ON), closed, finding="抽查发现佐证材料缺少验收单")


def _entries(year: int) -> Sequence[LedgerEntry]:
    return db.session.scalars(
        select(LedgerEntry)
        .join(LedgerEntry.goal)
        .where(Goal.year == year)
        .options(joinedload(LedgerEntry.goal))
        .order_by(LedgerEntry.id)
    ).all()


def _completed(year: int, day: date) -> list[LedgerEntry]:
    """Return unit goals and tasks that are completed, spread over the units."""
    done = {item.entry_id for item in queries.standings(day, year=year) if item.is_completed}
    entries = [
        entry for entry in _entries(year) if entry.id in done and entry.state is LedgerState.IN_PROGRESS
    ]
    return entries[::3] + entries[1::3] + entries[2::3]


def _leader(entry: LedgerEntry, day: date) -> Actor:
    leader_id = entry.goal.unit.current.leader_id
    if leader_id is None:
        raise LookupError(entry.id)
    return actor_of(leader_id, day)
