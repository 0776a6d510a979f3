"""Turn signals: compare how the ledger stands with what each goal showed last (domain.md 8.2).

A fixed number of statements, however many goals there are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core.database import insert_missing
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import Standing, morning_standings, standings
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.signals import rules
from fivestep_web.supervision.signals.models import ONLY, SignalTurn, SupervisionRun


@dataclass(frozen=True, slots=True)
class Turned:
    """A goal that took another colour, and where it stands."""

    turn: SignalTurn
    standing: Standing


def lock_run() -> SupervisionRun:
    """Return how far the clock has come, locked until the end of the unit of work."""
    insert = insert_missing(SupervisionRun, db.session.get_bind().dialect)
    db.session.execute(insert.values(id=ONLY))
    query = select(SupervisionRun).where(SupervisionRun.id == ONLY).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def find_signals_day() -> date | None:
    """Return the last day whose signals were made; None before the first."""
    return db.session.scalar(select(SupervisionRun.signals_on))


def find_digests_day() -> date | None:
    """Return the last day whose digests were made; None before the first."""
    return db.session.scalar(select(SupervisionRun.digests_on))


def years_on(day: date) -> Sequence[int]:
    """Return the plan years supervised on *day*: its own, and the one before until that is settled."""
    query = select(PlanYear.year).where(PlanYear.year.in_((day.year - 1, day.year)))
    return db.session.scalars(query.order_by(PlanYear.year)).all()


def read(day: date, **wanted: Any) -> list[Standing]:
    """Return where the goals supervised on *day* stand, limited by conditions of the ledger."""
    return [item for year in years_on(day) for item in standings(day, year=year, **wanted)]


def read_morning(day: date) -> list[Standing]:
    """Return where they stand on the morning of *day*, by what was known the evening before."""
    return [item for year in years_on(day) for item in morning_standings(day, year=year)]


def living_turns(found: Collection[Standing], day: date) -> dict[int, SignalTurn]:
    """Return what each goal of *found* shows, by goal."""
    query = select(SignalTurn).where(SignalTurn.ended_on.is_(None))
    query = query.join(Goal, Goal.id == SignalTurn.goal_id).where(Goal.year.in_((day.year - 1, day.year)))
    wanted = {standing.goal_id for standing in found}
    return {turn.goal_id: turn for turn in db.session.scalars(query) if turn.goal_id in wanted}


def plan(found: Collection[Standing], living: dict[int, SignalTurn]) -> list[Standing]:
    """Return the standings of those goals that show another colour than before."""
    shown = {goal_id: turn.colour for goal_id, turn in living.items()}
    goals = set(rules.turned(shown, {standing.goal_id: standing.result for standing in found}))
    return [standing for standing in found if standing.goal_id in goals]


def turn(day: date, found: Collection[Standing]) -> list[Turned]:
    """End and open turns as *found* says of *day*, in the running unit of work with the run locked."""
    living = living_turns(found, day)
    changed = plan(found, living)
    for standing in changed:
        if before := living.get(standing.goal_id):
            before.ended_on = day
    db.session.flush()
    made = [Turned(_open(standing, day), standing) for standing in changed]
    db.session.add_all([item.turn for item in made])
    db.session.flush()
    if made:
        record(SYSTEM, "signal.turned", "signal:days", day=day, goals=[item.turn.goal_id for item in made])
    return made


def _open(standing: Standing, day: date) -> SignalTurn:
    result = standing.result
    return SignalTurn(
        goal_id=standing.goal_id,
        signal=result.signal,
        colour=result.signal.colour,
        reason=result.reason,
        workdays_late=result.workdays_late,
        turned_on=day,
    )
