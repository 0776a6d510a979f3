"""Kill, freeze and empty what can be killed, frozen and emptied: each piece of work is still done once."""

import contextlib
import os
import random
import shutil
import signal
import time

import pytest
from rq import Callback

from fivestep_web.core import jobs
from fivestep_web.core.bell import bell
from tests.factories.machine import Machine, children_of, wait_until

pytestmark = pytest.mark.redis

LETTERS = range(100)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def settle(machine: Machine) -> None:
    """Wait at most the minute that J1 gives; then everything must have been done once."""
    wait_until(lambda: machine.count_open() == 0, 60)
    assert machine.published() == list(LETTERS)


def test_killed_workers_and_horses_lose_and_double_nothing(machine):
    machine.start_redis()
    machine.start_clock()
    workers = [machine.start_worker(), machine.start_worker()]
    wait_until(lambda: machine.readiness()[0] == 200)
    machine.ask("slow", 40, numbers=LETTERS)
    chance = random.Random(20261122)  # noqa: S311 - a fault plan
    kills = 0
    while machine.count_open() > 10 and kills < 16:
        index = chance.randrange(2)
        horses = children_of(workers[index].pid)
        fault = chance.random()  # the horse, the worker, or between these bounds both
        if horses and fault < 0.7:
            kill(horses[0])
        if not horses or fault > 0.4:
            workers[index].kill()
            workers[index].wait()
            workers[index] = machine.start_worker()
        kills += 1
        time.sleep(chance.uniform(0.05, 0.4))
    assert kills >= 8
    settle(machine)


def test_a_redis_that_forgets_everything_loses_nothing(machine):
    server = machine.start_redis()
    machine.start_clock()
    machine.start_worker()
    wait_until(lambda: machine.readiness()[0] == 200)
    machine.ask("slow", 20, numbers=range(60))
    for left in (50, 40):
        wait_until(lambda: machine.count_open() <= left)  # noqa: B023
        machine.redis().flushall()
    server.kill()
    server.wait()
    for path in machine.folder.glob("appendonly*"):  # a folder of files since Redis 7, a file before
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    started = time.monotonic()
    machine.ask("slow", 20, numbers=range(60, 100))
    assert time.monotonic() - started < 20
    assert machine.readiness()[1]["redis"] == "unreachable"
    machine.start_redis()
    settle(machine)


def test_a_frozen_attempt_that_wakes_after_another_publishes_nothing(machine):
    machine.start_redis()
    frozen = machine.start_worker(lease=1.0)
    machine.ask("gated", str(machine.folder), numbers=range(1))
    wait_until((machine.folder / "started-1").exists)
    horse = children_of(frozen.pid)[0]
    kill(frozen.pid, signal.SIGSTOP)
    kill(horse, signal.SIGSTOP)
    machine.start_clock()
    machine.start_worker(lease=1.0)
    wait_until(lambda: machine.count_open() == 0)
    (machine.folder / "go").touch()
    kill(horse, signal.SIGCONT)
    kill(frozen.pid, signal.SIGCONT)
    wait_until(lambda: "published nothing" in machine.log(frozen))
    assert machine.execute("SELECT number, gen FROM test_published") == [(0, 2)]


def test_a_long_job_keeps_its_lease(machine):
    machine.start_redis()
    machine.start_clock()
    machine.start_worker(lease=0.6)
    machine.start_worker(lease=0.6)
    machine.ask("slow", 2_500, numbers=range(1))
    wait_until(lambda: machine.count_open() == 0)
    assert machine.execute("SELECT number, gen FROM test_published") == [(0, 1)]


def test_a_horse_dies_with_its_worker(machine):
    machine.start_redis()
    worker = machine.start_worker()
    machine.ask("gated", str(machine.folder), numbers=range(1))
    wait_until((machine.folder / "started-1").exists)
    horse = children_of(worker.pid)[0]
    worker.kill()
    worker.wait()
    wait_until(lambda: not os.path.exists(f"/proc/{horse}"), 5)  # noqa: PTH110


def test_poison_and_greed_are_given_up_while_others_are_done(machine):
    machine.start_redis()
    machine.start_clock()
    worker = machine.start_worker()
    machine.ask("poison", numbers=range(1))
    machine.ask("greedy", numbers=range(1))
    machine.ask("quick", numbers=range(20))
    wait_until(lambda: machine.count_open() == 0)
    assert machine.published() == list(range(20))
    failures = dict(machine.execute("SELECT task, failure FROM outbox WHERE failed_at IS NOT NULL"))
    assert failures == {
        "working.poison": "程序出错（RuntimeError），请联系管理员。",
        "working.greedy": "内存不足，已中止。",
    }
    assert "张某甲" not in machine.log(worker)


def test_a_queue_entry_can_name_nothing_but_our_runner(machine):
    machine.start_redis()
    worker = machine.start_worker()
    mark = machine.folder / "mark"
    with machine.app.app_context():
        queue, _bulk = bell().queues
        queue.enqueue("os.mkdir", str(mark), failure_ttl=60)
        queue.enqueue("tasks.runner.run", "no-such-key", on_success=Callback("os.getcwd"), failure_ttl=60)
    machine.ask("quick", numbers=range(3))
    wait_until(lambda: machine.count_open() == 0 and machine.redis().llen("rq:queue:fivestep") == 0)
    wait_until(lambda: "ForbiddenJobError" in machine.log(worker))
    assert not mark.exists()


def test_the_same_bell_rung_many_times_does_the_work_once(machine):
    machine.start_redis()
    machine.ask("quick", numbers=range(5))
    with machine.app.app_context():
        for _again in range(3):
            bell().ring(jobs.due())
    machine.start_worker()
    wait_until(lambda: machine.count_open() == 0 and machine.redis().llen("rq:queue:fivestep") == 0)
    assert machine.published() == list(range(5))


def test_work_that_somebody_waits_for_passes_a_deep_queue_of_bulk_work(machine):
    machine.start_redis()
    machine.ask("slow", 50, numbers=range(100), is_bulk=True)
    machine.start_worker()
    wait_until(machine.published)
    machine.ask("quick", numbers=range(1000, 1003))
    wait_until(lambda: 1002 in machine.published())
    assert machine.count_open() > 50
    wait_until(lambda: machine.count_open() == 0)
    assert machine.published() == [*range(100), *range(1000, 1003)]


def test_looking_at_a_deep_queue_does_not_make_it_deeper(machine):
    machine.start_redis()
    machine.ask("quick", numbers=range(300))
    with machine.app.app_context():
        assert [jobs.sweep() for _again in range(3)] == [300, 300, 300]
        assert machine.redis().llen("rq:queue:fivestep") == 300
        machine.redis().flushall()
        jobs.sweep()
    assert machine.redis().llen("rq:queue:fivestep") == 300


def test_readiness_falls_within_15_seconds_of_the_last_worker(machine):
    machine.start_redis()
    worker = machine.start_worker()
    wait_until(
        lambda: (
            machine.readiness() == (200, {"status": "ready", "database": "ok", "redis": "ok", "worker": "ok"})
        )
    )
    worker.kill()
    worker.wait()
    wait_until(
        lambda: (
            machine.readiness()
            == (503, {"status": "not ready", "database": "ok", "redis": "ok", "worker": "none alive"})
        ),
        15,
    )


def test_a_worker_that_is_stopped_finishes_its_job_and_signs_off(machine):
    machine.start_redis()
    worker = machine.start_worker()
    machine.ask("slow", 1_000, numbers=range(1))
    wait_until(lambda: machine.execute("SELECT 1 FROM outbox WHERE gen = 1"))
    worker.terminate()
    assert worker.wait(10) == 0
    assert machine.published() == [0]
    assert machine.readiness()[1]["worker"] == "none alive"


def test_a_worker_outlives_an_absent_and_a_restarted_redis(machine):
    worker = machine.start_worker()
    wait_until(lambda: "waiting for Redis" in machine.log(worker))
    server = machine.start_redis()
    wait_until(lambda: machine.readiness()[0] == 200)
    server.kill()
    server.wait()
    machine.start_redis()
    machine.ask("quick", numbers=range(3))
    wait_until(lambda: machine.count_open() == 0)
    assert worker.poll() is None
