"""`fivestep up`: Redis, web, worker and clock of one machine, kept alive, stopped together (trust.md J7)."""

import fcntl
import http.client
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from fivestep_web.config import LOOPBACK, Config, ConfigError, embedded_socket
from fivestep_web.operations import embedded_redis, health, processes
from fivestep_web.operations.child import Child

POLL_SECONDS = 0.25
READY_PROBE_SECONDS = 2.0
QUICK_DEATHS_OF_REDIS = 3
REDIS_START_SECONDS = 5.0
CLOCK_PAUSE_SECONDS = 2.0  # web and worker come first: people wait for them


def bind_address(config: Config) -> str:
    """Return where the web listens: loopback, or every address when the base address names another host."""
    host = urlsplit(config.base_url).hostname or ""
    return "127.0.0.1" if host in LOOPBACK else "0.0.0.0"  # noqa: S104 - asked for by FIVESTEP_BASE_URL


def check_port(bind: str, port: int) -> None:
    """Raise ConfigError when nobody can listen on *port*."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise ConfigError(
                f"端口 {port} 不能使用（{error.strerror}）：请换一个端口，例如 fivestep up --port {port + 1}"
            ) from error


@contextmanager
def only_one(instance: Path) -> Iterator[None]:
    """Hold the instance's lock; raises ConfigError when another `fivestep up` has it."""
    handle = os.open(instance / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"{instance} 已由另一个 fivestep up 运行，请先停止它") from error
        yield
    finally:
        os.close(handle)


class Supervisor:
    """Starts the processes in order, restarts what dies and stops all in the opposite order."""

    def __init__(self, config: Config, port: int) -> None:
        self.config = config
        self.port = port
        self.bind = bind_address(config)
        self.is_stopping = False
        self.is_ready = False
        self.next_probe = 0.0
        self.selector = selectors.DefaultSelector()
        environment = {**os.environ, "FIVESTEP_BASE_URL": config.base_url, "PYTHONUNBUFFERED": "1"}
        self.children = [
            Child(role, processes.command(role, port=port, bind=self.bind), environment, grace, parting)
            for role, grace, parting in (
                ("web", 25.0, signal.SIGTERM),
                ("worker", 30.0, signal.SIGKILL),
                ("clock", 10.0, signal.SIGKILL),
            )
        ]
        if config.embedded_redis:
            command = embedded_redis.prepare(config.instance)
            self.children.insert(
                0, Child("redis", command, environment, 10.0, signal.SIGTERM, is_chatty=True)
            )

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; then stop everything."""
        processes.prepare()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                if child.name == "clock":
                    child.starts_at = time.monotonic() + CLOCK_PAUSE_SECONDS
                    continue
                self._start(child)
                if child.name == "redis":
                    self._wait_for_redis(child)
            while not self.is_stopping:
                self._turn()
        finally:
            self._stop_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.is_stopping = True

    def _start(self, child: Child) -> None:
        if self.is_stopping:
            return
        child.start()
        self.selector.register(child.output, selectors.EVENT_READ, child)

    def _wait_for_redis(self, child: Child) -> None:
        deadline = time.monotonic() + REDIS_START_SECONDS
        path = embedded_socket(self.config.instance)
        while time.monotonic() < deadline and child.is_running and not embedded_redis.answers(path):
            time.sleep(0.05)

    def _turn(self) -> None:
        """Pass on what was printed, restart what ended, tell once when all is ready."""
        for key, _events in self.selector.select(POLL_SECONDS):
            self._print(key.data)
        now = time.monotonic()
        for child in self.children:
            if child.is_running:
                continue
            if child.is_open:
                self._note_death(child, now)
            elif now >= child.starts_at:
                self._start(child)
        if not self.is_ready and now >= self.next_probe:
            self._probe()

    def _print(self, child: Child) -> None:
        for line in child.read_lines():
            if child.is_chatty:
                child.last_words.append(line)
            else:
                say(f"{child.name:<6} | {line}")

    def _forget(self, child: Child) -> None:
        """Print a dead process's last words and close its pipe."""
        self._print(child)
        self.selector.unregister(child.output)
        child.output.close()
        child.is_open = False

    def _note_death(self, child: Child, now: float) -> None:
        status = child.process.returncode if child.process else None
        self._forget(child)
        for line in child.last_words:
            say(f"{child.name:<6} | {line}")
        child.last_words.clear()
        pause = child.plan_restart(now)
        say(f"{child.name:<6} | 已退出（{status}），{pause:g} 秒后重新启动")
        if child.name == "redis" and child.quick_deaths >= QUICK_DEATHS_OF_REDIS:
            for path in embedded_redis.set_aside(self.config.instance):
                say(f"redis  | 数据文件无法读取，已移到 {path.name}；待办任务都在数据库里，不受影响")

    def _probe(self) -> None:
        self.next_probe = time.monotonic() + 0.5
        with suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=READY_PROBE_SECONDS)
            line.request("GET", "/readyz")
            self.is_ready = line.getresponse().status == http.client.OK
            line.close()
        if self.is_ready:
            say(f"五步工作法已启动：{self.config.base_url}（按 Ctrl-C 停止）")

    def _stop_all(self) -> None:
        """Stop clock, worker and web together, Redis after them; kill who does not end in time."""
        first = [child for child in self.children if child.name != "redis"]
        last = [child for child in self.children if child.name == "redis"]
        for group in (first, last):
            for child in group:
                child.signal(signal.SIGTERM)
            asked = time.monotonic()
            while any(child.is_running for child in group):
                for child in group:
                    if time.monotonic() - asked > child.grace:
                        child.signal(signal.SIGKILL)
                self._drain()
        self._drain()
        if self.config.embedded_redis:
            embedded_socket(self.config.instance).unlink(missing_ok=True)

    def _drain(self) -> None:
        for key, _events in self.selector.select(0.05):
            child: Child = key.data
            self._print(child)
            if not child.is_running:
                self._forget(child)


def _check_database(config: Config) -> None:
    """Raise ConfigError when migrations are due; a server that is still starting is left to the others."""
    engine = create_engine(config.database_url)
    with suppress(SQLAlchemyError), engine.connect() as connection:
        if health.state_of(connection) == health.PENDING:
            raise ConfigError("数据库还不是当前版本，请先运行 fivestep db upgrade")
    engine.dispose()


def say(line: str) -> None:
    """Print a line at once; a reader that went away stops nothing."""
    with suppress(BrokenPipeError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def up(config: Config, port: int) -> None:
    """Run the whole product on this machine until it is told to stop; raises ConfigError."""
    with only_one(config.instance):
        _check_database(config)
        check_port(bind_address(config), port)
        config.remember_address()
        Supervisor(config, port).run()
