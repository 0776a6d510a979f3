"""The clock: each due moment once, in order, whatever the clocks of the machines do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from fivestep_web.core import clock as core_clock
from fivestep_web.core import jobs
from fivestep_web.extensions import db as database
from fivestep_web.operations.models import ScheduleRun
from tasks import clock, registry
from tests.factories.queue import queued, run_queue

MORNING = clock.Daily("morning", time(8, 30), "accounts.remove_expired_sessions")


def at(day, hour=0, minute=0):
    """Return a moment by the wall clock of the office."""
    return datetime.combine(day, time(hour, minute), core_clock.ZONE).astimezone(UTC)


def keys():
    return [key for _task, key in queued()]


def test_a_new_instance_owes_only_the_latest_moment():
    assert list(clock.due(MORNING, at(date(2026, 3, 2), 9), None)) == [at(date(2026, 3, 2), 8, 30)]
    assert list(clock.due(MORNING, at(date(2026, 3, 2), 8), None)) == [at(date(2026, 3, 1), 8, 30)]


def test_down_time_is_caught_up_oldest_first_across_the_year():
    last = at(date(2026, 12, 30), 8, 30)
    found = list(clock.due(MORNING, at(date(2027, 1, 2), 9), last))
    assert found == [at(day, 8, 30) for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))]


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    steps=st.lists(st.integers(-90_000, 300_000), max_size=30),
)
def test_a_clock_that_jumps_starts_each_moment_once_and_never_one_to_come(start, steps):
    moment, last, seen = start, None, []
    for step in steps:
        moment += timedelta(seconds=step)
        for due_at in clock.due(MORNING, moment, last):
            assert due_at <= moment
            last = due_at
            seen.append(due_at)
    assert seen == sorted(set(seen))
    assert all(after - before == timedelta(days=1) for before, after in pairwise(seen))


def test_two_clocks_start_a_task_once(db):
    now = at(date(2026, 3, 2), 9)
    assert [clock.start_due(now, (MORNING,)) for _clock in range(2)] == [1, 0]
    assert keys() == ["clock-morning-2026-03-02"]


def test_a_moment_another_clock_has_just_taken_is_left_to_it(db):
    clock.start_due(at(date(2026, 3, 2), 9), (MORNING,))
    assert not clock._start(MORNING, at(date(2026, 3, 2), 8, 30))
    assert keys() == ["clock-morning-2026-03-02"]


def test_a_clock_set_back_a_day_starts_nothing_again(db):
    clock.start_due(at(date(2026, 3, 2), 9), (MORNING,))
    assert clock.start_due(at(date(2026, 3, 1), 9), (MORNING,)) == 0
    assert clock.start_due(at(date(2026, 3, 3), 9), (MORNING,)) == 1


def test_every_task_of_the_schedule_exists_and_runs(db, app):
    registry.load()
    assert {entry.task for entry in clock.SCHEDULE} <= set(registry.names())
    started = clock.start_due(core_clock.system_now(), clock.SCHEDULE)
    assert started == len(clock.SCHEDULE)
    run_queue()
    assert queued() == []
    assert (
        database.session.scalar(
            select(func.count()).select_from(jobs.Outbox).where(jobs.Outbox.failed_at.is_not(None))
        )
        == 0
    )
    witness = app.config["FIVESTEP"].witness_dir
    assert list(witness.glob("checkpoint-*.json"))


def test_a_database_that_is_away_does_not_stop_the_clock(db, monkeypatch):
    def away(*arguments):
        raise database.exc.OperationalError("SELECT 1", {}, Exception())

    monkeypatch.setattr(clock, "start_due", away)
    clock.tick("clock-1")
    assert database.session.scalar(select(func.count()).select_from(ScheduleRun)) == 0
