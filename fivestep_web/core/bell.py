"""The doorbell: the little that is asked of Redis. It is never the truth, and when dead it slows nobody."""

import hashlib
import logging
import time
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

if TYPE_CHECKING:
    from rq import Queue

log = logging.getLogger(__name__)

QUEUE = "fivestep"
SLOW_QUEUE = "fivestep-slow"  # looked at when the other is empty
SLOW = "slow-"  # what the keys of work begin with that nobody sits and waits for
RUNNER = "tasks.runner.run"
JOB_SECONDS = 600  # a worker kills what is still running a minute later
QUIET_SECONDS = 3.0  # a Redis found dead is left alone for so long
ALIVE_SECONDS = 10  # who has not been heard of for so long is dead (trust.md J7: 15 s)
EXTENSION = "fivestep_bell"


class Waiting(NamedTuple):
    """A row of the outbox that may be worked on, and how often it has been claimed."""

    key: str
    gen: int

    @property
    def job_id(self) -> str:
        """The queue's name for this attempt: letters, digits and a dash, whatever the key is made of."""
        return f"{hashlib.sha256(self.key.encode()).hexdigest()[:32]}-{self.gen}"

    @property
    def queue(self) -> str:
        """The name of the queue it stands in."""
        return SLOW_QUEUE if self.key.startswith(SLOW) else QUEUE


class Bell:
    """One process's line to Redis, with short patience."""

    def __init__(self, url: str) -> None:
        self.redis: Redis = Redis.from_url(
            url, socket_connect_timeout=0.3, socket_timeout=0.5, retry=Retry(NoBackoff(), 1)
        )
        self._quiet_until = 0.0

    @cached_property
    def queues(self) -> "dict[str, Queue]":
        """The queues by name; their jobs are JSON, never pickles."""
        from rq import Queue
        from rq.serializers import JSONSerializer

        return {
            name: Queue(name, connection=self.redis, serializer=JSONSerializer)
            for name in (QUEUE, SLOW_QUEUE)
        }

    def ring(self, waiting: Iterable[Waiting]) -> None:
        """Tell the workers what waits, in one go; without Redis nothing happens, the sweeper rings again."""
        calls = {row.job_id: row for row in waiting}
        if not calls or time.monotonic() < self._quiet_until:
            return
        try:
            for name, queue in self.queues.items():
                jobs = [
                    queue.prepare_data(
                        RUNNER,
                        args=[row.key],
                        job_id=job_id,
                        timeout=JOB_SECONDS,
                        result_ttl=0,
                        failure_ttl=60,
                        description=QUEUE,
                    )
                    for job_id, row in calls.items()
                    if row.queue == name
                ]
                if jobs:
                    queue.enqueue_many(jobs)
        except RedisError as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.info(
                "Redis does not answer (%s); %d jobs wait for the clock", type(error).__name__, len(calls)
            )

    def queued_ids(self) -> set[str]:
        """Return the ids that stand in a queue; raises RedisError."""
        return {job_id for queue in self.queues.values() for job_id in queue.get_job_ids()}

    def announce(self, role: str, name: str) -> None:
        """Say that this process lives, by the clock of Redis, so that machines need not agree on the time."""
        seconds, _micros = self.redis.time()
        self.redis.zadd(f"fivestep:{role}", {name: seconds})
        self.redis.zremrangebyscore(f"fivestep:{role}", "-inf", seconds - 60 * ALIVE_SECONDS)

    def leave(self, role: str, name: str) -> None:
        """Say that this process ends."""
        self.redis.zrem(f"fivestep:{role}", name)

    def count_alive(self, role: str) -> int:
        """Return how many processes of *role* were heard of in the last 10 s; raises RedisError."""
        seconds, _micros = self.redis.time()
        return int(self.redis.zcount(f"fivestep:{role}", seconds - ALIVE_SECONDS, "+inf"))


def bell() -> Bell:
    """Return the application's bell."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = Bell(current_app.config["FIVESTEP"].redis_url)
    found: Bell = current_app.extensions[EXTENSION]
    return found
