"""One worker process: waits for the bell, runs each job in a child that dies with it (style.md section 5)."""

import gc
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import Any

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from fivestep_web.core import jobs
from fivestep_web.core.bell import QUEUES, RUNNER, Bell
from fivestep_web.documents import making, rendering
from fivestep_web.documents.word_templates import live
from fivestep_web.extensions import db
from fivestep_web.operations import processes
from tasks import registry

log = logging.getLogger("tasks.worker")

MAINTENANCE_SECONDS = 15
WORKER_SECONDS = 30  # how long RQ believes in a worker it does not hear of
BEAT_SECONDS = 3
RECONNECT_SECONDS = 1.0
MEMORY_LIMIT = 2 * 1024**3


class ForbiddenJobError(Exception):
    """A queue entry names something else than our runner."""


class OurJob(Job):
    """A job that can only call `tasks.runner.run`, whatever Redis says (trust.md section 4, row 15)."""

    @property
    def func(self) -> Any:
        """Return the runner; raises ForbiddenJobError for any other name or a bound object."""
        if self.func_name != RUNNER or self.instance:
            raise ForbiddenJobError
        from tasks.runner import run

        return run

    @property
    def success_callback(self) -> None:
        """Never call what Redis names."""

    @property
    def failure_callback(self) -> None:
        """Never call what Redis names."""

    @property
    def stopped_callback(self) -> None:
        """Never call what Redis names."""

    def send_webhooks(self, *args: Any, **kwargs: Any) -> None:
        """Never fetch what Redis names."""


class OurWorker(Worker):
    """RQ's forking worker whose child ends with it and has its own database connections."""

    job_class = OurJob
    max_connection_wait_time = 2.0
    was_asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the running job, then end."""
        self.was_asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Run one job in the forked child."""
        processes.die_with_parent(self.pid or 0)
        _limit_memory()
        db.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def _limit_memory() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(hard, MEMORY_LIMIT)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _warm_up(app: Flask) -> None:
    """Load before the first fork what jobs need (performance.md, Queue); leave no connection open.

    A claim of nothing and files of none prepare mappers and statements, which would cost each child a tenth
    of a second.
    """
    registry.load()
    processes.prepare()
    configure_mappers()
    with app.app_context():
        try:
            jobs.claim("")
            making.make_waiting([])
            live.prepare()
        except SQLAlchemyError as error:
            log.warning("database: %s", type(error).__name__)
        db.session.remove()
        db.engine.dispose()


def _compile_templates() -> None:
    """Compile the Word templates once for all children, and keep what is loaded out of their collections."""
    rendering.prepare()
    gc.collect()
    gc.freeze()


def _beat(url: str, name: str) -> None:
    """Tell readiness checks that this worker lives, during long jobs too; ends with the process."""
    line = Bell(url)
    while True:
        try:
            line.announce("worker", name)
        except RedisError as error:
            log.debug("no heartbeat (%s)", type(error).__name__)
        time.sleep(BEAT_SECONDS)


def _wait_for_redis(connection: "Redis") -> None:
    """Return once Redis answers, however long that takes."""
    is_told = False
    while True:
        try:
            connection.ping()
        except (RedisError, OSError):
            if not is_told:
                log.warning("waiting for Redis")
                is_told = True
            time.sleep(RECONNECT_SECONDS)
        else:
            return


def _serve(url: str, name: str) -> bool:
    """Work until asked to stop (True) or until Redis is lost (False)."""
    connection: Redis = Redis.from_url(url, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0))
    _wait_for_redis(connection)
    worker = OurWorker(
        [
            Queue(queue, connection=connection, serializer=JSONSerializer, job_class=OurJob)
            for queue in QUEUES
        ],
        name=f"{name}-{time.monotonic_ns()}",
        connection=connection,
        serializer=JSONSerializer,
        job_class=OurJob,
        maintenance_interval=MAINTENANCE_SECONDS,
        worker_ttl=WORKER_SECONDS,
        log_job_description=False,
    )
    try:
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("Redis lost (%s)", type(error).__name__)
    finally:
        if worker.pubsub_thread:
            worker.pubsub_thread.stop()
    return worker.was_asked_to_stop


def main(app: Flask | None = None) -> int:
    """Run until SIGTERM or SIGINT; a vanished Redis is waited for. Return the exit status."""
    from fivestep_web import create_app
    from fivestep_web.operations import logs

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until RQ has its own
    logs.configure()
    app = app or create_app()
    _warm_up(app)
    url = app.config["FIVESTEP"].redis_url
    name = f"{socket.gethostname()}-{os.getpid()}"
    threading.Thread(target=_beat, args=(url, name), daemon=True).start()
    log.info("worker ready, %d tasks", len(registry.names()))
    _compile_templates()
    with app.app_context():
        try:
            while not _serve(url, name):
                log.warning("starting over")
        except (StopRequested, KeyboardInterrupt):
            pass
    _leave(url, name)
    return 0


def _leave(url: str, name: str) -> None:
    try:
        Bell(url).leave("worker", name)
    except RedisError as error:
        log.debug("not signed off (%s)", type(error).__name__)


if __name__ == "__main__":
    sys.exit(main())
