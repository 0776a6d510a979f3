"""The hand-overs of steps 2 and 4: change orders to approve, write-offs to check and to approve."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import false, or_, select, true

from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import ChangeState
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat


def change_orders(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the approvals of change orders; one taken back before the decision was nobody's to decide."""
    is_decided = false() if open_only else ChangeOrder.decided_at.is_not(None)
    rows = db.session.execute(
        select(
            ChangeOrder.id, ChangeOrder.number, ChangeOrder.requested_by_id, ChangeOrder.requested_at,
            ChangeOrder.decided_at, Letter.title, Letter.unit_id,
        )
        .join(Letter, Letter.id == ChangeOrder.letter_id)
        .where(
            ChangeOrder.year == year,
            or_(ChangeOrder.state == ChangeState.PROPOSED, is_decided),
        )
    )  # fmt: skip
    for row in rows:
        yield Step(
            matter=f"change:{row.id}",
            label=f"{row.number} {row.title}",
            endpoint="changes.change_show",
            values={"order_id": row.id},
            unit_id=row.unit_id,
            seat=Seat.LEADER,
            since=row.requested_at,
            until=row.decided_at,
            asked_by_id=row.requested_by_id,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a write-off: the office's check, or the leader's approval."""

    is_check: bool
    since: datetime
    until: datetime | None
    asked_by_id: int | None


def parts_of(changes: Iterable[tuple[LedgerState, datetime, int | None]]) -> Iterator[Part]:
    """Return the parts of an entry's write-offs from its changes of state, oldest first (domain.md 5.4).

    The first change to 申请销号 asks, the next one into it is the office's check; any other ends the part.
    """
    running: Part | None = None
    for state, moment, person_id in changes:
        is_asked = state is LedgerState.WRITE_OFF_REQUESTED
        if running is None:
            running = Part(True, moment, None, person_id) if is_asked else None  # noqa: FBT003 - is_check
            continue
        yield Part(running.is_check, running.since, moment, running.asked_by_id)
        running = Part(False, moment, None, running.asked_by_id) if is_asked else None  # noqa: FBT003
    if running is not None:
        yield running


def write_off_checks(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the office's checks of write-offs."""
    return (
        _step(row, part, Seat.OFFICE) for row, part in _write_offs(year, open_only=open_only) if part.is_check
    )


def write_off_approvals(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the approvals of write-offs by the leader in charge."""
    found = _write_offs(year, open_only=open_only)
    return (_step(row, part, Seat.LEADER) for row, part in found if not part.is_check)


def _write_offs(year: int, *, open_only: bool) -> Iterator[tuple[Any, Part]]:
    asked = select(LedgerChange.entry_id).where(LedgerChange.state == LedgerState.WRITE_OFF_REQUESTED)
    rows = db.session.execute(
        select(
            LedgerChange.entry_id, LedgerChange.state, LedgerChange.recorded_at, LedgerChange.person_id,
            Goal.name, Goal.unit_id,
        )
        .join(LedgerEntry, LedgerEntry.id == LedgerChange.entry_id)
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .where(
            Goal.year == year,
            LedgerChange.entry_id.in_(asked),
            LedgerEntry.state == LedgerState.WRITE_OFF_REQUESTED if open_only else true(),
        )
        .order_by(LedgerChange.entry_id, LedgerChange.id)
    )  # fmt: skip
    for _entry_id, found in groupby(rows, key=lambda row: row.entry_id):
        changes = list(found)
        for part in parts_of((row.state, row.recorded_at, row.person_id) for row in changes):
            yield changes[0], part


def _step(row: Any, part: Part, seat: Seat) -> Step:
    return Step(
        matter=f"ledger_entry:{row.entry_id}",
        label=str(_("%(goal)s销号", goal=row.name)),
        endpoint="ledger.entry_show",
        values={"entry_id": row.entry_id},
        unit_id=row.unit_id,
        seat=seat,
        since=part.since,
        until=part.until,
        asked_by_id=part.asked_by_id,
    )
