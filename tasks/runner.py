"""What a worker calls: claim, run the task, record how it ended (trust.md section 4)."""

import errno
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from fivestep_web.core import jobs
from fivestep_web.core.errors import Refusal
from fivestep_web.core.transaction import unit_of_work
from tasks import registry

log = logging.getLogger(__name__)


class TimeLimitError(BaseException):
    """The attempt took too long; not an Exception, so that no task swallows it."""


class KilledError(Exception):
    """Every attempt so far was cut off before it could say why."""


class NotFinishedError(Exception):
    """The task returned without finishing its claim: nothing was published."""


REASONS: dict[type[BaseException], str] = {
    TimeLimitError: "超过时限，已中止。",
    MemoryError: "内存不足，已中止。",
    KilledError: "处理时多次意外中断。",
    registry.UnknownTaskError: "当前版本没有这项任务，请升级后重试。",
    Refusal: "数据不符合办理条件，请核对后重试。",
    SQLAlchemyError: "数据库没有接受这次写入，请稍后重试。",
}


def run(key: str) -> None:
    """Do the work under *key* once; every outcome is in its row, so nothing is raised or returned."""
    try:
        claim = jobs.claim(key, lease=jobs.LEASE)
    except SQLAlchemyError as error:
        log.warning("%s: not claimed (%s)", key, type(error).__name__)
        return
    if claim is None:
        return
    try:
        _perform(claim)
    except jobs.StaleAttempt:
        log.warning("%s: attempt %d came too late and published nothing", key, claim.gen)
    except (Exception, TimeLimitError) as error:  # noqa: BLE001 - whatever it was, the row must tell
        _record(claim, error)
    else:
        log.info("%s: done, attempt %d", key, claim.gen)


def _perform(claim: jobs.Claim) -> None:
    task = registry.get(claim.task)
    if claim.tries > task.tries:
        raise KilledError
    with _kept_lease(claim, task.time_limit), _time_limit(task.time_limit):
        task.body(claim, *claim.arguments)
    if not claim.is_finished:
        raise NotFinishedError(claim.task)


def _record(claim: jobs.Claim, error: BaseException) -> None:
    """Write the failure into the row; if even that fails, the lease ends and the sweeper rings again."""
    reason = reason_of(error)
    log.warning("%s: attempt %d failed: %s at %s", claim.key, claim.gen, type(error).__name__, _place(error))
    try:
        with unit_of_work():
            task = registry.find(claim.task)
            limit = task.tries if task else registry.TRIES
            is_last = jobs.fail(claim.key, claim.gen, reason, tries=claim.tries, limit=limit)
            if is_last and task and task.on_failure:
                task.on_failure(claim, reason)
    except jobs.StaleAttempt:
        log.warning("%s: attempt %d was replaced meanwhile", claim.key, claim.gen)
    except Exception as second:  # noqa: BLE001 - a full disk or a lost database; nothing more to be done here
        log.error("%s: failure not recorded (%s)", claim.key, type(second).__name__)  # noqa: TRY400
    else:
        if is_last:
            log.error("%s: given up after %d tries", claim.key, claim.tries)


def _place(error: BaseException) -> str:
    """Return file and line: the message of an error may hold names, so it is not logged (trust.md J9, A7)."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"


def reason_of(error: BaseException) -> str:
    """Return in a clerk's words what kind of error it was, without names or contents."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "磁盘空间不足，请清理后重试。"
    for kind, words in REASONS.items():
        if isinstance(error, kind):
            return words
    return f"程序出错（{type(error).__name__}），请联系管理员。"


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """Raise TimeLimitError inside the block after *seconds*; only a main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TimeLimitError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _kept_lease(claim: jobs.Claim, time_limit: int) -> Iterator[None]:
    """Renew the lease while the block runs, at most for *time_limit* seconds: a hang is handed on."""
    ended = threading.Event()
    arguments = (current_app._get_current_object(), claim, ended, time_limit)  # type: ignore[attr-defined]  # noqa: SLF001
    keeper = threading.Thread(target=_keep, args=arguments, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()


def _keep(app: Flask, claim: jobs.Claim, ended: threading.Event, time_limit: int) -> None:
    pause = jobs.LEASE.total_seconds() / 3
    for _turn in range(int(time_limit / pause) + 1):
        if ended.wait(pause):
            return
        try:
            with app.app_context():
                if not jobs.renew(claim.key, claim.gen, lease=jobs.LEASE):
                    return
        except SQLAlchemyError as error:
            log.warning("%s: lease not renewed (%s)", claim.key, type(error).__name__)
