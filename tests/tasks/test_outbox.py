"""The outbox and the runner, inline: what is done once, what is refused, what is given up."""

import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fivestep_web.core import jobs
from fivestep_web.core.errors import DomainError
from fivestep_web.core.jobs import Outbox, publishing
from fivestep_web.core.settings import InstanceSetting
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tasks import registry, runner
from tests.factories.queue import queued, run_queue

failures: list[tuple[str, str]] = []


@registry.task(tries=3)
def note(claim, number):
    with publishing(claim):
        database.session.add(InstanceSetting(name=f"note-{number}", value=str(claim.gen)))


@registry.task(tries=3, on_failure=lambda claim, reason: failures.append((claim.key, reason)))
def refuse(claim, number):
    raise DomainError("张某甲的责任书不能生成")


@registry.task()
def forget(claim):
    """Return without finishing."""


@registry.task(time_limit=1, tries=1)
def hang(claim):
    signal.pause()


def ask(task, *arguments, key, is_bulk=False):
    with unit_of_work():
        jobs.enqueue(f"test_outbox.{task}", *arguments, key=key, is_bulk=is_bulk)


def row(key):
    database.session.rollback()
    return database.session.scalar(
        select(Outbox).where(Outbox.key == key).execution_options(populate_existing=True)
    )


def notes():
    return sorted(
        database.session.scalars(select(InstanceSetting.name).where(InstanceSetting.name.like("note-%")))
    )


def change(key, **values):
    with unit_of_work():
        database.session.execute(update(Outbox).where(Outbox.key == key).values(**values))


def test_work_is_done_once_however_often_it_is_asked_for(db):
    ask("note", 1, key="letter-1-r1")
    ask("note", 1, key="letter-1-r1")
    assert run_queue() == 1
    ask("note", 1, key="letter-1-r1")
    assert run_queue() == 0
    runner.run("letter-1-r1")
    assert notes() == ["note-1"]
    assert row("letter-1-r1").done_at is not None


def test_a_rollback_queues_nothing(db):
    def ask_and_break():
        with unit_of_work():
            jobs.enqueue("test_outbox.note", 1, key="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_break()
    assert queued() == []


def test_work_that_is_held_is_not_claimed_again_until_its_lease_ends(db):
    ask("note", 1, key="a")
    assert jobs.claim("a") is not None
    assert jobs.claim("a") is None
    assert jobs.due() == []
    change("a", lease_until=jobs.database_now() - timedelta(seconds=1))
    assert jobs.claim("a").gen == 2


def test_a_stale_attempt_publishes_nothing(db):
    ask("note", 1, key="a")
    stale = jobs.claim("a", lease=timedelta(0))
    fresh = jobs.claim("a")
    note(fresh, 1)
    with pytest.raises(jobs.StaleAttempt):
        note(stale, 2)
    assert notes() == ["note-1"]


def test_a_stale_attempt_cannot_fail_or_renew_what_another_holds(db):
    ask("note", 1, key="a")
    stale = jobs.claim("a", lease=timedelta(0))
    jobs.claim("a")
    assert not jobs.renew("a", stale.gen)
    with pytest.raises(jobs.StaleAttempt), unit_of_work():
        jobs.fail("a", stale.gen, "x", tries=1, limit=1)
    assert row("a").failed_at is None


def test_renewing_keeps_others_off(db):
    ask("note", 1, key="a")
    held = jobs.claim("a", lease=timedelta(0))
    assert jobs.renew("a", held.gen, lease=timedelta(seconds=30))
    assert jobs.claim("a") is None


def test_poison_ends_as_failed_after_its_tries_while_others_go_on(db):
    failures.clear()
    ask("refuse", 7, key="poison")
    ask("note", 1, key="good")
    run_queue()
    poison = row("poison")
    assert (poison.tries, poison.failed_at is not None, poison.done_at) == (3, True, None)
    assert failures == [("poison", poison.failure)]
    assert notes() == ["note-1"]


def test_the_reason_tells_the_kind_of_error_and_no_name(db):
    ask("refuse", 7, key="poison")
    run_queue()
    assert row("poison").failure == "数据不符合办理条件，请核对后重试。"


def test_each_failure_waits_longer_before_the_next_try(db):
    ask("refuse", 7, key="poison")
    for wait in (2, 8):
        change("poison", not_before=None)
        before = jobs.database_now()
        runner.run("poison")
        after = jobs.database_now()
        assert jobs.claim("poison") is None
        assert before <= row("poison").not_before - timedelta(seconds=wait) <= after


def test_failed_work_can_be_tried_again_and_finished_work_cannot(db):
    ask("refuse", 7, key="poison")
    ask("note", 1, key="good")
    run_queue()
    with unit_of_work():
        assert jobs.retry("poison")
        assert not jobs.retry("good")
        assert not jobs.retry("nothing")
    assert queued() == [("test_outbox.refuse", "poison")]
    assert (row("poison").tries, row("poison").failure) == (0, None)


def test_a_task_of_another_release_fails_without_stopping_the_queue(db):
    with unit_of_work():
        jobs.enqueue("letters.renamed", 1, key="old")
        jobs.enqueue("os.system", "true", key="evil")
    ask("note", 1, key="good")
    run_queue()
    assert row("old").failure == row("evil").failure == "当前版本没有这项任务，请升级后重试。"
    assert notes() == ["note-1"]


def test_a_task_that_forgets_to_finish_fails(db):
    ask("forget", key="a")
    run_queue()
    assert "NotFinishedError" in row("a").failure


def test_a_hanging_task_is_cut_off(db):
    ask("hang", key="a")
    run_queue()
    assert row("a").failure == "超过时限，已中止。"


def test_work_whose_every_attempt_was_killed_is_given_up(db):
    ask("note", 1, key="a")
    change("a", tries=3)
    run_queue()
    assert row("a").failure == "处理时多次意外中断。"
    assert notes() == []


def test_a_limit_longer_than_the_queue_allows_is_refused():
    with pytest.raises(ValueError, match="chunks"):
        registry.task(time_limit=3_600)


def test_enqueueing_without_redis_waits_for_no_connection(db):
    started = time.monotonic()
    for number in range(20):
        ask("note", number, key=f"n-{number}")
    assert time.monotonic() - started < 10


def test_all_rows_of_a_unit_of_work_ring_together(db, monkeypatch):
    rung = []
    monkeypatch.setattr("fivestep_web.core.bell.Bell.ring", lambda self, waiting: rung.append(list(waiting)))
    with unit_of_work():
        for number in range(3):
            jobs.enqueue("test_outbox.note", number, key=f"n-{number}")
    assert [[row.key for row in together] for together in rung] == [["n-0", "n-1", "n-2"]]


def test_bulk_work_comes_after_all_other_also_once_it_is_tried_again(db, monkeypatch):
    ask("refuse", 1, key="bulk", is_bulk=True)
    for number in range(2):
        ask("note", number, key=f"n-{number}")
    assert [(row.key, row.is_bulk) for row in jobs.due()] == [("n-0", False), ("n-1", False), ("bulk", True)]
    run_queue()
    rung = []
    monkeypatch.setattr("fivestep_web.core.bell.Bell.ring", lambda self, waiting: rung.extend(waiting))
    with unit_of_work():
        assert jobs.retry("bulk")
    assert [(row.key, row.is_bulk) for row in rung] == [("bulk", True)]


def test_what_is_done_or_failed_does_not_ring_again(db, monkeypatch):
    ask("note", 1, key="a")
    run_queue()
    rung = []
    monkeypatch.setattr("fivestep_web.core.bell.Bell.ring", lambda self, waiting: rung.extend(waiting))
    ask("note", 1, key="a")
    assert rung == []
