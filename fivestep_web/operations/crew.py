"""Who does the work while a command waits: a worker, and embedded Redis, started where none is alive."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from fivestep_web.config import DEFAULT_PORT, Config
from fivestep_web.core import jobs
from fivestep_web.core.bell import bell
from fivestep_web.core.errors import DomainError
from fivestep_web.operations import embedded_redis, processes
from fivestep_web.operations.child import Child

CHECK_SECONDS = 2.0
STOP_SECONDS = 30.0
LOST_SECONDS = 60.0  # without a Redis of our own and without an answer from theirs


class Crew:
    """Keeps somebody at work; what it started ends with it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._children: dict[str, Child] = {}
        self._next_check = 0.0
        self._lost_at: float | None = None

    def keep(self) -> None:
        """Every 2 s ring again what stands still and start who is missing.

        Raises DomainError when a Redis of another machine does not answer for a minute.
        """
        now = time.monotonic()
        for child in self._children.values():
            for _line in child.read_lines():
                pass  # the pipe must not fill up; what went wrong stands in the rows
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        try:
            alive = bell().count_alive("worker")
        except (RedisError, OSError):
            self._without_redis(now)
            return
        self._lost_at = None
        if alive == 0:
            self._start("worker", processes.command("worker", port=DEFAULT_PORT, bind="127.0.0.1"), now)
        jobs.sweep()

    def _without_redis(self, now: float) -> None:
        if self._config.embedded_redis:
            redis = self._children.get("redis")
            if redis is None or not redis.is_running:
                self._start("redis", embedded_redis.prepare(self._config.instance), now)
            self._next_check = now + CHECK_SECONDS / 4
            return
        self._lost_at = self._lost_at or now
        if now - self._lost_at > LOST_SECONDS:
            raise DomainError("连不上 FIVESTEP_REDIS_URL 指向的 Redis，文档已登记，Redis 恢复后会继续生成")

    def _start(self, name: str, command: list[str], now: float) -> None:
        """Start *name*, again with growing pauses where it died; a young one gets time to be heard of."""
        child = self._children.get(name)
        if child is None:
            child = self._children[name] = Child(name, command, dict(os.environ), STOP_SECONDS)
        elif child.is_running:
            return
        elif child.is_open:
            child.plan_restart(now)
            child.output.close()
            child.is_open = False
        if now >= child.starts_at:
            child.start()

    def dismiss(self) -> None:
        """Stop the worker, then Redis: the running job is finished or handed back."""
        for name in ("worker", "redis"):
            child = self._children.get(name)
            if child is None or child.process is None:
                continue
            child.signal(signal.SIGTERM)
            asked = time.monotonic()
            while child.is_running:
                if child.is_open:
                    list(child.read_lines())
                if time.monotonic() - asked > STOP_SECONDS:
                    child.signal(signal.SIGKILL)
                time.sleep(0.05)
            if child.is_open:
                child.output.close()


@contextmanager
def gathered(config: Config) -> Iterator[Crew]:
    """Give a crew and dismiss it at the end, whatever happens."""
    crew = Crew(config)
    try:
        yield crew
    finally:
        crew.dismiss()
