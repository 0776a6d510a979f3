"""What the clock does with signals and notices: day by day, each day exactly once (domain.md 8.2, 8.3).

A day is looked at twice, always by the same facts: in the morning by what was known the evening before, and
in the evening by what the day brought. What is looked at on an event in between is the same as the evening.
So an outage, after which the missed days are made up one by one, leaves the same turns and notices as none.
Facts count on their date (R3.1): what was reported meanwhile with an earlier one counts on that, and no
notice asks for what by then is not missing (8.3: a notice is for a turn, and this goal has not turned).
"""

from collections.abc import Collection
from datetime import date, timedelta

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.ledger.queries import Standing
from fivestep_web.supervision.notices import issuing
from fivestep_web.supervision.notices.people import posts_on
from fivestep_web.supervision.signals import turns
from fivestep_web.supervision.signals.models import SupervisionRun

ONE_DAY = timedelta(days=1)


def catch_up(today: date) -> int:
    """Make every day up to *today* that is missing, each in a unit of work of its own; return how many.

    A new instance owes no past: its first day is today.
    """
    made = 0
    while _make_next_day(today):
        made += 1
    return made


def _make_next_day(today: date) -> bool:
    with unit_of_work():
        run = turns.lock_run()
        last = run.signals_on
        if last is not None and last >= today:
            return False
        _make_day(run, today if last is None else last + ONE_DAY)
    return True


def _make_day(run: SupervisionRun, day: date) -> None:
    before = day - ONE_DAY
    if run.signals_on is None:
        found = turns.read(day)
    else:
        _turn(before, turns.read(before))
        found = turns.read_morning(day)
    _turn(day, found)
    issuing.climb(day, issuing.climbing(day, found, posts_on(day)))
    issuing.offer_talks(day, issuing.talks_due(day))
    run.signals_on = day


def _turn(day: date, found: Collection[Standing]) -> None:
    if made := turns.turn(day, found):
        issuing.issue(day, made, posts_on(day))


def refresh(today: date, goal_ids: Collection[int] | None = None) -> None:
    """Look at some goals, or at all, after an event of *today*, in the running unit of work.

    Only once the clock has come to this very day: before that the night does it.
    """
    if turns.lock_run().signals_on == today:
        wanted = {} if goal_ids is None else {"goal_ids": list(goal_ids)}
        _turn(today, turns.read(today, **wanted))
